//! Grants of one's own and of identity providers: what is accepted, and why the rest is not.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use proptest::prelude::*;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};
use tamis::grant::{BadGrantKey, Check, Claims, GrantKeys, IssuingKey, Refusal, Replay, Scope, Uses};
use tamis::session::Id;
use tamis::{SigningKey, Timestamp};

const NOW: i64 = 1_800_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn claims() -> Claims {
    let scope = Scope { tools: Some(vec!["Read".into()]), ..Scope::default() };
    Claims {
        id: "g-1".into(),
        subject: "agent/bot".into(),
        issued: at(0),
        expires: at(3600),
        session: None,
        audience: "tamis".into(),
        scope,
    }
}

/// A token with any header and payload.
fn token(header: &Value, payload: &Value, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let signed = format!("{}.{}", encode(header.to_string()), encode(payload.to_string()));
    let signature = sign(signed.as_bytes());
    format!("{signed}.{}", encode(signature))
}

fn ed25519() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

/// Numbers that are random enough to make a key of, and the same in each run.
struct Numbers(u64);

impl rsa::rand_core::RngCore for Numbers {
    fn next_u32(&mut self) -> u32 {
        self.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 29)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.iter_mut().for_each(|byte| *byte = self.next_u64() as u8);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl rsa::rand_core::CryptoRng for Numbers {}

/// Keys as an identity provider has them.
struct Provider {
    rsa: rsa::RsaPrivateKey,
    p256: p256::ecdsa::SigningKey,
    jwks: Value,
}

fn provider() -> &'static Provider {
    static PROVIDER: OnceLock<Provider> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        let rsa = rsa::RsaPrivateKey::new(&mut Numbers(1), 2048).unwrap();
        let p256 = p256::ecdsa::SigningKey::from_slice(&[9; 32]).unwrap();
        let point = p256.verifying_key().to_encoded_point(false);
        let jwks = json!({ "keys": [
            { "kty": "RSA", "kid": "enc", "use": "enc", "n": "AQAB", "e": "AQAB" },
            { "kty": "RSA", "kid": "r", "use": "sig", "alg": "RS256", "n": encode(rsa.n().to_bytes_be()), "e": encode(rsa.e().to_bytes_be()) },
            { "kty": "EC", "kid": "p", "crv": "P-256", "x": encode(point.x().unwrap()), "y": encode(point.y().unwrap()) },
            { "kty": "EC", "kid": "other", "crv": "P-521", "x": "AA", "y": "AA" },
        ]});
        Provider { rsa, p256, jwks }
    })
}

fn payload() -> Value {
    json!({ "iss": "https://id.example", "sub": "agent/bot", "aud": ["api", "tamis"], "exp": NOW + 60, "iat": NOW - 5, "email": "a@b.c",
        "tamis": { "tools": ["Read"], "session": "s-1" } })
}

fn rs256(payload: &Value) -> String {
    let key = rsa::pkcs1v15::SigningKey::<sha2::Sha256>::new(provider().rsa.clone());
    token(&json!({ "alg": "RS256", "kid": "r", "typ": "JWT" }), payload, |signed| key.sign(signed).to_vec())
}

fn es256(payload: &Value) -> String {
    let sign = |signed: &[u8]| -> Vec<u8> {
        let signature: p256::ecdsa::Signature = provider().p256.sign(signed);
        signature.to_vec()
    };
    token(&json!({ "alg": "ES256", "kid": "p" }), payload, sign)
}

#[test]
fn a_grant_of_ones_own_is_accepted_until_it_ends() {
    let secret = [b's'; 32];
    for (issuing, file) in [
        (IssuingKey::Ed25519(ed25519()), ed25519().public().to_pem().into_bytes()),
        (IssuingKey::secret(&secret).unwrap(), [&secret[..], b"\n"].concat()),
    ] {
        let (token, keys) = (issuing.issue(&claims()), GrantKeys::parse(&file).unwrap());
        let grant = keys.verify(&token, &Check::new(at(3599))).unwrap();
        assert_eq!((grant.id.as_str(), grant.subject.as_str(), grant.expires), ("g-1", "agent/bot", at(3600)));
        assert_eq!(grant.scope, claims().scope);
        assert_eq!(keys.verify(&token, &Check::new(at(3600))).unwrap_err(), Refusal::Expired);
        assert_eq!(keys.verify(&token, &Check::new(at(-61))).unwrap_err(), Refusal::Early);
        assert!(keys.verify(&token, &Check::new(at(-60))).is_ok());
        assert!(!format!("{issuing:?} {keys:?}").contains("ssss"));
    }
}

#[test]
fn a_token_of_an_identity_provider_is_accepted() {
    let keys = GrantKeys::parse(provider().jwks.to_string().as_bytes()).unwrap();
    for sign in [rs256, es256] {
        let grant = keys.verify(&sign(&payload()), &Check { issuer: Some("https://id.example"), ..Check::new(at(0)) }).unwrap();
        assert_eq!((grant.subject.as_str(), grant.session, grant.scope.tools), ("agent/bot", Id::new("s-1"), Some(vec!["Read".into()])));
        assert!(grant.id.as_str().len() == 32, "a token without an id is named by its hash");
        let session = Id::new("s-2").unwrap();
        let other = Check { session: Some(&session), ..Check::new(at(0)) };
        assert_eq!(keys.verify(&sign(&payload()), &other).unwrap_err(), Refusal::OtherSession);
    }
}

#[test]
fn each_fault_has_its_reason() {
    let keys = GrantKeys::parse(provider().jwks.to_string().as_bytes()).unwrap();
    let with = |key: &str, value: Value| {
        let mut payload = payload();
        payload[key] = value;
        rs256(&payload)
    };
    let without = |key: &str| {
        let mut payload = payload();
        payload.as_object_mut().unwrap().remove(key);
        rs256(&payload)
    };
    let good = rs256(&payload());
    let issuer = Check { issuer: Some("https://evil.example"), ..Check::new(at(0)) };
    assert_eq!(keys.verify(&good, &issuer).unwrap_err(), Refusal::Issuer);
    let foreign = |header: Value| token(&header, &payload(), |signed| ed25519().sign(signed).0.to_vec());
    // The provider's public key as a shared secret: the oldest trick there is.
    let confused = {
        let secret = provider().jwks["keys"][1]["n"].as_str().unwrap().as_bytes();
        let token = IssuingKey::secret(secret).unwrap().issue(&Claims { ..claims() });
        let (_, rest) = token.split_once('.').unwrap();
        format!("{}.{rest}", encode(json!({ "alg": "HS256", "kid": "r" }).to_string()))
    };
    let swapped = format!("{}.{}", encode(payload().to_string()), good.split_once('.').unwrap().1);
    for (token, refusal) in [
        (String::new(), Refusal::Malformed),
        ("a.b".into(), Refusal::Malformed),
        ("a.b.c".into(), Refusal::Malformed),
        (swapped, Refusal::Malformed),
        (foreign(json!({ "alg": "none" })), Refusal::Unsigned),
        (foreign(json!({ "alg": "EdDSA" })), Refusal::UnknownKey),
        (foreign(json!({ "alg": "RS256", "kid": "gone" })), Refusal::UnknownKey),
        (foreign(json!({ "alg": "RS256", "kid": "p" })), Refusal::UnknownKey),
        (foreign(json!({ "alg": "RS256", "kid": "r" })), Refusal::Signature),
        (foreign(json!({ "alg": "RS256", "crit": ["b64"], "b64": false })), Refusal::Extension),
        (confused, Refusal::UnknownKey),
        (without("exp"), Refusal::Endless),
        (with("exp", json!(NOW)), Refusal::Expired),
        (with("exp", json!(1e300)), Refusal::Malformed),
        (with("exp", json!("tomorrow")), Refusal::Malformed),
        (with("nbf", json!(NOW + 61)), Refusal::Early),
        (with("iat", json!(NOW + 3600)), Refusal::Early),
        (with("aud", json!("api")), Refusal::Audience),
        (without("aud"), Refusal::Audience),
        (without("sub"), Refusal::Nobody),
    ] {
        assert_eq!(keys.verify(&token, &Check::new(at(0))).unwrap_err(), refusal, "{token}");
    }
}

#[test]
fn a_grant_belongs_to_the_first_session_that_uses_it() {
    let keys = GrantKeys::of(&ed25519().public());
    let token = IssuingKey::Ed25519(ed25519()).issue(&claims());
    let grant = keys.verify(&token, &Check::new(at(0))).unwrap();
    let (first, second) = (Id::new("s-1").unwrap(), Id::new("s-2").unwrap());
    let mut uses = Uses::default();
    assert_eq!(uses.claim(&grant, &first, at(0)), Ok(Replay::First));
    let file = serde_json::to_string(&uses).unwrap();
    let mut uses: Uses = serde_json::from_str(&file).unwrap();
    assert_eq!(uses.claim(&grant, &second, at(1)), Err(Refusal::Replayed));
    assert_eq!(uses.claim(&grant, &first, at(2)), Ok(Replay::Again));
    // What has ended is forgotten.
    let later = Claims { id: "g-2".into(), expires: at(9000), ..claims() };
    let later = keys.verify(&IssuingKey::Ed25519(ed25519()).issue(&later), &Check::new(at(0))).unwrap();
    uses.claim(&later, &first, at(3600)).unwrap();
    assert!(serde_json::to_string(&uses).unwrap().len() < 2 * file.len());
}

#[test]
fn key_files_that_are_none_are_told_apart() {
    let label = "PUBLIC KEY";
    for (file, bad) in [
        (format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n"), BadGrantKey::Pem),
        ("too short\n".into(), BadGrantKey::Short),
        ("{\"keys\":\n nothing}".into(), BadGrantKey::Json { line: 2, column: 3 }),
        (json!({ "keys": [] }).to_string(), BadGrantKey::None),
        (json!({ "keys": [{ "kty": "oct", "k": "AA" }] }).to_string(), BadGrantKey::None),
        (json!({ "keys": [{ "kty": "RSA", "n": "AQAB", "e": "AQAB" }] }).to_string(), BadGrantKey::Key(1)),
        (json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "AQAB" }] }).to_string(), BadGrantKey::Key(1)),
    ] {
        assert_eq!(GrantKeys::parse(file.as_bytes()).unwrap_err(), bad, "{file}");
    }
}

proptest! {
    #[test]
    fn a_changed_grant_is_refused(at_byte in any::<prop::sample::Index>(), byte in "[A-Za-z0-9_.-]") {
        let keys = GrantKeys::of(&ed25519().public());
        let token = IssuingKey::Ed25519(ed25519()).issue(&claims());
        let place = at_byte.index(token.len());
        let changed = format!("{}{byte}{}", &token[..place], &token[place + 1..]);
        prop_assert!(changed == token || keys.verify(&changed, &Check::new(at(0))).is_err());
    }
}

//! Puts right what makes a member of a rule valid: written apart from the engine's checks, so that each tests the other.

mod codec;
mod numbers;
mod text;
mod tokens;
mod wallet;

use tamis_engine::{Validator, Verdict};

use crate::random::Rng;

/// The best verdict the validator has to give.
pub(crate) fn wanted(validator: Validator) -> Verdict {
    match validator {
        Validator::AwsKeyId | Validator::AzureAnnotated | Validator::Email => Verdict::Abstain,
        Validator::EgNational | Validator::MyIdentity | Validator::IdPopulation | Validator::PkIdentity => Verdict::Abstain,
        _ => Verdict::Valid,
    }
}

/// Makes of a member one that is valid, as near as may be. The result may have left the pattern or still be wrong: the
/// caller looks, and tries another member.
pub(crate) fn complete(validator: Validator, member: String, rng: &mut Rng) -> String {
    match validator {
        Validator::GithubCrc32 => tokens::github_classic(member),
        Validator::GithubPatSha256 => tokens::github_fine_grained(member),
        Validator::GitlabRoutable => tokens::gitlab(member),
        Validator::GrafanaCrc32 => tokens::grafana(member),
        Validator::AtlassianCrc32 => tokens::atlassian(member),
        Validator::AzureDevopsCrc32 => tokens::azure_devops(&member, rng),
        Validator::PypiMacaroon => tokens::pypi(&member, rng),
        Validator::Jwt => tokens::jwt(&member, rng),
        Validator::JwtBase64 => tokens::jwt_base64(rng),
        Validator::AwsKeyId => member,
        Validator::VercelCrc32 => tokens::vercel(member),
        Validator::ZuploCrc32 => tokens::zuplo(member),
        Validator::AgeBech32 => tokens::bech32(&member),
        Validator::AzureIdentifiable => tokens::azure_storage(rng),
        Validator::AzureAnnotated => member,
        Validator::VaultToken => tokens::vault(&member, rng),
        Validator::PaymentCard => numbers::card(&member, rng),
        Validator::Iban => numbers::iban(&member, rng),
        Validator::UsSsn => numbers::ssn(rng),
        Validator::Phone => numbers::phone(rng),
        Validator::Ipv4 => text::ipv4(rng),
        Validator::Ipv6 => text::ipv6(rng),
        Validator::Email => text::email(member, rng),
        Validator::BasicCredentials => text::basic(&member, rng),
        Validator::FrTax => numbers::french_tax(&member),
        Validator::Base58Check => wallet::base58(&member, rng),
        Validator::SeedPhrase => wallet::seed_phrase(rng),
        // With a check character or two, one member in some hundred is right by chance, and the caller finds it. What is right
        // the engine's tests know from numbers that issuers publish.
        _ => member,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::Pattern;

    /// Each validator with patterns of the kind rules have.
    const CASES: &[(Validator, &[&str])] = &[
        (Validator::GithubCrc32, &["gh[pousr]_[A-Za-z0-9]{36}", "ghr_[A-Za-z0-9]{76}", "npm_[A-Za-z0-9]{36}"]),
        (Validator::GithubPatSha256, &["github_pat_[A-Za-z0-9_]{82}", "github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"]),
        (
            Validator::GitlabRoutable,
            &[
                r"glpat-[A-Za-z0-9_-]{27,}\.(?:[0-9a-z]{2}\.)?[0-9a-z]{9}",
                r"glpat-[A-Za-z0-9_-]{27,300}\.[0-9a-z]{2}\.[0-9a-z]{9}",
                r"glrtr?-(?:t[0-9]_)?[A-Za-z0-9_-]{27,}\.(?:[0-9a-z]{2}\.)?[0-9a-z]{9}",
            ],
        ),
        (Validator::GrafanaCrc32, &["glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"]),
        (Validator::AtlassianCrc32, &["ATATT3[A-Za-z0-9_=-]{178}[A-Za-z0-9]{8}", "ATBB[A-Za-z0-9]{24}[A-F0-9]{8}"]),
        (Validator::AzureDevopsCrc32, &["[a-z2-7]{52}"]),
        (Validator::PypiMacaroon, &["pypi-Ag(?:EIcHlwaS5vcmc|ENdGVzdC5weXBpLm9yZw)[A-Za-z0-9_-]{50,}", "pypi-[A-Za-z0-9_-]{85,}"]),
        (
            Validator::Jwt,
            &[
                r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
                r"ey[A-Za-z0-9_-]+\.ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*",
                r"ey[JK][A-Za-z0-9_-]{14,}\.ey[JK][A-Za-z0-9_-]{20,}\.?",
                r"ghs_[0-9]{5,9}_eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+",
            ],
        ),
        (Validator::JwtBase64, &["ZXlK[A-Za-z0-9]{60,}={0,2}"]),
        (Validator::AwsKeyId, &["(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"]),
        (Validator::VercelCrc32, &["vc[apirk]_[A-Za-z0-9]{56}"]),
        (Validator::ZuploCrc32, &["zpka_[0-9a-z]{32}_[0-9a-f]{8}"]),
        (Validator::AgeBech32, &["AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}", "nsec1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{58}"]),
        (Validator::AzureIdentifiable, &["[A-Za-z0-9+/]{86}=="]),
        (Validator::AzureAnnotated, &["[A-Za-z0-9]{52}JQQJ9[0-9A-Z][A-Za-z0-9][A-L][A-Za-z0-9]{16}[A-Za-z][A-Za-z0-9]{7}"]),
        (Validator::VaultToken, &[r"hvs\.(?:[A-Za-z0-9]{24}|[A-Za-z0-9_-]{60,})", r"[sbr]\.(?:CAESI[A-Za-z0-9_-]{60,}|[A-Za-z0-9]{24})"]),
        (
            Validator::PaymentCard,
            &[
                "[0-9]{13,19}",
                "4[0-9]{12}(?:[0-9]{3})?",
                "3[47][0-9]{13}",
                "[0-9]{4}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{4}",
                "[2-6][0-9]{3}[ -]?(?:[0-9]{4}[ -]?){2}[0-9]{1,7}",
                "3[47][0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{5}",
                "6011[0-9]{12}",
                "35[2-8][0-9]{13}",
                "62[0-9]{14,17}",
            ],
        ),
        (
            Validator::Iban,
            &[
                "[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}",
                "[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?",
                "DE[0-9]{2}(?: [0-9]{4}){4} [0-9]{2}",
                "GB[0-9]{2}[A-Z]{4}[0-9]{14}",
            ],
        ),
        (Validator::UsSsn, &["[0-9]{3}-[0-9]{2}-[0-9]{4}", "[0-9]{3} [0-9]{2} [0-9]{4}", "[0-9]{9}"]),
        (
            Validator::Phone,
            &[
                r"\+[0-9]{8,15}",
                r"\+[0-9][0-9 ().-]{7,20}",
                r"\([0-9]{3}\) [0-9]{3}-[0-9]{4}",
                r"[0-9]{3}[-.][0-9]{3}[-.][0-9]{4}",
                r"(?:\+1[ .-]?)?\(?[2-9][0-9]{2}\)?[ .-]?[0-9]{3}[ .-]?[0-9]{4}",
                r"\+44[0-9 ]{9,14}",
            ],
        ),
        (Validator::Ipv4, &[r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"]),
        (Validator::Ipv6, &["(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}", "[0-9a-f:]{2,39}", "[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}"]),
        (Validator::Email, &[r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,63}\.[A-Za-z]{2,24}", r"[a-z]+@acme\.com"]),
        (Validator::BasicCredentials, &["[A-Za-z0-9+/]{16,}={0,2}"]),
        (Validator::UsItin, &[r"9[0-9]{2}[5-9][0-9][0-9]{4}"]),
        (Validator::UsNpi, &[r"[12][0-9]{9}"]),
        (Validator::UsDea, &[r"[A-HJ-NPR-UX][A-Z][0-9]{7}"]),
        (Validator::UsRouting, &[r"[0-9]{4}[0-9]{4}[0-9]"]),
        (Validator::CaSin, &[r"[1-79][0-9]{2}[0-9]{3}[0-9]{3}"]),
        (Validator::MxCurp, &[r"[A-Z]{4}[0-9]{6}[HMX][A-Z]{5}[A-Z0-9][0-9]"]),
        (Validator::MxClabe, &[r"[0-9]{18}"]),
        (Validator::BrCpf, &[r"[0-9]{3}[0-9]{3}[0-9]{3}[0-9]{2}"]),
        (Validator::BrCnpj, &[r"[0-9]{2}[0-9]{3}[0-9]{3}[0-9]{4}[0-9]{2}"]),
        (Validator::ArCuit, &[r"(?:2[0347]|3[034]|5[015])[0-9]{8}[0-9]"]),
        (Validator::ArCbu, &[r"[0-9]{22}"]),
        (Validator::ClRut, &[r"[0-9]{1,2}[0-9]{6}-[0-9Kk]"]),
        (Validator::CoNit, &[r"[0-9]{3}[0-9]{3}[0-9]{3}[0-9]"]),
        (Validator::PeRuc, &[r"(?:1[0567]|20)[0-9]{9}"]),
        (Validator::EcCedula, &[r"[0-3][0-9][0-5][0-9]{6}[0-9]"]),
        (Validator::DoCedula, &[r"[0-9]{3}[0-9]{7}[0-9]"]),
        (Validator::UyCedula, &[r"[0-9][0-9]{3}[0-9]{3}[0-9]"]),
        (Validator::Imei, &[r"[0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{6}[ -]?[0-9]"]),
        (Validator::GbNino, &[r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]"]),
        (Validator::GbNhs, &[r"[0-9]{3}[0-9]{3}[0-9]{4}"]),
        (Validator::GbUtr, &[r"[0-9]{5}[ ]?[0-9]{5}"]),
        (Validator::GbDriver, &[r"[A-Z9]{5}[0-9]{6}[A-Z9]{2}[0-9A-Z][A-Z]{2}"]),
        (Validator::IePps, &[r"[0-9]{7}[A-W]"]),
        (Validator::DeTaxId, &[r"[1-9][0-9][0-9]{3}[0-9]{3}[0-9]{3}"]),
        (Validator::DePension, &[r"[0-9]{2}[0-3][0-9][01][0-9]{3}[A-Z][0-9]{3}"]),
        (Validator::DeHealth, &[r"[A-Z][0-9]{9}"]),
        (Validator::DeDoctor, &[r"[0-9]{9}"]),
        (Validator::AtSocial, &[r"[1-9][0-9]{3}[0-3][0-9][01][0-9][0-9]{2}"]),
        (Validator::ChAhv, &[r"756[0-9]{4}[0-9]{4}[0-9]{2}"]),
        (Validator::FrNir, &[r"[1-478][0-9]{2}[0-9]{2}(?:[0-9]{2}|2[AB])[0-9]{3}[0-9]{3}[0-9]{2}"]),
        (Validator::FrTax, &[r"[0-3][0-9](?:[0-9]{2})(?:[0-9]{3}){3}"]),
        (Validator::FrSiret, &[r"[0-9]{3}[0-9]{3}[0-9]{3}(?:[0-9]{5})?"]),
        (Validator::BeNational, &[r"[0-9]{2}[0-5][0-9][0-3][0-9][0-9]{3}[0-9]{2}"]),
        (Validator::NlBsn, &[r"[0-9]{4}[0-9]{2}[0-9]{3}"]),
        (Validator::LuMatricule, &[r"(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{6}"]),
        (Validator::EsDni, &[r"[0-9]{8}[A-HJ-NP-TV-Z]"]),
        (Validator::EsSocial, &[r"[0-6][0-9][0-9]{8}[0-9]{2}"]),
        (Validator::PtNif, &[r"[1-35689][0-9]{2}[0-9]{3}[0-9]{3}"]),
        (Validator::ItFiscalCode, &[r"[A-Z]{6}[0-9]{2}[ABCDEHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]"]),
        (Validator::ItVat, &[r"[0-9]{11}"]),
        (Validator::GrAmka, &[r"[0-3][0-9][01][0-9]{8}"]),
        (Validator::GrAfm, &[r"[0-9]{9}"]),
        (Validator::DkCpr, &[r"[0-3][0-9][01][0-9]{3}-?[0-9]{4}"]),
        (Validator::NoNational, &[r"[0-7][0-9][0-5][0-9]{3}[ ]?[0-9]{5}"]),
        (Validator::SePerson, &[r"(?:19|20)?[0-9]{2}[01][0-9][0-9]{2}[-+]?[0-9]{4}"]),
        (Validator::SeFirm, &[r"[1-9][0-9][2-9][0-9]{3}[0-9]{4}"]),
        (Validator::FiHetu, &[r"[0-3][0-9][01][0-9]{3}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]"]),
        (Validator::IsKennitala, &[r"[0-7][0-9][01][0-9]{3}-?[0-9]{3}[089]"]),
        (Validator::EeLtPerson, &[r"[1-8][0-9]{2}[01][0-9][0-3][0-9]{5}"]),
        (Validator::LvPerson, &[r"[0-3][0-9]{5}-[0-9]{5}"]),
        (Validator::PlPesel, &[r"[0-9]{2}[0-9][0-9][0-3][0-9]{6}"]),
        (Validator::PlNip, &[r"[0-9]{3}[0-9]{2,3}[0-9]{2}[0-9]{2,3}"]),
        (Validator::PlRegon, &[r"[0-9]{9}"]),
        (Validator::CzSkBirth, &[r"[0-9]{2}[0-8][0-9][0-3][0-9]/?[0-9]{3,4}"]),
        (Validator::HuTax, &[r"8[0-9]{9}"]),
        (Validator::HuSocial, &[r"[0-9]{3}[0-9]{3}[0-9]{3}"]),
        (Validator::RoCnp, &[r"[1-9][0-9]{2}[01][0-9][0-3][0-9]{7}"]),
        (Validator::BgEgn, &[r"[0-9]{2}[0-5][0-9][0-3][0-9]{5}"]),
        (Validator::HrOib, &[r"[0-9]{11}"]),
        (Validator::YuJmbg, &[r"[0-3][0-9][01][0-9][09][0-9]{8}"]),
        (Validator::TrIdentity, &[r"[1-9][0-9]{10}"]),
        (Validator::RuInn, &[r"[0-9]{10}(?:[0-9]{2})?"]),
        (Validator::RuSnils, &[r"[0-9]{3}[0-9]{3}[0-9]{3}[0-9]{2}"]),
        (Validator::UaTaxpayer, &[r"[0-9]{10}"]),
        (Validator::KzIdentity, &[r"[0-9]{2}[01][0-9][0-3][0-9]{7}"]),
        (Validator::InAadhaar, &[r"[2-9][0-9]{3}[0-9]{4}[0-9]{4}"]),
        (Validator::InGstin, &[r"[0-3][0-9][A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]"]),
        (Validator::CnResident, &[r"[1-9][0-9]{5}(?:18|19|20)[0-9]{2}[01][0-9][0-3][0-9][0-9]{3}[0-9Xx]"]),
        (Validator::KrResident, &[r"[0-9]{2}[01][0-9][0-3][0-9]-?[0-9][0-9]{6}"]),
        (Validator::KrFirm, &[r"[0-9]{3}[0-9]{2}[0-9]{5}"]),
        (Validator::JpIndividual, &[r"[0-9]{4}[0-9]{4}[0-9]{4}"]),
        (Validator::ThIdentity, &[r"[1-8][0-9]{4}[0-9]{5}[0-9]{2}[0-9]"]),
        (Validator::SgIdentity, &[r"[STFGM][0-9]{7}[A-Z]"]),
        (Validator::MyIdentity, &[r"[0-9]{2}[01][0-9][0-3][0-9]-?[0-9]{2}-?[0-9]{4}"]),
        (Validator::IdPopulation, &[r"[1-9][0-9]{5}[0-7][0-9][01][0-9]{7}"]),
        (Validator::PhTaxpayer, &[r"[0-9]{3}[0-9]{3}[0-9]{3}(?:[0-9]{3,5})?"]),
        (Validator::PkIdentity, &[r"[1-7][0-9]{4}-[0-9]{7}-[0-9]"]),
        (Validator::IlIdentity, &[r"[0-9]{8}[0-9]"]),
        (Validator::SaIdentity, &[r"[12][0-9]{9}"]),
        (Validator::AeIdentity, &[r"784[12][0-9]{3}[0-9]{7}[0-9]"]),
        (Validator::KwCivil, &[r"[23][0-9]{2}[01][0-9][0-3][0-9]{6}"]),
        (Validator::IrNational, &[r"[0-9]{3}[0-9]{6}[0-9]"]),
        (Validator::AuTfn, &[r"[0-9]{3}[0-9]{3}[0-9]{3}"]),
        (Validator::AuAbn, &[r"[1-9][0-9][0-9]{3}[0-9]{3}[0-9]{3}"]),
        (Validator::AuAcn, &[r"[0-9]{3}[0-9]{3}[0-9]{3}"]),
        (Validator::AuMedicare, &[r"[2-6][0-9]{3}[0-9]{5}[0-9]"]),
        (Validator::NzIrd, &[r"[0-9]{2,3}[0-9]{3}[0-9]{3}"]),
        (Validator::ZaId, &[r"[0-9]{2}[01][0-9][0-3][0-9][0-9]{4}[0-2][0-9]{2}"]),
        (Validator::NgNin, &[r"[0-9]{11}"]),
        (Validator::EgNational, &[r"[23][0-9]{2}[01][0-9][0-3][0-9][0-9]{7}"]),
        (Validator::EuVat, &[r"(?:BE|DE|DK|EL|FI|FR|GB|HR|HU|IT|LU|MT|PL|PT|SE|SI|SK)[0-9]{8,12}"]),
        (Validator::Vin, &[r"[A-HJ-NPR-Z0-9]{17}"]),
        (
            Validator::Base58Check,
            &[
                r"[13][1-9A-HJ-NP-Za-km-z]{25,33}",
                r"5[HJK][1-9A-HJ-NP-Za-km-z]{49}|[KL][1-9A-HJ-NP-Za-km-z]{51}",
                r"[xyzt]prv[1-9A-HJ-NP-Za-km-z]{107}",
            ],
        ),
        (Validator::SeedPhrase, &[r"[a-z]{3,8}(?: [a-z]{3,8}){11,23}"]),
    ];

    #[test]
    fn every_validator_is_satisfied_within_its_pattern() {
        assert_eq!(CASES.iter().map(|(v, _)| *v).collect::<Vec<_>>(), Validator::ALL);
        let mut rng = Rng::new(11);
        for (validator, patterns) in CASES {
            for pattern in *patterns {
                let parsed = Pattern::new(pattern).unwrap();
                for _ in 0..100 {
                    let text = parsed.completed(Some(*validator), &mut rng);
                    assert_eq!(validator.check(text.as_bytes()), wanted(*validator), "{pattern}: {text}");
                    assert!(parsed.matches(&text), "{pattern}: {text}");
                }
            }
        }
    }

    /// One wrong character in a token with a checksum is always seen.
    #[test]
    fn wrong_characters_are_seen() {
        let mut rng = Rng::new(12);
        for (validator, patterns) in &CASES[..13] {
            if matches!(validator, Validator::Jwt | Validator::JwtBase64 | Validator::AwsKeyId | Validator::PypiMacaroon) {
                continue;
            }
            for pattern in *patterns {
                let text = Pattern::new(pattern).unwrap().completed(Some(*validator), &mut rng);
                for at in text.len() - 20..text.len() - 1 {
                    let mut wrong = text.clone().into_bytes();
                    wrong[at] = if wrong[at] == b'q' { b'w' } else { b'q' };
                    let fine = validator.check(&wrong) == Verdict::Valid;
                    assert!(!fine || pattern.starts_with("github_pat_") && at >= 85, "{pattern}: {text} at {at}");
                }
            }
        }
    }
}

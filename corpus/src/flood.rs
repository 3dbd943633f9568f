//! Texts that would cost a careless scanner dearly: near misses in masses, matches in masses, nothing ever ending.

use crate::random::Rng;

/// A kind of flood.
#[derive(Clone, Copy, Debug)]
pub struct Flood {
    /// What it is made of.
    pub name: &'static str,
    make: fn(&mut Rng, usize) -> Vec<u8>,
}

impl Flood {
    /// The flood at exactly this length.
    #[must_use]
    pub fn text(&self, len: usize) -> Vec<u8> {
        let mut text = (self.make)(&mut Rng::new(len as u64), len);
        text.truncate(len);
        text
    }

    /// All floods.
    #[must_use]
    pub fn all() -> &'static [Flood] {
        ALL
    }
}

macro_rules! repeated {
    ($name:literal, $unit:expr) => {
        Flood { name: $name, make: |_, len| repeat($unit, len) }
    };
}

const ALL: &[Flood] = &[
    repeated!("pem heads", b"-----BEGIN "),
    repeated!("pem heads, whole", b"-----BEGIN RSA PRIVATE KEY-----\n"),
    repeated!("pem heads with a body", b"-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEAx3Vq9Zt0MIIEpAIBAAKCAQEAx3Vq9Zt0\n"),
    repeated!("dashes", b"-"),
    repeated!("ats", b"@"),
    repeated!("names and ats", b"abcdefgh.ij@"),
    repeated!("classic prefixes", b"ghp_"),
    repeated!("jwt prefixes", b"eyJ-"),
    repeated!("jwt segments", b"eyJhbGciOiJIUzI1NiJ9."),
    repeated!("slashes", b"://a:"),
    repeated!("passwords", b"password="),
    repeated!("passwords in quotes", b"password=\""),
    repeated!("key names", b"api_key:secret:token:"),
    repeated!("one letter", b"a"),
    repeated!("backslashes", b"\\"),
    repeated!("escaped newlines", b"\\n"),
    repeated!("escape characters", b"\x1b["),
    repeated!("colour codes", b"\x1b[1;31m"),
    repeated!("unicode escapes", b"\\u003d"),
    repeated!("colons", b"::"),
    repeated!("hexadecimal groups", b"ab12:"),
    repeated!("nul bytes", b"\0"),
    repeated!("newlines", b"\n"),
    repeated!("spaces", b" "),
    repeated!("quotes", b"\""),
    repeated!("not utf-8", b"\xff\xfe\xc0"),
    repeated!("phone numbers", b"+1 202 555 0143 "),
    repeated!("plus signs", b"+1"),
    repeated!("dotted digits", b"1.2.3."),
    repeated!("iban heads", b"GB82"),
    repeated!("iban groups", b"GB82 WEST 1234 "),
    repeated!("card groups", b"4111 1111 "),
    Flood { name: "digits", make: |rng, len| rng.text(b"0123456789", len).into_bytes() },
    Flood { name: "hexadecimal digits", make: |rng, len| rng.text(b"0123456789abcdef", len).into_bytes() },
    Flood {
        name: "token characters",
        make: |rng, len| rng.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", len).into_bytes(),
    },
    Flood {
        name: "base64",
        make: |rng, len| rng.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", len).into_bytes(),
    },
    Flood { name: "capital letters and digits", make: |rng, len| rng.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", len).into_bytes() },
    Flood { name: "digits and separators", make: |rng, len| rng.text(b"0123456789 -.()+", len).into_bytes() },
    Flood { name: "random bytes", make: |rng, len| (0..len).map(|_| rng.next_u64() as u8).collect() },
    Flood { name: "punctuation", make: |rng, len| rng.text(b"\\\"'`=:;,@/-_.+ \n", len).into_bytes() },
    Flood {
        name: "unfinished tokens",
        make: |rng, len| {
            let mut out = Vec::with_capacity(len + 64);
            while out.len() < len {
                out.extend(b"ghp_");
                out.extend(rng.text(b"ABCDEFGHIJKLMabcdefghijklm0123456789", 35).bytes());
                out.push(b' ');
            }
            out
        },
    },
    Flood {
        name: "one endless pem block",
        make: |rng, len| {
            let mut out = b"-----BEGIN RSA PRIVATE KEY-----\n".to_vec();
            while out.len() < len {
                out.extend(rng.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 64).bytes());
                out.push(b'\n');
            }
            out
        },
    },
    Flood {
        name: "named values",
        make: |rng, len| {
            let mut out = Vec::with_capacity(len + 64);
            while out.len() < len {
                out.extend(b"aws_secret_api_key = \"");
                out.extend(rng.text(b"ABCDEFGHIJKLMabcdefghijklm0123456789", 39).bytes());
                out.extend(b"\"\n");
            }
            out
        },
    },
];

fn repeat(unit: &[u8], len: usize) -> Vec<u8> {
    unit.iter().copied().cycle().take(len).collect()
}

//! What stands in a secret's place.

use crate::fingerprint::Fingerprint;

/// Most characters that [`Mode::Mask`] leaves.
const MASK_KEEPS: usize = 4;
/// It leaves at most one part in this many.
const MASK_SHARE: usize = 5;
const MASK: &str = "****";

/// How a finding is rewritten. None of the replacements needs an escape in JSON, XML, a shell or a URL's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `[REDACTED:github.pat-classic]`
    #[default]
    Label,
    /// `ghp_****`: the first characters, to tell which key it was. At most four and never more than a fifth.
    Mask,
    /// `[HASH:github.pat-classic:1a2b3c4d5e6f]`: the same secret gives the same text.
    Hash,
    /// Nothing.
    Remove,
    /// `[TOKEN:github.pat-classic:k1:…]`: whoever has the key can put the value back. The same secret gives the same text.
    /// A private key block, and any value of more than 1024 bytes, gets a label.
    Tokenize,
}

impl Mode {
    /// All modes.
    pub const ALL: [Mode; 5] = [Mode::Label, Mode::Mask, Mode::Hash, Mode::Remove, Mode::Tokenize];

    /// The word used in flags and files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Label => "label",
            Mode::Mask => "mask",
            Mode::Hash => "hash",
            Mode::Remove => "remove",
            Mode::Tokenize => "tokenize",
        }
    }

    /// The replacement of a finding of the rule with this id. `secret` is what is known of it when the replacement
    /// is due: nothing, for a long finding. A token is made by whoever has the keys; here it is the label in its stead.
    pub(crate) fn replacement(self, rule: &str, secret: &[u8], fingerprint: impl FnOnce() -> Fingerprint) -> String {
        match self {
            Mode::Label | Mode::Tokenize => format!("[REDACTED:{rule}]"),
            Mode::Mask => format!("{}{MASK}", visible(secret)),
            Mode::Hash => format!("[HASH:{rule}:{}]", fingerprint().short()),
            Mode::Remove => String::new(),
        }
    }
}

/// The start of a secret that a mask may show. It stops before any byte that could be a part of an escape.
fn visible(secret: &[u8]) -> &str {
    let most = MASK_KEEPS.min(secret.len() / MASK_SHARE);
    let plain = secret[..most].iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
    core::str::from_utf8(&secret[..plain]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_shows_little() {
        for (secret, shown) in [
            (&b"ghp_aaaaaaaaaaaaaaaaaaaa"[..], "ghp_"),
            (b"hunter2hunter2", "hu"),
            (b"abcd", ""),
            (b"", ""),
            (br"a\u0041bbbbbbbbbbbbbbbbbb", "a"),
            (br"\/bbbbbbbbbbbbbbbbbbbbbbb", ""),
            ("\u{e9}t\u{e9} chaud dans les Alpes".as_bytes(), ""),
        ] {
            assert_eq!(visible(secret), shown);
        }
    }
}

//! A private key block, checked while it streams through: nothing of the key is kept but its first bytes.

use super::codec;
use crate::finding::Verdict;

/// Decoded bytes kept: enough for a DER header, or for an OpenSSH key up to the length of its public part.
const KEPT: usize = 160;
/// Longest label looked at; the longest of interest is `ENCRYPTED PRIVATE KEY`.
const LABEL: usize = 32;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END";
const ENCRYPTED: &[u8] = b"ENCRYPTED";
const OPENSSH_MAGIC: &[u8] = b"openssh-key-v1\0";

/// Checks one block in constant memory, given its bytes in order from `-----BEGIN` on with escapes undone.
///
/// Where a copy of the text has its line breaks written as `\n` or as spaces, they are read as such.
#[derive(Clone, Debug)]
pub(crate) struct PemCheck {
    at: Place,
    label: [u8; LABEL],
    label_len: usize,
    /// How much of `BEGIN`, `END` or, in a header, `ENCRYPTED` the last bytes spell.
    spelled: usize,
    encrypted: bool,
    /// The last byte was a backslash.
    escaped: bool,
    body: Body,
    /// How far the body was at the start of the line, in case the line turns out to be a header.
    line_start: Mark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Begin,
    Label,
    LabelEnd,
    Body,
    Header,
    End,
    Done,
    Broken,
}

impl PemCheck {
    /// A check that has seen nothing yet.
    pub(crate) fn new() -> Self {
        PemCheck {
            at: Place::Begin,
            label: [0; LABEL],
            label_len: 0,
            spelled: 0,
            encrypted: false,
            escaped: false,
            body: Body { kept: [0; KEPT], mark: Mark::default() },
            line_start: Mark::default(),
        }
    }

    /// Takes the next byte. Bytes after `-----END` are ignored.
    pub(crate) fn push(&mut self, byte: u8) {
        match self.at {
            Place::Begin => self.spell(BEGIN, byte, Place::Label),
            Place::Label => self.push_label(byte),
            Place::LabelEnd => {
                if byte != b'-' {
                    self.at = Place::Body;
                    self.push(byte);
                }
            }
            Place::Body | Place::Header => self.push_line(byte),
            Place::End => self.push_end(byte),
            Place::Done | Place::Broken => {}
        }
    }

    /// Valid if the block's structure is that of a key of its kind; abstain if it was cut or is of a kind we cannot read.
    pub(crate) fn finish(self) -> Verdict {
        if self.at != Place::Done {
            return Verdict::Abstain;
        }
        let start = self.body.start();
        match self.label.get(..self.label_len).unwrap_or_default() {
            b"OPENSSH PRIVATE KEY" => self.body.judge(openssh_length(start), |total, length| total >= length),
            b"ENCRYPTED PRIVATE KEY" => self.body.judge_encrypted(),
            b"PRIVATE KEY" | b"RSA PRIVATE KEY" | b"EC PRIVATE KEY" | b"DSA PRIVATE KEY" => match self.encrypted {
                true => self.body.judge_encrypted(),
                false => self.body.judge(der_key_length(start), |total, length| total == length),
            },
            _ => Verdict::Abstain,
        }
    }

    /// Spells out a fixed text; a wrong byte breaks the block off.
    fn spell(&mut self, text: &[u8], byte: u8, then: Place) {
        if text.get(self.spelled) != Some(&byte) {
            self.at = Place::Broken;
            return;
        }
        self.spelled += 1;
        if self.spelled == text.len() {
            self.spelled = 0;
            self.at = then;
        }
    }

    fn push_label(&mut self, byte: u8) {
        match (byte, self.label.get_mut(self.label_len)) {
            (b'-', _) => self.at = Place::LabelEnd,
            (b'A'..=b'Z' | b'0'..=b'9' | b' ', Some(place)) => {
                *place = byte;
                self.label_len += 1;
            }
            _ => self.at = Place::Broken,
        }
    }

    fn push_line(&mut self, byte: u8) {
        let escaped = core::mem::replace(&mut self.escaped, byte == b'\\');
        match byte {
            b'\n' | b'\r' => self.start_line(),
            b'n' | b'r' if escaped => self.start_line(),
            b't' if escaped => {}
            b'\\' => {}
            _ if self.at == Place::Header => self.push_header(byte),
            b':' => {
                self.body.mark = self.line_start;
                self.at = Place::Header;
                self.spelled = 0;
            }
            b'-' => {
                self.at = Place::End;
                self.spelled = 1;
            }
            _ => self.body.push(byte),
        }
    }

    fn start_line(&mut self) {
        self.at = Place::Body;
        self.line_start = self.body.mark;
    }

    /// A single dash may stand in a header's name; what starts like an end line and is none breaks the block off.
    fn push_end(&mut self, byte: u8) {
        if self.spelled == 1 && byte != b'-' {
            self.at = Place::Body;
            self.body.push(b'-');
            self.push_line(byte);
        } else {
            self.spell(END, byte, Place::Done);
        }
    }

    fn push_header(&mut self, byte: u8) {
        self.spelled = match ENCRYPTED.get(self.spelled) {
            Some(next) if *next == byte => self.spelled + 1,
            _ => usize::from(ENCRYPTED.first() == Some(&byte)),
        };
        self.encrypted |= self.spelled == ENCRYPTED.len();
    }
}

/// The base-64 part: its first bytes decoded, and a count of the rest.
#[derive(Clone, Debug)]
struct Body {
    kept: [u8; KEPT],
    mark: Mark,
}

/// How far a body is. An earlier mark put back undoes what was pushed since.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    characters: u64,
    /// The last characters' bits; those that fill no byte yet are the lowest.
    held: u16,
    padded: bool,
    /// There were bytes that have no place in a block, such as dots or quotation marks.
    litter: bool,
}

impl Body {
    fn push(&mut self, byte: u8) {
        match codec::base64_value(byte) {
            Some(value) if !self.mark.padded && byte != b'-' && byte != b'_' => self.push_value(value),
            None if byte == b'=' => self.mark.padded = true,
            None if byte.is_ascii_whitespace() => {}
            _ => self.mark.litter = true,
        }
    }

    fn push_value(&mut self, value: u8) {
        self.mark.held = self.mark.held << 6 | u16::from(value);
        self.mark.characters = self.mark.characters.saturating_add(1);
        if self.mark.characters % 4 != 1 {
            let place = usize::try_from(self.total() - 1).ok().and_then(|at| self.kept.get_mut(at));
            if let Some(place) = place {
                let spare = self.mark.characters % 4 * 6 % 8;
                *place = (self.mark.held >> spare) as u8;
            }
        }
    }

    /// Bytes decoded.
    fn total(&self) -> u64 {
        self.mark.characters / 4 * 3 + (self.mark.characters % 4).saturating_sub(1)
    }

    /// The first bytes decoded.
    fn start(&self) -> &[u8] {
        let length = usize::try_from(self.total()).unwrap_or(KEPT).min(KEPT);
        self.kept.get(..length).unwrap_or_default()
    }

    /// Compares the number of bytes with the length the first of them tell. Litter may have added bytes, but took none.
    fn judge(&self, length: Option<u64>, fits: fn(u64, u64) -> bool) -> Verdict {
        match length {
            Some(length) if fits(self.total(), length) => Verdict::Valid,
            Some(length) if self.mark.litter && self.total() > length => Verdict::Abstain,
            _ => Verdict::Invalid,
        }
    }

    fn judge_encrypted(&self) -> Verdict {
        let whole = der_sequence(self.start()).is_some_and(|(header, content)| header + content == self.total());
        if whole { Verdict::Valid } else { Verdict::Abstain }
    }
}

/// The lengths of a DER sequence's header and content.
fn der_sequence(bytes: &[u8]) -> Option<(u64, u64)> {
    let (header, length): (_, &[u8]) = match bytes {
        [0x30, length @ 0..=0x7f, ..] => return Some((2, u64::from(*length))),
        [0x30, 0x81, length @ ..] => (3, length.get(..1)?),
        [0x30, 0x82, length @ ..] => (4, length.get(..2)?),
        [0x30, 0x83, length @ ..] => (5, length.get(..3)?),
        _ => return None,
    };
    Some((header, length.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))))
}

/// The length of a DER key: a sequence that starts with a small version number.
fn der_key_length(bytes: &[u8]) -> Option<u64> {
    let (header, content) = der_sequence(bytes)?;
    let version = bytes.get(usize::try_from(header).ok()?..)?;
    matches!(version, [2, 1, 0..=3, ..]).then_some(header + content)
}

/// The least length of an OpenSSH key: up to where its private part starts.
fn openssh_length(bytes: &[u8]) -> Option<u64> {
    let (cipher, rest) = ssh_string(bytes.strip_prefix(OPENSSH_MAGIC)?)?;
    let (kdf, rest) = ssh_string(rest)?;
    let (_, rest) = ssh_string(rest)?;
    let (keys, rest) = ssh_number(rest)?;
    let (public, rest) = ssh_number(rest)?;
    let named = |name: &[u8]| !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    let read = (bytes.len() - rest.len()) as u64;
    (named(cipher) && named(kdf) && keys > 0).then_some(read + u64::from(public) + 4)
}

fn ssh_number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_be_bytes(*number), rest))
}

fn ssh_string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = ssh_number(bytes)?;
    rest.split_at_checked(usize::try_from(length).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Verdict {
        let mut check = PemCheck::new();
        text.bytes().for_each(|byte| check.push(byte));
        check.finish()
    }

    fn base64(bytes: &[u8]) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut out = String::new();
        for chunk in bytes.chunks(3) {
            let bits = chunk.iter().chain(&[0; 2]).take(3).fold(0, |sum, b| sum << 8 | usize::from(*b));
            for i in 0..4 {
                out.push(if i <= chunk.len() { char::from(ALPHABET[bits >> (18 - 6 * i) & 63]) } else { '=' });
            }
        }
        out
    }

    fn lines(bytes: &[u8], line_end: &str) -> String {
        let text = base64(bytes);
        text.as_bytes().chunks(64).map(|line| format!("{}{line_end}", str::from_utf8(line).unwrap())).collect()
    }

    fn block(label: &str, body: &str) -> String {
        format!("-----{} {label}-----\n{body}-----{} {label}-----", "BEGIN", "END")
    }

    fn der(content: usize) -> Vec<u8> {
        let header = match content {
            0..=0x7f => vec![0x30, content as u8],
            0x80..=0xff => vec![0x30, 0x81, content as u8],
            _ => vec![0x30, 0x82, (content >> 8) as u8, content as u8],
        };
        let filling = (0..content - 3).map(|i| (i * 37 % 251) as u8);
        header.into_iter().chain([2, 1, 0]).chain(filling).collect()
    }

    fn openssh(cipher: &str, kdf: &str, options: &[u8]) -> Vec<u8> {
        let string = |text: &[u8]| [&(text.len() as u32).to_be_bytes(), text].concat();
        let private = string(&[5; 144]);
        let parts = [string(cipher.as_bytes()), string(kdf.as_bytes()), string(options), vec![0, 0, 0, 1], string(&[9; 51]), private];
        [OPENSSH_MAGIC.to_vec(), parts.concat()].concat()
    }

    #[test]
    fn der_keys() {
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"] {
            for content in [46, 119, 0x85, 0x130, 1190, 2345] {
                for line_end in ["\n", "\r\n", " ", "", "\\n", "\\\\r\\\\n", "\n    "] {
                    let key = der(content);
                    assert_eq!(check(&block(label, &lines(&key, line_end))), Verdict::Valid, "{label} {content} {line_end:?}");
                    let cut = &key[..key.len() - 1];
                    assert_eq!(check(&block(label, &lines(cut, line_end))), Verdict::Invalid);
                    let long = [&key[..], &[0]].concat();
                    assert_eq!(check(&block(label, &lines(&long, line_end))), Verdict::Invalid);
                }
            }
        }
    }

    #[test]
    fn headers_are_no_part_of_the_key() {
        let key = lines(&der(300), "\n");
        assert_eq!(check(&block("RSA PRIVATE KEY", &format!("Comment: a-b c\nX-Y-Z: 1\n\n{key}"))), Verdict::Valid);
        let encrypted = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n";
        assert_eq!(check(&block("RSA PRIVATE KEY", &format!("{encrypted}{}", lines(&[7; 300], "\n")))), Verdict::Abstain);
        assert_eq!(check(&block("RSA PRIVATE KEY", &lines(&[7; 300], "\n"))), Verdict::Invalid);
    }

    #[test]
    fn encrypted_keys() {
        assert_eq!(check(&block("ENCRYPTED PRIVATE KEY", &lines(&der(400), "\n"))), Verdict::Valid);
        assert_eq!(check(&block("ENCRYPTED PRIVATE KEY", &lines(&der(400)[1..], "\n"))), Verdict::Abstain);
    }

    #[test]
    fn openssh_keys() {
        let bcrypt = openssh("aes256-gcm@openssh.com", "bcrypt", &[1; 24]);
        for key in [openssh("none", "none", b""), bcrypt] {
            assert_eq!(check(&block("OPENSSH PRIVATE KEY", &lines(&key, "\n"))), Verdict::Valid);
            assert_eq!(check(&block("OPENSSH PRIVATE KEY", &lines(&key[1..], "\n"))), Verdict::Invalid);
            assert_eq!(check(&block("OPENSSH PRIVATE KEY", &lines(&key[..90], "\n"))), Verdict::Invalid);
        }
        assert_eq!(check(&block("OPENSSH PRIVATE KEY", &lines(&openssh("", "none", b""), "\n"))), Verdict::Invalid);
        assert_eq!(check(&block("OPENSSH PRIVATE KEY", &lines(&der(300), "\n"))), Verdict::Invalid);
    }

    #[test]
    fn placeholders_and_code() {
        for body in ["", "...", "<key>\n", "MIIEpAIBAAKCAQEA...\n", "xxxxxxxxxxxxxxxx\n", "REDACTED"] {
            assert_eq!(check(&block("RSA PRIVATE KEY", body)), Verdict::Invalid, "{body}");
        }
        let key = der(700);
        assert_eq!(check(&block("RSA PRIVATE KEY", &lines(&key, "\"\n\""))), Verdict::Valid);
        assert_eq!(check(&block("RSA PRIVATE KEY", &lines(&key, "\" +\n\""))), Verdict::Abstain);
    }

    #[test]
    fn what_cannot_be_told() {
        let key = lines(&der(300), "\n");
        for label in ["PGP PRIVATE KEY BLOCK", "CERTIFICATE", "SSH2 PRIVATE KEY", "", "private key", &"A".repeat(100)] {
            assert_eq!(check(&block(label, &key)), Verdict::Abstain, "{label}");
        }
        let whole = block("RSA PRIVATE KEY", &key);
        let end = whole.rfind("-----END").unwrap() + END.len();
        for cut in 0..end {
            assert_eq!(check(&whole[..cut]), Verdict::Abstain, "cut at {cut}");
        }
        assert_eq!(check(&whole[..end]), Verdict::Valid);
        assert_eq!(check(&block("RSA PRIVATE KEY", &format!("--x\n{key}"))), Verdict::Abstain);
    }

    #[test]
    fn any_bytes_get_an_answer() {
        let start = block("RSA PRIVATE KEY", &lines(&der(60), "\n"));
        for at in 0..start.len() {
            for byte in 0..=255 {
                let mut bytes = start.clone().into_bytes();
                bytes[at] = byte;
                let mut check = PemCheck::new();
                bytes.iter().for_each(|byte| check.push(*byte));
                let _ = check.finish();
            }
        }
    }
}

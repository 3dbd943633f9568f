//! Passwords of URLs, which nothing but their place tells.

use crate::finding::Confidence;

/// The most the password of a URL can be worth: examples all use the same few words.
pub(super) fn weigh(value: &[u8]) -> Confidence {
    const WORDS: [&str; 27] = [
        "admin",
        "bar",
        "changeit",
        "foo",
        "guest",
        "letmein",
        "mypass",
        "mypassword",
        "mysecret",
        "pass",
        "passphrase",
        "passw",
        "passwd",
        "password",
        "postgres",
        "pswd",
        "pw",
        "pwd",
        "root",
        "secret",
        "test",
        "token",
        "user",
        "userpass",
        "username",
        // What GitHub asks for where the token stands as the user.
        "x-oauth-basic",
        "xyz",
    ];
    let letters = value.len() - value.iter().rev().take_while(|b| !b.is_ascii_alphabetic()).count();
    let word = value.split(|b| matches!(b, b'_' | b'-')).next_back().unwrap_or(value);
    let word = &word[..word.len().saturating_sub(value.len() - letters)];
    let one = |word: &[u8]| WORDS.iter().any(|w| w.as_bytes().eq_ignore_ascii_case(word));
    // `testpass`, `rootsecret`: two of them are no better.
    let known = |word: &[u8]| one(word) || (1..word.len()).any(|at| one(&word[..at]) && one(&word[at..]));
    if known(word)
        || known(value)
        || known(&value[..letters])
        || value.starts_with(b"$")
        || value.starts_with(b"%")
        || value.starts_with(b"{")
        || value.contains(&b' ')
    {
        Confidence::Low
    } else {
        Confidence::Certain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn example_passwords_in_urls_are_low() {
        for value in ["password", "pass", "pwd1", "my_secret", "wrong_pass", "testpass", "$PASS", "%s"] {
            assert_eq!(weigh(value.as_bytes()), Confidence::Low, "{value}");
        }
        for value in ["hunter2x", "Zq8!kd02", "passage"] {
            assert_eq!(weigh(value.as_bytes()), Confidence::Certain, "{value}");
        }
    }
}

//! Which of the values that have names are secrets.

use tamis::engine::Findings;
use tamis::{Confidence, Stream};

use crate::setup;

/// Words of names whose values are secrets.
const SECRET: [&str; 25] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pass",
    "pwd",
    "secret",
    "secrets",
    "token",
    "tokens",
    "key",
    "keys",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "credential",
    "credentials",
    "creds",
    "auth",
    "cookie",
    "dsn",
    "jwt",
    "pat",
    "salt",
];
/// What a name ends in whose value only leads to a secret, or is none.
const OTHER: [&str; 30] = [
    "id",
    "ids",
    "file",
    "files",
    "path",
    "dir",
    "name",
    "names",
    "user",
    "username",
    "url",
    "uri",
    "endpoint",
    "host",
    "domain",
    "port",
    "region",
    "type",
    "sock",
    "socket",
    "pid",
    "ttl",
    "method",
    "mode",
    "enabled",
    "required",
    "public",
    "pub",
    "alg",
    "algorithm",
];
/// The shell's, which only look like it.
const SHELL: [&str; 3] = ["PWD", "OLDPWD", "GPG_KEY"];

/// Chooses values by their names, and by what the built-in rules find in them.
pub(super) struct Choice {
    stream: Stream,
}

impl Choice {
    pub(super) fn new() -> Self {
        Choice { stream: setup::builtin().stream() }
    }

    /// The secrets in a value: all of it where the name says so, and what the rules find.
    pub(super) fn secrets<'v>(&mut self, name: &str, value: &'v str) -> Vec<&'v str> {
        let mut found = self.found(name, value);
        if speaks_of_secrets(name) && !is_place(value) && !found.contains(&value) {
            found.push(value);
        }
        found
    }

    /// What the built-in rules find in it.
    fn found<'v>(&mut self, name: &str, value: &'v str) -> Vec<&'v str> {
        let mut findings = Findings::default();
        let lead = format!("{name}=");
        self.stream.push(lead.as_bytes(), &mut findings);
        self.stream.push(value.as_bytes(), &mut findings);
        self.stream.push(b"\n", &mut findings);
        self.stream.finish(&mut findings);
        let scanner = setup::builtin();
        let secrets = findings.found.iter().filter(|f| f.confidence >= Confidence::Medium);
        let secrets = secrets.filter(|f| scanner.rule(f.rule).class.starts_with("secret/"));
        secrets.filter_map(|f| value.get(f.span.range().start.checked_sub(lead.len())?..f.span.range().end - lead.len())).collect()
    }
}

/// Whether values of this name are secrets.
pub(super) fn speaks_of_secrets(name: &str) -> bool {
    let words = words(name);
    let is = |list: &[&str], word: &String| list.contains(&word.as_str());
    let speaks = words.iter().any(|word| is(&SECRET, word));
    speaks && !SHELL.contains(&name) && !words.last().is_some_and(|word| is(&OTHER, word)) && !words.iter().any(|word| word == "public")
}

/// The words of a name, in lower case: `dbPassword`, `DB_PASSWORD` and `db-password` have two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for char in name.chars() {
        if !char.is_alphanumeric() || char.is_uppercase() && small {
            words.push(String::new());
        }
        small = char.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| char.is_alphanumeric()) {
            word.extend(char.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether it says where something is.
fn is_place(value: &str) -> bool {
    let start = ["/", "./", "../", "~/", "file:", "${", "$("].iter().any(|start| value.starts_with(start));
    start && !value.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_speak_of_secrets() {
        let yes =
            ["DB_PASSWORD", "dbPassword", "npm-token", "API_KEY", "apikey", "AUTH", "STRIPE_SECRET_KEY", "login_password", "SENTRY_DSN"];
        let no = [
            "PWD",
            "PATH",
            "SSH_AUTH_SOCK",
            "AWS_ACCESS_KEY_ID",
            "PASSWORD_FILE",
            "AUTH_URL",
            "PUBLIC_KEY",
            "KEYBOARD",
            "TOKENIZER",
            "MONKEY",
            "",
        ];
        assert_eq!(yes.iter().filter(|name| !speaks_of_secrets(name)).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert_eq!(no.iter().filter(|name| speaks_of_secrets(name)).collect::<Vec<_>>(), Vec::<&&str>::new());
    }

    #[test]
    fn of_an_address_the_password_is_the_secret() {
        let mut choice = Choice::new();
        let (secret, address) = ("kQ7x2Lp9ZwTb4", "postgres://app:kQ7x2Lp9ZwTb4@db/app");
        assert_eq!(choice.secrets("DATABASE_URL", address), [secret]);
        assert_eq!(choice.secrets("DB_PASSWORD", secret), [secret]);
        assert_eq!(choice.secrets("KEY_DIR", "/etc/keys"), Vec::<&str>::new());
        assert_eq!(choice.secrets("SIGNING_KEY", "/etc/keys/signing.pem"), Vec::<&str>::new());
        assert_eq!(choice.secrets("EDITOR", "vim"), Vec::<&str>::new());
    }
}

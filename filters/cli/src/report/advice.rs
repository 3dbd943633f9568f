//! Why a finding is one, and what to do about it.

use tamis::{Confidence, Finding, Rule, Timestamp, Verdict};

use super::Found;

/// Why it is taken for one.
pub(super) fn why(rule: &Rule, finding: &Finding) -> &'static str {
    match (finding.verdict, finding.confidence) {
        _ if rule.class == "secret/known" => "it is a value that you named",
        (Verdict::Valid, Confidence::Certain) => "its checksum or structure proves it",
        (Verdict::Valid, _) => "its checksum or structure is right",
        (Verdict::Invalid, _) => "its form is right, its checksum is not: mistyped or made up",
        (Verdict::Abstain, Confidence::Low) => "it may be one, or an example of one",
        (Verdict::Abstain, Confidence::Medium) => "its form and what stands around it say so",
        (Verdict::Abstain, _) => "its form is hardly ever anything else",
    }
}

/// The same with what the token says of itself, and where the rest of the credential stands.
pub(super) fn reason(found: &Found<'_>) -> String {
    let why = why(found.rule, &found.located().finding);
    details(found).map_or_else(|| why.to_owned(), |details| format!("{why}; {details}"))
}

/// What the token says of itself, and where the rest of the credential stands.
pub(super) fn details(found: &Found<'_>) -> Option<String> {
    let told = found.located().finding.told;
    let accounts = [told.account()].into_iter().chain(found.parts.iter().map(|part| part.account));
    let day = |seconds: i64| Timestamp::from_second(seconds).ok().map(|time| time.strftime("%Y-%m-%d").to_string());
    let mut details: Vec<String> = accounts.flatten().map(|account| format!("account {account:012}")).collect();
    details.extend(told.issued().and_then(day).map(|day| format!("issued {day}")));
    details.extend(told.expires().and_then(day).map(|day| format!("expires {day}")));
    details.extend(told.temporary().map(|ends| if ends { "short-lived" } else { "valid until it is revoked" }.to_owned()));
    details.extend(found.parts.iter().map(|part| format!("with {} at {}:{}", part.rule, part.at.line, part.at.column)));
    (!details.is_empty()).then(|| details.join(", "))
}

/// What to do about it.
pub(super) fn fix(rule: &Rule) -> &'static str {
    let kind = rule.class.split('/').nth(1).unwrap_or_default();
    match (rule.class.split('/').next().unwrap_or_default(), kind) {
        ("secret", "private-key" | "encryption-key") => {
            "make a new key, and take this one out of wherever it is trusted: whoever has read it has it"
        }
        ("secret", "password-hash") => "keep hashes out of what others read, and change the password if it is weak",
        ("secret", "connection-string" | "password") => {
            "change the password, and have the program read the new one from its environment or a secret store"
        }
        ("secret", _) => "revoke it, and have the program read a new one from its environment or a secret store",
        ("pii", _) => "take it out, or put made-up data in its place",
        _ => "take it out where it tells more than it should",
    }
}

/// The entries of public frameworks that a finding in code is about: those of its rule, or those of its class.
pub(super) fn tags(rule: &Rule) -> Vec<&str> {
    let own: Vec<&str> = rule.tags.iter().map(String::as_str).filter(|tag| tamis::audit::control(tag).is_some()).collect();
    if !own.is_empty() {
        return own;
    }
    match rule.class.split('/').next() {
        Some("secret") => vec!["CWE-798", "NHI2:2025", "AML.T0055"],
        Some("pii") => vec!["CWE-359", "DSGAI01"],
        _ => vec!["CWE-200"],
    }
}

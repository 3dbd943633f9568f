//! Why a finding is one, and what to do about it.

use tamis::{Confidence, Finding, Rule, Verdict};

/// Why it is taken for one.
pub(super) fn why(finding: &Finding) -> &'static str {
    match (finding.verdict, finding.confidence) {
        (Verdict::Valid, Confidence::Certain) => "its checksum or structure proves it",
        (Verdict::Valid, _) => "its checksum or structure is right",
        (Verdict::Invalid, _) => "its form is right, its checksum is not: mistyped or made up",
        (Verdict::Abstain, Confidence::Low) => "it may be one, or an example of one",
        (Verdict::Abstain, Confidence::Medium) => "its form and what stands around it say so",
        (Verdict::Abstain, _) => "its form is hardly ever anything else",
    }
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

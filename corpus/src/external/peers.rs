//! Rule examples of other scanners: does a rule of ours find what theirs does, and stay quiet where theirs does?

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use tamis_engine::{Confidence, Finding, Scanner};

use super::{Tally, files, overlaps, provider, rows, sure};

/// Peers' names for providers that have another name here. What is missing is found by its own name.
const NAMES: &[(&str, &str)] = &[
    ("awskey", "aws"),
    ("basicauth", "url"),
    ("bedrock", "aws"),
    ("ciscomeraki", "cisco-meraki"),
    ("credentials", "url"),
    ("curl", "http"),
    ("definednetworking", "defined-networking"),
    ("django", "generic"),
    ("dockerhub", "docker"),
    ("frameio", "frameio"),
    ("gcs", "gcp"),
    ("gemini", "gcp"),
    ("google", "gcp"),
    ("jfrog", "artifactory"),
    ("jira", "atlassian"),
    ("keyword", "generic"),
    ("keenio", "keen"),
    ("msteams", "microsoft-teams"),
    ("microsoftteams", "microsoft-teams"),
    ("netrc", "generic"),
    ("newrelic", "new-relic"),
    ("pem", "private-key"),
    ("privkey", "private-key"),
    ("privatekey", "private-key"),
    ("pwhash", "generic"),
    ("s3", "aws"),
    ("sonarcloud", "sonar"),
    ("sonarqube", "sonar"),
    ("squareup", "square"),
    ("terraform", "hashicorp"),
    ("uri", "url"),
    ("vault", "hashicorp"),
    ("youtube", "gcp"),
];

/// Peers' rules whose first word is a provider of ours, but not the one they mean, or that look for no secret.
const OTHERS: &[&str] = &[
    // Other services of the same name.
    "asanaoauth",
    "azuresearchurl",
    "mailjetsms",
    "line1",
    "jwtbase64",
    "firebase",
    // Hosts, accounts, public ids.
    "adobe1",
    "adobe2",
    "adobeclientid",
    "age1",
    "algolia2",
    "arn",
    "artifactory2",
    "asana1",
    "asanaclientid",
    "auth01",
    "auth03",
    "aws3",
    "azureopenaihost",
    "azurestoragename",
    "azuredevops1",
    "bitbucket1",
    "bitbucketclientid",
    "clickhouse2",
    "clojars1",
    "confluent1",
    "confluentaccesstoken",
    "databricks3",
    "discord3",
    "discordclientid",
    "facebook1",
    "gcs1",
    "gcs2",
    "google1",
    "ippublic",
    "jira1",
    "linkedin1",
    "linkedinclientid",
    "looker1",
    "looker2",
    "lookerclientid",
    "mattermost1",
    "maxmind2",
    "mongodb2",
    "nylasapiuri",
    "okta2",
    "paypal1",
    "plaid1",
    "plaidclientid",
    "planetscale2",
    "salesforce2",
    "sendbirdaccessid",
    "shopify1",
    "snowflake1",
    "snowflake2",
    "sonarqube2",
    "squareup1",
    "sumologicaccessid",
    "supabase3",
    "s31",
    "s32",
    "messagebirdclientid",
];

#[derive(Deserialize)]
struct Row {
    id: String,
    rule_id: String,
    text: String,
    expect: String,
    #[serde(default)]
    secret: Option<String>,
    #[serde(default)]
    want: Option<Vec<Option<String>>>,
}

/// What was found in the examples of one peer.
#[derive(Clone, Debug, Default)]
pub struct Peers {
    /// Match rows with a finding of low confidence or more.
    pub found: Tally,
    /// The same, only where the peer's rule is about a provider in the pack.
    pub ours: Tally,
    /// The same without those that no provider's name helps with.
    pub named: Tally,
    /// Those of `ours` with a finding of medium confidence or more.
    pub sure: Tally,
    /// Rows that the peer's rule must not match, nor another one of the same peer does; a hit is a finding of the same provider of medium confidence or more.
    pub quiet: Tally,
}

impl Peers {
    /// Reads the examples of each peer in a folder and looks for them. The keys are the files' names.
    ///
    /// # Errors
    ///
    /// A file that cannot be read.
    pub fn measure(folder: &Path, scanner: &Scanner) -> Result<BTreeMap<String, Peers>, String> {
        let providers: BTreeSet<&str> = scanner.rules().iter().filter_map(|r| Some(r.id.split_once('.')?.0)).collect();
        let mut all = BTreeMap::new();
        for file in files(folder)? {
            let mut peers = Peers::default();
            let rows = rows::<Row>(&file)?;
            // What one rule must not match may be another rule's example.
            let matched: BTreeSet<&str> = rows.iter().filter(|r| r.expect == "match").map(|r| r.text.as_str()).collect();
            for row in rows.iter().filter(|r| r.expect == "match" || !matched.contains(r.text.as_str())) {
                peers.take(row, scanner, &providers);
            }
            all.insert(file.file_stem().unwrap_or_default().to_string_lossy().into_owned(), peers);
        }
        Ok(all)
    }

    fn take(&mut self, row: &Row, scanner: &Scanner, providers: &BTreeSet<&str>) {
        let found = scanner.find(row.text.as_bytes());
        let ours = provider_of(&row.rule_id, providers);
        if row.expect == "nomatch" {
            let loud = ours.is_some_and(|ours| found.iter().any(|f| sure(f, Confidence::Medium) && provider(scanner, f) == ours));
            self.quiet.count(loud);
            if loud {
                self.quiet.wrong(&row.rule_id, &row.id);
            }
            return;
        }
        let wanted: Vec<&str> =
            row.secret.iter().map(String::as_str).chain(row.want.iter().flatten().flatten().map(String::as_str)).collect();
        let places: Vec<usize> = wanted.iter().filter_map(|w| row.text.find(w)).collect();
        let right = |f: &&Finding| {
            places.is_empty() || wanted.iter().any(|w| row.text.match_indices(w).any(|(at, w)| overlaps(f, at, at + w.len())))
        };
        let hit = found.iter().any(|f| right(&f));
        self.found.count(hit);
        if ours.is_some() {
            let sure = found.iter().filter(right).any(|f| sure(f, Confidence::Medium));
            self.ours.count(hit);
            if ours != Some("generic") {
                self.named.count(hit);
            }
            self.sure.count(sure);
            if !hit {
                self.ours.wrong(&row.rule_id, &row.id);
            } else if !sure {
                self.sure.wrong(&row.rule_id, &row.id);
            }
        } else if !hit {
            self.found.wrong(&row.rule_id, &row.id);
        }
    }
}

/// The provider in the pack that a peer's rule is about.
fn provider_of<'a>(rule: &str, providers: &BTreeSet<&'a str>) -> Option<&'a str> {
    let rule = ["kingfisher.", "np.", "secretlint-rule-"].iter().find_map(|p| rule.strip_prefix(p)).unwrap_or(rule);
    let flat = |name: &str| name.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase() as char).collect::<String>();
    let name = flat(rule);
    // `azure.1` is not `azure.10`.
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let is = |other: &&str| name.strip_prefix(other).is_some_and(|rest| !(other.ends_with(|c: char| c.is_ascii_digit()) && digit(rest)));
    if OTHERS.iter().any(is) {
        return None;
    }
    let known = NAMES.iter().filter(|(theirs, _)| name.starts_with(theirs)).max_by_key(|(theirs, _)| theirs.len());
    let own = providers.iter().filter(|p| starts_with_name(rule, &name, &flat(p))).max_by_key(|p| p.len()).copied();
    known.and_then(|(_, ours)| providers.get(ours).copied()).or(own)
}

/// Whether a rule's name starts with a provider's whole name: `box` is not `boxcast`.
fn starts_with_name(rule: &str, flat_rule: &str, provider: &str) -> bool {
    let Some(rest) = flat_rule.strip_prefix(provider) else { return false };
    let mut seen = 0;
    let end = rule.bytes().position(|b| {
        seen += usize::from(b.is_ascii_alphanumeric());
        seen == provider.len()
    });
    rest.is_empty() || end.and_then(|e| rule.as_bytes().get(e + 1)).is_some_and(|b| !b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_rules_name_providers() {
        let ours = BTreeSet::from(["aws", "gcp", "generic", "new-relic", "github", "microsoft-teams", "line"]);
        for (rule, provider) in [
            ("aws-access-token", Some("aws")),
            ("kingfisher.aws.2", Some("aws")),
            ("np.newrelic.1", Some("new-relic")),
            ("new-relic-user-api-key", Some("new-relic")),
            ("np.google.5", Some("gcp")),
            ("np.google.1", None),
            ("secretlint-rule-github", Some("github")),
            ("github_token", Some("github")),
            ("keyword", Some("generic")),
            ("kingfisher.msteams.1", Some("microsoft-teams")),
            ("linear-api-key", None),
            ("kingfisher.linear.1", None),
            ("kingfisher.box.1", None),
        ] {
            assert_eq!(provider_of(rule, &ours), provider, "{rule}");
        }
    }
}

//! Synthetic secrets to plant, made at run time from what is known of their form.

use tamis::engine::Validator;
use tamis_corpus::member::Pattern;
use tamis_corpus::random::Rng;

/// What is planted: kinds that scanners commonly have rules for, in the form they look for, each with the line it stands in.
/// `@` is the secret.
const KINDS: &[(&str, Option<Validator>, &str)] = &[
    ("ghp_[A-Za-z0-9]{36}", Some(Validator::GithubCrc32), "export GITHUB_TOKEN=@"),
    ("github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}", Some(Validator::GithubPatSha256), "gh_token: '@'"),
    ("glpat-[A-Za-z0-9]{20}", None, "GITLAB_TOKEN = \"@\""),
    ("npm_[A-Za-z0-9]{36}", Some(Validator::GithubCrc32), "//registry.npmjs.org/:_authToken=@"),
    ("pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{100,}", Some(Validator::PypiMacaroon), "password = @"),
    ("AKIA[A-Z2-7]{15}[AQ]", None, "aws_access_key_id = @"),
    ("[A-Za-z0-9]{19}/[A-Za-z0-9]{20}", None, "aws_secret_access_key = @"),
    ("xoxb-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}", None, "SLACK_BOT_TOKEN: @"),
    ("hooks\\.slack\\.com/services/T[A-Z0-9]{10}/B[A-Z0-9]{10}/[A-Za-z0-9]{24}", None, "webhook: https://@"),
    ("sk_live_[A-Za-z0-9]{24}", None, "stripe.api_key = \"@\""),
    ("AIza[0-9A-Za-z_-]{34}[0-9A-Za-z]", None, "const MAPS_API_KEY = '@';"),
    ("SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{42}[A-Za-z0-9]", None, "sendgrid_api_key: \"@\""),
    ("SK[0-9a-f]{32}", None, "twilio_api_key = \"@\""),
    ("key-[0-9a-f]{32}", None, "MAILGUN_API_KEY = \"@\""),
    ("[0-9]{10}:AA[A-Za-z0-9_-]{32}[A-Za-z0-9]", None, "TELEGRAM_BOT_TOKEN=\"@\""),
    ("[0-9a-f]{32}", None, "datadog_api_key = \"@\""),
    ("dop_v1_[0-9a-f]{64}", None, "DIGITALOCEAN_TOKEN=@"),
    ("sk-ant-api03-[A-Za-z0-9_-]{93}AA", None, "client = Client(api_key=\"@\")"),
    ("sk-proj-[A-Za-z0-9]{74}T3BlbkFJ[A-Za-z0-9]{74}", None, "OPENAI_API_KEY=@"),
    ("hf_[A-Za-z]{34}", None, "login(token=\"@\")"),
    ("shpat_[0-9a-f]{32}", None, "shopify_access_token: '@'"),
    ("dapi[0-9a-f]{32}", None, "DATABRICKS_TOKEN = \"@\""),
    ("PMAK-[0-9a-f]{24}-[0-9a-f]{34}", None, "postman_key: \"@\""),
    ("lin_api_[A-Za-z0-9]{40}", None, "LINEAR_API_KEY=@"),
    ("glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}", Some(Validator::GrafanaCrc32), "GRAFANA_TOKEN: \"@\""),
    ("NRAK-[A-Z0-9]{27}", None, "new_relic_api_key = \"@\""),
    ("dp\\.pt\\.[A-Za-z0-9]{43}", None, "DOPPLER_TOKEN=@"),
    ("pul-[0-9a-f]{40}", None, "PULUMI_ACCESS_TOKEN=@"),
    ("rubygems_[0-9a-f]{48}", None, ":rubygems_api_key: @"),
    ("pscale_tkn_[A-Za-z0-9_-]{42}[A-Za-z0-9]", None, "planetscale = \"@\""),
    ("eyJ[A-Za-z0-9_-]{20,}\\.eyJ[A-Za-z0-9_-]{60,}\\.[A-Za-z0-9_-]{43}", Some(Validator::Jwt), "Authorization: Bearer @"),
    ("[a-z][A-Za-z0-9]{15}[0-9][A-Z0-9a-z]{15}", None, "\"api_key\": \"@\","),
    ("[A-Za-z][A-Za-z0-9]{23}[0-9][A-Z][a-z0-9]{14}", None, "client_secret: \"@\""),
    ("[a-z]{3}[A-Z]{3}[0-9]{3}[A-Za-z0-9]{9}[!#%]", None, "db_password = \"@\""),
    ("[a-z]{3}[A-Z]{3}[0-9]{3}[A-Za-z0-9]{9}", None, "DATABASE_URL=postgres://service:@@db.internal.net:5432/main"),
    ("dckr_pat_[A-Za-z0-9_-]{26}[A-Za-z0-9]", None, "docker login --username service --password @"),
];

/// A secret and where in its line it stands.
#[derive(Clone, Debug)]
pub struct Planted {
    /// The line, without an end.
    pub line: String,
    /// First byte of the secret in the line.
    pub start: usize,
    /// The secret.
    pub secret: String,
}

/// Makes secrets of the planted kinds.
#[derive(Debug)]
pub struct Secrets {
    kinds: Vec<(Pattern, Option<Validator>, &'static str)>,
    rng: Rng,
    made: usize,
}

impl Secrets {
    /// The same secrets from the same seed.
    ///
    /// # Panics
    ///
    /// Never: the patterns are right.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let kind = |(pattern, validator, line): &(&str, _, _)| {
            let pattern = Pattern::new(pattern).unwrap_or_else(|why| panic!("{pattern}: {why}"));
            (pattern, *validator, *line)
        };
        Secrets { kinds: KINDS.iter().map(kind).collect(), rng: Rng::new(seed), made: 0 }
    }

    /// The next secret in its line; kinds take turns.
    pub fn next_line(&mut self) -> Planted {
        let (pattern, validator, template) = &self.kinds[self.made % self.kinds.len()];
        self.made += 1;
        let secret = pattern.completed(*validator, &mut self.rng);
        let (before, after) = template.split_once('@').unwrap_or((template, ""));
        Planted { line: format!("{before}{secret}{after}"), start: before.len(), secret }
    }
}

#[cfg(test)]
mod tests {
    use tamis::{Confidence, Scanner};

    use super::*;

    #[test]
    fn each_kind_is_found_once_and_whole() {
        let scanner = Scanner::new(tamis::rules::builtin());
        let mut secrets = Secrets::new(5);
        let mut wrong = Vec::new();
        for kind in KINDS.iter().cycle().take(20 * KINDS.len()) {
            let planted = secrets.next_line();
            let findings = scanner.find(planted.line.as_bytes());
            let spans: Vec<_> =
                findings.iter().filter(|finding| finding.confidence >= Confidence::Medium).map(|finding| finding.span).collect();
            let (start, end) = (planted.start as u64, (planted.start + planted.secret.len()) as u64);
            if spans.len() != 1 || spans[0].start > start || spans[0].end < end {
                wrong.push(format!("{}: {start}..{end} {spans:?}", kind.0));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

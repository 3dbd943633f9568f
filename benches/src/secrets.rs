//! Synthetic secrets to plant, made at run time from what is known of their form.

use tamis::engine::Validator;
use tamis_corpus::member::Pattern;
use tamis_corpus::random::Rng;

/// What is planted: kinds that every scanner in the comparison has a rule for, in the form it looks for, each with the
/// line it stands in. `@` is the secret.
const KINDS: &[(&str, Option<Validator>, &str)] = &[
    ("ghp_[A-Za-z0-9]{36}", Some(Validator::GithubCrc32), "export GITHUB_TOKEN=@"),
    ("glpat-[A-Za-z0-9]{20}", None, "GITLAB_TOKEN = \"@\""),
    ("npm_[A-Za-z0-9]{36}", Some(Validator::GithubCrc32), "//registry.npmjs.org/:_authToken=@"),
    ("xoxb-[0-9]{12}-[0-9]{12}-[A-Za-z0-9]{24}", None, "SLACK_BOT_TOKEN: @"),
    ("sk_live_[A-Za-z0-9]{24}", None, "stripe.api_key = \"@\""),
    ("AIza[0-9A-Za-z_-]{34}[0-9A-Za-z]", None, "const MAPS_API_KEY = '@';"),
    ("SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{42}[A-Za-z0-9]", None, "sendgrid_api_key: \"@\""),
    ("dop_v1_[0-9a-f]{64}", None, "DIGITALOCEAN_TOKEN=@"),
    ("sk-ant-api03-[A-Za-z0-9_-]{93}AA", None, "client = Client(api_key=\"@\")"),
    ("shpat_[0-9a-f]{32}", None, "shopify_access_token: '@'"),
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

//! Synthetic secrets to plant, made at run time from the rules that describe them.

use tamis::engine::Validator;
use tamis_corpus::member::Pattern;
use tamis_corpus::random::Rng;

/// What is planted: kinds that every scanner in the comparison knows, each with the line it stands in. `@` is the secret.
const KINDS: &[(&str, &str)] = &[
    ("github.pat-classic", "export GITHUB_TOKEN=@"),
    ("gitlab.pat", "GITLAB_TOKEN = \"@\""),
    ("npm.access-token", "//registry.npmjs.org/:_authToken=@"),
    ("slack.bot-token", "SLACK_BOT_TOKEN: @"),
    ("stripe.live-key", "stripe.api_key = \"@\""),
    ("aws.access-key-id", "aws_access_key_id = @"),
    ("gcp.api-key", "const MAPS_API_KEY = '@';"),
    ("sendgrid.api-key", "sendgrid_api_key: \"@\""),
    ("digitalocean.pat", "DIGITALOCEAN_TOKEN=@"),
    ("anthropic.api-key", "client = Client(api_key=\"@\")"),
    ("postgres.connection-password", "DATABASE_URL=postgres://app:@@db.internal:5432/app"),
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
    /// If the built-in rules lack one of the kinds.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let specs = tamis::rules::builtin_specs();
        let kind = |(id, line): &(&str, &'static str)| {
            let spec = specs.iter().find(|spec| spec.id == *id).unwrap_or_else(|| panic!("there is no rule {id}"));
            let pattern = Pattern::new(&spec.pattern).unwrap_or_else(|why| panic!("{id}: {why}"));
            (pattern, spec.validator.as_deref().and_then(Validator::from_name), *line)
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

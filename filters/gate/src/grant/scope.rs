//! What a grant is for.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::flow::Flow;
use crate::policy::{Kind, Pattern};

/// What a session may reach. A list that is not there leaves the choice to policy; an empty one allows nothing.
///
/// `*` in an entry stands for anything, `?` for one character.
///
/// ```
/// use tamis::Flow;
/// use tamis::grant::Scope;
///
/// let scope = Scope { tools: Some(vec!["mcp__git__*".into()]), ..Scope::default() };
/// let flow = |tool: &str| Flow { tool: Some(tool.into()), ..Flow::default() };
/// assert!(scope.permits(&flow("mcp__git__status")).is_ok());
/// assert_eq!(scope.permits(&flow("Bash")).unwrap_err().to_string(), "the grant is not for the tool Bash");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Repositories, as the label `repository=…` names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repositories: Option<Vec<String>>,
    /// Tools.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<String>>,
    /// Hosts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destinations: Option<Vec<String>>,
}

/// Something that a grant is not for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    what: &'static str,
    name: String,
}

impl fmt::Display for Beyond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the grant is not for the {} {}", self.what, self.name)
    }
}

impl core::error::Error for Beyond {}

impl Scope {
    /// Whether the grant is for all that is known of this flow. What a flow does not say is not asked.
    ///
    /// # Errors
    ///
    /// The first thing that the grant is not for.
    pub fn permits(&self, flow: &Flow) -> Result<(), Beyond> {
        let repositories = flow.labels.iter().filter_map(|label| label.strip_prefix("repository="));
        holds("repository", self.repositories.as_deref(), repositories, Kind::Name)?;
        holds("tool", self.tools.as_deref(), flow.tool.as_deref(), Kind::Name)?;
        holds("destination", self.destinations.as_deref(), flow.destination.host.as_deref(), Kind::Host)
    }
}

fn holds<'a>(what: &'static str, list: Option<&[String]>, names: impl IntoIterator<Item = &'a str>, kind: Kind) -> Result<(), Beyond> {
    let Some(list) = list else { return Ok(()) };
    let listed = |name: &&str| list.iter().any(|pattern| Pattern::new(pattern, kind).matches(name));
    match names.into_iter().find(|name| !listed(name)) {
        Some(name) => Err(Beyond { what, name: name.to_owned() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Destination;

    #[test]
    fn each_list_narrows_one_thing() {
        let flow = Flow {
            tool: Some("Bash".into()),
            destination: Destination { host: Some("API.example.com".into()), ..Destination::default() },
            labels: ["production".to_owned(), "repository=acme/shop".to_owned()].into(),
            ..Flow::default()
        };
        let list = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        for (repositories, tools, destinations, beyond) in [
            (None, None, None, None),
            (list(&["acme/*"]), list(&["Read", "Bash"]), list(&["*.example.com"]), None),
            (list(&["acme/blog"]), None, None, Some("the repository acme/shop")),
            (None, list(&["bash"]), None, Some("the tool Bash")),
            (None, list(&[]), None, Some("the tool Bash")),
            (None, None, list(&["example.com"]), Some("the destination API.example.com")),
        ] {
            let scope = Scope { repositories, tools, destinations };
            let told = scope.permits(&flow).err().map(|beyond| beyond.to_string());
            assert_eq!(told, beyond.map(|what| format!("the grant is not for {what}")));
            assert!(scope.permits(&Flow::default()).is_ok());
        }
    }
}

//! The page on the repository's host where a line of a commit can be looked at.

use std::env;

use crate::harmless::without_secrets;
use crate::percent::encoded;

/// How a host writes its addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    GitHub,
    GitLab,
    Bitbucket,
    /// Gitea, Forgejo, Codeberg.
    Gitea,
    Azure,
}

/// A repository on a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hosting {
    style: Style,
    /// The repository's own page.
    base: String,
}

impl Hosting {
    /// The host of the remote that a clone comes from: `origin`, or the only one.
    pub(super) fn of(git: &gix::Repository) -> Option<Self> {
        let names = git.remote_names();
        let name = match names.iter().find(|name| name.as_slice() == b"origin") {
            Some(name) => name,
            None => names.iter().next().filter(|_| names.len() == 1)?,
        };
        let url = git.config_snapshot().string(format!("remote.{name}.url").as_str())?;
        Hosting::read(&url.to_string(), &|name| env::var(name).ok())
    }

    /// Reads a remote's address. Of a host that is somebody's own, the environment of a job tells what it is.
    fn read(url: &str, env: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let (host, path) = split(url)?;
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let is = |name: &str| env(name).is_some_and(|server| split(&server).map_or(server.as_str(), |(host, _)| host) == host);
        let named = |name: &str| host.split('.').any(|part| part == name || part.starts_with(&format!("{name}-")));
        let style = match host {
            "dev.azure.com" | "ssh.dev.azure.com" => Style::Azure,
            "bitbucket.org" => Style::Bitbucket,
            "codeberg.org" => Style::Gitea,
            _ if named("github") || is("GITHUB_SERVER_URL") => Style::GitHub,
            _ if named("gitlab") || is("CI_SERVER_URL") => Style::GitLab,
            _ if named("gitea") || named("forgejo") => Style::Gitea,
            _ => return None,
        };
        let base = match (style, path.split('/').collect::<Vec<_>>().as_slice()) {
            (Style::Azure, ["v3", organization, project, repository] | [organization, project, "_git", repository]) => {
                format!("https://dev.azure.com/{organization}/{project}/_git/{repository}")
            }
            (Style::Azure, _) => return None,
            (_, [_, _, ..]) => format!("https://{host}/{}", encoded(path)),
            _ => return None,
        };
        // What somebody put into the address by mistake stands in no report.
        (without_secrets(&base) == base).then_some(Hosting { style, base })
    }

    /// Where a line of a file stands in a commit or, without a file, the commit.
    pub(crate) fn link(&self, commit: &str, place: Option<(&str, u64)>) -> Option<String> {
        let base = &self.base;
        let Some((path, line)) = place else {
            return Some(match self.style {
                Style::GitHub | Style::Gitea | Style::Azure => format!("{base}/commit/{commit}"),
                Style::GitLab => format!("{base}/-/commit/{commit}"),
                Style::Bitbucket => format!("{base}/commits/{commit}"),
            });
        };
        // Of a name that is no text, only an escaped form is known.
        if path.contains('\\') {
            return None;
        }
        let file = encoded(path);
        Some(match self.style {
            Style::GitHub => format!("{base}/blob/{commit}/{file}{}#L{line}", if path.ends_with(".md") { "?plain=1" } else { "" }),
            Style::GitLab => format!("{base}/-/blob/{commit}/{file}#L{line}"),
            Style::Bitbucket => format!("{base}/src/{commit}/{file}#lines-{line}"),
            Style::Gitea => format!("{base}/src/commit/{commit}/{file}#L{line}"),
            Style::Azure => {
                format!("{base}?path=/{file}&version=GC{commit}&line={line}&lineEnd={}&lineStartColumn=1&lineEndColumn=1", line + 1)
            }
        })
    }
}

/// Host and path of an address, in any of git's ways to write one.
fn split(url: &str) -> Option<(&str, &str)> {
    let (authority, path, has_port) = match url.split_once("://") {
        Some((scheme, rest)) if ["https", "http", "ssh", "git", "git+ssh"].contains(&scheme) => {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            (authority, path, !scheme.starts_with("http"))
        }
        Some(_) => return None,
        // `git@host:path`; a folder is written with a slash before a colon, if there is one.
        None => url.split_once(':').filter(|(host, _)| !host.contains('/')).map(|(host, path)| (host, path, false))?,
    };
    let host = authority.rsplit('@').next()?;
    // The port of ssh says nothing about that of the pages.
    let host = if has_port { host.split(':').next()? } else { host };
    (!host.is_empty()).then_some((host, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(url: &str, path: Option<(&str, u64)>) -> Option<String> {
        let env = |name: &str| (name == "CI_SERVER_URL").then(|| "https://code.example.org".to_owned());
        Hosting::read(url, &env)?.link("abc", path)
    }

    #[test]
    fn hosts_are_known_by_their_addresses() {
        let at = Some(("a b/c.rs", 7));
        for (url, page) in [
            ("https://github.com/acme/shop.git", "https://github.com/acme/shop/blob/abc/a%20b/c.rs#L7"),
            ("git@github.com:acme/shop.git", "https://github.com/acme/shop/blob/abc/a%20b/c.rs#L7"),
            ("https://user:word@github.acme.com/a/b/", "https://github.acme.com/a/b/blob/abc/a%20b/c.rs#L7"),
            ("ssh://git@gitlab.acme.com:2222/group/sub/shop.git", "https://gitlab.acme.com/group/sub/shop/-/blob/abc/a%20b/c.rs#L7"),
            ("https://code.example.org/a/b.git", "https://code.example.org/a/b/-/blob/abc/a%20b/c.rs#L7"),
            ("git@bitbucket.org:acme/shop.git", "https://bitbucket.org/acme/shop/src/abc/a%20b/c.rs#lines-7"),
            ("https://codeberg.org/acme/shop", "https://codeberg.org/acme/shop/src/commit/abc/a%20b/c.rs#L7"),
            (
                "git@ssh.dev.azure.com:v3/acme/web/shop",
                "https://dev.azure.com/acme/web/_git/shop?path=/a%20b/c.rs&version=GCabc&line=7&lineEnd=8&lineStartColumn=1&lineEndColumn=1",
            ),
        ] {
            assert_eq!(link(url, at).as_deref(), Some(page), "{url}");
        }
        assert_eq!(link("https://github.com/a/b", Some(("x.md", 1))).as_deref(), Some("https://github.com/a/b/blob/abc/x.md?plain=1#L1"));
        assert_eq!(link("https://gitlab.com/a/b", None).as_deref(), Some("https://gitlab.com/a/b/-/commit/abc"));
        assert_eq!(link("https://github.com/a/b", Some(("d\\xff", 1))), None);
    }

    #[test]
    fn what_has_no_page_gets_no_link() {
        let token = format!("ghp_x7Qm2VtR9pLk4WnZ8sYd{}", "3FbH6jCgTa2JF1fs");
        let with_token = format!("https://github.com/a/{token}");
        for url in
            ["/srv/git/a.git", "../a", "C:\\a\\b", "file:///x/y/z", "https://example.org/a/b", "https://github.com/a", &with_token, ""]
        {
            assert_eq!(link(url, None), None, "{url}");
        }
    }
}

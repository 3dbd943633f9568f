//! The texts that secrets stand in: shell, JSON at several depths, YAML, code, diffs, URLs, prose, terminal colours.

use tamis_engine::{Reads, RuleSpec};

use crate::case::Case;

/// A kind of text around a value. `$N` is the value's name, `$V` its place.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// What it is.
    pub name: &'static str,
    frame: &'static str,
    /// How many times the inside is escaped as a JSON string.
    depth: usize,
    /// Whether the value has a name that context words can stand in.
    named: bool,
    /// Whether the value may hold spaces and punctuation.
    closed: bool,
}

const fn context(name: &'static str, frame: &'static str, depth: usize, named: bool, closed: bool) -> Context {
    Context { name, frame, depth, named, closed }
}

/// All contexts. In a frame, what is between `⟦` and `⟧` is escaped `depth` times.
pub const ALL: &[Context] = &[
    context("shell", "export $N=$V\n", 0, true, false),
    context("shell, quoted", "$N=\"$V\" make deploy\n", 0, true, true),
    context("yaml", "service:\n  $N: $V\n  port: x\n", 0, true, false),
    context("yaml, quoted", "- $N: '$V'\n", 0, true, true),
    context("code", "let $N = \"$V\";\nrun($N);\n", 0, true, true),
    context("python", "config[\"$N\"] = \"$V\"\n", 0, true, true),
    context("diff", "@@ -1,2 +1,2 @@\n-$N = \"\"\n+$N = \"$V\"\n", 0, true, true),
    context("json", "{\"id\": 7, \"$N\": \"$V\", \"next\": null}", 0, true, true),
    context("header", "GET / HTTP/1.1\r\nX-$N: $V\r\nAccept: */*\r\n\r\n", 0, true, false),
    context("url query", "https://api.example.org/v1/items?$N=$V&page=x\n", 0, true, false),
    context("ini, end of text", "[main]\n$N = $V", 0, true, false),
    context("json string", "{\"output\": \"⟦$ env\n$N=$V\nHOME=/root\n⟧\"}", 1, true, false),
    context("json in json", "{\"text\": \"⟦{\"$N\": \"$V\", \"ok\": true}⟧\"}", 1, true, true),
    context("json in json in json", "{\"text\": \"⟦{\"$N\": \"$V\", \"ok\": true}⟧\"}", 2, true, true),
    context("json, unicode equals sign", "{\"cmd\": \"$N\\u003d$V\"}", 0, true, false),
    context("prose", "the token on the server was $V and it still works\n", 0, false, false),
    context("prose, brackets", "see ($V) there\n", 0, false, false),
    context("list", "a\n* $V\n* b\n", 0, false, false),
    context("colour", "key: \x1b[32m$V\x1b[0m done\n", 0, false, false),
    context("escaped colour", "{\"out\": \"key \\u001b[1;32m$V\\u001b[0m done\"}", 0, false, false),
    context("glued to an escaped newline", "{\"out\": \"⟦total\n$V\nend⟧\"}", 1, false, false),
    context("glued, two deep", "{\"out\": \"⟦total\n$V\n\tend⟧\"}", 2, false, false),
    context("glued, four deep", "{\"out\": \"⟦total\n\t$V\n\"end⟧\"}", 4, false, false),
    context("glued to an escaped quote", "{\"out\": \"⟦say \"$V\"⟧\"}", 1, false, true),
    context("whole text", "$V", 0, false, false),
];

/// A case and where the value stands in it.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The case.
    pub case: Case,
    /// Raw bytes of the value.
    pub start: usize,
    /// End of the value.
    pub end: usize,
}

impl Context {
    /// Whether a member of this rule is found in such a text: its words must stand in a name, and a value with
    /// punctuation of its own needs an end that is not punctuation.
    #[must_use]
    pub fn suits(&self, spec: &RuleSpec, member: &str) -> bool {
        let plain = member.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        spec.reads != Reads::Block
            && (self.named || spec.words.is_empty() || matches!(spec.reads, Reads::UrlPassword | Reads::Compared))
            && (plain || self.closed || self.depth == 0)
    }

    /// The value in this context.
    #[must_use]
    pub fn place(&self, spec: &RuleSpec, member: &str) -> Placed {
        let word = spec.words.first().map(|w| w.replace(' ', "_"));
        let (head, tail) = self.frame.split_once("$V").unwrap_or((self.frame, ""));
        let (head, tail) = match spec.reads {
            Reads::UrlPassword => {
                let scheme = word.as_deref().unwrap_or("https");
                (
                    format!("{}{scheme}://jane:", head.replace("$N", "database")),
                    format!("@db.acme.internal/main{}", tail.replace("$N", "database")),
                )
            }
            Reads::Compared => {
                let name = word.as_deref().unwrap_or("password");
                (format!("{}if (\"", head.replace("$N", "check")), format!("\" == {name}) {{{}", tail.replace("$N", "check")))
            }
            _ => {
                let name = word.as_deref().unwrap_or("value_of_it");
                (head.replace("$N", name), tail.replace("$N", name))
            }
        };
        let head = match head.split_once('⟦') {
            Some((outer, inner)) => outer.to_owned() + &escaped(inner, self.depth),
            None => head,
        };
        let value = escaped(member, self.depth);
        let tail = match tail.split_once('⟧') {
            Some((inner, outer)) => escaped(inner, self.depth) + outer,
            None => tail,
        };
        let (start, end) = (head.len(), head.len() + value.len());
        Placed { case: Case::new(format!("{} in {}", spec.id, self.name), head + &value + &tail), start, end }
    }
}

/// The text as it stands in a JSON string, in a string in a string, and so on.
#[must_use]
pub fn escaped(text: &str, depth: usize) -> String {
    (0..depth).fold(text.to_owned(), |text, _| {
        text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r")
    })
}

//! Keys of tokens: where they come from, and new ones.

use std::io::{self, Write};
use std::path::Path;
use std::{env, fs};

use tamis::token::{KeyId, Scope, TokenKeys, Tokenizer};

use crate::args::{KeyKind, KeygenArgs, SessionArgs, TokenArgs};
use crate::failure::{Exit, Failure};
use crate::judge::Judge;

/// Holds keys where no file does.
const VARIABLE: &str = "TAMIS_TOKEN_KEYS";
const KEY: usize = 64;

/// What makes and opens the tokens of this run. Flags go before the environment, and that before the policy.
pub(crate) fn tokenizer(args: &TokenArgs, session: &SessionArgs, judge: &Judge) -> Result<Tokenizer, Failure> {
    let settings = judge.settings().tokens;
    let scope = match &session.session {
        Some(id) => Scope::session(id),
        None => Scope::key(),
    };
    let scope = match args.tenant.as_ref().or(settings.tenant.as_ref()) {
        Some(id) => scope.of_tenant(id),
        None => scope,
    };
    let otherwise = || settings.key_file.filter(|_| env::var_os(VARIABLE).is_none()).map(|name| judge.beside(&name));
    let path = args.key_file.clone().or_else(otherwise);
    Ok(Tokenizer::new(keys(path.as_deref())?, scope))
}

fn keys(path: Option<&Path>) -> Result<TokenKeys, Failure> {
    let (place, text) = match path {
        Some(path) => {
            let bytes = fs::read(path).map_err(|error| Failure::file("cannot read the token keys", path, &error))?;
            (path.display().to_string(), String::from_utf8(bytes).ok())
        }
        None => match env::var_os(VARIABLE) {
            Some(value) => (VARIABLE.to_owned(), value.into_string().ok()),
            None => {
                let remedy =
                    format!("give --key-file FILE, set {VARIABLE} or name tokens.key_file in the policy; `tamis keygen token` makes one");
                return Err(Failure::new("no token keys", "tokens need a key", remedy));
            }
        },
    };
    let text = text.ok_or_else(|| Failure::new("bad token keys", &place, "they are not UTF-8 text"))?;
    TokenKeys::parse(&text).map_err(|error| Failure::new("bad token keys", place, error))
}

/// Runs `tamis keygen`: a new key on standard output, as a line of a key file.
pub(crate) fn keygen(args: &KeygenArgs) -> Result<Exit, Failure> {
    let id = KeyId::new(&args.id).ok_or_else(|| Failure::new("bad key name", &args.id, "use up to 16 letters, digits and `-`"))?;
    let mut bytes = [0; KEY];
    getrandom::fill(&mut bytes).map_err(|error| Failure::new("cannot make a key", "the system's random numbers", error))?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let line = match args.kind {
        KeyKind::Token => format!("{id} {digits}"),
        KeyKind::Known => digits,
    };
    writeln!(io::stdout(), "{line}").map_err(|error| Failure::file("cannot write", Path::new("standard output"), &error))?;
    Ok(Exit::Clean)
}

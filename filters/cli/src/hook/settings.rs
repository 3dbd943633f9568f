//! The file in which a host's hooks are configured: what is not ours stays as it is, comments and spaces too.

use std::collections::BTreeMap;

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstRootNode};

use super::host::{Event, Extra, Host, Shape, Subject};

/// The text with our hooks in it, each event's command as given.
pub(super) fn with(text: &str, host: &Host, command: &dyn Fn(&Event) -> String) -> Result<String, String> {
    let root = parse(if text.trim().is_empty() { "{}\n" } else { text })?;
    let settings = root.object_value_or_create().ok_or("it is no JSON object")?;
    if matches!(host.place.shape, Shape::List { .. }) && settings.get("version").is_none() {
        settings.append("version", CstInputValue::Number("1".to_owned()));
    }
    let hooks = settings.object_value_or_create("hooks").ok_or("its `hooks` are no object")?;
    for event in host.events.iter().filter(|event| event.installed) {
        let list = hooks.array_value_or_create(event.name).ok_or_else(|| format!("its `hooks.{}` is no list", event.name))?;
        let wanted = command(event);
        let mut own = Vec::new();
        each_command(&list, host, &mut |entry, command| own.push((entry, command)));
        if own.len() == 1 && own[0].1 == wanted {
            continue;
        }
        take_out(&list, host);
        list.ensure_multiline();
        list.append(entry(host, event, &wanted));
    }
    Ok(root.to_string())
}

/// The text without our hooks.
pub(super) fn without(text: &str, host: &Host) -> Result<String, String> {
    let root = parse(text)?;
    let Some(hooks) = hooks(&root) else { return Ok(text.to_owned()) };
    for property in hooks.properties() {
        let Some(list) = property.array_value() else { continue };
        if take_out(&list, host) && list.elements().is_empty() {
            property.remove();
        }
    }
    if hooks.properties().is_empty()
        && root.to_string() != text
        && let Some(property) = root.object_value().and_then(|settings| settings.get("hooks"))
    {
        property.remove();
    }
    Ok(root.to_string())
}

/// Our commands in the text, by event.
pub(super) fn commands(text: &str, host: &Host) -> Result<BTreeMap<String, String>, String> {
    let root = parse(text)?;
    let mut commands = BTreeMap::new();
    for property in hooks(&root).iter().flat_map(CstObject::properties) {
        if let (Some(list), Some(name)) = (property.array_value(), property.decoded_name()) {
            each_command(&list, host, &mut |_, command| {
                commands.insert(name.clone(), command);
            });
        }
    }
    Ok(commands)
}

fn hooks(root: &CstRootNode) -> Option<CstObject> {
    root.object_value().and_then(|settings| settings.object_value("hooks"))
}

fn parse(text: &str) -> Result<CstRootNode, String> {
    // Some hosts read comments and commas at the end, and none is lost by reading them.
    CstRootNode::parse(text, &ParseOptions::default()).map_err(|error| error.to_string())
}

/// A new entry.
fn entry(host: &Host, event: &Event, command: &str) -> CstInputValue {
    let text = |text: &str| CstInputValue::String(text.to_owned());
    let member = |name: &str, value: CstInputValue| (name.to_owned(), value);
    match host.place.shape {
        Shape::Groups { timeout, extra } => {
            let mut hook = vec![member("type", text("command")), member("command", text(command))];
            hook.push(member("timeout", CstInputValue::Number(timeout.to_string())));
            hook.extend(extra.iter().map(|(name, value)| member(name, text(value))));
            let hooks = member("hooks", CstInputValue::Array(vec![CstInputValue::Object(hook)]));
            // Prompts have no tool to match.
            let matcher = (event.subject != Subject::Prompt).then(|| member("matcher", text("*")));
            CstInputValue::Object(matcher.into_iter().chain([hooks]).collect())
        }
        Shape::List { extra } => {
            let mut hook = vec![member("command", text(command))];
            hook.extend(extra.iter().map(|(name, value)| {
                member(
                    name,
                    match value {
                        Extra::Flag(flag) => CstInputValue::Bool(*flag),
                        Extra::Text(value) => text(value),
                        Extra::Number(number) => CstInputValue::Number(number.to_string()),
                    },
                )
            }));
            CstInputValue::Object(hook)
        }
    }
}

/// Tells of each of our entries in a list, with its command.
fn each_command(list: &CstArray, host: &Host, tell: &mut dyn FnMut(CstNode, String)) {
    for entry in list.elements() {
        let Some(object) = entry.as_object() else { continue };
        match host.place.shape {
            Shape::Groups { .. } => {
                if let Some(inner) = object.array_value("hooks") {
                    for hook in inner.elements() {
                        if let Some(own) = hook.as_object().and_then(|object| own_command(&object, host)) {
                            tell(hook, own);
                        }
                    }
                }
            }
            Shape::List { .. } => {
                if let Some(own) = own_command(&object, host) {
                    tell(entry, own);
                }
            }
        }
    }
}

/// Takes our entries out of a list, and groups that held nothing else. Says whether there were any.
fn take_out(list: &CstArray, host: &Host) -> bool {
    let mut own = Vec::new();
    each_command(list, host, &mut |entry, _| own.push(entry));
    let found = !own.is_empty();
    own.into_iter().for_each(CstNode::remove);
    if found {
        for entry in list.elements() {
            let is_empty = |object: &CstObject| object.array_value("hooks").is_some_and(|inner| inner.elements().is_empty());
            if entry.as_object().as_ref().is_some_and(is_empty) {
                entry.remove();
            }
        }
    }
    found
}

/// The command of an entry, if it is ours: `tamis hook HOST`, wherever `tamis` lies.
fn own_command(entry: &CstObject, host: &Host) -> Option<String> {
    let command = entry.get("command")?.value()?.as_string_lit()?.decoded_value().ok()?;
    let words: Vec<&str> = command.split_whitespace().collect();
    let at = words.windows(2).position(|pair| pair == ["hook", host.source.as_str()])?;
    let program = words[..at].join(" ");
    let program = program.trim_end_matches(['\'', '"']).rsplit(['/', '\\']).next()?;
    let program = program.trim_start_matches(['\'', '"']);
    matches!(program, "tamis" | "tamis.exe").then_some(command)
}

//! What is wrong with a configuration, in the words of those who write one.

use std::ops::Range;

use toml_edit::de::Error;
use toml_edit::{Document, Item, TableLike};

use super::file::{ConfigFile, METADATA};
use super::keys::{self, Key, Kind};

use crate::finding::{Finding, Place};
use crate::rule;
use crate::text::nearest;

/// Returns what is wrong with `source`, where and how to put it right, from what its reader says.
pub(super) fn refused(source: &ConfigFile, error: &Error) -> Finding {
    let span = error.span().unwrap_or_default();
    let place = Place::range(&source.path, &source.text, span.clone());
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    if let Some((key, known)) = unknown_key(&message) {
        return unknown(key, &known).at(place);
    }
    let Ok(document) = Document::parse(source.text.as_str()) else {
        return Finding::of(rule::CONFIG_VALUE, message).remedy("make it valid TOML").at(place);
    };
    let name = name_at(document.as_table(), &span);
    let key = keys::find(&name);
    let (message, remedy) = missing(&message, &name)
        .or_else(|| key.and_then(|key| of_another_kind(&message, key)))
        .or_else(|| key.map(|key| (message.clone(), format!("write it like `{}`", key.line()))))
        .unwrap_or_else(|| {
            (message, "correct the value, or take the key out to have its default".to_owned())
        });
    Finding::of(rule::CONFIG_VALUE, message).remedy(remedy).at(place)
}

fn unknown(key: &str, known: &[&str]) -> Finding {
    let finding = Finding::of(rule::CONFIG_UNKNOWN_KEY, format!("unknown key `{key}`"));
    match nearest(key, known.iter().copied()) {
        Some(nearest) => finding.remedy(format!("did you mean `{nearest}`?")),
        None => finding.remedy(format!("the keys here are {}", known.join(", "))),
    }
}

/// Takes the key that is not known and those that are from serde's message, which has no other form
/// to offer.
fn unknown_key(message: &str) -> Option<(&str, Vec<&str>)> {
    let mut quoted = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    Some((quoted.next()?, quoted.collect()))
}

/// Says that the table `name` lacks a key, and how that is written.
fn missing(message: &str, name: &str) -> Option<(String, String)> {
    let field = message.strip_prefix("missing field ")?.trim_matches('`');
    let full = if name.is_empty() { field.to_owned() } else { format!("{name}.{field}") };
    let line = keys::find(&full).map_or_else(|| field.to_owned(), Key::line);
    let table = if name.is_empty() { String::new() } else { format!(" of `{name}`") };
    Some((format!("the key `{field}`{table} is missing"), format!("add it, as in `{line}`")))
}

/// Says which kind of value `key` takes, where `message` is that it was given another.
fn of_another_kind(message: &str, key: &Key) -> Option<(String, String)> {
    let found = if message == "wanted string or table" {
        // What serde says of a value that is none of an enum.
        String::new()
    } else if let Some(variant) = message.strip_prefix("unknown variant ") {
        format!(", not {}", variant.split_once(", expected ")?.0)
    } else {
        let found = message.strip_prefix("invalid type: ").or(message.strip_prefix("invalid value: "))?;
        match found.split_once(", expected ")?.0 {
            "sequence" => ", not a list".to_owned(),
            "map" => ", not a table".to_owned(),
            found => format!(", not the {found}"),
        }
    };
    let remedy = match key.kind {
        Kind::Tables if key.example.is_empty() => format!("begin a table with `{}`", key.line()),
        Kind::Table | Kind::TableOrTables | Kind::Levels if key.example.is_empty() => {
            format!("begin it with `{}`", key.line())
        }
        _ => format!("write it like `{}`", key.line()),
    };
    Some((format!("`{}` takes {}{found}", key.name, key.kind.in_words()), remedy))
}

/// Returns the dotted name of what stands at `span`, below the tables of a manifest that hold a configuration.
fn name_at(root: &dyn TableLike, span: &Range<usize>) -> String {
    let mut parts = Vec::new();
    collect(root, span, &mut parts);
    let held = METADATA.iter().find(|keys| parts.starts_with(*keys)).map_or(0, |keys| keys.len());
    parts[held..].join(".")
}

/// Adds to `parts` the keys that lead to what stands at `span`.
fn collect<'a>(table: &'a dyn TableLike, span: &Range<usize>, parts: &mut Vec<&'a str>) {
    let holds =
        |item: &Item| item.span().is_some_and(|around| around.start <= span.start && span.end <= around.end);
    for (key, item) in table.iter() {
        let before = parts.len();
        parts.push(key);
        if let Some(tables) = item.as_array_of_tables() {
            tables.iter().for_each(|table| collect(table, span, parts));
            // A table that lacks a key is pointed at as a whole.
            let points_at = |table: &toml_edit::Table| table.span().is_some_and(|around| around == *span);
            if parts.len() > before + 1 || tables.iter().any(points_at) {
                return;
            }
        } else if let Some(below) = item.as_table_like() {
            collect(below, span, parts);
            if parts.len() > before + 1 || holds(item) {
                return;
            }
        } else if holds(item) {
            return;
        }
        parts.truncate(before);
    }
}

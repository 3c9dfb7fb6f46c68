//! JSON Schemas (draft 7): of the configuration for editors, and of what `--format json` prints.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::json::Document;
use crate::config::check::RuleLevel;
use crate::config::keys::{KEYS, Key, Kind};
use crate::rule;

const DIALECT: &str = "http://json-schema.org/draft-07/schema#";

/// Returns the schema of `relprep.toml`.
pub fn config() -> String {
    let mut schema = table("");
    schema["$schema"] = DIALECT.into();
    schema["title"] = "The configuration of cargo relprep".into();
    text(&schema)
}

/// Returns the schema of what `--format json` prints, of every command.
pub fn output() -> String {
    let generator = SchemaSettings::draft07().for_serialize().into_generator();
    text(generator.into_root_schema_for::<Document<'_>>().as_value())
}

fn text(schema: &Value) -> String {
    format!("{schema:#}\n")
}

/// Returns the schema of a table, by its dotted name: no key is in it that is not listed.
fn table(name: &str) -> Value {
    let keys = || KEYS.iter().filter(|key| key.parts().0 == name);
    let properties: Map<String, Value> =
        keys().map(|key| (key.parts().1.to_owned(), described(key))).collect();
    let required: Vec<&str> = keys().filter(|key| key.is_required()).map(|key| key.parts().1).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

fn described(key: &Key) -> Value {
    let mut schema = value(key);
    let default = if key.default.is_empty() { String::new() } else { format!(" Default: {}.", key.default) };
    schema["description"] = format!("{}{default} Example: `{}`", key.meaning, key.line()).into();
    schema
}

fn value(key: &Key) -> Value {
    let text = || json!({ "type": "string" });
    let list = |items: Value| json!({ "type": "array", "items": items });
    match key.kind {
        Kind::Text | Kind::Day => text(),
        Kind::Texts | Kind::Days => list(text()),
        Kind::TextOrTexts => json!({ "anyOf": [text(), list(text())] }),
        Kind::Switch => json!({ "type": "boolean" }),
        Kind::Number => json!({ "type": "integer", "minimum": 0 }),
        Kind::OneOf(texts) => json!({ "enum": texts }),
        Kind::OneOfOrTexts(texts) => json!({ "anyOf": [{ "enum": texts }, list(text())] }),
        Kind::Table => table(key.name),
        Kind::Tables => list(table(key.name)),
        Kind::TableOrTables => json!({ "anyOf": [table(key.name), list(table(key.name))] }),
        Kind::Levels => levels(),
    }
}

/// Returns the schema of `[check]`.
fn levels() -> Value {
    let level = |rule: &rule::Rule| {
        (rule.name.to_owned(), json!({ "enum": RuleLevel::NAMES, "description": rule.explanation }))
    };
    let properties: Map<String, Value> = rule::CHECKED.iter().map(level).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

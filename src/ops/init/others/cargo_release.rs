//! `cargo release`: `release.toml`, and `[package.metadata.release]`.

use toml_edit::{Item, TableLike, Value};

use super::super::carriers::{days, is_read_anyway, open};
use super::told::{ToolSettings, translated};
use crate::path::RepoPath;
use crate::workspace::metadata::Member;

/// What is understood of a workspace, or needs no key here: what is published and pushed is asked for each time.
const KNOWN: &[&str] = &[
    "tag-name",
    "tag-message",
    "tag-prefix",
    "sign-tag",
    "sign-commit",
    "tag",
    "dependent-version",
    "pre-release-commit-message",
    "pre-release-replacements",
    "shared-version",
    "consolidate-commits",
    "publish",
    "push",
    "push-remote",
    "push-options",
    "owners",
    "verify",
    "release",
    "metadata",
    "enable-features",
    "enable-all-features",
    "target",
];

/// What stands for its placeholders.
const PLACEHOLDERS: &[(&str, &str)] = &[
    ("version", "{version}"),
    ("crate_name", "{name}"),
    ("tag_name", "{tag}"),
    ("date", "{date}"),
    ("prefix", ""),
];

/// Takes what it is told for the workspace in `file`.
pub(super) fn of_workspace(told: &mut ToolSettings, table: &dyn TableLike, file: &str, has_tags: bool) {
    let text = |key: &str| table.get(key).and_then(Item::as_str);
    let why = |key: &str| format!("as `{key}` in {file}");
    let templates = [
        ("tag-name", ("[names]", "tag"), !has_tags),
        ("tag-message", ("[commit]", "tag"), true),
        ("pre-release-commit-message", ("[commit]", "release"), true),
    ];
    for (key, ours, is_wanted) in templates {
        match text(key).map(|text| translated(text, PLACEHOLDERS)) {
            Some(Some(text)) if is_wanted && !text.contains("{tag}") => {
                told.add_template(ours, &text, &why(key));
            }
            Some(None) => told.left.push(format!("`{key}` in {file}")),
            Some(Some(_)) | None => {}
        }
        if key == "tag-name" && table.get("sign-tag").and_then(Item::as_bool) == Some(true) {
            told.add("[names]", "tag-kind = \"signed\"".to_owned(), &why("sign-tag"));
        }
    }
    if text("dependent-version") == Some("upgrade") {
        told.add("[requirements]", "follow = \"always\"".to_owned(), &why("dependent-version"));
    }
    told.leave(table, KNOWN, file);
}

/// Takes what it is told for a package, and whether that is the root package; `text` returns the content of a file.
pub(super) fn of_package(
    told: &mut ToolSettings,
    table: &dyn TableLike,
    (member, is_root): (&Member, bool),
    text: impl Fn(&RepoPath) -> Option<String>,
) {
    let file = member.manifest.as_str();
    if table.get("release").and_then(Item::as_bool) == Some(false) {
        told.add_kept(&member.name, format!("as `release` in {file}"));
    }
    let tag = table.get("tag-name").and_then(Item::as_str).unwrap_or("{{prefix}}v{{version}}");
    let prefix = if is_root { String::new() } else { format!("{}-", member.name) };
    let own = |tag| {
        [
            ("version", "{version}"),
            ("date", "{date}"),
            ("crate_name", &*member.name),
            ("prefix", &*prefix),
            tag,
        ]
        .map(|(name, with): (&str, &str)| (name.to_owned(), with.to_owned()))
    };
    let known = own(("tag_name", ""));
    let tag = translated(tag, &known.each_ref().map(|(name, with)| (&**name, &**with)));
    let known = own(("tag_name", tag.as_deref().unwrap_or("{version}")));
    let known = known.each_ref().map(|(name, with)| (&**name, &**with));
    for replacement in replacements(table) {
        let Some(path) = member.manifest.sibling(&replacement.file) else { continue };
        let (Some(now), Some(with)) = (text(&path), translated(&replacement.with, &known)) else { continue };
        if is_read_anyway(&path) {
            continue;
        }
        let pattern = |line: &str| {
            let day = days(line).into_iter().next();
            let line = open(line.trim(), &member.version, day.as_deref());
            (line.contains(&with) && with.contains('{')).then_some(line)
        };
        let mut patterns: Vec<String> = now.lines().filter_map(pattern).collect();
        patterns.sort();
        patterns.dedup();
        let why = format!("as `pre-release-replacements` in {file}");
        match patterns.is_empty() {
            true => told.left.push(format!("a replacement in {} by {file}", replacement.file)),
            false => told.add_version_file(&path, &patterns, (!is_root).then_some(&*member.name), why),
        }
    }
}

/// A text of a file that is replaced.
struct Replacement {
    file: String,
    with: String,
}

fn replacements(table: &dyn TableLike) -> Vec<Replacement> {
    let read = |table: &dyn TableLike| {
        let text = |key: &str| table.get(key).and_then(Item::as_str).map(str::to_owned);
        Some(Replacement { file: text("file")?, with: text("replace")? })
    };
    let Some(item) = table.get("pre-release-replacements") else { return Vec::new() };
    let inline = item.as_array().into_iter().flatten().filter_map(Value::as_inline_table);
    let tables = item.as_array_of_tables().into_iter().flatten();
    inline.filter_map(|table| read(table)).chain(tables.filter_map(|table| read(table))).collect()
}

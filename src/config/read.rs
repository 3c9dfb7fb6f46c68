//! Finding and reading the configuration.

use std::ops::Range;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml_edit::de::Error;
use toml_edit::{Document, Item, TableLike};

use super::Config;
use super::error::refused;
use super::file::{ConfigFile, METADATA};
use super::mask::{MaskExtent, masked};
use super::schedule::Problem;
use crate::finding::{Finding, Place, Refused};
use crate::limits;
use crate::rule;

/// How many things are said to be wrong at once.
const MOST_FINDINGS: usize = 10;

/// Reads the configuration from `explicit` (`--config`), which overrides all, or else from `beside`
/// (`relprep.toml` beside the root manifest) or the `metadata` table of the root `manifest`.
///
/// Returns nothing where nothing is configured. The paths in it are read from `folder`, that of the root manifest
/// in its repository; where that is not known, they count for nothing.
///
/// # Errors
///
/// If both `beside` and a `metadata` table are there, or the one that counts cannot be read.
pub fn read(
    explicit: Option<&ConfigFile>,
    beside: Option<&ConfigFile>,
    manifest: &ConfigFile,
    folder: Option<&str>,
) -> Result<Option<Config>, Refused> {
    let read_file = |source| read_file(source, folder);
    if let Some(source) = explicit {
        return read_file(source).map(Some);
    }
    let document =
        Some(&manifest.text).filter(|text| may_configure(text)).map(|text| Document::parse(text.as_str()));
    let Some(Ok(document)) = document else {
        // It has no table for this program, or is wrong, and its own reader says how.
        return beside.map(read_file).transpose();
    };
    let tables: Vec<_> =
        METADATA.iter().filter_map(|keys| Some((keys, item(document.as_table(), keys)?))).collect();
    match (beside, tables.as_slice()) {
        (Some(source), []) => read_file(source).map(Some),
        (None, []) => Ok(None),
        (None, [(_, table)]) => read_table(manifest, table, folder).map(Some),
        (Some(source), [(keys, table), ..]) => Err(two(manifest, keys, table, &source.path)),
        (None, [(keys, table), (other, _), ..]) => {
            Err(two(manifest, keys, table, &format!("[{}]", other.join("."))))
        }
    }
}

/// Returns whether a manifest may have a table for this program: whether it has its name in it, or an escape that may
/// stand for a letter of that. To parse it takes much longer.
fn may_configure(text: &str) -> bool {
    text.contains("relprep") || text.contains('\\')
}

fn item<'a>(root: &'a dyn TableLike, keys: &[&str]) -> Option<&'a Item> {
    let (first, rest) = keys.split_first()?;
    let found = root.get(first)?;
    if rest.is_empty() { Some(found) } else { item(found.as_table_like()?, rest) }
}

fn two(manifest: &ConfigFile, keys: &[&str; 3], table: &Item, other: &str) -> Refused {
    Finding::of(rule::CONFIG_TWICE, format!("[{}] and {other} both configure this workspace", keys.join(".")))
        .at(Place::range(&manifest.path, &manifest.text, table.span().unwrap_or_default()))
        .remedy("keep one of them, or name the one to use with `--config`")
        .into()
}

fn read_file(source: &ConfigFile, folder: Option<&str>) -> Result<Config, Refused> {
    limits::check_configuration(&source.path, source.text.len() as u64)?;
    let config = with_all_problems(source, toml_edit::de::from_str)?;
    let document = Document::parse(source.text.as_str());
    checked(
        source,
        document.as_ref().ok().map(Document::as_table).map(|table| table as &dyn TableLike),
        config,
        folder,
    )
}

fn read_table(manifest: &ConfigFile, table: &Item, folder: Option<&str>) -> Result<Config, Refused> {
    limits::check_configuration(&manifest.path, weight(table))?;
    let config = with_all_problems(manifest, |text| {
        let document = Document::parse(text)?;
        let table = METADATA.iter().find_map(|keys| item(document.as_table(), keys)).cloned();
        match table.map(Item::into_value) {
            Some(Ok(value)) => Config::deserialize(value.into_deserializer()),
            _ => Ok(Config::default()),
        }
    })?;
    checked(manifest, table.as_table_like(), config, folder)
}

/// Reads the configuration in the text of `source` with `parse`.
///
/// # Errors
///
/// All that is wrong with it, as far as it can be told apart: what was found is taken out of the text,
/// which is read again.
fn with_all_problems(
    source: &ConfigFile,
    parse: impl Fn(&str) -> Result<Config, Error>,
) -> Result<Config, Refused> {
    let mut text = source.text.clone();
    let mut findings = Vec::new();
    loop {
        let error = match parse(&text) {
            Ok(config) if findings.is_empty() => return Ok(config),
            Ok(_) => return Err(Refused(findings)),
            Err(error) => error,
        };
        let finding = refused(source, &error);
        let extent =
            if finding.rule == rule::CONFIG_UNKNOWN_KEY { MaskExtent::Entry } else { MaskExtent::Whole };
        findings.push(finding);
        let rest = error.span().and_then(|span| masked(&text, &span, extent));
        match rest.filter(|_| findings.len() < MOST_FINDINGS) {
            Some(rest) => text = rest,
            None => return Err(Refused(findings)),
        }
    }
}

/// Returns how many bytes a configuration takes at least, which may stand anywhere in a manifest: its
/// keys and texts, and one for each value.
fn weight(item: &Item) -> u64 {
    let below = match (item.as_table_like(), item.as_array(), item.as_array_of_tables()) {
        (Some(table), ..) => weight_of(table),
        (_, Some(array), _) => array.iter().map(|value| weight(&Item::Value(value.clone()))).sum(),
        (.., Some(tables)) => tables.iter().map(|table| weight_of(table)).sum(),
        _ => item.as_str().map_or(0, str::len) as u64,
    };
    below + 1
}

fn weight_of(table: &dyn TableLike) -> u64 {
    table.iter().map(|(key, item)| key.len() as u64 + weight(item)).sum()
}

/// Refuses a schedule that makes no sense, and names that git would misread, with the places of their
/// keys below `root`.
fn checked(
    source: &ConfigFile,
    root: Option<&dyn TableLike>,
    mut config: Config,
    folder: Option<&str>,
) -> Result<Config, Refused> {
    let mut problems = config.schedule.train().err().unwrap_or_default();
    problems.extend(config.misnamed().into_iter().map(|(key, made)| misnamed(key, &made)));
    if problems.is_empty() {
        problems.extend(config.without_major().into_iter().map(|(key, text)| without_major(key, &text)));
    }
    let outside = folder.map(|folder| config.place(folder)).unwrap_or_default();
    problems.extend(outside.into_iter().map(|(key, said)| Problem {
        key,
        finding: Finding::of(rule::CONFIG_VALUE, said).remedy("correct the path, or take the key out"),
    }));
    if problems.is_empty() {
        return Ok(config);
    }
    let placed = |problem: Problem| {
        let span = root.and_then(|root| span(root, &problem.key)).unwrap_or_default();
        problem.finding.at(Place::range(&source.path, &source.text, span))
    };
    Err(Refused(problems.into_iter().map(placed).collect()))
}

fn misnamed(key: &str, made: &str) -> Problem {
    let message = format!("with `name` this makes `{made}`, which git does not take as a name");
    let finding = Finding::of(rule::CONFIG_VALUE, message)
        .remedy("begin it with a letter, and leave out what git does not allow (see git-check-ref-format)");
    Problem { key: key.to_owned(), finding }
}

fn without_major(key: &str, text: &str) -> Problem {
    let message = format!("`{text}` names 1.2.0 and 2.2.0 alike");
    let finding = Finding::of(rule::CONFIG_VALUE, message).remedy(
        "write {short} in place of {minor}; or, if the train counts the minors of one major, state \
         `[schedule] numbering = \"minor\"` and its `anchor`",
    );
    Problem { key: key.to_owned(), finding }
}

/// Returns where the value of a dotted key stands, or the last part of it that is there.
fn span(root: &dyn TableLike, key: &str) -> Option<Range<usize>> {
    let (first, rest) = key.split_once('.').unwrap_or((key, ""));
    let item = root.get(first)?;
    let (below, rest) = match item.as_array_of_tables() {
        Some(tables) => {
            let (index, rest) = rest.split_once('.').unwrap_or((rest, ""));
            (tables.get(index.parse().ok()?).map(|table| table as &dyn TableLike), rest)
        }
        None => (item.as_table_like(), rest),
    };
    below.filter(|_| !rest.is_empty()).and_then(|below| span(below, rest)).or_else(|| item.span())
}

//! Finding and reading the configuration.

use std::ops::Range;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml_edit::de::Error;
use toml_edit::{Document, Item, TableLike};

use super::Config;
use super::mask::{MaskExtent, masked};
use super::schedule::Problem;
use crate::finding::{Finding, Place, Refused};
use crate::limits;
use crate::rule;

/// A file that may hold the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    /// Its path, as the user knows it.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// How many things are said to be wrong at once.
const MOST_FINDINGS: usize = 10;

/// The tables of a manifest that may hold the configuration.
const METADATA: [[&str; 3]; 2] = [["workspace", "metadata", "relprep"], ["package", "metadata", "relprep"]];

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
    let Ok(document) = Document::parse(manifest.text.as_str()) else {
        // The manifest's own reader says what is wrong with it.
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

fn refused(source: &ConfigFile, error: &Error) -> Finding {
    let place = Place::range(&source.path, &source.text, error.span().unwrap_or_default());
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    let Some((key, known)) = unknown_key(&message) else {
        let remedy = value_remedy(source, &message);
        return Finding::of(rule::CONFIG_VALUE, message).remedy(remedy).at(place);
    };
    let finding = Finding::of(rule::CONFIG_UNKNOWN_KEY, format!("unknown key `{key}`")).at(place);
    let nearest = known.iter().max_by(|a, b| nearness(key, a).total_cmp(&nearness(key, b)));
    match nearest.filter(|nearest| nearness(key, nearest) > 0.6) {
        Some(nearest) => finding.remedy(format!("did you mean `{nearest}`?")),
        None => finding.remedy(format!("the keys here are {}", known.join(", "))),
    }
}

/// Returns how to put a value right, as far as serde's message tells.
fn value_remedy(source: &ConfigFile, message: &str) -> String {
    if Document::parse(source.text.as_str()).is_err() {
        return "make it valid TOML".to_owned();
    }
    if let Some(field) = message.strip_prefix("missing field ") {
        return format!("add {field}");
    }
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("write {expected}"),
        None => "correct the value, or take the key out to have its default".to_owned(),
    }
}

fn nearness(key: &str, known: &str) -> f64 {
    strsim::jaro_winkler(key, known)
}

/// Takes the key that is not known and those that are from serde's message, which has no other form
/// to offer.
fn unknown_key(message: &str) -> Option<(&str, Vec<&str>)> {
    let mut quoted = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2);
    Some((quoted.next()?, quoted.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> ConfigFile {
        ConfigFile { path: path.to_owned(), text: text.to_owned() }
    }

    fn refusal(text: &str) -> Finding {
        read(Some(&source("relprep.toml", text)), None, &source("Cargo.toml", ""), Some(""))
            .unwrap_err()
            .0
            .remove(0)
    }

    #[test]
    fn an_unknown_key_names_the_nearest_and_its_place() {
        let finding = refusal("name = 'x'\n[names]\nbrunch = 'a'\n");
        assert_eq!(finding.message, "unknown key `brunch`");
        assert_eq!(finding.remedy.as_deref(), Some("did you mean `branch`?"));
        assert_eq!(finding.place.unwrap().to_string(), "relprep.toml:3:1");
        let finding = refusal("[check]\nnotes-achive = 'off'\n");
        assert_eq!(finding.message, "unknown key `notes-achive`");
        assert_eq!(finding.remedy.as_deref(), Some("did you mean `notes-archive`?"));
        assert!(refusal("zzz = 1").remedy.unwrap().contains("version-file"));
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let text = "leed = 1\nnaem = 'x'\n[notes]\nfil = 'y'\nfile = 'a/../../x'\n[[version-file]]\npath = '.git/x'\nlines = []\n[zzz]\na = 1\n";
        let manifest = source(
            "Cargo.toml",
            &format!("[workspace.metadata.relprep]\n{}", text.split('[').next().unwrap()),
        );
        let places = |refused: Refused| -> Vec<String> {
            refused.0.iter().map(|finding| finding.place.as_ref().unwrap().to_string()).collect()
        };
        let mut found = places(
            read(Some(&source("r.toml", text)), None, &source("Cargo.toml", ""), Some("")).unwrap_err(),
        );
        found.sort();
        assert_eq!(
            found,
            ["r.toml:1:1", "r.toml:2:1", "r.toml:4:1", "r.toml:5:8", "r.toml:7:8", "r.toml:9:2"]
        );
        assert_eq!(
            places(read(None, None, &manifest, None).unwrap_err()),
            ["Cargo.toml:2:1", "Cargo.toml:3:1"]
        );
    }

    #[test]
    fn a_value_that_cannot_be_meant_is_refused_at_its_place() {
        for (text, place) in [
            ("trunk = 1", "relprep.toml:1:9"),
            ("remote = '-x'", "relprep.toml:1:10"),
            ("\nfollow = ['[']", "relprep.toml:2:10"),
            ("[notes]\nfile = '../RELEASES.md'", "relprep.toml:2:8"),
            ("[notes]\nfile = '/../passwd'", "relprep.toml:2:8"),
            ("[[version-file]]\nlines = ['{version}']\npath = '../x'", "relprep.toml:3:8"),
            ("[names]\nbranch = 'release'", "relprep.toml:2:10"),
            ("[names]\nbranch = 'release-{vresion}'", "relprep.toml:2:10"),
            ("[names]\nbranch = '-{version}'", "relprep.toml:2:10"),
            ("[[run]]\ncommand = []", "relprep.toml:2:11"),
            ("[prerelease]\ntrunk = 'a b'", "relprep.toml:2:9"),
            ("[[line]]\npackages = ['a']\nmajor = 'huge'", "relprep.toml:3:9"),
            ("name = ", "relprep.toml:1:8"),
            ("[notes]\nreleased = 'then'", "relprep.toml:2:12"),
            ("[notes]\narchive-entry = '* x'", "relprep.toml:2:17"),
            ("[notes]\narchive-marker = ''", "relprep.toml:2:18"),
            (
                "[schedule]\nanchor = { version = '20.0.0', release = '2024-04-20' }\nevery-months = 0",
                "relprep.toml:3:16",
            ),
            ("[[schedule.release]]\nversion = 'x'\nreason = 'y'", "relprep.toml:2:11"),
        ] {
            let finding = refusal(text);
            assert!(finding.remedy.is_some(), "{text}");
            assert_eq!(finding.place.as_ref().unwrap().to_string(), place, "{text}: {}", finding.message);
        }
    }

    #[test]
    fn a_configuration_may_not_be_larger_in_the_manifest_than_in_its_file() {
        let large = |limit: u64| "x".repeat(usize::try_from(limit).unwrap());
        let beside = source("relprep.toml", &format!("name = '{}'", large(limits::CONFIGURATION)));
        let head = "[workspace]\n[workspace.metadata.relprep]\n";
        let inside = source("Cargo.toml", &format!("{head}name = '{}'\n", large(limits::CONFIGURATION)));
        let globs = "'x*', ".repeat(usize::try_from(limits::CONFIGURATION / 3).unwrap());
        let many = source("Cargo.toml", &format!("{head}follow = [{globs}]\n"));
        let empty = source("Cargo.toml", "");
        for refused in [
            read(None, Some(&beside), &empty, None),
            read(Some(&beside), None, &empty, None),
            read(None, None, &inside, None),
            read(None, None, &many, None),
        ] {
            assert_eq!(refused.unwrap_err().0[0].rule, rule::FILE_TOO_LARGE);
        }
        let other =
            format!("{head}name = 'x'\n[workspace.metadata.other]\nx = '{}'", large(limits::CONFIGURATION));
        assert!(read(None, None, &source("Cargo.toml", &other), None).unwrap().is_some());
    }

    #[test]
    fn the_manifest_may_hold_it_instead_and_both_are_too_many() {
        let manifest = source("Cargo.toml", "[workspace]\n[workspace.metadata.relprep]\nlead = 'a'\n");
        assert_eq!(read(None, None, &manifest, None).unwrap().unwrap().lead.as_deref(), Some("a"));
        let beside = source("relprep.toml", "lead = 'b'");
        let refused = read(None, Some(&beside), &manifest, None).unwrap_err();
        assert_eq!(refused.0[0].rule, rule::CONFIG_TWICE);
        let explicit = source("other.toml", "lead = 'c'");
        assert_eq!(
            read(Some(&explicit), Some(&beside), &manifest, None).unwrap().unwrap().lead.as_deref(),
            Some("c")
        );
        let wrong = source("Cargo.toml", "[workspace.metadata.relprep]\nlaed = 'a'\n");
        let finding = read(None, None, &wrong, None).unwrap_err().0.remove(0);
        assert_eq!(finding.place.unwrap().to_string(), "Cargo.toml:2:1");
    }
}

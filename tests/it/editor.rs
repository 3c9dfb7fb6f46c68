//! The promise of the manifest editor, on manifests in every spelling: what is written with the old
//! versions becomes, byte for byte, what would have been written with the new ones.

use proptest::prelude::*;
use relprep::edit::manifest::Manifest;
use relprep::edit::requirement::{Follow, Raise, follow};
use relprep::edit::splice::{Splice, apply};
use relprep::path::RepoPath;
use semver::Version;
use toml_edit::Document;

use crate::support::repeatable;

/// A manifest that is yet to be written, with one set of versions or another.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is one way in which a manifest may differ")]
struct Model {
    entries: Vec<Entry>,
    version: Spelling,
    is_workspace: bool,
    comment: String,
    crlf: bool,
    bom: bool,
    ends: bool,
}

/// One requirement, on a package that moves.
#[derive(Clone, Debug)]
struct Entry {
    table: usize,
    shape: usize,
    key: Quotes,
    value: Spelling,
    precision: usize,
    operator: usize,
    more: &'static str,
}

/// How a string value stands in the text.
#[derive(Clone, Debug)]
struct Spelling {
    quotes: Quotes,
    before: &'static str,
    after: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Quotes {
    None,
    Basic,
    Literal,
    MultiLine,
    MultiLineLiteral,
}

impl Quotes {
    fn around(self, text: &str) -> String {
        match self {
            Self::None => text.to_owned(),
            Self::Basic => format!("\"{text}\""),
            Self::Literal => format!("'{text}'"),
            Self::MultiLine => format!("\"\"\"\n{text}\"\"\""),
            Self::MultiLineLiteral => format!("'''{text}'''"),
        }
    }
}

impl Spelling {
    fn assign(&self, key: &str, text: &str) -> String {
        format!("{key}{}={}{}", self.before, self.after, self.quotes.around(text))
    }

    fn on_one_line(&self) -> Self {
        let quotes = match self.quotes {
            Quotes::MultiLine => Quotes::Basic,
            quotes => quotes,
        };
        Self { quotes, ..self.clone() }
    }
}

const TABLES: [&str; 7] = [
    "dependencies",
    "dev-dependencies",
    "build-dependencies",
    "target.'cfg(all(unix, not(windows)))'.dependencies",
    "target.\"cfg(windows)\".dev-dependencies",
    "target.x86_64-unknown-linux-gnu.build-dependencies",
    "workspace.dependencies",
];

/// What the package moves by, and each operator with what it makes of the old and the new version
/// in one, two or three numbers.
const OLD: [&str; 3] = ["36", "36.0", "36.0.13"];
const NEW: [&str; 3] = ["37", "37.0", "37.0.0"];
const OPERATORS: [&str; 5] = ["", "^", "~", "=", " = "];

impl Entry {
    fn requirement(&self, numbers: &[&str; 3]) -> String {
        format!("{}{}", OPERATORS[self.operator], numbers[self.precision])
    }

    /// Writes the entry into its table (the third shape is a table of its own).
    fn write(&self, index: usize, numbers: &[&str; 3]) -> String {
        let name = format!("package-{index}");
        let requirement = self.requirement(numbers);
        let key = match self.key {
            Quotes::Literal => format!("'{name}'"),
            Quotes::Basic => format!("\"{name}\""),
            _ => name.clone(),
        };
        let inline = self.value.on_one_line();
        let version = inline.assign("version", &requirement);
        match self.shape {
            0 => self.value.assign(&key, &requirement),
            1 => format!("{key} = {{ path = \"../{name}\",{version}{} }}", self.more),
            2 => format!("{key}  = {{{version}, package = 'other', optional = false{} }}", self.more),
            3 => format!(
                "{key}.path = \"{name}\"\n{}",
                self.value.assign(&format!("{key}.version"), &requirement)
            ),
            4 => format!("{key} . \"version\" = {}", self.value.quotes.around(&requirement)),
            _ => format!(
                "[{}.{key}] # a table\npath = '{name}'\n{}\nfeatures = [\"36.0.13\"]",
                TABLES[self.table],
                self.value.assign("version", &requirement)
            ),
        }
    }

    fn has_own_table(&self) -> bool {
        self.shape > 4
    }
}

impl Model {
    fn write(&self, numbers: &[&str; 3]) -> String {
        let table = if self.is_workspace { "workspace.package" } else { "package" };
        let mut text = format!("# {} 36.0.13\n[{table}]\nname = \"it\"\n", self.comment);
        if self.is_workspace {
            text = format!("[{table}]\n");
        }
        text += &self.version.assign("version", numbers[2]);
        text += " # 36.0.13, by hand\n";
        let mut own = String::new();
        for (index, table) in TABLES.iter().enumerate() {
            let here = || self.entries.iter().enumerate().filter(|(_, entry)| entry.table == index);
            if here().any(|(_, entry)| !entry.has_own_table()) {
                text.extend(["\n[", table, "]\n"]);
            }
            for (number, entry) in here() {
                let written = entry.write(number, numbers);
                match entry.has_own_table() {
                    true => own.extend(["\n", &written, "\n"]),
                    false => text.extend([&written, " # 36\n"]),
                }
            }
        }
        text += &own;
        text += "\n[features]\n\"36.0.13\" = [] # no version\n";
        for word in self.comment.split_whitespace() {
            text.extend(["# ", word, "\n"]);
        }
        if !self.ends {
            text.truncate(text.trim_end().len());
        }
        if self.crlf {
            text = text.replace('\n', "\r\n");
        }
        if self.bom { format!("\u{feff}{text}") } else { text }
    }
}

fn quotes() -> impl Strategy<Value = Quotes> {
    prop_oneof![
        4 => Just(Quotes::Basic),
        2 => Just(Quotes::Literal),
        1 => Just(Quotes::MultiLine),
        1 => Just(Quotes::MultiLineLiteral),
    ]
}

fn spelling() -> impl Strategy<Value = Spelling> {
    let blank = || prop_oneof![Just(" "), Just(""), Just("\t"), Just("   ")];
    (quotes(), blank(), blank()).prop_map(|(quotes, before, after)| Spelling { quotes, before, after })
}

fn entry() -> impl Strategy<Value = Entry> {
    let key = prop_oneof![Just(Quotes::None), Just(Quotes::Basic), Just(Quotes::Literal)];
    let more = prop_oneof![Just(""), Just(", features = [\"36.0.13\"]"), Just(", 'default-features' = true")];
    (0..TABLES.len(), 0..6_usize, key, spelling(), 0..3_usize, 0..OPERATORS.len(), more).prop_map(
        |(table, shape, key, value, precision, operator, more)| Entry {
            table,
            shape,
            key,
            value,
            precision,
            operator,
            more,
        },
    )
}

fn model() -> impl Strategy<Value = Model> {
    let entries = prop::collection::vec(entry(), 0..12);
    (
        entries,
        spelling(),
        any::<bool>(),
        "[a-zäß€ 0-9.=\"'#]{0,30}",
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(entries, version, is_workspace, comment, crlf, bom, ends)| Model {
            entries,
            version,
            is_workspace,
            comment,
            crlf,
            bom,
            ends,
        })
}

fn path() -> RepoPath {
    RepoPath::new("Cargo.toml").unwrap()
}

fn v(text: &str) -> Version {
    text.parse().unwrap()
}

/// Moves the version and every requirement of a manifest as a plan does.
fn edited(text: &str, from: &Version, to: &Version) -> String {
    let manifest = Manifest::parse(&path(), text).unwrap();
    let mut splices = Vec::new();
    let tables = [manifest.package, manifest.workspace.map(|workspace| workspace.package)];
    for table in tables.iter().flatten() {
        if let Some(version) = table.version.literal() {
            assert_eq!(version.value, from.to_string());
            splices.push(Splice { range: version.range.clone(), with: to.to_string() });
        }
    }
    for requirement in manifest.dependencies.iter().filter_map(|dependency| dependency.requirement.as_ref()) {
        if let Follow::Becomes(with) = follow(&requirement.value, from, to, Raise::Needed).unwrap() {
            splices.push(Splice { range: requirement.range.clone(), with });
        }
    }
    apply(text, splices)
}

proptest! {
    #![proptest_config(repeatable())]

    #[test]
    fn the_edit_writes_what_would_have_been_written_with_the_new_versions(model in model()) {
        let (old, new) = (model.write(&OLD), model.write(&NEW));
        prop_assert!(Document::parse(old.trim_start_matches('\u{feff}')).is_ok(), "{old}");
        prop_assert_eq!(edited(&old, &v("36.0.13"), &v("37.0.0")), new);
    }

    #[test]
    fn no_move_changes_no_byte(model in model()) {
        let old = model.write(&OLD);
        prop_assert_eq!(edited(&old, &v("36.0.13"), &v("36.0.13")), old);
    }

    #[test]
    fn a_move_and_the_move_back_cancel_out(model in model()) {
        let old = model.write(&OLD);
        let there = edited(&old, &v("36.0.13"), &v("37.0.0"));
        prop_assert_eq!(edited(&there, &v("37.0.0"), &v("36.0.13")), old);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "([\\[\\]{}\"'=.,#\n\r a-z0-9\u{feff}ä\\\\-]|version|dependencies|workspace|package){0,60}") {
        if let Ok(manifest) = Manifest::parse(&path(), &text) {
            for requirement in manifest.dependencies.iter().filter_map(|found| found.requirement.as_ref()) {
                prop_assert!(text.get(requirement.range.clone()).is_some());
                let _ = follow(&requirement.value, &v("1.0.0"), &v("1.0.1"), Raise::Always);
            }
        }
    }

    #[test]
    fn no_requirement_makes_following_panic(text in "[=^~<>*xX., 0-9a-z+-]{0,20}", to in "[0-3]\\.[0-3]\\.[0-3](-rc\\.1)?") {
        if let Ok(Follow::Becomes(new)) = follow(&text, &v("1.2.3"), &v(&to), Raise::Needed) {
            prop_assert!(semver::VersionReq::parse(&new).unwrap().matches(&v(&to)), "{text} {new}");
        }
    }
}

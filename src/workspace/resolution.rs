//! What of a Cargo configuration decides how dependencies are resolved; pure.

use std::path::Path;

use toml_edit::{DocumentMut, Item, TableLike, TomlError, Value};

/// The tables that say where packages come from, which of them are chosen, and what manifests may say
/// ("Configuration" in Cargo's reference). `[env]`, `build.rustflags` and their like lead to programs.
const KEPT: [&str; 6] = ["patch", "paths", "source", "registries", "resolver", "unstable"];
/// What a registry may say: no program that gives out credentials.
const OF_REGISTRY: [&str; 2] = ["index", "protocol"];
/// The keys of a source that are paths.
const OF_SOURCE: [&str; 2] = ["directory", "local-registry"];

/// A configuration without all that names a program, or has nothing to do with resolution.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Resolution {
    /// Its text.
    pub(super) text: String,
    /// Whether nothing had to be left out.
    pub(super) is_whole: bool,
    /// The files that it includes, as they stand there, the first one first.
    pub(super) includes: Vec<String>,
}

impl Resolution {
    /// Reads a configuration whose relative paths begin `at` a folder.
    ///
    /// # Errors
    ///
    /// If it is not TOML.
    pub(super) fn read(config: &str, at: &Path) -> Result<Self, TomlError> {
        let mut config: DocumentMut = config.parse()?;
        let includes = includes(&config);
        let before = config.to_string();
        let kept = only(&mut config);
        let is_whole = kept == before;
        place(&mut config, at);
        Ok(Self { text: config.to_string(), is_whole, includes })
    }
}

/// Returns what of `config` decides how dependencies are resolved; nothing where it is not TOML.
pub(super) fn of_text(config: &str) -> String {
    config.parse().map_or(String::new(), |mut config| only(&mut config))
}

/// Takes out of `config` what has nothing to do with resolution, and returns the text that is left.
fn only(config: &mut DocumentMut) -> String {
    config.retain(|key, _| KEPT.contains(&key));
    for registry in tables(config.get_mut("registries")) {
        let keys: Vec<String> = registry.iter().map(|(key, _)| key.to_owned()).collect();
        for key in keys.iter().filter(|key| !OF_REGISTRY.contains(&key.as_str())) {
            registry.remove(key);
        }
    }
    config.to_string()
}

/// Writes relative paths in full.
fn place(config: &mut DocumentMut, at: &Path) {
    let paths = config.get_mut("paths").and_then(Item::as_array_mut);
    paths.into_iter().flat_map(|paths| paths.iter_mut()).for_each(|path| set_value_absolute(path, at));
    for source in tables(config.get_mut("source")) {
        for key in OF_SOURCE {
            set_absolute(source.get_mut(key), at);
        }
    }
    for patched in tables(config.get_mut("patch")) {
        for (_, item) in patched.iter_mut() {
            set_absolute(item.as_table_like_mut().and_then(|patch| patch.get_mut("path")), at);
        }
    }
}

fn set_absolute(path: Option<&mut Item>, at: &Path) {
    if let Some(path) = path.and_then(Item::as_value_mut) {
        set_value_absolute(path, at);
    }
}

fn set_value_absolute(path: &mut Value, at: &Path) {
    if let Some(full) = path.as_str().and_then(|text| at.join(text).to_str().map(str::to_owned)) {
        *path = Value::from(full).decorated_like(path);
    }
}

/// Returns the tables in a table.
fn tables(item: Option<&mut Item>) -> impl Iterator<Item = &mut dyn TableLike> {
    let table = item.and_then(Item::as_table_like_mut);
    table.into_iter().flat_map(|table| table.iter_mut()).filter_map(|(_, item)| item.as_table_like_mut())
}

/// Returns the files that a configuration includes: texts, or tables with a `path`.
fn includes(config: &DocumentMut) -> Vec<String> {
    let path = |table: &dyn TableLike| table.get("path").and_then(Item::as_str).map(str::to_owned);
    match config.get("include") {
        Some(Item::ArrayOfTables(tables)) => tables.iter().filter_map(|table| path(table)).collect(),
        Some(Item::Value(Value::Array(list))) => {
            let one = |value: &Value| match value {
                Value::InlineTable(table) => path(table),
                other => other.as_str().map(str::to_owned),
            };
            list.iter().filter_map(one).collect()
        }
        Some(item) => item.as_str().map(str::to_owned).into_iter().collect(),
        None => Vec::new(),
    }
}

trait DecoratedLike {
    /// Gives a value the blanks and comments of another.
    fn decorated_like(self, other: &Self) -> Self;
}

impl DecoratedLike for Value {
    fn decorated_like(mut self, other: &Self) -> Self {
        *self.decor_mut() = other.decor().clone();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_names_a_program_is_left() {
        let config = "paths = [\"x\"]\n[build]\nrustc = \"./evil\"\n[env]\nPATH = \"evil\"\n\
            [registry]\nglobal-credential-providers = [\"evil\"]\n[target.x.y]\nrunner = \"evil\"\n\
            [registries.own]\nindex = \"sparse+x\"\ncredential-provider = \"evil\"\n\
            [source.crates-io]\nreplace-with = \"v\"\n[alias]\nmetadata = \"evil\"\n[host]\nlinker = \"evil\"\n";
        assert_eq!(
            of_text(config),
            "paths = [\"x\"]\n[registries.own]\nindex = \"sparse+x\"\n[source.crates-io]\nreplace-with = \"v\"\n"
        );
        let inline = "registries = { own = { index = \"x\", credential-provider = \"evil\" } }\nbuild.rustc-wrapper = \"evil\"\n";
        assert!(!of_text(inline).contains("evil") && of_text(inline).contains("index"));
        assert_eq!(of_text("build = ["), "");
    }

    #[test]
    fn paths_are_written_in_full_and_includes_are_named() {
        let config = "include = [\"a.toml\", { path = \"b.toml\", optional = true }]\npaths = [ \"x\" ] # mine\n\
            [source.v]\ndirectory = 'vendor'\n[source.l]\nlocal-registry = \"/l\"\n\
            [patch.crates-io]\nfoo = { path = \"foo\" }\nbar.path = \"bar\"\nbaz = { git = \"baz\" }\n";
        let read = Resolution::read(config, Path::new("/w")).unwrap();
        assert_eq!(read.includes, ["a.toml", "b.toml"]);
        assert!(!read.is_whole);
        assert_eq!(
            read.text,
            "paths = [ \"/w/x\" ] # mine\n\
            [source.v]\ndirectory = \"/w/vendor\"\n[source.l]\nlocal-registry = \"/l\"\n\
            [patch.crates-io]\nfoo = { path = \"/w/foo\" }\nbar.path = \"/w/bar\"\nbaz = { git = \"baz\" }\n"
        );
        assert!(Resolution::read("[source.v]\ndirectory = \"vendor\"\n", Path::new("/w")).unwrap().is_whole);
        assert!(!Resolution::read("[env]\nA = \"a\"\n", Path::new("/w")).unwrap().is_whole);
        for tables in ["[[include]]\npath = \"a.toml\"\n", "include = \"a.toml\"\n"] {
            assert_eq!(Resolution::read(tables, Path::new("/w")).unwrap().includes, ["a.toml"]);
        }
        assert!(Resolution::read("env = [", Path::new("/w")).is_err());
    }
}

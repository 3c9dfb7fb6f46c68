//! The house that `src/lib.rs` shows is the one that stands: no file of `src` imports from a floor
//! below its own, files form no circle, what touches the world is where the map says, and the name of a
//! type stands for one thing.

mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use source::{Crate, File};

/// How what stands against the rules begins that is still to be put right; each is there.
const KNOWN: &[&str] = &[];

/// Names that only some floors may utter, and these floors.
const RESERVED: &[(&[&str], &[&str])] = &[
    (&["git2"], &["git", "transaction", "checkout"]),
    (&["clap"], &["render", "cli"]),
    (&["macro::print", "macro::println", "macro::eprint", "macro::eprintln"], &["render", "cli"]),
    (&["anstream", "std::io::stdout", "std::io::stderr"], &["render", "cli"]),
    (&["std::time::SystemTime", "std::time::Instant", "chrono::Utc", "chrono::Local"], &["cli"]),
    (&["std::fs", "std::env"], &["git", "transaction", "checkout", "workspace", "project", "ops", "cli"]),
    (&["std::process"], &["git", "transaction", "checkout", "workspace", "cli"]),
];

#[test]
fn the_source_stands_as_the_map_shows_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    read_folder(&root, "", &mut sources);
    sources.retain(|(path, _)| is_source(path));
    let found = violations(sources.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let new = found.iter().filter(|found| !KNOWN.iter().any(|known| found.starts_with(known)));
    let new: Vec<&str> = new.map(String::as_str).collect();
    assert!(new.is_empty(), "against the rules:\n{}", new.join("\n"));
    let gone = KNOWN.iter().filter(|known| !found.iter().any(|found| found.starts_with(**known)));
    assert_eq!(gone.collect::<Vec<_>>(), [&""; 0], "these are put right, and no longer to be listed");
}

/// Adds each file below `folder` to `sources`: its path, behind `prefix`, and its text.
pub fn read_folder(folder: &Path, prefix: &str, sources: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            read_folder(&entry.path(), &format!("{name}/"), sources);
        } else {
            sources.push((name, fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

/// Returns what in the files, given with their paths below `src`, is against the map in `lib.rs`.
fn violations<'a>(sources: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> BTreeSet<String> {
    let map = sources.clone().find(|(path, _)| *path == "lib.rs").map_or("", |(_, text)| text);
    let floors = floors(map);
    let house = Crate::read(sources);
    let mut found = unmapped(&house, &floors);
    for file in house.files.iter().filter(|file| !file.module.is_empty()) {
        found.extend(imports_from_below(&house, file, &floors));
        found.extend(reserved(file));
    }
    found.extend(circles(&house));
    found.extend(ambiguous(&house));
    found
}

/// Returns the floor of each module, counted from the top: what the first column of the map links to.
fn floors(map: &str) -> BTreeMap<&str, usize> {
    let rows = map.lines().filter_map(|line| line.strip_prefix("//! | [")?.split('|').next());
    let modules = |row| str::split(row, '`').filter(|name| !name.contains(['[', ']']));
    rows.enumerate()
        .flat_map(|(floor, row)| modules(row).map(move |name| (name, floor)))
        .filter(|(name, _)| !name.trim().is_empty())
        .collect()
}

fn unmapped(house: &Crate, floors: &BTreeMap<&str, usize>) -> BTreeSet<String> {
    let stands = |name: &str| house.files.iter().any(|file| file.module == [name]);
    let top = house.files.iter().filter_map(|file| file.module.first());
    let unmapped = top.filter(|name| !floors.contains_key(name.as_str()));
    let gone = floors.keys().filter(|name| !stands(name));
    unmapped
        .map(|name| format!("the map does not show `{name}`"))
        .chain(gone.map(|name| format!("the map shows `{name}`, which does not exist")))
        .collect()
}

fn imports_from_below<'h>(
    house: &'h Crate,
    file: &'h File,
    floors: &BTreeMap<&str, usize>,
) -> impl Iterator<Item = String> {
    let floor = |module: &[String]| floors.get(module.first()?.as_str()).copied();
    let own = floor(&file.module);
    let inside = file.mentions.iter().filter(|mention| mention.inside);
    inside.filter(move |mention| own.is_some() && floor(house.file_of(&mention.path)) > own).map(|mention| {
        format!("{} names `{}`, of a floor below", shown(&file.module), mention.path.join("::"))
    })
}

fn reserved(file: &File) -> impl Iterator<Item = String> {
    let outside = file.mentions.iter().filter(|mention| !mention.inside);
    outside
        .map(|mention| mention.path.join("::"))
        .filter(|path| !may_name(&file.module[0], path))
        .map(|path| format!("{} names `{path}`, which its floor may not", shown(&file.module)))
}

fn may_name(floor: &str, path: &str) -> bool {
    let begins =
        |name: &&str| path.strip_prefix(*name).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    RESERVED.iter().all(|(names, floors)| floors.contains(&floor) || !names.iter().any(begins))
}

/// Returns the names of types that several files define.
fn ambiguous(house: &Crate) -> BTreeSet<String> {
    let mut files: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in &house.files {
        file.types.iter().for_each(|name| files.entry(name).or_default().push(shown(&file.module)));
    }
    let several = files.into_iter().filter(|(_, files)| files.len() > 1);
    several.map(|(name, files)| format!("`{name}` stands for several things: {}", files.join(", "))).collect()
}

/// Which files each file needs.
type Needs<'h> = BTreeMap<&'h [String], BTreeSet<&'h [String]>>;

/// Returns each set of files of which every one needs every other, if only by way of others.
fn circles(house: &Crate) -> BTreeSet<String> {
    let needs: Needs<'_> =
        house.files.iter().map(|file| (file.module.as_slice(), house.needs(file))).collect();
    let reach: Needs<'_> = needs.keys().map(|file| (*file, reached(file, &needs))).collect();
    let circle = |(file, reached): (&&[String], &BTreeSet<&[String]>)| {
        let back = |other: &&&[String]| reach.get(**other).is_some_and(|reached| reached.contains(file));
        let files: Vec<String> = reached.iter().filter(back).map(|other| shown(other)).collect();
        (!files.is_empty()).then(|| format!("files need each other: {}", files.join(", ")))
    };
    reach.iter().filter_map(circle).collect()
}

fn reached<'h>(file: &'h [String], needs: &Needs<'h>) -> BTreeSet<&'h [String]> {
    let mut reached = BTreeSet::new();
    let mut next = vec![file];
    while let Some(file) = next.pop() {
        next.extend(needs.get(file).into_iter().flatten().filter(|needed| reached.insert(**needed)));
    }
    reached
}

/// Returns the path of a module below `src`.
fn shown(module: &[String]) -> String {
    format!("{}.rs", module.join("/"))
}

/// Returns whether a file is one of Rust.
pub fn is_source(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "rs")
}

/// Returns what is against the rules in a house of the floors `attic` and `ground`, `git`, `cellar`,
/// where the file at `path` holds `text`.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let map = "//! | [`ground`], [`attic`] | … |\n//! | [`git`] | … |\n//! | [`cellar`] | … |\n";
    let empty = ["ground.rs", "attic.rs", "git.rs", "cellar.rs"].map(|path| (path, ""));
    let empty = empty.iter().filter(|(path, _)| files.iter().all(|(given, _)| given != path));
    violations([("lib.rs", map)].iter().chain(files).chain(empty).copied()).into_iter().collect()
}

#[test]
fn an_import_from_below_is_found_however_it_is_written() {
    for (path, text) in [
        ("ground.rs", "use crate::cellar::Coal;"),
        ("ground.rs", "pub use crate::cellar::Coal;"),
        ("ground.rs", "pub(crate) use crate::cellar::Coal as Heat;"),
        ("ground.rs", "use crate::{attic, cellar::{self}};"),
        ("ground.rs", "use crate::{attic::{Box, Chest}, cellar::*};"),
        ("ground.rs", "use super::cellar;"),
        ("ground/stove/oven.rs", "use super::super::super::{cellar};"),
        ("ground/stove/oven.rs", "fn burn() -> super::super::super::cellar::Coal {}"),
        ("ground.rs", "fn burn() { heat(|coal| vec![crate::cellar::burn(coal)]) }"),
        ("ground.rs", "#[derive(crate::cellar::Burn)] struct Stove<'a>(&'a str, char);"),
        ("ground.rs", "#[cfg(not(test))] use crate::cellar::Coal;"),
        ("ground.rs", "#[cfg(test)] mod tests { use super::*; } use crate::cellar::Coal;"),
        ("ground.rs", "#[cfg(test)] use crate::cellar::Stone; use crate::cellar::Coal;"),
    ] {
        let found = found(&[(path, text)]);
        let [found] = found.as_slice() else { panic!("{text}: {found:?}") };
        assert!(found.starts_with(&format!("{path} names `cellar")), "{text}: {found}");
    }
}

#[test]
fn what_may_be_imported_is() {
    for (path, text) in [
        ("cellar.rs", "use crate::ground::Floor; use crate::attic; use crate::{git::Commit, cellar::Coal};"),
        ("ground.rs", "use crate::attic::Chest; use std::{collections::BTreeMap, io::Read};"),
        (
            "ground.rs",
            "// use crate::cellar::Coal;\n/// As [`crate::cellar::Coal`].\nconst A: &str = \"crate::cellar::Coal\";",
        ),
        ("ground.rs", "fn dig(cellar: &str) -> usize { cellar.len() } // its own cellar"),
        (
            "ground.rs",
            "#[cfg(test)] mod tests { use crate::cellar::Coal; fn now() { git2::open(); println!() } }",
        ),
        ("ground.rs", "#[cfg(all(test, unix))] fn help() { crate::cellar::dig() }"),
        ("git.rs", "use git2::Oid; fn read() { std::fs::read() }"),
        ("main.rs", "use relprep::cellar; fn main() { println!() }"),
    ] {
        assert_eq!(found(&[(path, text)]), [""; 0], "{text}");
    }
    let apart = [("ground.rs", "#[cfg(test)] mod tests;"), ("ground/tests.rs", "use crate::cellar::Coal;")];
    assert_eq!(found(&apart), [""; 0]);
}

#[test]
fn the_map_is_whole_and_shows_nothing_else() {
    assert_eq!(found(&[("shed.rs", ""), ("shed/door.rs", "")]), ["the map does not show `shed`"]);
    let map = [("lib.rs", "//! | [`ground`], [`moat`] | … |"), ("ground.rs", "")];
    let found: Vec<String> = violations(map.iter().copied()).into_iter().collect();
    assert_eq!(found, ["the map shows `moat`, which does not exist"]);
}

#[test]
fn a_circle_is_found_however_it_closes() {
    let circle = |files: &[(&str, &str)], of: &str| {
        assert_eq!(found(files), [format!("files need each other: {of}")], "{files:?}");
    };
    circle(
        &[("ground.rs", "use crate::attic::Chest;"), ("attic.rs", "use crate::ground::Floor;")],
        "attic.rs, ground.rs",
    );
    circle(
        &[
            ("ground/a.rs", "use super::b::B;"),
            ("ground/b.rs", "fn b() { crate::ground::c::c() }"),
            ("ground/c.rs", "use super::{a};"),
        ],
        "ground/a.rs, ground/b.rs, ground/c.rs",
    );
    circle(
        &[("ground.rs", "mod a; struct Own; fn all() { a::all() }"), ("ground/a.rs", "use super::Own;")],
        "ground.rs, ground/a.rs",
    );
    // A name that its parent hands on is that of the file that defines it.
    circle(
        &[
            ("ground.rs", "mod a; mod b; pub use a::A; pub use self::b::B;"),
            ("ground/a.rs", "use super::B;"),
            ("ground/b.rs", "use crate::ground::A;"),
        ],
        "ground/a.rs, ground/b.rs",
    );
    circle(
        &[("ground.rs", "mod a; pub use a::A; pub struct Own(A);"), ("ground/a.rs", "use super::Own;")],
        "ground.rs, ground/a.rs",
    );
}

#[test]
fn the_name_of_a_type_stands_for_one_thing() {
    let files = [
        ("ground/a.rs", "pub struct Door;\nimpl FromStr for Door { type Err = String; }"),
        ("ground/b.rs", "enum Door { Open }\nimpl FromStr for Door { type Err = String; }"),
        ("attic.rs", "type Key = u8; mod tests { struct Door; }"),
    ];
    assert_eq!(found(&files), ["`Door` stands for several things: ground/a.rs, ground/b.rs"]);
}

#[test]
fn a_parent_that_only_hands_on_closes_no_circle() {
    let files =
        [("ground.rs", "mod a; pub use a::{A, a}; pub struct Own;"), ("ground/a.rs", "use super::Own;")];
    assert_eq!(found(&files), [""; 0]);
    let files = [
        ("ground.rs", "mod a; mod b; use a::A; fn all(_: A) { b::b() }"),
        ("ground/a.rs", "pub struct A;"),
        ("ground/b.rs", "use super::A;"),
    ];
    assert_eq!(found(&files), [""; 0]);
}

#[test]
fn the_world_is_named_only_where_it_may_be() {
    for (floor, text) in [
        ("ground", "use git2::Oid;"),
        ("ground", "fn id() -> git2::Oid {}"),
        ("git", "use clap::Parser;"),
        ("git", "fn say() { println!(\"so\") }"),
        ("git", "use std::{collections::BTreeMap, io::{self, stdout}};"),
        ("git", "fn today() { chrono::Utc::now() }"),
        ("git", "use std::time::{Duration, Instant};"),
        ("ground", "use std::{env, path::Path};"),
        ("ground", "fn read() { std::fs::read(); }"),
        ("ground", "use std::process::{self, Command};"),
    ] {
        let found = found(&[(&format!("{floor}/file.rs"), text)]);
        assert!(!found.is_empty(), "{text}");
        let named = |found: &String| found.starts_with(&format!("{floor}/file.rs names `"));
        assert!(found.iter().all(named), "{text}: {found:?}");
    }
}

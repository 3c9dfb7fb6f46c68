//! How release branches and tags are named, as the configuration says.

use relprep::config::{Config, ConfigFile, NameScheme, read};
use semver::Version;

fn configured(text: &str) -> Result<Config, String> {
    let file = |path: &str, text: &str| ConfigFile { path: path.to_owned(), text: text.to_owned() };
    let config = read(Some(&file("relprep.toml", text)), None, &file("Cargo.toml", ""), Some(""));
    match config {
        Ok(config) => Ok(config.unwrap()),
        Err(refused) => {
            let said = refused.0.iter().map(|finding| {
                format!("{} {}", finding.message, finding.remedy.as_deref().unwrap_or_default())
            });
            Err(said.collect::<Vec<_>>().join("; "))
        }
    }
}

fn branches(names: &str) -> NameScheme {
    configured(&format!("[names]\nbranch = {names}")).unwrap().names.branch
}

fn v(text: &str) -> Version {
    text.parse().unwrap()
}

#[test]
fn a_scheme_reads_the_names_of_all_times_and_gives_the_newest() {
    let scheme = branches("['v{major}', 'v{short}']");
    assert_eq!((scheme.read("v22"), scheme.read("v0.20")), (Some(v("22.0.0")), Some(v("0.20.0"))));
    assert_eq!(scheme.render(&v("28.1.0"), "x"), "v28");
    assert!(scheme.is_of_line(&v("0.20.3"), "v0.20", "x") && scheme.is_of_line(&v("22.1.3"), "v22", "x"));
    assert!(!scheme.is_of_line(&v("0.21.0"), "v0.20", "x") && !scheme.is_of_line(&v("1.0.0"), "topic", "x"));
}

#[test]
fn a_branch_of_one_patch_is_of_the_line_of_its_first_release() {
    let scheme = branches("'rel/{version}'");
    assert_eq!(scheme.line("rel/0.19.2"), Some(v("0.19.0")));
    assert_eq!(scheme.line("rel/0.0.2"), Some(v("0.0.2")));
    assert!(scheme.is_of_line(&v("0.19.0"), "rel/0.19.2", "x"));
    assert!(!scheme.is_of_line(&v("0.20.2"), "rel/0.19.2", "x"));
}

#[test]
fn a_name_of_minors_has_the_major_of_its_train() {
    let names = "[names]\nbranch = ['line-{minor}', 'line-{short}']\n[schedule]\n";
    let train = "numbering = 'minor'\nanchor = { version = '3.7.0', release = '2025-01-20' }";
    let scheme = configured(&format!("{names}{train}")).unwrap().names.branch;
    assert_eq!((scheme.read("line-7"), scheme.read("line-2.9")), (Some(v("3.7.0")), Some(v("2.9.0"))));
    assert_eq!(scheme.render(&v("3.8.0"), "x"), "line-8");
    let anchor = "anchor = { version = '3.0.0', release = '2025-01-20' }";
    for text in ["[names]\nbranch = 'line-{minor}'", &format!("{names}{anchor}")] {
        let said = configured(text).unwrap_err();
        assert!(said.starts_with("`line-{minor}` names 1.2.0 and 2.2.0 alike"), "{said}");
        assert!(said.contains("numbering = \"minor\""), "{said}");
    }
}

#[test]
fn a_wrong_value_is_answered_with_a_right_one() {
    for value in ["1", "[]", "['line-{patch}']", "{ a = 1 }"] {
        let said = configured(&format!("[names]\ntag = {value}")).unwrap_err();
        let has_example = ["v{version}", "write {version}"].iter().any(|right| said.contains(right));
        assert!(has_example && !said.contains("NameScheme"), "{value}: {said}");
    }
}

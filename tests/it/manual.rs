//! `cargo relprep man` and the pages of the help, as those programs take them that show manuals.

use std::fs;
use std::path::PathBuf;

use relprep::render::topics::TOPICS;

use crate::fixture::Fixture;
use crate::help::commands;
use crate::tools::Tool;

/// Writes the manual, and returns its pages.
fn written(fixture: &Fixture) -> Vec<PathBuf> {
    let said = fixture.run("man ../manual");
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    let folder = fixture.sandbox.dir().join("manual");
    let sections = ["man1", "man7"].map(|section| fs::read_dir(folder.join(section)).unwrap());
    let mut pages: Vec<PathBuf> = sections.into_iter().flatten().map(|page| page.unwrap().path()).collect();
    pages.sort();
    assert_eq!(said.out, format!("Wrote {} pages to ../manual\n", pages.len()));
    pages
}

#[test]
fn every_command_and_every_topic_has_its_page() {
    let fixture = Fixture::new("lone-package");
    let pages = written(&fixture);
    let names: Vec<&str> = pages.iter().map(|page| page.file_name().unwrap().to_str().unwrap()).collect();
    let mut expected = vec!["cargo-relprep.1".to_owned()];
    expected.extend(commands(&fixture).iter().map(|name| format!("cargo-relprep-{name}.1")));
    expected.sort();
    let mut topics: Vec<String> =
        TOPICS.iter().map(|topic| format!("cargo-relprep-{}.7", topic.name)).collect();
    topics.sort();
    expected.extend(topics);
    assert_eq!(names, expected);
}

#[test]
fn the_pages_are_shown_without_a_warning() {
    let (Some(mandoc), Some(groff)) = (Tool::Mandoc.find(), Tool::Groff.find()) else { return };
    let fixture = Fixture::new("lone-package");
    for page in written(&fixture) {
        let lint =
            fixture.command(&mandoc).args(["-T", "lint", "-W", "warning"]).arg(&page).output().unwrap();
        let said = String::from_utf8(lint.stdout).unwrap();
        // A page of a program that is built anywhere has no day.
        let wrong: Vec<&str> = said.lines().filter(|line| !line.contains("missing date")).collect();
        assert_eq!(wrong, [""; 0]);
        let mut groff = fixture.command(&groff);
        let output = groff.args(["-k", "-t", "-man", "-ww", "-Tutf8"]).arg(&page).output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{}", page.display());
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(shown.contains("cargo") && shown.len() > 1000, "{shown}");
    }
}

#[test]
fn a_page_of_a_command_has_what_its_help_has() {
    let fixture = Fixture::new("lone-package");
    let pages = written(&fixture);
    for name in commands(&fixture) {
        let page = pages.iter().find(|page| page.ends_with(format!("cargo-relprep-{name}.1"))).unwrap();
        let text = fs::read_to_string(page).unwrap().replace("\\-", "-");
        let help = fixture.run(&format!("{name} --help")).out;
        let options = help.lines().filter_map(|line| line.trim_start().strip_prefix("--"));
        for option in options.filter_map(|rest| rest.split([' ', '=']).next()) {
            assert!(text.contains(&format!("--{option}")), "{name} --{option}");
        }
    }
}

#[test]
fn what_is_asked_in_vain_is_answered_with_the_nearest_page() {
    let fixture = Fixture::new("lone-package");
    let said = fixture.refuses("help recipe", &["no-topic"]);
    assert!(said.contains("did you mean `recipes`?"), "{said}");
    for topic in TOPICS {
        let page = fixture.run(&format!("help {}", topic.name));
        assert!(page.status == 0 && page.out.len() > 500, "{}", topic.name);
        let wide = page.out.lines().filter(|line| line.chars().count() > 100).count();
        assert!(wide <= 12, "{}: {wide} lines are wider than a page", topic.name);
    }
}

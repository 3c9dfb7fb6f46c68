//! Templates, from text to text and back.

use proptest::prelude::*;

use chrono::NaiveDate;
use relprep::template::*;
use semver::{Prerelease, Version};

#[test]
fn a_text_of_braces_does_not_say_so_for_each_of_them() {
    assert_eq!(Template::parse(&"} ".repeat(1000), &[]).unwrap_err().len(), 10);
}

fn v(text: &str) -> Version {
    text.parse().unwrap()
}

fn template(text: &str) -> Template {
    Template::parse(text, Placeholder::ALL).unwrap()
}

fn version_in(pattern: &str, text: &str) -> Option<Version> {
    template(pattern).read(text)?.version
}

#[test]
fn a_template_renders_each_form_of_a_version() {
    let values = Values {
        branch: Some("release-49.0.0".to_owned()),
        date: NaiveDate::from_ymd_opt(2026, 5, 5),
        ..Values::of(&v("49.1.2-rc.1"))
    };
    for (text, rendered) in [
        ("v{version}", "v49.1.2-rc.1"),
        ("{plain} {short} {major} {minor} {patch} {pre}", "49.1.2 49.1 49 1 2 rc.1"),
        ("{{{branch}}} on {date}", "{release-49.0.0} on 2026-05-05"),
        ("no {name} known", "no {name} known"),
    ] {
        assert_eq!(template(text).render(&values), rendered);
    }
}

#[test]
fn what_is_wrong_in_a_template_is_said_at_once_with_the_nearest_name() {
    let findings = Template::parse("{verison} {tag} {0} }", Placeholder::OF_VERSION).unwrap_err();
    let messages: Vec<_> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "there is no placeholder `{verison}` here",
            "there is no placeholder `{tag}` here",
            "there is no placeholder `{0}` here",
            "a `}` has no partner in `{verison} {tag} {0} }`",
        ]
    );
    assert!(findings[0].remedy.as_deref().unwrap().starts_with("write `{version}` if"));
}

#[test]
fn a_document_keeps_the_braces_that_are_no_placeholder() {
    let document = Template::document(
        "## VERSION {version} {{ {versions} WASM_VERSION VERSIONS é",
        &[Placeholder::Version],
        &[("VERSION", Placeholder::Version)],
    );
    let rendered = document.render(&Values::of(&v("1.2.3")));
    assert_eq!(rendered, "## 1.2.3 1.2.3 {{ {versions} WASM_VERSION VERSIONS é");
}

#[test]
fn a_name_gives_its_version_back() {
    for (pattern, text, version) in [
        ("release-{version}", "release-36.0.0", Some("36.0.0")),
        ("v{version}", "v49.0.0-rc.1", Some("49.0.0-rc.1")),
        ("{version}-bin", "1.0.0-rc.1-bin", Some("1.0.0-rc.1")),
        ("{version}-bin", "1.0.0-bin", Some("1.0.0")),
        ("v{major}.{minor}", "v36.1", Some("36.1.0")),
        ("v{short}.x", "v0.123.x", Some("0.123.0")),
        ("{plain}-{pre}", "1.2.3-rc.1", Some("1.2.3-rc.1")),
        ("{major}/{version}", "36/36.0.1", Some("36.0.1")),
        ("{major}/{version}", "35/36.0.1", None),
        ("release-{version}", "release-36.0.0/fix", None),
        ("release-{version}", "release-36.0", None),
        ("release-{version}", "release-036.0.0", None),
        ("release-{version}", "xrelease-36.0.0", None),
        ("v{major}", "v99999999999999999999", None),
    ] {
        assert_eq!(version_in(pattern, text), version.map(v), "{pattern} {text}");
    }
}

#[test]
fn a_text_gives_its_other_values_back() {
    let values = template("* [{short}.x]({branch}) {date}").read("* [36.0.x](a/b) 2025-08-20").unwrap();
    assert_eq!(values.branch.as_deref(), Some("a/b"));
    assert_eq!(values.date, NaiveDate::from_ymd_opt(2025, 8, 20));
    assert_eq!(template("{date}").read("2025-13-20"), None);
    assert_eq!(template("PATCH {patch}").read("PATCH 7").unwrap().version, Some(Version::new(0, 0, 7)));
}

proptest! {
    #[test]
    fn reading_undoes_rendering(
        numbers in any::<(u64, u64, u64)>(),
        candidate in proptest::option::of(any::<u32>()),
        before in "[a-z/{}-]{0,6}",
        after in "[a-z/{}é-]{0,6}",
    ) {
        let mut version = Version::new(numbers.0, numbers.1, numbers.2);
        if let Some(number) = candidate {
            version.pre = Prerelease::new(&format!("rc.{number}")).unwrap();
        }
        let escape = |text: &str| text.replace('{', "{{").replace('}', "}}");
        let template = template(&format!("{}{{version}}/{}", escape(&before), escape(&after)));
        let values = Values::of(&version);
        prop_assert_eq!(template.read(&template.render(&values)), Some(values));
    }

    #[test]
    fn no_text_makes_a_template_panic(pattern in "[{}a-z.é0-9-]{0,40}", text in "\\PC{0,40}") {
        if let Ok(template) = Template::parse(&pattern, Placeholder::ALL) {
            template.read(&text);
        }
        Template::document(&pattern, Placeholder::ALL, &[("v", Placeholder::Version)]);
    }
}

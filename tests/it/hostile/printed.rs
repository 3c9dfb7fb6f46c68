//! What is printed, and who would obey it.

use serde_json::Value;

use super::{configured, obeyed};
use crate::fixture::Fixture;

/// What a terminal, a log or a reader would obey.
const ODD: &str = "A\\u001b]0;x\\u0007\\u009b1m\\u202e\\u200b\\r::error::x\\n \\u00a0::error::y\\n##[group]z";

/// Returns whether GitHub's runner takes no line of `text` for a command; the annotations of the program
/// itself, which have a title or a file, are left out.
fn no_annotation(text: &str) -> bool {
    let own = |line: &&str| {
        ["error", "warning", "notice"].iter().any(|command| {
            let rest = line.strip_prefix("::").and_then(|line| line.strip_prefix(command));
            rest.is_some_and(|rest| rest.starts_with(" title=") || rest.starts_with(" file="))
        })
    };
    let mut foreign = text.split(['\n', '\r']).filter(|line| !own(line));
    !foreign.any(|line| line.trim_start().starts_with("::") || line.contains("##["))
}

#[test]
fn control_characters_are_printed_escaped_in_every_format() {
    for text in [
        format!("name = \"{ODD}\"\n[commit]\ncut = \"{{name}} {{version}}\"\n"),
        format!("[commit]\ncut = \"{ODD} {{version}}\"\n"),
        format!("trunk = \"{ODD}\"\n"),
        format!("lead = \"{ODD}\"\n"),
        format!("\"{ODD}\" = 1\n"),
        format!("[names]\nbranch = \"{ODD}{{version}}\"\n"),
        "[names]\nbranch = \"release-\\u202e{version}\"\n".to_owned(),
        format!("[[line]]\npackages = [\"{ODD}\"]\n"),
        format!("[notes]\narchive-marker = \"{ODD}\"\n"),
        format!("[[run]]\ncommand = [\"{ODD}\"]\n"),
        format!("name = \"\u{1b}[31m{ODD}\"\n"),
    ] {
        let fixture = configured(&text);
        for args in [
            "branch --dry-run --diff",
            "branch --dry-run --verbose",
            "branch --dry-run --format json",
            "check",
            "check --list",
            "check --format json",
            "check --format github",
            "check --format sarif",
            "check --format gitlab",
            "check --format junit",
            "check-msrv",
            "status",
            "status --format json",
            "schedule",
            "schedule --format json",
            "backport HEAD",
            "backport --status",
        ] {
            let said = fixture.run(args);
            assert!([0, 1, 2].contains(&said.status), "{args} on {text:?}: {}", said.err);
            for printed in [&said.out, &said.err] {
                assert_eq!(obeyed(printed), None, "{args} on {text:?}: {printed:?}");
                assert!(no_annotation(printed), "{args} on {text:?}: {printed}");
            }
        }
    }
}

const SCHEDULE: &str = "[schedule]\nanchor = { version = \"7.0.0\", release = \"2024-04-20\" }\n";

/// Markup of every format in which a schedule is shown.
const MARKUP: &str = "<script>alert(1)</script> ]]> --> <!-- relprep:end --> `x` | y **z** [a](javascript:b) \
                      & \"q' \\\\ ; , : # % {c}";

#[test]
fn texts_of_a_configuration_are_text_in_every_format_of_the_schedule() {
    let reason = serde_json::to_string(&format!(
        "{MARKUP}\u{1b}[31m\u{202e}\n::error::x ##[group]\n* item\nEND:VCALENDAR"
    ))
    .unwrap();
    let name: String = MARKUP.chars().take(100).collect();
    let name = serde_json::to_string(&name).unwrap();
    for named in [format!("name = {name}\n"), String::new()] {
        let text = format!(
            "{named}{SCHEDULE}[[schedule.release]]\nversion = \"8.0.0\"\nrelease = \"2024-05-22\"\nreason = {reason}\n"
        );
        let fixture = configured(&text);
        for format in ["human", "markdown", "html", "svg", "mermaid", "ics", "json", "endoflife"] {
            let said = fixture.run(&format!("schedule --format {format} --date 2024-05-21"));
            assert_eq!(said.status, 0, "{format}: {}", said.err);
            let text = said.out.replace("\r\n", "\n");
            assert_eq!(obeyed(&text), None, "{format}: {text:?}");
            assert!(no_annotation(&text), "{format}: {text}");
            harmless(format, &text);
        }
    }
}

/// Checks that nothing of the markup counts in a format that has such.
fn harmless(format: &str, text: &str) {
    let lines = |begin: &str| text.lines().filter(|line| line.starts_with(begin)).count();
    match format {
        "html" | "svg" => {
            assert!(
                !text.contains("<script") && !text.contains("]]>") && !text.contains("<!-- relprep"),
                "{text}"
            );
            assert!(!text.contains(" & "), "{text}");
        }
        "markdown" => {
            for markup in ["<script", "<!--", "`x`", "**z", "[a", "] | y"] {
                assert!(!without_escapes(text).contains(markup), "{markup}: {text}");
            }
            assert_eq!(lines("* "), 1, "{text}");
        }
        "ics" => {
            assert_eq!((lines("BEGIN:VCALENDAR"), lines("END:VCALENDAR")), (1, 1), "{text}");
            let known =
                ["BEGIN:", "END:", "VERSION:", "PRODID:", "CALSCALE:", "METHOD:", "X-WR-CALNAME:", "UID:"];
            let more =
                ["DTSTAMP:", "SEQUENCE:", "DTSTART;", "DTEND;", "SUMMARY:", "DESCRIPTION:", "TRANSP:", " "];
            for line in text.lines() {
                assert!(known.iter().chain(&more).any(|begin| line.starts_with(begin)), "{line}");
            }
        }
        "mermaid" => {
            let title = text.lines().find(|line| line.starts_with("    title ")).unwrap();
            assert!(!title.contains(['#', '%', ';', ':']), "{title}");
            assert!(!text.contains("%%"), "{text}");
        }
        "json" => drop(serde_json::from_str::<Value>(text).unwrap()),
        "endoflife" => {
            assert_eq!(lines("---"), 2, "{text}");
            let body = text.split("---\n").last().unwrap();
            assert!(!without_escapes(body).contains("<script"), "{text}");
        }
        _ => {}
    }
}

/// Leaves out what a backslash of Markdown's makes text.
fn without_escapes(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            chars.next();
        } else {
            out.push(c);
        }
    }
    out
}

#[test]
fn a_markdown_file_that_shows_the_schedule_keeps_its_markers() {
    let reason = "<!-- relprep:schedule:end --> <!-- relprep schedule end -->";
    let text = format!(
        "{SCHEDULE}[[schedule.release]]\nversion = \"8.0.0\"\nrelease = \"2024-05-22\"\nreason = \"{reason}\"\n"
    );
    let fixture = configured(&text);
    fixture.sandbox.write("x.md", "before\n");
    let said = fixture.run("schedule --format markdown --write x.md");
    // The refusal shows the markers that are missing.
    let markers: Vec<String> =
        said.err.split('`').filter(|part| part.starts_with("<!--")).map(str::to_owned).collect();
    let [begin, end, ..] = &markers[..] else { panic!("{}", said.err) };
    let text = text.replace(reason, end);
    fixture.sandbox.write("relprep.toml", text);
    fixture.sandbox.write("x.md", format!("before\n{begin}\n{end}\nafter\n"));
    for _ in 0..2 {
        let said = fixture.run("schedule --format markdown --date 2024-05-21 --write x.md");
        assert_eq!(said.status, 0, "{}", said.err);
    }
    let written = fixture.sandbox.read("x.md");
    assert_eq!(written.matches(end.as_str()).count(), 1, "{written}");
    assert!(written.starts_with("before\n") && written.ends_with(&format!("{end}\nafter\n")), "{written}");
}

#[test]
fn commits_and_authors_are_printed_escaped() {
    let fixture = configured(SCHEDULE);
    fixture.sandbox.git(["branch", "release-7.0.0"]);
    fixture.sandbox.git(["tag", "v7.0.0"]);
    fixture.sandbox.write("README.md", "x\n");
    fixture.sandbox.git(["add", "--all"]);
    let message =
        "\u{1b}]0;x\u{7}\u{9b}1m\u{202e}\u{200b}\r::error::x ##[group]\n::error::y\n\n::error::y\n<b>|`";
    let author = "--author=\u{1b}[31m\u{202e}E <e\u{1b}@x>";
    fixture.sandbox.git(["commit", "--quiet", "--cleanup=verbatim", author, "-m", message]);
    fixture.sandbox.git(["push", "--quiet", "origin", "main", "release-7.0.0"]);
    for args in [
        "status --date 2024-05-21",
        "status --format json --date 2024-05-21",
        "backport HEAD --date 2024-05-21",
        "backport HEAD --dry-run --date 2024-05-21",
        "backport HEAD --format json --date 2024-05-21",
        "backport --status --date 2024-05-21",
        "backport --status HEAD --date 2024-05-21",
        "backport --status --format json --date 2024-05-21",
        "backport --status --format markdown --date 2024-05-21",
        "backport --status HEAD --format markdown --date 2024-05-21",
        "check --supported --date 2024-05-21",
        "check --supported --format github --date 2024-05-21",
        "check --supported --format sarif --date 2024-05-21",
        "check --supported --format json --date 2024-05-21",
    ] {
        let said = fixture.run(args);
        assert!([0, 1, 2].contains(&said.status) && !said.err.contains("panicked"), "{args}: {}", said.err);
        for printed in [&said.out, &said.err] {
            assert_eq!(obeyed(printed), None, "{args}: {printed:?}");
            assert!(no_annotation(printed), "{args}: {printed}");
        }
    }
}

#[test]
fn what_ci_says_of_its_branch_is_text() {
    let fixture = Fixture::new("virtual-workspace");
    for branch in
        ["--upload-pack=x", "-x", "\u{1b}[31m\u{202e}\r\n::error::x", "main:main", "../x", "$(touch ran)", ""]
    {
        for (service, variable) in [
            ("GITHUB_ACTIONS", "GITHUB_BASE_REF"),
            ("GITHUB_ACTIONS", "GITHUB_REF_NAME"),
            ("GITLAB_CI", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
            ("BUILDKITE", "BUILDKITE_PULL_REQUEST_BASE_BRANCH"),
        ] {
            for args in [
                &["check"][..],
                &["check", "--format", "github"],
                &["check-msrv"],
                &["check-msrv", "--format", "json"],
            ] {
                let mut command = fixture.command(env!("CARGO_BIN_EXE_cargo-relprep"));
                let output = command
                    .arg("relprep")
                    .args(args)
                    .env(service, "true")
                    .env(variable, branch)
                    .output()
                    .unwrap();
                assert!([0, 1].contains(&output.status.code().unwrap()), "{branch:?} {args:?}: {output:?}");
                for printed in [output.stdout, output.stderr] {
                    let printed = String::from_utf8(printed).unwrap();
                    assert_eq!(obeyed(&printed), None, "{branch:?} {args:?}: {printed:?}");
                    assert!(no_annotation(&printed), "{branch:?} {args:?}: {printed}");
                }
                assert!(!fixture.sandbox.exists("ran"));
            }
        }
    }
}

/// What no log may obey.
const COMMANDS: &str =
    "no\n::error::pwned\n  ::add-mask::a\n\u{a0}::stop-commands::x\n##[group]x\nx##[endgroup]";

const FORMS: [&str; 6] = ["human", "json", "github", "sarif", "gitlab", "junit"];

/// Runs the program, which must have `words` to say, and none that a log obeys.
fn says(fixture: &Fixture, args: &str, words: &str) {
    let said = fixture.run(args);
    assert!([0, 1].contains(&said.status), "{args}: {}", said.err);
    assert!(said.out.contains(words) || said.err.contains(words), "{args}: {}{}", said.out, said.err);
    for printed in [&said.out, &said.err] {
        assert_eq!(obeyed(printed), None, "{args}: {printed:?}");
        assert!(no_annotation(printed), "{args}: {printed}");
    }
}

#[test]
#[cfg(unix)]
fn a_log_obeys_no_file_name() {
    let fixture = configured("");
    fixture.sandbox.write(format!("x{}", COMMANDS.replace('/', "")), "");
    fixture.sandbox.write("\n ::error::y\u{200b}", "");
    fixture.sandbox.commit_all("odd names");
    for form in FORMS {
        says(&fixture, &format!("check --only-versions --format {form}"), "pwned");
    }
    fixture.sandbox.git(["rm", "--quiet", "-r", "--cached", "."]);
    says(&fixture, "branch", "");
    says(&fixture, "backport --status", "");
}

#[test]
fn a_log_obeys_no_words_of_cargos_about_a_manifest() {
    let value = serde_json::to_string(COMMANDS).unwrap();
    let requirement = format!("lunation = {value}");
    let fixture =
        Fixture::changed("virtual-workspace", &[("Cargo.toml", "lunation = \"0.4\"", &requirement)]);
    for form in FORMS {
        says(&fixture, &format!("check --format {form}"), "pwned");
        says(&fixture, &format!("check-msrv --format {form}"), "");
    }
    for args in ["branch", "branch --format json", "branch --dry-run --diff", "patch --branch main"] {
        says(&fixture, args, "");
    }
}

#[test]
fn a_log_obeys_no_program_of_the_repository() {
    let words = COMMANDS.replace('\n', "\\n");
    let print = format!("printf '{words}\\n'; printf '{words}' >&2; exit 1");
    let fixture = configured("");
    let hook = fixture.sandbox.hook("pre-commit", &print);
    for args in ["branch", "branch --format json"] {
        says(&fixture, args, "pwned");
    }
    std::fs::remove_file(hook).unwrap();
    let command = serde_json::to_string(&["sh", "-c", &print]).unwrap();
    fixture.sandbox.write("relprep.toml", format!("[[run]]\ncommand = {command}\n"));
    fixture.sandbox.commit_all("a program");
    for args in ["branch", "branch --format json"] {
        says(&fixture, args, "pwned");
    }
}

#[test]
fn a_log_obeys_no_line_of_a_diff() {
    let notes = format!("## 7.0.0\n\nUnreleased.\n\n{COMMANDS}\n\n<!-- ARCHIVE_START -->\n");
    let fixture = Fixture::changed("virtual-workspace", &[("RELEASES.md", "", &notes)]);
    for args in ["branch --dry-run --diff", "branch --dry-run --diff --format json"] {
        says(&fixture, args, "stop-commands");
    }
}

#[test]
fn a_log_obeys_no_argument() {
    let fixture = configured("");
    for args in [vec!["check", COMMANDS], vec!["branch", "--branch", COMMANDS], vec![COMMANDS]] {
        let output = fixture.command(env!("CARGO_BIN_EXE_cargo-relprep")).args(&args).output().unwrap();
        assert!([1, 2].contains(&output.status.code().unwrap()), "{args:?}: {output:?}");
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(err.contains("pwned") && no_annotation(&err), "{args:?}: {err}");
    }
}

//! What is printed, and who would obey it.

use super::{configured, obeyed};

#[test]
fn control_characters_are_printed_escaped_in_every_format() {
    let odd = "A\\u001b]0;x\\u0007\\u009b1m\\u202e\\r::error::x";
    for text in [
        format!("name = \"{odd}\"\n[commit]\ncut = \"{{name}} {{version}}\"\n"),
        format!("trunk = \"{odd}\"\n"),
        format!("lead = \"{odd}\"\n"),
        format!("\"{odd}\" = 1\n"),
        format!("[names]\nbranch = \"{odd}{{version}}\"\n"),
        format!("[[line]]\npackages = [\"{odd}\"]\n"),
        format!("[notes]\narchive-marker = \"{odd}\"\n"),
        format!("[[run]]\ncommand = [\"{odd}\"]\n"),
        format!("name = \"\u{1b}[31m{odd}\"\n"),
    ] {
        let fixture = configured(&text);
        for args in [
            "branch --dry-run --diff",
            "branch --dry-run --format json",
            "check",
            "check --format json",
            "check --format github",
            "check --format sarif",
            "status",
            "status --format json",
            "schedule",
            "schedule --format json",
        ] {
            let said = fixture.run(args);
            assert!([0, 1].contains(&said.status), "{args} on {text:?}: {}", said.err);
            for printed in [&said.out, &said.err] {
                assert_eq!(obeyed(printed), None, "{args} on {text:?}: {printed:?}");
            }
            assert!(!said.out.lines().any(|line| line.starts_with("::error::x")), "{args}: {}", said.out);
        }
    }
}

//! The help: all of it in one file, its options in one order, and none that a command ignores.

use snapbox::{assert_data_eq, file};

use crate::fixture::Fixture;

/// Returns the commands that the help lists.
pub(crate) fn commands(fixture: &Fixture) -> Vec<String> {
    let help = fixture.run("--help").out;
    let (_, rest) = help.split_once("Commands:\n").unwrap();
    let lines = rest.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// With `SNAPSHOTS=overwrite` in the environment the file is written anew.
#[test]
fn the_whole_help_is_what_a_reviewer_has_seen() {
    let fixture = Fixture::new("lone-package");
    let mut all = fixture.run("--help").out;
    for name in commands(&fixture) {
        let said = fixture.run(&format!("{name} --help"));
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{name}");
        assert_eq!(fixture.run(&format!("help {name}")).out, said.out);
        all.extend(["\n", &"=".repeat(100), "\n$ cargo relprep ", &name, " --help\n\n", &said.out]);
    }
    // Blanks that end a line are clap's, and no editor leaves them.
    let lines: Vec<&str> = all.lines().map(str::trim_end).collect();
    assert_data_eq!(lines.join("\n") + "\n", file!["help.txt"].raw());
}

#[test]
fn the_groups_stand_in_one_order() {
    let fixture = Fixture::new("lone-package");
    for name in commands(&fixture) {
        let help = fixture.run(&format!("{name} --help")).out;
        let order = ["Arguments:", "Options:", "Output options:", "Common options:", "Examples:"];
        let at: Vec<usize> = order.iter().filter_map(|title| help.find(&format!("\n{title}\n"))).collect();
        assert!(at.is_sorted(), "{name}");
        let (own, _) = help.split_once("\nOutput options:\n").unwrap();
        for option in ["--format", "--color", "--quiet", "--config", "--remote", "--help"] {
            assert!(
                !own.contains(&format!(" {option} ")) && !own.contains(&format!(" {option}\n")),
                "{name}"
            );
        }
        assert!(help.contains("\nExamples:\n"), "{name} has no example");
    }
}

#[test]
fn a_common_option_is_honoured_or_refused() {
    let fixture = Fixture::new("virtual-workspace");
    for name in commands(&fixture) {
        let more = match name.as_str() {
            "backport" => " HEAD",
            "ci" => " --check",
            "completions" => " bash",
            "help" => " branch",
            "man" => " folder",
            "notes" => " --carry",
            _ => "",
        };
        let help = fixture.run(&format!("{name} --help")).out;
        for option in ["--manifest-path nope/Cargo.toml", "--config nope.toml", "--remote nope", "--verbose"]
        {
            let (option_name, _) = option.split_once(' ').unwrap_or((option, ""));
            let said = fixture.run(&format!("{name}{more} {option}"));
            match help.contains(option_name) {
                true if option == "--verbose" => {}
                true => {
                    assert!(said.status == 1 && said.err.contains("nope"), "{name} {option}: {}", said.err);
                }
                false => {
                    assert_eq!(said.status, 2, "{name} {option}: {}", said.err);
                    assert!(said.err.contains("means nothing to"), "{name} {option}: {}", said.err);
                }
            }
        }
    }
}

#[test]
fn an_option_of_one_way_of_checking_is_refused_by_the_others() {
    let fixture = Fixture::new("lone-package");
    for args in [
        "check --list --strict",
        "check --list --branch main",
        "check --list --package",
        "check --list --supported",
        "check --list --date 2024-05-20",
        "check --only-versions --strict",
        "check --only-versions --date 2024-05-20",
        "check --supported --branch main",
        "check --verify",
        "check --except 7.0=why",
    ] {
        assert_eq!(fixture.run(args).status, 2, "{args}");
    }
}

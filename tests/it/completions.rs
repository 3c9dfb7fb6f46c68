//! `cargo relprep completions`, in the shells themselves.

use std::process::Command;

use crate::environment;
use crate::fixture::Fixture;
use crate::tools::Tool;

/// A repository with two release branches, a tag, and the program on the `PATH`.
fn ground() -> Fixture {
    let fixture = Fixture::new("lone-package");
    for name in ["release-7.0.0", "release-8.0.0"] {
        fixture.sandbox.git(["branch", name]);
    }
    fixture.sandbox.git(["tag", "v7.0.0"]);
    fixture
}

/// Returns what `shell` prints that runs `script` in it.
fn printed(fixture: &Fixture, mut shell: Command, script: &str) -> String {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_cargo-relprep"));
    shell.env("PATH", environment::path(&[program.parent().unwrap()]));
    let output = shell.arg("-c").arg(script).current_dir(fixture.sandbox.root()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn bash_completes_cargo_relprep_and_leaves_the_rest_of_cargo_as_it_was() {
    let fixture = ground();
    // What completed `cargo` before answers with one word, whatever is asked.
    let script = r#"
        _before() { COMPREPLY=(before); }
        complete -F _before cargo
        source <(cargo-relprep relprep completions bash)
        source <(cargo-relprep relprep completions bash)
        try() {
            COMP_WORDS=("$@") COMP_CWORD=$(( $# - 1 )) COMPREPLY=()
            local registered; registered=$(complete -p cargo)
            [[ $registered =~ -F\ ([^ ]+) ]] && "${BASH_REMATCH[1]}" cargo "${@: -1}" "${@: -2:1}"
            echo "${COMPREPLY[@]}"
        }
        try cargo bui
        try cargo relp
        try cargo relprep pat
        try cargo relprep patch --bra
        try cargo relprep patch --branch release-
        try cargo relprep patch --remote ''
        try cargo relprep replay 7
        try cargo relprep backport --advisory CVE-2024-12345 --package s
        try cargo relprep bump --to sun
        try cargo relprep help rec
        try cargo relprep ci git
        try cargo relprep ci --check --format jun
    "#;
    let mut bash = fixture.command("bash");
    bash.args(["--norc", "--noprofile"]);
    let expected = "before\nbefore\npatch\n--branch\nrelease-7.0.0 release-8.0.0\norigin\n7.0.0\nsundial\nsundial=\nrecipes\ngithub\njunit\n";
    assert_eq!(printed(&fixture, bash, script), expected);
}

#[test]
fn fish_completes_cargo_relprep() {
    let Some(fish) = Tool::Fish.find() else { return };
    let fixture = ground();
    let script = r#"
        cargo-relprep relprep completions fish | source
        complete -C "cargo relprep patch --branch release-"
        complete -C "cargo relprep sched" | string split -f 1 \t
    "#;
    let mut shell = fixture.command(fish);
    shell.arg("--no-config");
    assert_eq!(printed(&fixture, shell, script), "release-7.0.0\nrelease-8.0.0\nschedule\n");
}

#[test]
fn zsh_completes_cargo_relprep_with_and_without_what_completes_cargo() {
    let Some(zsh) = Tool::Zsh.find() else { return };
    let fixture = ground();
    let cargo =
        "function _cargo() { shift words; (( CURRENT -= 1 )); _call_function ret _cargo-${words[1]} }\n";
    let cargo = format!("{cargo}compdef _cargo cargo");
    for before in ["", &cargo] {
        fixture.sandbox.write("../rc", format!("autoload -Uz compinit; compinit -u -D\n{before}\n"));
        // The line that comes of pressing the tabulator key is printed instead of run.
        let script = r#"
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell 'PS1=; source ../rc; source <(cargo-relprep relprep completions zsh)'
            zpty -w shell 'print-line() { print -r -- "<$BUFFER>"; BUFFER= }; zle -N print-line; bindkey "^O" print-line; echo REA""DY'
            zpty -r shell text '*READY*'
            for words in 'patch --branch release-7' 'sched'; do
                zpty -w -n shell "cargo relprep $words"$'\t\C-o'
                zpty -r shell text '*<*>*'
                print -r -- ${${text##*<}%%>*}
            done
        "#;
        let mut shell = fixture.command(&zsh);
        shell.arg("-f");
        let lines = printed(&fixture, shell, script);
        assert_eq!(lines, "cargo relprep patch --branch release-7.0.0 \ncargo relprep schedule \n");
    }
}

//! The schedule and the supported branches from the policy alone, outside of any repository.

use std::path::Path;

use crate::support::Sandbox;

/// Runs the program in an empty folder with Wasmtime's configuration, and returns what it prints.
fn relprep(args: &[&str]) -> String {
    let sandbox = Sandbox::bare_ground();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wasmtime/relprep.toml");
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
    let output = command
        .current_dir(sandbox.dir())
        .arg("relprep")
        .args(args)
        .arg("--config")
        .arg(config)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn supported(day: &str) -> Vec<String> {
    relprep(&["status", "--supported", "--date", day]).lines().map(str::to_owned).collect()
}

#[test]
fn the_table_is_the_one_that_wasmtime_published() {
    let text = relprep(&["schedule", "--date", "2025-05-01", "--format", "markdown"]);
    let table: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(
        table,
        [
            "| Version | LTS | Branch Date | Release Date | EOL Date |",
            "|---|---|---|---|---|",
            "| **24.0.0** | LTS | August 5 2024 | August 20 2024 | August 20 2026 |",
            "| 30.0.0 | | February 5 2025 | February 20 2025 | April 20 2025 |",
            "| **31.0.0** | | March 5 2025 | March 20 2025 | May 20 2025 |",
            "| **32.0.0** | | April 5 2025 | April 20 2025 | June 20 2025 |",
            "| 33.0.0 | | May 5 2025 | May 20 2025 | July 20 2025 |",
            "| 36.0.0 | LTS | August 5 2025 | August 20 2025 | August 20 2027 |",
        ]
    );
}

#[test]
fn the_locale_tells_what_the_terminal_can_show() {
    let sandbox = Sandbox::bare_ground();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wasmtime/relprep.toml");
    for (locale, is_unicode) in [
        ([("LC_ALL", ""), ("LC_CTYPE", ""), ("LANG", "de_DE.UTF-8")], true),
        ([("LC_ALL", "C.utf8"), ("LC_CTYPE", ""), ("LANG", "C")], true),
        ([("LC_ALL", "C"), ("LC_CTYPE", "C.UTF-8"), ("LANG", "C.UTF-8")], false),
        ([("LC_ALL", ""), ("LC_CTYPE", "de_DE.ISO-8859-1"), ("LANG", "C.UTF-8")], false),
        ([("LC_ALL", ""), ("LC_CTYPE", ""), ("LANG", "")], false),
    ] {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        command.current_dir(sandbox.dir()).args(["relprep", "schedule", "--date", "2025-05-01", "--config"]);
        let output = command.arg(&config).envs(locale).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.contains("▓ supported"), is_unicode || cfg!(windows), "{locale:?}: {text}");
        assert!(is_unicode || cfg!(windows) || (text.is_ascii() && text.contains("= supported")), "{text}");
    }
}

#[test]
fn security_fixes_go_to_what_is_supported_the_last_day_included() {
    let current_39 = ["release-24.0.0", "release-36.0.0", "release-38.0.0", "release-39.0.0"];
    assert_eq!(supported("2025-11-24"), current_39);
    let last_day = supported("2026-08-20");
    assert!(
        last_day.contains(&"release-24.0.0".to_owned()) && last_day.contains(&"release-46.0.0".to_owned())
    );
    assert_eq!(supported("2026-08-21"), ["release-36.0.0", "release-47.0.0", "release-48.0.0"]);
}

#[test]
fn a_matrix_in_ci_takes_the_branches_as_json() {
    let text = relprep(&["status", "--supported", "--format", "json", "--date", "2026-08-21"]);
    assert_eq!(text.lines().count(), 1, "an output of a step is one line");
    let said: serde_json::Value = serde_json::from_str(&text).unwrap();
    let branches: Vec<String> = serde_json::from_value(said["supported"].clone()).unwrap();
    assert_eq!(branches, supported("2026-08-21"));
}

#[test]
fn a_markdown_file_is_written_between_its_markers_whatever_is_said_of_the_format() {
    use std::fs;
    let sandbox = Sandbox::bare_ground();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wasmtime/relprep.toml");
    let run = |args: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        command.current_dir(sandbox.dir()).args(["relprep", "schedule", "--config"]).arg(&config);
        let output = command.args(["--date", "2025-05-01"]).args(args).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let page = "# Releases\n\n<!-- relprep schedule -->\n<!-- /relprep schedule -->\n\nKeep me.\n";
    let file = sandbox.dir().join("our releases.md");
    fs::write(&file, page).unwrap();

    let (status, err) = run(&["--to", "34.0", "--check", "our releases.md"]);
    let remedy = "run `cargo relprep schedule --to 34.0.0 --write 'our releases.md'`, and commit the file";
    assert!(status == 1 && err.contains("error[schedule-stale]") && err.contains(remedy), "{err}");
    let (status, err) = run(&["--format", "human", "--write", "our releases.md"]);
    assert!(status == 1 && err.contains("error[schedule-format]"), "{err}");
    assert_eq!(fs::read_to_string(&file).unwrap(), page);
    assert_eq!(run(&["--write", "our releases.md"]).0, 0);
    let written = fs::read_to_string(&file).unwrap();
    assert!(written.starts_with("# Releases\n") && written.ends_with("\nKeep me.\n"), "{written}");
    assert!(written.contains("| **31.0.0** | | March 5 2025 |"), "{written}");
    assert_eq!(run(&["--check", "our releases.md"]).0, 0);

    fs::write(&file, "# Releases\n").unwrap();
    let (status, err) = run(&["--write", "our releases.md"]);
    assert!(status == 1 && err.contains("error[marker-missing]"), "{err}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "# Releases\n");
    let (status, err) = run(&["--write", "releases"]);
    assert!(status == 1 && err.contains("say it with `--format`: human, markdown, html"), "{err}");
    assert!(!sandbox.dir().join("releases").exists());
}

#[test]
fn branches_tags_and_notes_lead_to_the_forge() {
    let manifest = |address: &str| {
        format!(
            "[package]\nname = \"orbit\"\nversion = \"5.0.0\"\nedition = \"2021\"\nrepository = \"{address}\"\n"
        )
    };
    let config =
        "[schedule]\nanchor = { version = \"3.0.0\", release = \"2025-03-10\" }\nsupport-months = 3\n";
    let sandbox = Sandbox::new();
    sandbox.write("Cargo.toml", manifest("https://gitlab.example.org/x/orbit"));
    sandbox.write("src/lib.rs", "");
    sandbox.write("relprep.toml", config);
    let dated = |day: &str, args: &[&str]| {
        let mut command = sandbox.command("git");
        command
            .envs(["GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"].map(|name| (name, format!("{day}T12:00:00Z"))));
        assert!(command.args(args).status().unwrap().success());
    };
    dated("2025-03-10", &["add", "--all"]);
    dated("2025-03-10", &["commit", "--quiet", "-m", "3"]);
    for branch in ["release-3.0.0", "release-4.0.0"] {
        sandbox.git(["branch", branch]);
    }
    dated("2025-03-12", &["tag", "-a", "-m", "3", "v3.0.0"]);
    dated("2025-03-20", &["tag", "-a", "-m", "3", "v3.0.1"]);
    let shown = |options: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        command.args(["relprep", "schedule", "--date", "2025-04-01", "--format", "markdown"]);
        let output = command.args(options).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let at = "https://gitlab.example.org/x/orbit/-";
    let text = shown(&["--columns", "latest,notes,tag,branch,state"]);
    let row = format!(
        "| **3.0.0** | [3.0.1 (March 20 2025)]({at}/tags/v3.0.1) | [RELEASES.md]({at}/blob/release-3.0.0/RELEASES.md) | \
         [v3.0.1]({at}/tags/v3.0.1) | [release-3.0.0]({at}/tree/release-3.0.0) | supported |\n"
    );
    assert!(text.contains(&row), "{text}");
    let row = format!("| 4.0.0 | | | | [release-4.0.0]({at}/tree/release-4.0.0) | cut |\n");
    assert!(text.contains(&row), "{text}");

    // An address that Markdown would obey is none.
    sandbox.write("Cargo.toml", manifest("https://github.com/x/orbit) <script>"));
    let text = shown(&["--columns", "tag,notes"]);
    assert!(text.contains("| **3.0.0** | v3.0.1 | RELEASES.md |\n") && !text.contains("<script"), "{text}");

    // A host that shows no forge has pages that nobody can name.
    sandbox.write("Cargo.toml", manifest("https://example.org/orbit"));
    let text = shown(&["--columns", "tag,branch"]);
    assert!(text.contains("| **3.0.0** | v3.0.1 | release-3.0.0 |\n"), "{text}");
}

#[test]
fn a_page_that_is_not_there_is_made_with_its_markers() {
    let sandbox = Sandbox::bare_ground();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wasmtime/relprep.toml");
    let run = |args: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        command.current_dir(sandbox.dir()).args(["relprep", "schedule", "--config"]).arg(&config);
        let output = command.args(["--date", "2025-05-01"]).args(args).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let options = ["--columns", "eol,state", "--group"];
    let (status, err) = run(&[&options[..], &["--check", "page.md"]].concat());
    let remedy = "run `cargo relprep schedule --columns version,eol,state --group --write page.md`";
    assert!(
        status == 1 && err.contains("this file is not there\n--> page.md") && err.contains(remedy),
        "{err}"
    );
    assert_eq!(run(&[&options[..], &["--write", "page.md"]].concat()).0, 0);
    let page = std::fs::read_to_string(sandbox.dir().join("page.md")).unwrap();
    assert!(
        page.starts_with("# Wasmtime releases\n\n<!-- relprep schedule -->\n\n**Supported**\n\n"),
        "{page}"
    );
    assert!(page.ends_with("```\n\n<!-- /relprep schedule -->\n"), "{page}");
    assert_eq!(run(&[&options[..], &["--check", "page.md"]].concat()).0, 0);
    assert_eq!(run(&[&options[..], &["--write", "page.md"]].concat()).0, 0);
    assert_eq!(std::fs::read_to_string(sandbox.dir().join("page.md")).unwrap(), page);

    for (args, option) in [
        (["--columns", "eol", "--format", "svg"], "--columns"),
        (["--columns", "eol", "--write", "x.ics"], "--columns"),
        (["--group", "--all", "--format", "ics"], "--group"),
        (["--group", "--all", "--write", "x.mmd"], "--group"),
    ] {
        let (status, err) = run(&args);
        assert!(
            status == 1 && err.contains(&format!("error[schedule-format]: `{option}` is for a table")),
            "{err}"
        );
    }
}

#[test]
#[cfg(unix)]
fn a_file_is_written_whole_with_its_permissions() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::bare_ground();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wasmtime/relprep.toml");
    let write = |name: &str| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        command.current_dir(sandbox.dir()).args(["relprep", "schedule", "--date", "2025-05-01", "--config"]);
        command.arg(&config).args(["--format", "json", "--write", name]).output().unwrap()
    };
    assert!(write("new.json").status.success());
    let new = fs::read(sandbox.dir().join("new.json")).unwrap();
    let file = sandbox.dir().join("home/file.json");
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o660)).unwrap();
    assert!(write("home/file.json").status.success());
    assert_eq!(fs::read(&file).unwrap(), new);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o660);

    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o440)).unwrap();
    let refused = write("home/file.json");
    assert_eq!(refused.status.code(), Some(3), "{}", String::from_utf8_lossy(&refused.stderr));
    assert_eq!(fs::read(&file).unwrap(), b"old");
    let names = fs::read_dir(sandbox.dir().join("home")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().starts_with(".relprep")));
}

#[test]
#[cfg(unix)]
fn a_reader_that_has_read_enough_is_no_failure_and_a_full_disk_is_one() {
    use std::process::Stdio;
    let sandbox = Sandbox::bare_ground();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wasmtime/relprep.toml");
    let run = |args: &[&str], out: Stdio| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        command.current_dir(sandbox.dir()).arg("relprep").args(args).arg("--config").arg(&config);
        command.args(["--date", "2025-05-01"]).stdout(out);
        command.stdin(std::fs::File::open(sandbox.dir().join("book.json")).unwrap());
        let output = command.stderr(Stdio::piped()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let book =
        r#"[{"renderer":"html"},{"sections":[{"Chapter":{"content":"<!-- relprep schedule -->\n"}}]}]"#;
    std::fs::write(sandbox.dir().join("book.json"), book).unwrap();
    for args in [&["schedule"][..], &["schedule", "--format", "html", "--all"], &["status"], &["mdbook"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        assert_eq!(run(args, writer.into()), (Some(0), String::new()), "{args:?}");
        let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { continue };
        let (status, err) = run(args, full.into());
        assert!(status == Some(3) && err.contains("cannot write to standard output"), "{args:?}: {err}");
    }
}

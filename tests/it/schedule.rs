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
    let branches: Vec<String> = serde_json::from_str(&text).unwrap();
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

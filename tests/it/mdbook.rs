//! The schedule in a book, built by the real mdBook.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::tools::Tool;

const BOOK: &str = r#"
[book]
title = "A book"

[preprocessor.relprep]
command = "RELPREP mdbook --date 2025-05-01 --manifest-path MANIFEST"
"#;

const CONFIG: &str = r#"
name = "Wasmtime"

[schedule]
anchor = { version = "20.0.0", release = "2024-04-20" }
cut-day = 5
support-months = 2
lts = { every = 12, first = 24, support-months = 24 }
"#;

/// Writes a workspace with a configuration, and a book in it.
fn write_book(dir: &Path) {
    let write = |name: &str, text: &str| {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("Cargo.toml", "[package]\nname = \"x\"\nversion = \"33.0.0\"\nedition = \"2021\"\n\n[workspace]\n");
    write("src/lib.rs", "");
    write("relprep.toml", CONFIG);
    let manifest = dir.join("Cargo.toml").display().to_string();
    let book = BOOK.replace("RELPREP", env!("CARGO_BIN_EXE_cargo-relprep")).replace("MANIFEST", &manifest);
    write("docs/book.toml", &book);
    write("docs/src/SUMMARY.md", "# Summary\n\n- [Intro](intro.md)\n  - [Releases](releases.md)\n");
    write("docs/src/intro.md", "# Intro\n");
    write("docs/src/releases.md", "# Releases\n\n<!-- relprep schedule -->\n\nThe *end*.\n");
}

#[test]
fn mdbook_puts_table_and_chart_in_place_of_the_marker() {
    let Some(mdbook) = Tool::Mdbook.find() else { return };
    let dir = TempDir::new().unwrap();
    write_book(dir.path());
    let output = Command::new(mdbook)
        .args(["build", "docs"])
        .current_dir(dir.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = fs::read_to_string(dir.path().join("docs/book/releases.html")).unwrap();
    assert!(page.contains("<td><strong>24.0.0</strong></td><td>LTS</td><td>August 5 2024</td>"), "{page}");
    let chart = page.split_once("<svg class=\"relprep-chart\"").unwrap().1.split_once("</svg>").unwrap().0;
    assert!(!chart.contains("<script") && chart.contains("24.0.0 LTS"));
    assert!(page.contains("<p>The <em>end</em>.</p>"), "what follows is Markdown again");
}

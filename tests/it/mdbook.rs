//! The schedule in a book: as mdBook hands it over, and built by the real mdBook.

use std::fs;
use std::path::Path;

use relprep::render::mdbook::preprocess;
use relprep::render::schedule::{View, marker};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::environment;
use crate::rendered::wasmtime_on;
use crate::tools::Tool;

const BOOK: &str = r#"
[book]
title = "A book"

[preprocessor.relprep]
command = "RELPREP mdbook --date 2025-05-01 --manifest-path MANIFEST OPTIONS"
"#;

const CONFIG: &str = r#"
name = "Wasmtime"

[schedule]
anchor = { version = "20.0.0", release = "2024-04-20" }
cut-day = 5
support-months = 2
lts = { every = 12, first = 24, support-months = 24 }
"#;

/// Writes a workspace with a configuration, and a book in it, whose preprocessor has `options`.
pub(crate) fn write_book(dir: &Path, options: &str) {
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
    let book = book.replace("OPTIONS", options);
    write("docs/book.toml", &book);
    write("docs/src/SUMMARY.md", "# Summary\n\n- [Intro](intro.md)\n  - [Releases](releases.md)\n");
    write("docs/src/intro.md", "# Intro\n");
    write("docs/src/releases.md", "# Releases\n\n<!-- relprep schedule -->\n\nThe *end*.\n");
}

#[test]
fn mdbook_puts_table_and_chart_in_place_of_the_marker() {
    let Some(mdbook) = Tool::Mdbook.find() else { return };
    let dir = TempDir::new().unwrap();
    write_book(dir.path(), "");
    let mut build = environment::command(mdbook, dir.path());
    let output = build.args(["build", "docs"]).current_dir(dir.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let page = fs::read_to_string(dir.path().join("docs/book/releases.html")).unwrap();
    assert!(page.contains("<td><strong>24.0.0</strong></td><td>LTS</td><td>August 5 2024</td>"), "{page}");
    let chart = page.split_once("<svg class=\"relprep-chart\"").unwrap().1.split_once("</svg>").unwrap().0;
    assert!(!chart.contains("<script") && chart.contains("24.0.0 LTS"));
    assert!(page.contains("<p>The <em>end</em>.</p>"), "what follows is Markdown again");
}

fn book(key: &str, content: &str) -> String {
    let nested = json!({ "Chapter": {
        "name": "Releases", "content": content, "path": "releases.md", "sub_items": [], "number": [1, 1]
    }});
    let chapter = json!({ "Chapter": {
        "name": "Intro", "content": "# Intro", "path": null, "sub_items": [nested]
    }});
    json!([{ "renderer": "html", "root": "/" }, { key: ["Separator", chapter], "other": 1 }]).to_string()
}

fn content_of(book: &str, key: &str) -> String {
    let book: Value = serde_json::from_str(book).unwrap();
    book[key][1]["Chapter"]["sub_items"][0]["Chapter"]["content"].as_str().unwrap().to_owned()
}

#[test]
fn a_marker_becomes_table_and_chart_in_either_shape_of_a_book() {
    for key in ["sections", "items"] {
        let input = book(key, &format!("# Releases\n\n{}\n\nMore", marker::BEGIN));
        let done = preprocess(&input, &wasmtime_on("2025-05-01"), &View::default()).unwrap();
        assert_eq!(done.chapters, 1);
        let content = content_of(&done.book, key);
        assert!(
            content.contains("| **24.0.0** | LTS |")
                && content.contains("<svg ")
                && content.ends_with("More")
        );
        assert!(!content.contains("<script"));
    }
}

#[test]
fn a_marker_that_is_a_part_of_something_is_refused_with_its_place() {
    for (content, place) in [
        (format!("# Releases\n\n1. See\n\n   {}\n", marker::BEGIN), "releases.md:5:4"),
        (format!("> {}\n", marker::BEGIN), "releases.md:1:3"),
        (format!("| a | b |\n|---|---|\n| c | {} |\n", marker::BEGIN), "releases.md:3:7"),
        (format!("Here: {}\n", marker::BEGIN), "releases.md:1:7"),
    ] {
        let schedule = wasmtime_on("2025-05-01");
        let error = preprocess(&book("items", &content), &schedule, &View::default()).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("the marker is ") && said.contains(place), "{said}");
    }
    let explained =
        book("items", "Write `<!-- relprep schedule -->`:\n\n```md\n* <!-- relprep schedule -->\n```\n");
    assert_eq!(preprocess(&explained, &wasmtime_on("2025-05-01"), &View::default()).unwrap().chapters, 0);
}

#[test]
fn a_book_without_a_marker_goes_back_untouched() {
    let input = book("items", "text");
    let done = preprocess(&input, &wasmtime_on("2025-05-01"), &View::default()).unwrap();
    let [_, book]: [Value; 2] = serde_json::from_str(&input).unwrap();
    assert_eq!((serde_json::from_str::<Value>(&done.book).unwrap(), done.chapters), (book, 0));
}

#[test]
fn what_is_no_book_is_refused() {
    for input in ["", "{}", "[1]", "[1, 2, 3]"] {
        assert!(preprocess(input, &wasmtime_on("2025-05-01"), &View::default()).is_err(), "{input}");
    }
    let twice = format!("{}\n{}\n{}", marker::BEGIN, marker::END, marker::END);
    let error = preprocess(&book("items", &twice), &wasmtime_on("2025-05-01"), &View::default()).unwrap_err();
    assert!(error.to_string().contains("releases.md:3:1"), "{error}");
}

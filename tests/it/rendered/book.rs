//! The schedule in a book, as a reader sees it.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::measure;
use crate::environment;
use crate::mdbook::write_book;
use crate::tools::Tool;

#[test]
fn books_are_readable_at_every_width_in_light_and_dark() {
    let (Some(chromium), Some(mdbook)) = (Tool::Chromium.find(), Tool::Mdbook.find()) else { return };
    let dir = TempDir::new().unwrap();
    let mut cases = Vec::new();
    for (name, options) in [
        ("six", ""),
        ("twenty", "--from 20 --to 39"),
        ("fifty", "--from 10 --to 59 --columns eol,state"),
        ("wide", "--group --columns lts,cut,release,eol,latest,notes,tag,branch,state"),
    ] {
        let book = dir.path().join(name);
        fs::create_dir(&book).unwrap();
        write_book(&book, options);
        let mut build = environment::command(&mdbook, &book);
        let output = build.args(["build", "docs"]).current_dir(&book).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for width in [360, 1280] {
            let file = format!("{name}/docs/book/releases.html");
            let mut case = json!({ "file": file, "width": width, "type": "text/html" });
            if name == "wide" {
                case["scrolls"] = true.into();
            }
            cases.push(case);
        }
    }
    measure(&chromium, dir.path(), cases);
}

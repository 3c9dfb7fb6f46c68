//! The schedule inside an mdBook: the preprocessor protocol, JSON in and JSON out.
//!
//! mdBook hands a preprocessor an array of two, its context and the book, and takes the book back.
//! Chapters are found by their shape, which is the same in mdBook 0.4 and 0.5; all else goes
//! back untouched. See <https://rust-lang.github.io/mdBook/for_developers/preprocessors.html>.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::schedule::marker::{self, End};
use super::schedule::{View, markdown, svg};
use crate::finding::{Finding, Refused};
use crate::text::escaped_json;
use crate::train::schedule::Schedule;

/// A book with the schedule in place of each marker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preprocessed {
    /// The book, as JSON.
    pub book: String,
    /// The number of chapters that have a marker.
    pub chapters: usize,
}

/// Puts `schedule` in place of the markers of a book: the table, and for HTML the chart as a picture,
/// which needs no script.
///
/// # Errors
///
/// If `input` is not what mdBook sends; a refusal if a chapter has the end marker alone.
pub fn preprocess(input: &str, schedule: &Schedule, view: &View) -> Result<Preprocessed> {
    let input: Value =
        serde_json::from_str(input).context("mdBook sent no JSON; run this as its preprocessor")?;
    let Value::Array(parts) = input else { bail!("mdBook sent no array of context and book") };
    let Ok([context, mut book]) = <[Value; 2]>::try_from(parts) else {
        bail!("mdBook sent no array of context and book");
    };
    let shown = content(schedule, view, context["renderer"].as_str());
    let mut chapters = Chapters { content: &shown, replaced: 0, problems: Vec::new() };
    chapters.visit(&mut book);
    if !chapters.problems.is_empty() {
        return Err(Refused(chapters.problems).into());
    }
    let chapters = chapters.replaced;
    Ok(Preprocessed { book: escaped_json(&serde_json::to_string(&book)?), chapters })
}

fn content(schedule: &Schedule, view: &View, renderer: Option<&str>) -> String {
    if renderer == Some("html") {
        format!(
            "{}\n<div class=\"relprep-schedule\">\n{}</div>\n",
            markdown::table(schedule, view),
            svg::inline(schedule)
        )
    } else {
        markdown::render(schedule, view)
    }
}

/// A walk over the chapters of a book.
struct Chapters<'a> {
    content: &'a str,
    replaced: usize,
    problems: Vec<Finding>,
}

impl Chapters<'_> {
    fn visit(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.visit(item)),
            Value::Object(fields) => {
                if let Some(Value::Object(chapter)) = fields.get_mut("Chapter") {
                    self.chapter(chapter);
                }
                fields.values_mut().for_each(|field| self.visit(field));
            }
            _ => {}
        }
    }

    fn chapter(&mut self, chapter: &mut serde_json::Map<String, Value>) {
        let path = ["source_path", "path", "name"].iter().find_map(|key| chapter.get(*key)?.as_str());
        let path = path.unwrap_or("a chapter").to_owned();
        let Some(Value::String(text)) = chapter.get_mut("content") else { return };
        if !marker::is_marked(text) {
            return;
        }
        match marker::replace(&path, text, self.content, End::Optional) {
            Ok(new) => {
                *text = new;
                self.replaced += 1;
            }
            Err(problems) => self.problems.extend(problems),
        }
    }
}

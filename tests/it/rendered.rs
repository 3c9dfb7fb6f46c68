//! Renderings of a schedule: what they say, and how the programs read them that they are made for.

mod book;
mod calendar;
mod files;
mod formats;
mod table;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use relprep::config::schedule::ScheduleConfig;
use relprep::render::schedule::columns::Column;
use relprep::render::schedule::{self, ScheduleFormat, View};
use relprep::train::schedule::{Bound, Schedule, Selection};
use relprep::train::{Category, History, Link, Number, ProductPage};
use tempfile::TempDir;

use crate::environment;
use crate::tools::Tool;

const WASMTIME: &str = r#"
    anchor = { version = "20.0.0", release = "2024-04-20" }
    cut-day = 5
    support-months = 2
    lts = { every = 12, first = 24, support-months = 24 }
"#;

/// What is odd: a name full of markup, tags, an exception, two rules, and a release that is skipped.
const ODD: &str = r#"
    support-releases = 3
    [[release]]
    version = "33.0.0"
    release = "2025-05-22"
    reason = "moved, for ‘a’ holiday; <really>"
    [[release]]
    version = "34.0.0"
    skip = "number"
    reason = "no"
"#;

fn schedule_of(name: &str, config: &str, day: &str, history: &History, selection: Selection) -> Schedule {
    let config: ScheduleConfig = toml_edit::de::from_str(config).unwrap();
    let train = config.train().unwrap().unwrap();
    Schedule::new(name, &train, day.parse().unwrap(), history, selection).unwrap()
}

/// Renders it with the usual columns.
fn render(schedule: &Schedule, format: ScheduleFormat) -> String {
    schedule::render(schedule, format, &View::default())
}

/// Returns Wasmtime's schedule as of a day, from its policy alone.
pub fn wasmtime_on(day: &str) -> Schedule {
    schedule_of("Wasmtime", WASMTIME, day, &History::none(), Selection::Around)
}

fn schedule(name: &str, more: &str, history: &History, selection: Selection) -> Schedule {
    schedule_of(name, &format!("{WASMTIME}{more}"), "2025-05-01", history, selection)
}

/// Returns the history of a train of which one release came out a day late.
fn tagged() -> History {
    let tags = [("31.0.0", "2025-03-20"), ("32.0.0", "2025-04-21"), ("32.0.1", "2025-04-28")];
    let tags = tags.map(|(version, day)| {
        let version: semver::Version = version.parse().unwrap();
        (Number(version.major), version, day.parse().unwrap())
    });
    History::new("2025-05-01".parse().unwrap(), tags, [])
}

/// Returns a schedule whose releases have tags, branches and notes.
fn linked() -> Schedule {
    let mut schedule = listed(schedule("Wasmtime", "", &History::none(), Selection::Around));
    for row in &mut schedule.rows {
        let link = |text: String| Some(Link { address: Some(format!("https://example.org/{text}")), text });
        row.links.branch = link(format!("release-{}", row.release.version));
        row.links.notes = link("RELEASES.md".to_owned());
    }
    schedule
}

fn schedules() -> [(&'static str, Schedule); 5] {
    let none = History::none();
    let range =
        |from, to| Selection::Between(Some(Bound::Number(Number(from))), Some(Bound::Number(Number(to))));
    [
        ("usual", listed(schedule("Wasmtime", "", &none, Selection::Around))),
        ("odd", schedule("Wasm, “time”; <b>&: #1% and a name that goes on", ODD, &tagged(), range(24, 37))),
        ("short", schedule("Wasmtime", "", &none, range(31, 33))),
        ("twenty", schedule("Wasmtime", "", &none, range(20, 39))),
        ("fifty", schedule("Wasmtime", "", &none, range(10, 59))),
    ]
}

/// Returns the schedule of a product that says where it is.
fn listed(mut schedule: Schedule) -> Schedule {
    schedule.page = ProductPage {
        category: Category::ServerApp,
        policy: Some("https://example.org/releases.html#policy".to_owned()),
        repository: Some("https://github.com/example/wasmtime".to_owned()),
    };
    for row in &mut schedule.rows {
        row.latest = Some((row.release.version.clone(), row.release.release.planned));
        let tag = format!("v{}", row.release.version);
        let address = Some(format!("https://github.com/example/wasmtime/releases/tag/{tag}"));
        row.links.tag = Some(Link { text: tag, address });
    }
    schedule
}

/// Returns the text of `#result` once Chromium has run `page` in the folder `dir`.
fn in_chromium(chromium: &OsStr, dir: &Path, dark: bool, page: &str) -> String {
    let file = dir.join("page.html");
    fs::write(&file, page).unwrap();
    let scheme = format!("--blink-settings=preferredColorScheme={}", u8::from(!dark));
    let output = environment::command(chromium, dir)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--window-size=1400,1000", "--allow-file-access-from-files"])
        .args(["--virtual-time-budget=20000", "--dump-dom", &scheme])
        .arg(format!("--user-data-dir={}", dir.join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let result = dom.split_once("<pre id=\"result\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    result.map(|(result, _)| result.to_owned()).unwrap_or(dom)
}

fn json(value: &serde_json::Value) -> String {
    value.to_string().replace("</", "<\\/")
}

#[test]
fn pages_and_charts_are_readable_at_every_width_in_light_and_dark() {
    let Some(chromium) = Tool::Chromium.find() else { return };
    let dir = TempDir::new().unwrap();
    let mut cases = Vec::new();
    for (name, schedule) in schedules() {
        for (format, end, kind) in
            [(ScheduleFormat::Html, "html", "text/html"), (ScheduleFormat::Svg, "svg", "image/svg+xml")]
        {
            let file = format!("{name}.{end}");
            fs::write(dir.path().join(&file), render(&schedule, format)).unwrap();
            let widths = [360, 1280];
            cases.extend(
                widths.map(|width| serde_json::json!({ "file": file, "width": width, "type": kind })),
            );
        }
    }
    let columns = Column::ALL.map(Column::name).join(",").parse().unwrap();
    let view = View { columns, grouped: true, ..View::default() };
    fs::write(dir.path().join("wide.html"), schedule::render(&linked(), ScheduleFormat::Html, &view))
        .unwrap();
    cases
        .push(serde_json::json!({ "file": "wide.html", "width": 360, "type": "text/html", "scrolls": true }));
    cases.push(serde_json::json!({ "file": "wide.html", "width": 1280, "type": "text/html" }));
    measure(&chromium, dir.path(), cases);
}

/// Lays each of `cases` out in the folder `dir`, and says what is wrong with them.
fn measure(chromium: &OsStr, dir: &Path, cases: Vec<serde_json::Value>) {
    let count = cases.len();
    let page = include_str!("../tools/measure.html").replace("CASES;", &format!("{};", json(&cases.into())));
    for (dark, scheme) in [(false, "light"), (true, "dark")] {
        assert_eq!(in_chromium(chromium, dir, dark, &page), format!("good: {count} {scheme}"));
    }
}

#[test]
fn mermaid_draws_the_chart() {
    let Some(chromium) = Tool::Chromium.find() else { return };
    let Some(library) = Tool::Mermaid.find() else { return };
    let library = Path::new(&library).canonicalize().unwrap();
    for (name, schedule) in schedules() {
        let chart = render(&schedule, ScheduleFormat::Mermaid);
        let page = include_str!("../tools/mermaid.html")
            .replace("src=\"LIBRARY\"", &format!("src=\"file://{}\"", library.display()))
            .replace("(CHART)", &format!("({})", json(&chart.as_str().into())))
            .replace(", CHART)", &format!(", {})", json(&chart.as_str().into())));
        let rows = schedule.rows.len();
        let dir = TempDir::new().unwrap();
        assert_eq!(
            in_chromium(&chromium, dir.path(), false, &page),
            format!("good: gantt, {rows} tasks in {rows} rows"),
            "{name}"
        );
    }
}

#[test]
fn the_formatter_of_the_site_leaves_a_product_as_it_is() {
    let Some(prettier) = Tool::Prettier.find() else { return };
    let dir = TempDir::new().unwrap();
    for (name, schedule) in schedules() {
        fs::write(dir.path().join(format!("{name}.md")), render(&schedule, ScheduleFormat::Endoflife))
            .unwrap();
    }
    let mut command = environment::command("node", dir.path());
    let output = command.arg(&prettier).args(["--check", "."]).current_dir(dir.path()).output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn other_parsers_read_calendar_and_endoflife_back() {
    let Some(python) = Tool::Python.find() else { return };
    for (name, schedule) in schedules() {
        let dir = TempDir::new().unwrap();
        let file = |name: &str, format| {
            let path = dir.path().join(name);
            fs::write(&path, render(&schedule, format)).unwrap();
            path
        };
        let output = environment::command(&python, dir.path())
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/read_back.py"))
            .arg(file("calendar.ics", ScheduleFormat::Ics))
            .arg(file("product.md", ScheduleFormat::Endoflife))
            .arg(file("schedule.json", ScheduleFormat::Json))
            .output()
            .unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

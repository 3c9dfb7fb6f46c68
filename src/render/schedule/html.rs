//! The schedule as one page that needs nothing else: no script, no font, no network.

use chrono::NaiveDate;

use super::columns::{Cell, Column, groups};
use super::svg;
use super::view::View;
use super::words::{legend, long, one_line, remarks};
use crate::render::markup;
use crate::text::relative;
use crate::train::Group;
use crate::train::schedule::{Schedule, ScheduleRow};

const STYLE: &str = "\
:root{color-scheme:light dark;--text:#1b1f24;--paper:#fff;--line:#c9ced6;--mark:#e3f4ea;--edge:#1d8f4e;--faint:#57606a;--link:#0b57c2}
@media (prefers-color-scheme:dark){:root{--text:#e6e9ee;--paper:#15181d;--line:#3d444f;--mark:#173325;--edge:#3fbf78;--faint:#a3acb8;--link:#8ab4f8}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--text);font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif}
main{max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.2;margin:0 0 1rem;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
thead th{border-bottom-width:2px}
tbody th{font-weight:400}
.supported{background:var(--mark)}
.supported th{font-weight:700;box-shadow:inset 4px 0 var(--edge)}
.group th{font-weight:700;padding-top:1rem;border-bottom-width:2px}
.wide td,.wide th{white-space:nowrap}
.relative{display:block;font-size:.85em;color:var(--faint)}
a{color:var(--link)}
ul{padding-left:1.25rem}
figure{margin:2rem 0 0}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:40rem){body{font-size:14px}table{font-size:12px}th,td{padding:.35rem .25rem}.supported th{padding-left:.5rem}}
@media print{:root{color-scheme:light;--text:#000;--paper:#fff;--line:#999;--mark:#fff;--edge:#000;--faint:#333;--link:#000}main{max-width:none;padding:0}.scroll{overflow:visible}tr,figure{break-inside:avoid}}
";

/// How many columns fit on a phone, with days on two lines; where there are more, the table scrolls.
const FITTING: usize = 5;

/// Returns the page.
pub fn render(schedule: &Schedule, view: &View) -> String {
    let title = markup(&format!("{} releases", schedule.name));
    let day = format!("<time datetime=\"{}\">{}</time>", schedule.date, long(schedule.date));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>{title} as of {day}</h1>\n{}{}<figure>\n{}</figure>\n</main>\n</body>\n</html>\n",
        table(schedule, view),
        notes(schedule),
        svg::inline(schedule),
    )
}

fn table(schedule: &Schedule, view: &View) -> String {
    let heading = |column: Column| format!("<th scope=\"col\">{}</th>", column.heading());
    let headings: String = view.columns.iter().map(heading).collect();
    let bodies: Vec<String> =
        groups(schedule, view.grouped).iter().map(|body| rows(body, schedule.date, view)).collect();
    let bodies = bodies.concat();
    let wide = if view.columns.iter().count() > FITTING { " class=\"wide\"" } else { "" };
    format!(
        "<p>{}</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Releases\">\n<table{wide}>\n<thead>\n<tr>{headings}</tr>\n</thead>\n{bodies}</table>\n</div>\n",
        markup(&legend(schedule, "in bold")),
    )
}

fn rows((group, rows): &(Option<Group>, Vec<&ScheduleRow>), date: NaiveDate, view: &View) -> String {
    let span = view.columns.iter().count();
    let title = |group: Group| {
        let name = group.name();
        format!("<tr class=\"group\"><th colspan=\"{span}\" scope=\"rowgroup\">{name}</th></tr>\n")
    };
    let title = group.map(title).unwrap_or_default();
    let rows: String = rows.iter().map(|row| line(row, date, view)).collect();
    format!("<tbody>\n{title}{rows}</tbody>\n")
}

fn line(row: &ScheduleRow, date: NaiveDate, view: &View) -> String {
    let is_supported = row.phase.is_supported();
    let class = if is_supported { " class=\"supported\"" } else { "" };
    let unseen = if is_supported { "<span class=\"unseen\"> (supported)</span>" } else { "" };
    let cells = view.columns.iter().map(|column| {
        let text = content(&column.cell(row, date), date);
        match column {
            Column::Version => format!("<th scope=\"row\">{text}{unseen}</th>"),
            _ => format!("<td>{text}</td>"),
        }
    });
    format!("<tr{class}>{}</tr>\n", cells.collect::<String>())
}

/// Returns what stands in a cell: days with how far they are from `date`, names with where they lead.
fn content(cell: &Cell, date: NaiveDate) -> String {
    let text = markup(&one_line(&cell.text(long)));
    match (cell, cell.address()) {
        (_, Some(address)) => format!("<a href=\"{}\">{text}</a>", markup(address)),
        (Cell::Day { planned, other }, _) => {
            let counts = other.map_or(*planned, |(_, day)| day);
            let far = relative(counts, date);
            format!("<time datetime=\"{counts}\">{text}</time> <span class=\"relative\">{far}</span>")
        }
        _ => text,
    }
}

fn notes(schedule: &Schedule) -> String {
    let remarks = remarks(schedule);
    if remarks.is_empty() {
        return String::new();
    }
    let items: Vec<String> = remarks.iter().map(|remark| format!("<li>{}</li>\n", markup(remark))).collect();
    format!("<ul>\n{}</ul>\n", items.concat())
}

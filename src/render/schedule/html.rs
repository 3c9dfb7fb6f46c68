//! The schedule as one page that needs nothing else: no script, no font, no network.

use super::svg;
use super::words::{HEADINGS, cells, escape, legend, long, remarks};
use crate::train::schedule::{Schedule, ScheduleRow};

const STYLE: &str = "\
:root{color-scheme:light dark;--text:#1b1f24;--paper:#fff;--line:#c9ced6;--mark:#e3f4ea;--edge:#1d8f4e}
@media (prefers-color-scheme:dark){:root{--text:#e6e9ee;--paper:#15181d;--line:#3d444f;--mark:#173325;--edge:#3fbf78}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--text);font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif}
main{max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;line-height:1.2;margin:0 0 1rem;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
caption{text-align:left;padding-bottom:.5rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
thead th{border-bottom-width:2px}
tbody th{font-weight:400}
.supported{background:var(--mark)}
.supported th{font-weight:700;box-shadow:inset 4px 0 var(--edge)}
ul{padding-left:1.25rem}
figure{margin:2rem 0 0}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:40rem){body{font-size:14px}table{font-size:12px}th,td{padding:.35rem .25rem}.supported th{padding-left:.5rem}}
@media print{:root{color-scheme:light;--text:#000;--paper:#fff;--line:#999;--mark:#fff;--edge:#000}main{max-width:none;padding:0}.scroll{overflow:visible}tr,figure{break-inside:avoid}}
";

/// Returns the page.
pub fn render(schedule: &Schedule) -> String {
    let title = escape(&format!("{} releases", schedule.name));
    let day = format!("<time datetime=\"{}\">{}</time>", schedule.date, long(schedule.date));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <h1>{title} as of {day}</h1>\n{}{}<figure>\n{}</figure>\n</main>\n</body>\n</html>\n",
        table(schedule),
        notes(schedule),
        svg::inline(schedule),
    )
}

fn table(schedule: &Schedule) -> String {
    let headings = HEADINGS.map(|heading| format!("<th scope=\"col\">{heading}</th>")).concat();
    let rows: String = schedule.rows.iter().map(row).collect();
    format!(
        "<div class=\"scroll\">\n<table>\n<caption>{}</caption>\n<thead>\n<tr>{headings}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n",
        escape(&legend(schedule, "in bold")),
    )
}

fn row(row: &ScheduleRow) -> String {
    let [version, others @ ..] = cells(row, long).map(|cell| escape(&cell));
    let (class, unseen) = if row.phase.is_supported() {
        (" class=\"supported\"", "<span class=\"unseen\"> (supported)</span>")
    } else {
        ("", "")
    };
    let others = others.map(|cell| format!("<td>{cell}</td>")).concat();
    format!("<tr{class}><th scope=\"row\">{version}{unseen}</th>{others}</tr>\n")
}

fn notes(schedule: &Schedule) -> String {
    let remarks = remarks(schedule);
    if remarks.is_empty() {
        return String::new();
    }
    let items: Vec<String> = remarks.iter().map(|remark| format!("<li>{}</li>\n", escape(remark))).collect();
    format!("<ul>\n{}</ul>\n", items.concat())
}

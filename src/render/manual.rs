//! The manual: a page for the program, for each command, and for each topic of the help.

use clap::{Arg, Command};

use super::page::{Block, Inline, Page, roff};
use super::topics::TOPICS;

/// A page of the manual: the name of its file, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManualPage {
    /// `cargo-relprep-branch.1`.
    pub file: String,
    /// In the language of `man`.
    pub text: String,
}

/// The program, by the name of its file.
const PROGRAM: &str = "cargo-relprep";

/// Returns every page, of `program`, which is built.
pub fn pages(program: &Command) -> Vec<ManualPage> {
    let commands = || program.get_subcommands().filter(|command| !command.is_hide_set());
    let topics = TOPICS.iter().map(|topic| {
        let name = format!("{PROGRAM}-{}", topic.name);
        made(&name, 7, topic.about, &topic.page())
    });
    let of = |command: &Command| {
        let name = format!("{PROGRAM}-{}", command.get_name());
        let see = [PROGRAM.to_owned() + "(1)"];
        made(&name, 1, &about(command), &page(command, &see))
    };
    let mut root = page(program, &[]);
    let end = root.0.iter().position(|block| *block == Block::Section("Options".to_owned()));
    let listed = std::iter::once(Block::Section("Commands".to_owned())).chain(commands().map(entry));
    root.0.splice(end.unwrap_or(0)..end.unwrap_or(0), listed);
    let see: Vec<String> = TOPICS.iter().map(|topic| format!("{PROGRAM}-{}(7)", topic.name)).collect();
    root.0.extend(see_also(&see));
    std::iter::once(made(PROGRAM, 1, &about(program), &root))
        .chain(commands().map(of))
        .chain(topics)
        .collect()
}

fn made(name: &str, section: u8, about: &str, page: &Page) -> ManualPage {
    let about = about.replace('`', "");
    ManualPage { file: format!("{name}.{section}"), text: roff::page(page, name, section, &about) }
}

fn about(command: &Command) -> String {
    command.get_about().map(ToString::to_string).unwrap_or_default()
}

/// Returns a command in a list of such, with the page where more is said.
fn entry(command: &Command) -> Block {
    let name = command.get_name().to_owned();
    let page = Inline::Text(format!(" See {PROGRAM}-{name}(1)."));
    let mut text = Inline::marked(&format!("{}.", about(command)));
    text.push(page);
    Block::Term(vec![Inline::Strong(name)], vec![Block::Paragraph(text)])
}

fn page(command: &Command, see: &[String]) -> Page {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").to_owned();
    let mut blocks = vec![Block::Section("Synopsis".to_owned()), Block::Paragraph(vec![Inline::Code(usage)])];
    let long = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    // The first line is said under the name already.
    if let Some((_, more)) = long.split_once("\n\n") {
        blocks.push(Block::Section("Description".to_owned()));
        blocks.extend(paragraphs(more));
    }
    for (title, args) in groups(command) {
        blocks.push(Block::Section(title));
        blocks.extend(args.into_iter().map(option));
    }
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    for part in after.split("\n\n").filter(|part| !part.is_empty()) {
        blocks.extend(titled(part));
    }
    if !see.is_empty() {
        blocks.extend(see_also(see));
    }
    Page(blocks)
}

fn see_also(pages: &[String]) -> [Block; 2] {
    [Block::Section("See also".to_owned()), Block::Paragraph(vec![Inline::Text(pages.join(", "))])]
}

fn paragraphs(text: &str) -> impl Iterator<Item = Block> {
    text.split("\n\n").map(|part| Block::Paragraph(Inline::marked(&part.replace('\n', " "))))
}

/// Returns the arguments and options under their headings, in the order of the help.
fn groups(command: &Command) -> Vec<(String, Vec<&Arg>)> {
    let mut groups: Vec<(String, Vec<&Arg>)> = Vec::new();
    let mut args: Vec<&Arg> = command.get_arguments().filter(|arg| !arg.is_hide_set()).collect();
    args.sort_by_key(|arg| (!arg.is_positional(), arg.get_help_heading().is_some()));
    for arg in args {
        let usual = if arg.is_positional() { "Arguments" } else { "Options" };
        let title = arg.get_help_heading().unwrap_or(usual);
        match groups.iter_mut().find(|(name, _)| name == title) {
            Some((_, args)) => args.push(arg),
            None => groups.push((title.to_owned(), vec![arg])),
        }
    }
    groups
}

fn option(arg: &Arg) -> Block {
    let short = arg.get_short().map(|short| format!("-{short}, ")).unwrap_or_default();
    let term = vec![Inline::Strong(format!("{short}{arg}"))];
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let mut about: Vec<Block> = paragraphs(&help).collect();
    for value in arg.get_possible_values().iter().filter(|_| arg.get_action().takes_values()) {
        let help = value.get_help().map(|help| format!(": {help}")).unwrap_or_default();
        about.push(Block::Item(Inline::marked(&format!("`{}`{help}", value.get_name()))));
    }
    let default: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if !default.is_empty() && arg.get_action().takes_values() {
        about.push(Block::Paragraph(Inline::marked(&format!("Default: `{}`.", default.join(" ")))));
    }
    Block::Term(term, about)
}

/// Returns a part of what follows the options: `Examples:` and lines, or `Exit status: …`.
fn titled(part: &str) -> Vec<Block> {
    let Some((title, text)) = part.split_once(':') else { return paragraphs(part).collect() };
    let section = Block::Section(title.to_owned());
    let is_lines = text.starts_with('\n');
    let lines = || text.trim_matches('\n').lines().map(|line| line.strip_prefix("  ").unwrap_or(line));
    match is_lines {
        true => vec![section, Block::Code(lines().collect::<Vec<_>>().join("\n"))],
        false => vec![section, Block::Paragraph(Inline::marked(&text.trim().replace('\n', " ")))],
    }
}

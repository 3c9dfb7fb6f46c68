//! Asking a person at the terminal.

use std::io::{self, BufRead as _, IsTerminal as _};

use anyhow::Result;

use crate::ops::init::OpenQuestion;
use crate::text::disarmed;

/// Returns whether there is somebody to ask: a terminal to read from, and one to show the question on.
pub(super) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question, and returns the place of the answer among its choices; an empty line takes the first.
///
/// # Errors
///
/// If the terminal cannot be read.
pub(super) fn ask(question: &OpenQuestion) -> Result<usize> {
    let say = |text: &str| anstream::eprintln!("{}", disarmed(text));
    say(&format!("\n{}", question.text));
    for (number, choice) in (1..).zip(&question.choices) {
        say(&format!("  {number}. {}", choice.label));
    }
    let mut lines = io::stdin().lock().lines();
    loop {
        say(&format!("Number of the answer, 1 to {} [1]:", question.choices.len()));
        let Some(line) = lines.next().transpose()? else { return Ok(0) };
        match line.trim().parse::<usize>() {
            _ if line.trim().is_empty() => return Ok(0),
            Ok(number @ 1..) if number <= question.choices.len() => return Ok(number - 1),
            _ => say("That is none of them."),
        }
    }
}

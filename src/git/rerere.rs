//! Resolutions of conflicts that git has recorded (git-rerere(1)).

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Result;
use git2::MergeFileInput;

use crate::git::Repo;

/// The conflicts of a file, each with its two sides in the order in which git records them.
type Sides = Vec<(String, String)>;

impl Repo {
    /// Returns `text`, a file with git's markers, as a person has resolved the same conflicts before; `None`
    /// where nobody has, or git is configured not to use that.
    pub fn resolved_before(&self, text: &str) -> Result<Option<String>> {
        let recorded = self.git.commondir().join("rr-cache");
        if !self.settings()?.is_on("rerere.enabled", recorded.is_dir()) {
            return Ok(None);
        }
        let Some((sides, image)) = conflicts(text) else { return Ok(None) };
        let entries = fs::read_dir(&recorded).into_iter().flatten().flatten();
        for folder in entries.map(|entry| entry.path()) {
            if let Some((before, after)) = record(&folder)
                && conflicts(&before).is_some_and(|(known, _)| known == sides)
                && let Some(resolved) = merged(&before, &image, &after)?
            {
                return Ok(Some(resolved));
            }
        }
        Ok(None)
    }
}

/// Reads what was recorded of one file: with its conflicts, and resolved.
fn record(folder: &Path) -> Option<(String, String)> {
    let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
    Some((read("preimage")?, read("postimage")?))
}

/// Makes the change from `before` to `after` in `image`, if it applies and settles all.
fn merged(before: &str, image: &str, after: &str) -> Result<Option<String>> {
    let [mut base, mut ours, mut theirs] = [0; 3].map(|_| MergeFileInput::new());
    base.content(before.as_bytes());
    ours.content(image.as_bytes());
    theirs.content(after.as_bytes());
    let merged = git2::merge_file(&base, &ours, &theirs, None)?;
    let text = String::from_utf8_lossy(merged.content()).into_owned();
    Ok((merged.is_automergeable() && conflicts(&text).is_none()).then_some(text))
}

/// Returns the conflicts of a text with markers, and the text with each as git records it: without names, the
/// lesser side first. `None` where there is none, or one does not end.
fn conflicts(text: &str) -> Option<(Sides, String)> {
    let (mut sides, mut image) = (Vec::new(), String::new());
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        if !is_marker(line, '<') {
            image.push_str(line);
            continue;
        }
        let mut parts = [String::new(), String::new(), String::new()];
        let mut at = 0;
        loop {
            let line = lines.next()?;
            match () {
                () if is_marker(line, '|') && at == 0 => at = 1,
                () if is_marker(line, '=') && at < 2 => at = 2,
                () if is_marker(line, '>') && at == 2 => break,
                () => parts[at].push_str(line),
            }
        }
        let [one, _, other] = parts;
        let (one, other) = if one <= other { (one, other) } else { (other, one) };
        let _ = write!(image, "<<<<<<<\n{one}=======\n{other}>>>>>>>\n");
        sides.push((one, other));
    }
    (!sides.is_empty()).then_some((sides, image))
}

fn is_marker(line: &str, mark: char) -> bool {
    let rest = line.trim_start_matches(mark);
    line.len() - rest.len() == 7 && (rest.trim_end().is_empty() || rest.starts_with(' '))
}

//! Paths as the configuration writes them: relative to the root manifest's folder, or, with `/` before them,
//! to the repository's root.

use std::fmt;
use std::ops::Deref;

use serde::Deserialize;

use super::Patterns;
use crate::path::RepoPath;

/// A path of the configuration, which stands for one of the repository.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ConfigPath {
    written: String,
    path: RepoPath,
}

impl ConfigPath {
    /// Takes a path of the program's own, which is right.
    pub(super) fn known(text: &'static str) -> Self {
        Self { written: text.to_owned(), path: RepoPath::known(text) }
    }

    /// Takes a file that is there.
    pub(super) fn found(path: RepoPath) -> Self {
        Self { written: format!("/{path}"), path }
    }

    /// Makes it a path of the repository whose root manifest is in `folder`.
    ///
    /// # Errors
    ///
    /// That it leads out of the repository.
    pub(super) fn place(&mut self, folder: &str) -> Result<(), String> {
        let from_root = in_repository(folder, &self.written);
        self.path = RepoPath::new(&from_root).ok_or_else(|| leads_nowhere(&self.written))?;
        Ok(())
    }
}

impl Deref for ConfigPath {
    type Target = RepoPath;

    fn deref(&self) -> &RepoPath {
        &self.path
    }
}

impl fmt::Display for ConfigPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)
    }
}

impl TryFrom<String> for ConfigPath {
    type Error = String;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        // How far up it may lead is known when it is placed.
        let mut down = written.strip_prefix('/').unwrap_or(&written);
        while let Some(rest) = down.strip_prefix("./").or_else(|| down.strip_prefix("../")) {
            down = rest;
        }
        let path = RepoPath::new(down).ok_or_else(|| leads_nowhere(&written))?;
        Ok(Self { written, path })
    }
}

/// Makes of globs of paths those of the repository whose root manifest is in `folder`.
///
/// # Errors
///
/// That one leads out of the repository.
pub(super) fn place_globs(globs: &mut Patterns, folder: &str) -> Result<(), String> {
    let folder = globset::escape(folder);
    *globs = globs.read_as(|written| {
        let glob = in_repository(&folder, written);
        let is_inside = !glob.split('/').any(|part| part == "..");
        if is_inside { Ok(glob) } else { Err(leads_nowhere(written)) }
    })?;
    Ok(())
}

/// Returns the path from the repository's root, as far as it goes down; what goes up too far is left so.
fn in_repository(folder: &str, written: &str) -> String {
    if let Some(rest) = written.strip_prefix('/') {
        return rest.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let mut rest = written;
    loop {
        if let Some(same) = rest.strip_prefix("./") {
            rest = same;
        } else if let Some(above) = rest.strip_prefix("../").filter(|_| parts.pop().is_some()) {
            rest = above;
        } else {
            break;
        }
    }
    parts.push(rest);
    parts.join("/")
}

fn leads_nowhere(written: &str) -> String {
    format!(
        "`{}` names no place inside the repository; write it relative to the root manifest's folder, or with `/` \
         from the repository's root",
        written.escape_debug()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(folder: &str, written: &str) -> Option<String> {
        let mut path = ConfigPath::try_from(written.to_owned()).ok()?;
        path.place(folder).ok()?;
        Some(path.to_string())
    }

    #[test]
    fn a_path_is_relative_to_the_root_manifest_or_to_the_repository() {
        for (folder, written, path) in [
            ("", "a/b", Some("a/b")),
            ("", "/a", Some("a")),
            ("", "../a", None),
            ("rust", "a", Some("rust/a")),
            ("rust/sdk", "./../a", Some("rust/a")),
            ("rust/sdk", "../../a", Some("a")),
            ("rust/sdk", "../../../a", None),
            ("rust", "/docs/a", Some("docs/a")),
            ("rust", "/../a", None),
            ("rust", "/.git/a", None),
            ("rust", "", None),
        ] {
            assert_eq!(placed(folder, written).as_deref(), path, "{written} in {folder}");
        }
    }

    #[test]
    fn globs_are_placed_as_paths_are() {
        let mut globs =
            Patterns::try_from(["fuzz", "/tools/*", "../x/**"].map(str::to_owned).to_vec()).unwrap();
        place_globs(&mut globs, "a[1]").unwrap();
        for path in ["a[1]/fuzz", "tools/y", "x/y/z"] {
            assert!(globs.matches(path), "{path}");
        }
        for path in ["fuzz", "a1/fuzz", "a[1]/tools/y"] {
            assert!(!globs.matches(path), "{path}");
        }
        assert_eq!(globs.unused([].into_iter()), ["fuzz", "/tools/*", "../x/**"]);
    }
}

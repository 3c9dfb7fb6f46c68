//! Paths inside a repository.

use std::borrow::Cow;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The path of a file inside the repository, relative to its root and with `/` between
/// components.
///
/// By construction it names a place inside the work tree, on every system: it is never empty or
/// absolute, has no drive, no `.`, `..` or empty component, none that some file system takes for
/// `.git`, no backslash and no control character. (That no component is a symbolic link is checked
/// where the path is used.)
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoPath(String);

impl RepoPath {
    /// Returns `text` as a path, or `None` if it does not name a place inside the work tree.
    ///
    /// `./a//b` is read as `a/b`.
    pub fn new(text: &str) -> Option<Self> {
        if text.starts_with('/') {
            return None;
        }
        Self::from_components(Vec::new(), text)
    }

    /// Takes a path of the program's own, which is right.
    pub(crate) fn known(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// Returns the file `name`, a plain name of the program's own, in a folder of the repository.
    pub(crate) fn from_folder(folder: &str, name: &'static str) -> Self {
        if folder.is_empty() { Self::known(name) } else { Self(format!("{folder}/{name}")) }
    }

    /// Returns the path that `relative` names when read in the folder of this file, as a `path`
    /// key in a manifest is; `None` if it leads out of the repository or to its root.
    ///
    /// `Some(b/Cargo.toml)` for `a/Cargo.toml` and `../b/Cargo.toml`.
    pub fn sibling(&self, relative: &str) -> Option<Self> {
        if relative.starts_with('/') {
            return None;
        }
        let folder: Vec<&str> = match self.folder() {
            "" => Vec::new(),
            folder => folder.split('/').collect(),
        };
        Self::from_components(folder, relative)
    }

    fn from_components<'a>(mut parts: Vec<&'a str>, relative: &'a str) -> Option<Self> {
        for part in relative.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                _ if is_git_dir(part) || parts.is_empty() && has_drive(part) => return None,
                _ if part.contains(|c: char| c == '\\' || c.is_control()) => return None,
                _ => parts.push(part),
            }
        }
        (!parts.is_empty()).then(|| Self(parts.join("/")))
    }

    /// Returns the folder that holds the file, without a final `/`; empty for the root.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Returns the last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(self.0.as_str(), |(_, name)| name)
    }

    /// Returns the folders above the file, the outermost first, and the file itself.
    pub fn and_above(&self) -> impl Iterator<Item = Self> {
        let ends = self.0.match_indices('/').map(|(at, _)| at).chain([self.0.len()]);
        ends.map(|end| Self(self.0[..end].to_owned()))
    }

    /// Returns whether the path is `folder` or lies below it; everything lies below the root, `""`.
    pub fn is_below(&self, folder: &str) -> bool {
        folder.is_empty()
            || self.0.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns whether `part` is `.git`, or what NTFS or HFS+ take for it: without the characters that they
/// pass over, and by its short name. (`verify_dotfile` and `is_ntfs_dotgit` in git's `read-cache.c` and
/// `path.c`.)
fn is_git_dir(part: &str) -> bool {
    let ignored = |c: char| matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}');
    let seen = if part.is_ascii() { Cow::Borrowed(part) } else { part.replace(ignored, "").into() };
    let name = seen.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    name.eq_ignore_ascii_case(".git") || name.eq_ignore_ascii_case("git~1")
}

/// Returns whether Windows takes the beginning of `part` for a drive.
fn has_drive(part: &str) -> bool {
    matches!(part.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

impl From<RepoPath> for String {
    fn from(path: RepoPath) -> Self {
        path.0
    }
}

impl TryFrom<String> for RepoPath {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text).ok_or_else(|| {
            format!(
                "`{}` names no place inside the repository; write it relative to the root",
                text.escape_debug()
            )
        })
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<std::path::Path> for RepoPath {
    fn as_ref(&self) -> &std::path::Path {
        self.0.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_inside_the_work_tree_are_paths() {
        for outside in
            ["", ".", "/etc/passwd", "..", "a/../..", "../a", ".git/config", "a/.GIT/x", "a\\b", "a\nb"]
        {
            assert_eq!(RepoPath::new(outside), None, "{outside:?}");
        }
        assert_eq!(RepoPath::new("./a//b/../c").unwrap().as_str(), "a/c");
    }

    #[test]
    fn no_system_takes_a_path_for_a_drive_or_for_gits_folder() {
        for outside in [
            "C:/x",
            "c:x",
            "./C:x",
            "a/../C:x",
            "\\\\server\\x",
            "//server/x",
            "git~1/config",
            "a/GIT~1",
            ".git./x",
            ".git /x",
            ".git::$INDEX_ALLOCATION/x",
            ".g\u{200c}it/x",
        ] {
            assert_eq!(RepoPath::new(outside), None, "{outside:?}");
        }
        for inside in ["ab:c", "docs/c:x", ".github/x", ".gitignore", "git~2", "a.git/x", "-x", ":(top)x"] {
            assert_eq!(RepoPath::new(inside).unwrap().as_str(), inside);
        }
    }

    #[test]
    fn a_path_names_the_folders_on_the_way() {
        let path = RepoPath::new("a/b/c").unwrap();
        let all: Vec<String> = path.and_above().map(String::from).collect();
        assert_eq!(all, ["a", "a/b", "a/b/c"]);
    }

    #[test]
    fn a_sibling_is_read_in_the_folder_of_the_file() {
        let manifest = RepoPath::new("a/b/Cargo.toml").unwrap();
        assert_eq!(manifest.sibling("../c/Cargo.toml").unwrap().as_str(), "a/c/Cargo.toml");
        assert_eq!(manifest.sibling("../../Cargo.toml").unwrap().as_str(), "Cargo.toml");
        assert_eq!(manifest.sibling("../../../Cargo.toml"), None);
        assert_eq!(manifest.sibling("/Cargo.toml"), None);
    }

    #[test]
    fn a_folder_holds_what_lies_below_it() {
        let path = RepoPath::new("fuzz/Cargo.toml").unwrap();
        assert!(path.is_below("fuzz") && path.is_below(""));
        assert!(!path.is_below("fu"));
    }
}

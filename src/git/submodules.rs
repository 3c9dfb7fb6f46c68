//! Submodules: the files of the commit that a tree pins, read from the submodule's own git directory.

use std::path::PathBuf;

use anyhow::Result;
use git2::RepositoryOpenFlags;

use super::{CommitId, Repo, Tree};
use crate::path::RepoPath;

impl Repo {
    /// Returns the files of the commit that `tree` pins for the submodule at `path`, by their paths in this
    /// repository, with the submodules that it has in turn; `None` where that commit is not here.
    ///
    /// Whether the submodule is checked out, and at which commit, makes no difference.
    ///
    /// # Errors
    ///
    /// If the repository, or that of the submodule, cannot be read.
    pub fn files_of_submodule(&self, tree: &Tree, path: &RepoPath) -> Result<Option<Tree>> {
        let Some((_, pinned)) = tree.submodules().find(|(submodule, _)| *submodule == path) else {
            return Ok(None);
        };
        if let Some(files) = self.files_of_opened(path, pinned)? {
            return Ok(Some(files));
        }
        for folder in self.git_dirs_of(tree, path)? {
            // The work tree that it names may be gone.
            let flags = RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::BARE;
            let opened = git2::Repository::open_ext(folder, flags, std::iter::empty::<PathBuf>());
            // One that cannot be opened is one that is not here.
            if let Ok(git) = opened.and_then(|git| git.find_commit(pinned.0).map(drop).map(|()| git)) {
                self.submodules.borrow_mut().push((path.clone(), git));
                return self.files_of_opened(path, pinned);
            }
        }
        Ok(None)
    }

    fn files_of_opened(&self, path: &RepoPath, pinned: CommitId) -> Result<Option<Tree>> {
        let opened = self.submodules.borrow();
        let mut known = opened.iter().filter(|(submodule, _)| submodule == path);
        let found = known.find_map(|(_, git)| Some((git, git.find_commit(pinned.0).ok()?)));
        found.map(|(git, commit)| Tree::collect(git, &commit.tree()?, &format!("{path}/"))).transpose()
    }

    /// Returns where the git directory of a submodule may be: among those of the repository that it is
    /// a submodule of, or in its own work tree.
    fn git_dirs_of(&self, tree: &Tree, path: &RepoPath) -> Result<Vec<PathBuf>> {
        let mut folders = Vec::new();
        if let Some((outer, name)) = self.name_of_submodule(tree, path)? {
            let opened = self.submodules.borrow();
            let holders = opened.iter().filter(|(submodule, _)| submodule.as_str() == outer);
            let mut outers: Vec<PathBuf> = holders.map(|(_, git)| git.path().to_owned()).collect();
            if outer.is_empty() {
                outers.extend([self.git.path().to_owned(), self.git.commondir().to_owned()]);
            }
            folders.extend(outers.iter().map(|outer| outer.join("modules").join(&name)));
        }
        folders.push(self.root.join(path));
        Ok(folders)
    }

    /// Returns the folder of the repository that has the submodule at `path`, and the name that its
    /// `.gitmodules` gives it, if that can be part of a path (as git itself asks).
    fn name_of_submodule(&self, tree: &Tree, path: &RepoPath) -> Result<Option<(String, String)>> {
        let above = path.folder();
        let folders = above.rmatch_indices('/').map(|(end, _)| &above[..end]);
        for folder in [above].into_iter().chain(folders).chain([""]) {
            let file = RepoPath::from_folder(folder, ".gitmodules");
            let Some(Ok(text)) = self.text_among(tree, &file)? else { continue };
            let relative = path.as_str()[folder.len()..].trim_start_matches('/');
            let name = name_in(&text, relative).filter(|name| is_part_of_path(name));
            return Ok(name.map(|name| (folder.to_owned(), name)));
        }
        Ok(None)
    }
}

/// Returns the name that the `.gitmodules` of `text` gives to the submodule at `path`.
fn name_in(text: &str, path: &str) -> Option<String> {
    let mut name = None;
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix("[submodule").and_then(|rest| rest.strip_suffix(']')) {
            name = Some(unquoted(section));
        } else if let Some((key, value)) = line.split_once('=')
            && key.trim().eq_ignore_ascii_case("path")
            && unquoted(value).trim_end_matches('/') == path
        {
            return name;
        }
    }
    None
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
    inner.replace("\\\"", "\"").replace("\\\\", "\\")
}

/// Returns whether `name` leads down from where it is read, and nowhere else.
fn is_part_of_path(name: &str) -> bool {
    RepoPath::new(name).is_some_and(|path| path.as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_submodule_is_called_as_its_section_is() {
        let text = "[submodule \"first\"]\n\tpath = a/b\n\turl = ../x\n[submodule \"a \\\"c\\\"\"]\n\turl = y\n\tPath = \"c\"\n";
        assert_eq!(name_in(text, "a/b").as_deref(), Some("first"));
        assert_eq!(name_in(text, "c").as_deref(), Some("a \"c\""));
        assert_eq!(name_in(text, "a"), None);
        for name in ["../x", "a/../../x", "/x", "a//b", "."] {
            assert!(!is_part_of_path(name), "{name}");
        }
        assert!(is_part_of_path("libs/a b"));
    }
}

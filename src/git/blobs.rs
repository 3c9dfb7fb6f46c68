//! The way from what git holds to bytes and text, with its limit: nothing is read before its size is known.

use anyhow::Result;
use git2::{ErrorCode, ObjectType, Oid};

use super::stamp::FileStamp;
use super::{BlobId, CommitId, Mode, Repo, Tree};
use crate::finding::{Finding, Place};
use crate::limits;
use crate::path::RepoPath;
use crate::rule;

impl Repo {
    /// Returns the size of `blob` in bytes, without reading it.
    pub fn size(&self, blob: BlobId) -> Result<u64> {
        if let Some(content) = self.known_blobs.borrow().get(&blob) {
            return Ok(content.len() as u64);
        }
        self.holding(blob, |git| Ok(git.odb()?.read_header(blob.0)?.0 as u64))
    }

    /// Returns the content of `blob`, or nothing where it has more than `most` bytes.
    pub fn bytes(&self, blob: BlobId, most: u64) -> Result<Option<Vec<u8>>> {
        if self.size(blob)? > most {
            return Ok(None);
        }
        self.content(blob).map(Some)
    }

    /// Returns the content of `blob`, which is known not to be too large.
    pub(crate) fn content(&self, blob: BlobId) -> Result<Vec<u8>> {
        if let Some(content) = self.known_blobs.borrow().get(&blob) {
            return Ok(content.clone());
        }
        self.holding(blob, |git| Ok(git.find_blob(blob.0)?.content().to_vec()))
    }

    /// Returns whether the file `path` of the work tree is `blob`, whose content is known then without reading it
    /// from git; one that is too large is not read, and taken for another, and so is what is not a file.
    ///
    /// # Errors
    ///
    /// If it cannot be told.
    pub(super) fn know_by_file(&self, path: &RepoPath, blob: BlobId) -> Result<bool> {
        let file = self.root().join(path);
        let Ok(found) = file.symlink_metadata() else { return Ok(false) };
        if !found.is_file() || limits::check(path.as_str(), found.len()).is_err() {
            return Ok(false);
        }
        let Ok(content) = std::fs::read(file) else { return Ok(false) };
        let is_same = Oid::hash_object(ObjectType::Blob, &content)? == blob.0;
        if is_same {
            self.known_blobs.borrow_mut().insert(blob, content);
            self.known_files.borrow_mut().insert(path.clone(), (blob, FileStamp::of(&found)));
        }
        Ok(is_same)
    }

    /// Returns what the file `path` of the work tree held when it was read, and its stamp from right before, if that
    /// was `blob`.
    pub(crate) fn known_of_file(&self, path: &RepoPath, blob: BlobId) -> Option<(FileStamp, Vec<u8>)> {
        let known = self.known_files.borrow();
        let (_, stamp) = known.get(path).filter(|(known, _)| *known == blob)?;
        Some((stamp.clone(), self.known_blobs.borrow().get(&blob)?.clone()))
    }

    /// Reads a blob where it is: in this repository, in that of a submodule, or with the remote that promises
    /// it.
    fn holding<T>(
        &self,
        blob: BlobId,
        read: impl Fn(&git2::Repository) -> std::result::Result<T, git2::Error>,
    ) -> Result<T> {
        let read_here = || {
            let missing = match read(&self.git) {
                Err(error) if error.code() == ErrorCode::NotFound => error,
                found => return Ok(found?),
            };
            let submodules = self.submodules.borrow();
            Ok(submodules.iter().find_map(|(_, git)| read(git).ok()).ok_or(missing)?)
        };
        self.reading(read_here, || self.prefetch_blobs([blob]))
    }

    /// Returns the text of `blob`, the content of the file `path`, whose name tells how large it may be.
    ///
    /// # Errors
    ///
    /// If git cannot read it. The inner one says that it is too large, which is known before it is read,
    /// or not UTF-8.
    pub fn text(&self, path: &str, blob: BlobId) -> Result<Result<String, Finding>> {
        if let Err(finding) = limits::check(path, self.size(blob)?) {
            return Ok(Err(finding));
        }
        Ok(String::from_utf8(self.content(blob)?).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Finding::of(rule::NOT_UTF8, format!("byte {at} is not UTF-8"))
                .at(Place { path: path.to_owned(), spot: None })
                .remedy("save the file as UTF-8")
        }))
    }

    /// Returns the text of the file `path` among `files`; `None` where there is none.
    ///
    /// # Errors
    ///
    /// As [`Repo::text`]; the inner one also where it is a symbolic link or lies beyond one of `files`,
    /// which may lead anywhere.
    pub fn text_among(&self, files: &Tree, path: &RepoPath) -> Result<Option<Result<String, Finding>>> {
        let is_link = |path: &RepoPath| files.get(path).is_some_and(|entry| entry.mode == Mode::Link);
        let is_followed = files.own_path(path) != path;
        if let Some(link) = path.and_above().find(is_link).filter(|_| !is_followed) {
            return Ok(Some(Err(linked(path, &link))));
        }
        files.get(path).map(|entry| self.text(path.as_str(), entry.blob)).transpose()
    }

    /// Returns the text that the file `path` has in `commit`; `None` where there is none.
    ///
    /// # Errors
    ///
    /// As [`Repo::text_among`].
    pub fn text_at(&self, commit: CommitId, path: &RepoPath) -> Result<Option<Result<String, Finding>>> {
        let parts: Vec<RepoPath> = path.and_above().collect();
        self.text_among(&self.files_among(commit, &parts)?, path)
    }
}

fn linked(path: &RepoPath, link: &RepoPath) -> Finding {
    let message = match path == link {
        true => "this is a symbolic link, which is not followed".to_owned(),
        false => format!("this leads through {link}, which is a symbolic link and is not followed"),
    };
    Finding::of(rule::UNREADABLE_FILE, message)
        .at(Place::file(path))
        .remedy("name a text file that is tracked")
}

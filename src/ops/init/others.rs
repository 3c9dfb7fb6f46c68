//! What the configurations of other release tools say, and the workflows, in keys of this one.

mod cargo_release;
mod cargo_workspaces;
mod knope;
mod release_plz;
mod told;
mod workflows;

use anyhow::Result;
use toml_edit::{DocumentMut, Item, Table};

pub(super) use self::told::ToolSettings;
use crate::git::{CommitId, Repo};
use crate::path::RepoPath;
use crate::workspace::metadata::Member;

/// A project whose other tools are asked.
pub(super) struct AskedProject<'a> {
    pub(super) repo: &'a Repo,
    /// The commit whose files are read.
    pub(super) commit: CommitId,
    /// The root manifest.
    pub(super) root: &'a RepoPath,
    pub(super) members: &'a [Member],
    /// Whether branches of that name are there already, or tags.
    pub(super) has_branches: bool,
    pub(super) has_tags: bool,
}

impl AskedProject<'_> {
    /// Returns all that other tools are told.
    pub(super) fn told(&self) -> Result<ToolSettings> {
        let mut told = ToolSettings { folder: self.root.folder().to_owned(), ..ToolSettings::default() };
        let manifest = self.toml(self.root)?;
        let metadata = |table: &str, tool: &str| -> Option<&Table> {
            let metadata = manifest.as_ref()?.get(table)?.as_table()?.get("metadata")?;
            metadata.as_table_like()?.get(tool)?.as_table()
        };
        for name in ["release.toml", ".release.toml"] {
            if let Some(file) = self.beside(name)? {
                cargo_release::of_workspace(&mut told, file.as_table(), name, self.has_tags);
            }
        }
        if let Some(table) = metadata("workspace", "release") {
            let place = format!("[workspace.metadata.release] of {}", self.root);
            cargo_release::of_workspace(&mut told, table, &place, self.has_tags);
        }
        for member in self.members {
            let Some(file) = self.toml(&member.manifest)? else { continue };
            let package = file.get("package").and_then(|package| package.get("metadata"));
            if let Some(table) = package.and_then(|it| it.get("release")).and_then(Item::as_table) {
                let is_root = member.manifest == *self.root;
                let text = |path: &RepoPath| self.text(path).ok().flatten();
                cargo_release::of_package(&mut told, table, (member, is_root), text);
            }
            if let Some(table) = package.and_then(|it| it.get("workspaces")).and_then(Item::as_table) {
                cargo_workspaces::of_package(&mut told, table, member);
            }
        }
        if let Some(table) = metadata("workspace", "workspaces") {
            cargo_workspaces::of_workspace(&mut told, table, self.root.as_str());
        }
        for name in ["release-plz.toml", ".release-plz.toml"] {
            if let Some(file) = self.beside(name)? {
                release_plz::read(&mut told, file.as_table(), name, self.has_tags);
            }
        }
        if let Some(file) = self.beside("knope.toml")? {
            let text = |path: &str| {
                let path = self.root.sibling(path)?;
                self.text(&path).ok().flatten().map(|text| (path, text))
            };
            knope::read(&mut told, file.as_table(), self.members, text);
        }
        self.workflows(&mut told)?;
        Ok(told)
    }

    fn workflows(&self, told: &mut ToolSettings) -> Result<()> {
        let tree = self.repo.tree(self.commit)?;
        let is_workflow = |path: &RepoPath| {
            path.is_below(".github/workflows")
                && [".yml", ".yaml"].iter().any(|end| path.as_str().ends_with(end))
        };
        let paths: Vec<RepoPath> = tree.files().map(|(path, _)| path.clone()).filter(is_workflow).collect();
        for path in paths {
            if let Some(text) = self.text(&path)? {
                workflows::read(told, &text, path.as_str(), self.has_branches);
            }
        }
        Ok(())
    }

    fn text(&self, path: &RepoPath) -> Result<Option<String>> {
        Ok(self.repo.text_at(self.commit, path)?.and_then(Result::ok))
    }

    /// Reads a file beside the root manifest. What is no TOML says nothing.
    fn beside(&self, name: &'static str) -> Result<Option<DocumentMut>> {
        self.toml(&RepoPath::from_folder(self.root.folder(), name))
    }

    fn toml(&self, path: &RepoPath) -> Result<Option<DocumentMut>> {
        Ok(self.text(path)?.and_then(|text| text.parse().ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(read: impl FnOnce(&mut ToolSettings)) -> (Vec<String>, Vec<String>) {
        let mut told = ToolSettings::default();
        read(&mut told);
        let line =
            |setting: &crate::ops::init::Setting| format!("{} {}", setting.table, setting.lines.join(", "));
        (told.settings.iter().map(line).collect(), told.left)
    }

    fn toml(text: &str) -> Table {
        text.parse::<DocumentMut>().unwrap().as_table().clone()
    }

    fn member(name: &str, folder: &str) -> Member {
        let manifest = format!("{folder}Cargo.toml");
        Member {
            name: name.to_owned(),
            version: semver::Version::new(1, 2, 3),
            manifest: RepoPath::new(&manifest).unwrap(),
            publication: crate::edit::manifest::PublishTargets::Anywhere,
            repository: None,
            rust_version: None,
            about: crate::workspace::metadata::PackageMetadata::default(),
        }
    }

    #[test]
    fn cargo_release_is_understood_where_it_can_be() {
        let file = toml(
            "tag-name = 'rel-{{version}}'\ntag-message = '{{crate_name}} {{version}} is out'\nsign-tag = true\n\
             dependent-version = 'upgrade'\npre-release-commit-message = 'Release {{version}}'\npublish = true\n\
             pre-release-hook = ['./hook']\n",
        );
        let (settings, left) = told(|told| cargo_release::of_workspace(told, &file, "release.toml", false));
        assert_eq!(
            settings,
            [
                "[names] tag = \"rel-{version}\"",
                "[names] tag-kind = \"signed\"",
                "[commit] tag = \"{name} {version} is out\"",
                "[commit] release = \"Release {version}\"",
                "[requirements] follow = \"always\"",
            ]
        );
        assert_eq!(left, ["`pre-release-hook` in release.toml"]);
    }

    #[test]
    fn replacements_of_cargo_release_become_lines_of_version_files() {
        let file = toml(
            "release = true\n[[pre-release-replacements]]\nfile = 'README.md'\nsearch = 'blob/[^/]+/'\n\
             replace = 'blob/{{tag_name}}/'\n[[pre-release-replacements]]\nfile = 'CITATION.cff'\n\
             search = '^date: .*'\nreplace = 'date: {{date}}'\n[[pre-release-replacements]]\nfile = 'CHANGELOG.md'\n\
             search = 'Unreleased'\nreplace = '{{version}}'\n",
        );
        let member = member("hull", "crates/hull/");
        let text = |path: &RepoPath| match path.as_str() {
            "crates/hull/README.md" => Some("See [it](../blob/hull-v1.2.3/x) {}.\n".to_owned()),
            "crates/hull/CITATION.cff" => Some("date: 2024-01-02\nother: 1.2.3\n".to_owned()),
            _ => None,
        };
        let (settings, left) = told(|told| cargo_release::of_package(told, &file, (&member, false), text));
        assert_eq!(
            settings,
            [
                "[[version-file]] path = \"crates/hull/README.md\", lines = [\n  'See [it](../blob/hull-v{version}/x) \
                 {{}}.',\n], package = \"hull\"",
                "[[version-file]] path = \"crates/hull/CITATION.cff\", lines = [\n  'date: {date}',\n], package = \
                 \"hull\"",
            ]
        );
        assert_eq!(left, [""; 0]);
        let kept = toml("release = false\n");
        let (settings, _) = told(|told| cargo_release::of_package(told, &kept, (&member, false), |_| None));
        assert_eq!(settings, ["[[line]] packages = [\"hull\"], move = false"]);
    }

    #[test]
    fn release_plz_cargo_workspaces_and_knope_are_understood_where_they_can_be() {
        let file = toml(
            "[workspace]\ngit_tag_name = '{{ package }}-v{{ version }}'\nchangelog_update = false\nsemver_check = true\n\
             [[package]]\nname = 'tools'\nrelease = false\n[[package]]\nname = 'core'\nversion_group = 'x'\n",
        );
        let (settings, left) = told(|told| release_plz::read(told, &file, "release-plz.toml", false));
        assert_eq!(
            settings,
            [
                "[names] tag = \"{name}-v{version}\"",
                "[notes] enabled = false",
                "[[line]] packages = [\"tools\"], move = false"
            ]
        );
        assert_eq!(left, ["`version_group` of `core` in release-plz.toml"]);
        let file = toml("allow_branch = 'trunk'\nexact = true\nno_individual_tags = true\n");
        let (settings, left) = told(|told| cargo_workspaces::of_workspace(told, &file, "Cargo.toml"));
        assert_eq!(settings, [" trunk = \"trunk\"", "[requirements] exact = [\"*\"]"]);
        assert_eq!(left, [""; 0]);
        let file = toml(
            "[package]\nversioned_files = ['Cargo.toml', 'pkg.json']\nchangelog = 'NEWS.md'\n[[workflows]]\nname = 'x'\n",
        );
        let text = |path: &str| {
            let text = || "{ \"version\": \"1.2.3\" }\n".to_owned();
            (path == "pkg.json").then(|| (RepoPath::known("pkg.json"), text()))
        };
        let members = [member("hull", "")];
        let (settings, left) = told(|told| knope::read(told, &file, &members, text));
        assert_eq!(
            settings,
            [
                "[notes] file = \"NEWS.md\"",
                "[[version-file]] path = \"pkg.json\", lines = [\n  '{{ \"version\": \"{version}\" }}',\n]"
            ]
        );
        assert_eq!(left, ["`workflows` in knope.toml"]);
    }

    #[test]
    fn workflows_tell_release_branches_and_the_day_of_the_cut() {
        let text = "on:\n  push:\n    branches: [main, 'release-*']\n  schedule:\n    - cron: '0 0 5 * *'\n\
                    jobs:\n  cut:\n    name: Cut a release branch\n";
        let (settings, left) = told(|told| workflows::read(told, text, ".github/workflows/x.yml", false));
        assert_eq!(settings, ["[names] branch = \"release-{version}\"", "[schedule] cut-day = 5"]);
        assert_eq!(left, [""; 0]);
        let (settings, _) = told(|told| workflows::read(told, text, ".github/workflows/x.yml", true));
        assert_eq!(settings, ["[schedule] cut-day = 5"]);
    }
}

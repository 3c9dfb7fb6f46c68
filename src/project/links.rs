//! Where a release can be found: its branch, its latest tag and its notes, with the pages that a forge has for
//! them.

use semver::Version;

use crate::config::Config;
use crate::git::survey::Survey;
use crate::train::schedule::ScheduleRow;
use crate::train::{Link, ReleaseLinks};

/// Returns where the release of `row` can be found; `address` is that of the repository, where one is stated.
pub fn of(row: &ScheduleRow, survey: &Survey, config: &Config, address: Option<&str>) -> ReleaseLinks {
    let forge = address.and_then(Forge::at);
    let page = |kind, name: &str| forge.as_ref().map(|forge| forge.page(kind, name));
    let latest = row.latest.as_ref().map(|(version, _)| version);
    let branch = branch_of(survey, &row.release.version);
    let tag = latest.and_then(|latest| survey.tags.iter().find(|tag| tag.version == *latest));
    let tag = tag.map(|tag| tag.name.as_str());
    // The notes on the branch have what came after the tag; a branch that is gone has none.
    let place =
        branch.map(|name| (ForgePage::FileOnBranch, name)).or(tag.map(|name| (ForgePage::FileAtTag, name)));
    let place = place.filter(|_| tag.is_some() && config.notes.enabled);
    ReleaseLinks {
        branch: branch.map(|name| Link { text: name.to_owned(), address: page(ForgePage::Tree, name) }),
        tag: tag.map(|name| Link { text: name.to_owned(), address: page(ForgePage::Tag, name) }),
        notes: place.map(|(kind, at)| Link {
            text: config.notes.file.to_string(),
            address: page(kind, &format!("{at}/{}", &*config.notes.file)),
        }),
    }
}

/// Returns the page of the branch `name` in the repository at `address`, where that is a forge's.
pub fn branch(address: Option<&str>, name: &str) -> Option<String> {
    Some(Forge::at(address?)?.page(ForgePage::Tree, name))
}

/// Returns the page that compares the tag or branch `from` with `to`.
pub fn changes(address: Option<&str>, from: &str, to: &str) -> Option<String> {
    let forge = Forge::at(address?)?;
    let path = if matches!(forge.kind, ForgeKind::Gitlab) { "-/compare" } else { "compare" };
    Some(format!("{}/{path}/{}...{}", forge.address, encoded(from), encoded(to)))
}

fn branch_of<'s>(survey: &'s Survey, version: &Version) -> Option<&'s str> {
    survey.branches.iter().find(|branch| branch.version == *version).map(|branch| branch.tip.name.as_str())
}

/// A site that shows repositories, at one of them.
struct Forge {
    address: String,
    kind: ForgeKind,
}

/// How the pages of a forge are named.
#[derive(Clone, Copy)]
enum ForgeKind {
    Github,
    Gitlab,
    Gitea,
}

/// A page of a forge.
#[derive(Clone, Copy)]
enum ForgePage {
    Tree,
    Tag,
    FileOnBranch,
    FileAtTag,
}

impl Forge {
    /// Returns the forge that an address shows by its host; one that shows none has pages nobody can name. An
    /// address with anything that a format could obey is none.
    fn at(address: &str) -> Option<Self> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-' | '~' | ':');
        if !address.chars().all(is_plain) {
            return None;
        }
        let host = address.strip_prefix("https://").or(address.strip_prefix("http://"))?.split('/').next()?;
        let kind = [
            ("github", ForgeKind::Github),
            ("gitlab", ForgeKind::Gitlab),
            ("codeberg", ForgeKind::Gitea),
            ("gitea", ForgeKind::Gitea),
            ("forgejo", ForgeKind::Gitea),
        ];
        let (_, kind) = kind.into_iter().find(|(name, _)| host.contains(name))?;
        Some(Self { address: super::lead::repository_root(address).to_owned(), kind })
    }

    fn page(&self, page: ForgePage, name: &str) -> String {
        let path = match (self.kind, page) {
            (ForgeKind::Github, ForgePage::Tree) => "tree",
            (ForgeKind::Github | ForgeKind::Gitea, ForgePage::Tag) => "releases/tag",
            (ForgeKind::Github, ForgePage::FileOnBranch | ForgePage::FileAtTag) => "blob",
            (ForgeKind::Gitlab, ForgePage::Tree) => "-/tree",
            (ForgeKind::Gitlab, ForgePage::Tag) => "-/tags",
            (ForgeKind::Gitlab, ForgePage::FileOnBranch | ForgePage::FileAtTag) => "-/blob",
            (ForgeKind::Gitea, ForgePage::Tree | ForgePage::FileOnBranch) => "src/branch",
            (ForgeKind::Gitea, ForgePage::FileAtTag) => "src/tag",
        };
        format!("{}/{path}/{}", self.address, encoded(name))
    }
}

/// Returns the name as a part of an address that Markdown and HTML take as it is.
fn encoded(name: &str) -> String {
    let part = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' | b'/' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    name.bytes().map(part).collect()
}

//! What a finding is about: a rule, a value with its name, its default level and its explanation.
//!
//! Each stands once, among those that `check` can find broken or those of the commands; the keys of
//! `[check]`, `check --list`, and what code scanning is told of a rule come from there.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Said, and nothing more: also what could not be checked.
    Note,
    /// Probably wrong.
    Warning,
    /// Stops a command, and fails a check.
    Error,
}

impl Severity {
    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String")]
pub struct Rule {
    /// The stable name, in kebab case: `branch-exists`, `requirement-exact`.
    pub name: &'static str,
    /// How much a finding weighs, unless its case weighs otherwise.
    pub level: Severity,
    /// What must hold, and why, in one or two sentences.
    pub explanation: &'static str,
}

/// Returns every rule.
pub fn all() -> impl Iterator<Item = Rule> {
    CHECKED.iter().chain(COMMANDS).copied()
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

/// Makes a constant of each rule, and of all of them the list `$list`.
macro_rules! rules {
    ($(#[$doc:meta])* $list:ident: $($rule:ident $name:literal $level:ident $explanation:literal;)*) => {
        $(
            #[doc = $explanation]
            pub const $rule: Rule = Rule { name: $name, level: Severity::$level, explanation: $explanation };
        )*
        $(#[$doc])*
        pub const $list: &[Rule] = &[$($rule),*];
    };
}

rules! {
    /// The rules of `check` in the order in which they are asked, and then the others that one of them can find
    /// broken. `[check]` names them.
    CHECKED:

    BRANCH_VERSION "branch-version" Error
        "A release branch holds a version of its own line: `release-36.0.0` holds 36.0.x. A bump that was made on \
         the wrong branch shows here.";
    LINE_VERSION "line-version" Error
        "The version lines can be told: the lead package is in one that moves, and each name and path of a \
         `[[line]]` is that of a package.";
    TAG_VERSION "tag-version" Error
        "The version is higher than every one that is tagged on this line, unless this is the tagged commit itself. \
         A lower one is an error, and so is a tagged one on the trunk; on a release branch a tagged one is a \
         warning, since fixes gather there until the next patch is prepared.";
    REQUIREMENT_OPERATOR "requirement-operator" Error
        "Members require each other exactly or by caret, as `[requirements]` says. Parts of one whole that are not \
         required exactly can be mixed with those of another release.";
    REQUIREMENT_MATCH "requirement-match" Error
        "A requirement on a package of the repository matches the version that it has. In the workspace Cargo \
         refuses any other; outside of it (in examples, and in nested workspaces) it is a warning.";
    LOCK_CURRENT "lock-current" Error
        "Every lock file that Cargo uses is current, so that `--locked` passes: the members are in it at their \
         versions, with their dependencies. Whether third parties' own dependencies are, Cargo is asked offline; \
         where it cannot tell, that is said.";
    VERSION_FILE "version-file" Error
        "Every line that a `[[version-file]]` describes is there, with the version that its package has.";
    NOTES_SECTION "notes-section" Error
        "The notes have exactly one section for the version that the branch holds: a release without one is \
         published without notes.";
    NOTES_STATE "notes-state" Error
        "The section of a version that is tagged is dated; that of the trunk's version and of a pre-release is not. \
         A version that is dated and not tagged is tagged on that day, and not later.";
    NOTES_ORDER "notes-order" Error
        "The sections of the notes stand in the order of their versions, the newest first, and no version has two.";
    NOTES_ARCHIVE "notes-archive" Error
        "The archive at the end of the notes links to the notes of every older release branch that has some, each \
         once, and to none that are not there. Branches that were not fetched are unchecked, and that is said where \
         it is seen.";
    NOTES_BREAKING "notes-breaking" Warning
        "The notes of a release name what it breaks: where a line takes a major step on a release branch, and where \
         `--api` finds an interface broken. What has an entry under a heading that speaks of changes, removals or \
         breaking counts, and so does the word `breaking` or `incompatible` anywhere in the section.";
    RELEASE_DATE "release-date" Error
        "The date of every section is the day of its version's tag, in its own time zone or in UTC, and for a release \
         that is past a day more or less: what readers take for the day of the release must be it.";
    PACKAGE_METADATA "package-metadata" Error
        "A package that is published has a description and a licence, and the README and licence file that it names \
         exist: crates.io refuses it otherwise, in the middle of a release.";
    PACKAGE_DEPENDENCY "package-dependency" Error
        "A package that is published requires others by version, and no member that is not published, except for \
         development; and it requires each from a registry to which that is published: its users have nothing else.";
    PUBLISH_ORDER "publish-order" Error
        "The published members can be published one after the other, each after those that it requires: none \
         requires itself by a detour. A development dependency with a version counts, unless an earlier release that \
         is tagged satisfies it already.";
    MSRV "msrv" Error
        "A release branch needs no newer Rust than it promised, and the trunk stays `msrv.behind-stable` releases \
         behind: what `cargo relprep check-msrv` says.";
    DEPENDENCY_HELD "dependency-held" Warning
        "A patch asks users for nothing new: since the first release of its line no published package requires another \
         series of a third party, or one more or less, and none of its features is gone.";
    SUPPORT "support" Error
        "A release branch is supported on the day, by `[schedule]`: after its end of life nothing is released from \
         it.";
    CUT_READY "cut-ready" Error
        "On the trunk, `cargo relprep branch` would cut: the branch and tag of its version are free, every version \
         and requirement can move, and the notes can begin anew.";

    PACKAGE_REHEARSAL "package-rehearsal" Error
        "Cargo packs every published package, and none is larger than crates.io takes: what `cargo publish` would find \
         in the middle of a release. It is asked for by `--package`.";
    API_HELD "api-held" Error
        "A patch keeps the interfaces of the published libraries, as `cargo semver-checks` tells; on the trunk it is a note \
         what the next release breaks. It is asked for by `--api`.";

    NOT_FETCHED "not-fetched" Note "The branches and tags of the remote are all here: others are unchecked.";

    MEMBER_OUTSIDE "member-outside" Error "The members of the workspace are all in the repository.";
    MEMBER_UNTRACKED "member-untracked" Error "The members of the workspace are all committed.";
    UNREADABLE_FILE "unreadable-file" Error "A file that the project names is a regular file of UTF-8 text.";
    WORKSPACE "workspace" Error "Cargo can read the workspace.";
    WORKSPACE_OUTSIDE "workspace-outside" Error "The workspace needs no file outside the repository.";
    CARGO_CONFIG "cargo-config" Error
        "Cargo's configuration can be read, and Cargo run where none names a program.";

    NAMES_INFERRED "names-inferred" Note
        "The configuration says how release branches and tags are named; otherwise those that are there do.";
    NAMES_UNCLEAR "names-unclear" Error
        "Of two ways in which release branches or tags are named, one is more usual in the repository.";
    REMOTE_ASSUMED "remote-assumed" Note "The trunk's upstream or the configuration says which remote counts.";
    REMOTE_UNKNOWN "remote-unknown" Warning "It is known which of several remotes counts.";
    SUBMODULE_ABSENT "submodule-absent" Note "The submodules that have members of the workspace are here.";

    CONFIG_ELSEWHERE "config-elsewhere" Note "A commit has its own configuration; one without has the trunk's.";
    CONFIG_RUNS "config-runs" Error "Programs run only from the configuration of the commit that is checked out.";
    CONFIG_UNCOMMITTED "config-uncommitted" Note "The configuration is used as it is committed.";
    FILE_TOO_LARGE "file-too-large" Error "A file that is read from a repository is not larger than its kind may be.";
    MANIFEST_SYNTAX "manifest-syntax" Error "A manifest is valid TOML.";
    NOT_UTF8 "not-utf8" Error "A file that is read as text is UTF-8.";

    FOLLOW_UNUSED "follow-unused" Note "Every path of `follow` matches a package outside the workspace.";
    LEAD_MISSING "lead-missing" Error "The lead package is a member that has a version.";
    LEAD_STAYS "lead-stays" Error "The lead package is in a version line that moves.";
    LINE_SPLITS_INHERITANCE "line-splits-inheritance" Error
        "Packages that inherit one version are in one version line.";
    LINE_UNUSED "line-unused" Note "Every name of a `[[line]]` matches a package.";
    PUBLISH_UNUSED "publish-unused" Note "Every name of `[publish]` matches a package.";
    VERSION_UNREAD "version-unread" Error "The version that a package has at a commit can be read.";
    NO_VERSION "no-version" Error "Some package of the workspace has a version.";
    REQUIREMENTS_UNUSED "requirements-unused" Note "Every name of `[requirements]` matches a package.";
    REQUIREMENT_CARET "requirement-caret" Error "A member that `[requirements]` wants required by caret is.";
    REQUIREMENT_EXACT "requirement-exact" Error "A member that `[requirements]` wants required exactly is.";
    REQUIREMENT_INVALID "requirement-invalid" Error "A requirement is one that Cargo knows.";
    REQUIREMENT_RANGE "requirement-range" Error
        "A range that is required includes the version that is prepared: it would be changed by nobody.";
    VERSION_DOWN "version-down" Error "A version that moves goes up.";
    TO_UNCLEAR "to-unclear" Error "It is said once what a package comes to, and of all in a line that is divided.";
    NOT_IN_A_LINE "not-in-a-line" Error "A package whose version is asked for is in a version line that moves.";
    NUMBER_SKIPPED "number-skipped" Error "No release has a number that the schedule skips.";
    NO_ROOM "no-room" Error
        "After a cut the trunk is past every version that the patches of the release branch will have.";
    LEVEL "level" Note "How far a cut moves the trunk is asked for, or told by the schedule.";
    VERSION_HELD "version-held" Error "No two branches hold one version of a package.";
    VERSION_OVERFLOW "version-overflow" Error "The next version is a number that Cargo can read.";

    LOCK_FILE_CONFLICT "lock-file-conflict" Error "A lock file has no merge conflict that is not resolved.";
    LOCK_FILE_FORMAT "lock-file-format" Error "A lock file has a format that this program knows.";
    LOCK_FILE_LAYOUT "lock-file-layout" Error "A lock file is laid out as Cargo writes it.";

    VERSION_FILE_AMBIGUOUS "version-file-ambiguous" Error
        "A pattern of a `[[version-file]]` means one line, and no two mean the same.";
    VERSION_FILE_MISSING "version-file-missing" Error "A version file is there, and so is each line that it must have.";
    VERSION_FILE_PACKAGE "version-file-package" Error "The package of a `[[version-file]]` is in the workspace.";
    VERSION_FILE_PATTERN "version-file-pattern" Error
        "A pattern of a `[[version-file]]` is one line in which the version stands.";
    VERSION_FILE_VERSION "version-file-version" Error "A line of a version file has the version of its package.";

    NO_NOTES "no-notes" Note "The notes are there, unless `[notes] enabled = false`.";
    NOTES_ARCHIVE_MARKER "notes-archive-marker" Error
        "The notes have one archive marker, below which a cut links to the notes of the branch.";
    NOTES_DATE "notes-date" Error
        "The section that is dated has no other date, and none before that of the version before.";
    NOTES_HEADING "notes-heading" Warning
        "A heading of the notes that looks like a version is one; it may not be meant for the one that is released.";
    NOTES_LAYOUT "notes-layout" Error "It is known how the notes are laid out.";
    NOTES_LINK "notes-link" Error "The definition of a link in the notes leads to the version that it is about.";
    NOTES_TEMPLATE "notes-template" Error
        "The template of the notes is there, with one heading that has the version.";
    NOTES_WORDING "notes-wording" Error
        "A wording of `[notes]` is one line, and has its placeholder where the date or the branch stands.";

    ALREADY_RELEASED "already-released" Error
        "A release candidate precedes its release: the notes do not date it, and the branch holds no patch of it.";
    BRANCH_AHEAD "branch-ahead" Note "A local branch has no commits that the remote's has not.";
    BRANCH_BEHIND "branch-behind" Error
        "A branch that is prepared has all that was fetched of it: a release would lack what is missing.";
    BRANCH_OF_PATCH "branch-of-patch" Error "Where each patch has a branch, it is prepared on that.";
    BRANCH_EXISTS "branch-exists" Error "The branch that is made is not there yet, here or on a remote.";
    NO_REPOSITORY_ADDRESS "no-repository-address" Error
        "The lead package states `repository` where a template of the notes needs it.";
    NOT_ON_RELEASE_BRANCH "not-on-release-branch" Error "A release and a patch are prepared on a release branch.";
    NOT_ON_TRUNK "not-on-trunk" Error "A release branch is cut from the trunk.";
    PRERELEASE "prerelease" Error "A version has a pre-release only where `[prerelease]` has it so.";
    TAG_EXISTS "tag-exists" Error "The version that is prepared is not tagged yet.";
    TAG_NAME "tag-name" Error "The tag that `names.tag` makes is one that git takes.";
    TRUNK_ALREADY_MOVED "trunk-already-moved" Error "Something has come to the trunk since the last cut.";

    MSRV_BASELINE "msrv-baseline" Error "It is known which Rust the line promised.";
    MSRV_BUILD "msrv-build" Error "The workspace compiles with the Rust that was promised.";
    MSRV_DEPENDENCY "msrv-dependency" Error "A dependency that is new needs no newer Rust than was promised.";
    MSRV_EDITION "msrv-edition" Error "The edition of a package needs no newer Rust than was promised.";
    MSRV_EXCEPTION "msrv-exception" Error
        "An exception from the MSRV is for a line with long-term support, states its reason, and is the only one.";
    MSRV_LOCK_FILE "msrv-lock-file" Error "The format of the lock file needs no newer Rust than was promised.";
    MSRV_LOWERED "msrv-lowered" Note "A `rust-version` is as it was: a lower one is allowed, and said.";
    MSRV_RAISED "msrv-raised" Error "No `rust-version` is higher than the line promised.";
    MSRV_REMOVED "msrv-removed" Error "A package that declared a `rust-version` still does.";
    MSRV_RESOLVER "msrv-resolver" Error "The resolver needs no newer Rust than was promised.";
    MSRV_TOOLCHAIN "msrv-toolchain" Error
        "Where no member declares a `rust-version`, the toolchain file asks for no newer Rust than it did. Elsewhere it \
         is how the project is developed, and what is above the promise is a note.";
    MSRV_TRUNK "msrv-trunk" Error "The trunk stays `msrv.behind-stable` releases of Rust behind.";
    MSRV_UNCHECKED "msrv-unchecked" Note "What a line needs can be told: what cannot is unchecked.";
    BRANCH_UNKNOWN "branch-unknown" Error
        "A branch whose promise is asked for is the trunk or a release branch by `names.branch`, or clearly neither.";
    MSRV_UNDECLARED "msrv-undeclared" Error "A package that is new to a line that promised a Rust declares it.";
}

rules! {
    /// The rules of the commands.
    COMMANDS:

    FAILURE "failure" Error "Nothing fails that the other rules do not name.";

    WORKFLOW_CHANGED "workflow-changed" Error
        "A file that `cargo relprep ci` is to write is its own, and nobody has changed it since: it is not written over.";
    WORKFLOW_STALE "workflow-stale" Error
        "The workflows are those that `cargo relprep ci` writes for the configuration as it is.";
    CONFIG_THERE "config-there" Error "A configuration that is there is not written over.";
    CONFIG_TWICE "config-twice" Error "A workspace is configured in one place.";
    CONFIG_UNKNOWN_KEY "config-unknown-key" Error "Every key of the configuration is known.";
    CONFIG_VALUE "config-value" Error "Every value of the configuration is of the kind that its key has.";
    NO_TOPIC "no-topic" Error "What is asked to be explained is a command or a topic of the help.";
    NO_STEP "no-step" Error "A version whose step is to be prepared again was reached on the trunk or a release branch.";
    NO_CONFIG "no-config" Error "The file that `--config` names can be read.";
    PLACEHOLDER "placeholder" Error "A template has only placeholders that are known where it stands.";
    SCHEDULE_ANCHOR "schedule-anchor" Error "A cadence counts from the day of one release.";
    SCHEDULE_CONTRADICTION "schedule-contradiction" Error "The keys of `[schedule]` do not contradict each other.";
    SCHEDULE_DAY "schedule-day" Error "A day of `[schedule]` is in the calendar.";
    SCHEDULE_LTS "schedule-lts" Error "Long-term support says how long it lasts.";
    SCHEDULE_ORDER "schedule-order" Error "A release is cut, released and ended in that order.";
    SCHEDULE_RELEASE "schedule-release" Error "A `[[schedule.release]]` says something of one release, and why.";
    SCHEDULE_TOO_LARGE "schedule-too-large" Error "A number of `[schedule]` is one that a calendar can have.";
    SCHEDULE_VERSION "schedule-version" Error "A version of `[schedule]` is a release of the train.";
    SCHEDULE_ZERO "schedule-zero" Error "A cadence is at least 1.";

    MARKER_MISSING "marker-missing" Error "A file that a schedule is written into marks where.";
    MARKER_MISPLACED "marker-misplaced" Error "The markers of a schedule stand on lines of their own, in no list, quote or table.";
    MARKER_UNPAIRED "marker-unpaired" Error "Every marker of a schedule begins or ends one place.";
    NO_POLICY "no-policy" Error "A policy tells which releases are supported.";
    NO_SCHEDULE "no-schedule" Error "The configuration describes the release train.";
    SCHEDULE_EMPTY "schedule-empty" Error "A release of the train is in the range that is asked for.";
    SCHEDULE_FORMAT "schedule-format" Error "The form of a schedule is known, by its option or the file's name.";
    SCHEDULE_RANGE "schedule-range" Error "The range that is asked for begins and ends with releases of the train, and is not too long.";
    SCHEDULE_STALE "schedule-stale" Error "A schedule that is written down is the one of the day.";

    BARE_REPOSITORY "bare-repository" Error "The repository has a work tree.";
    BRANCH_GLOB "branch-glob" Error "A pattern for branches can be read.";
    BRANCH_NAME "branch-name" Error "A branch is given by a name that git takes, and by its short one.";
    DETACHED_HEAD "detached-head" Error "A branch is checked out.";
    DIRTY "dirty" Error "No tracked file has changes.";
    GIT_NOT_STARTED "git-not-started" Error "git can be started.";
    GIT_TOO_OLD "git-too-old" Error "git is new enough to merge without a work tree.";
    PARTIAL_CLONE "partial-clone" Error "What is absent from a partial clone can be fetched.";
    NO_BASE "no-base" Error "The commit to compare with is here.";
    PRERELEASE_INFERRED "prerelease-inferred" Note "What the trunk's versions carry is stated, or what its version has.";
    NO_BRANCH "no-branch" Error "The branch that is named, or in support, is here.";
    NO_COMMIT "no-commit" Error "The repository has a commit.";
    NO_IDENTITY "no-identity" Error "git knows who commits.";
    NO_MANIFEST "no-manifest" Error "There is a manifest, at the path that is given or above the folder.";
    NO_REPOSITORY "no-repository" Error "The folder is in a git repository.";
    NOT_CHECKED_OUT "not-checked-out" Error "The branch that is compiled is checked out.";
    REPOSITORY "repository" Error "The repository can be opened.";
    SHALLOW_CLONE "shallow-clone" Error "The history is here as far as it is asked for.";
    OTHER_NUMBERING "other-numbering" Note "Without a schedule, the release branches are all numbered alike.";
    TAGS_MISSING "tags-missing" Error "Every release that must be out by the schedule and the trunk shows in a tag.";

    LOCK_DRIFT "lock-drift" Error "A version is prepared without a change of third parties.";
    LOCK_STALE "lock-stale" Error "A lock file is up to date before anything moves.";
    LOCK_UNSETTLED "lock-unsettled" Error "Cargo can bring a lock file up to date offline.";
    NEVER_RELEASED "never-released" Warning "The version before a patch was released.";
    NEVER_TAGGED "never-tagged" Warning "The version before a patch was tagged.";
    NO_CANDIDATES "no-candidates" Error "A train that prepares a candidate has candidates.";
    NO_TARGET "no-target" Error "There is a branch to work on.";
    NOTHING_TO_DO "nothing-to-do" Error "What is to be prepared is not prepared already.";
    ONLY_VERSIONS "only-versions" Error "Nothing but versions differs between two commits.";
    WAIVER_UNUSED "waiver-unused" Error "A release that is left out is supported.";

    ALREADY_RUNNING "already-running" Error "One run at a time writes to a repository.";
    BRANCH_IN_USE "branch-in-use" Error "A branch that moves is not checked out in another work tree.";
    BRANCH_MOVED "branch-moved" Error "A branch is where it was when the run began.";
    BRANCH_NAME_TAKEN "branch-name-taken" Error "No other branch has a name that the new one's would be a folder of.";
    BRANCH_SWITCHED "branch-switched" Error "The branch that is checked out stays so during a run.";
    CHANGED_FILE "changed-file" Error "A file that is written has no changes of its own.";
    COMPLETED "completed" Note "A run that was interrupted is completed.";
    EMPTY_MESSAGE "empty-message" Error "A commit has a message.";
    HOOK_REFUSED "hook-refused" Error "The hooks of a commit pass.";
    INDEX_LOCKED "index-locked" Error "No other git program writes to the index.";
    INDEX_UNREADABLE "index-unreadable" Error "The index has a form that can be read.";
    LEFT_ALONE "left-alone" Warning "Nothing of what a run would write was changed meanwhile.";
    NO_REMOTE "no-remote" Error "The remote to push to, or that is named, exists.";
    NO_WORK_TREE "no-work-tree" Error "A linked work tree can be made.";
    NOT_PUSHED "not-pushed" Error "git can push to the remote.";
    NOT_SIGNED "not-signed" Error "A commit that git is set to sign can be signed.";
    ODD_FILE_NAME "odd-file-name" Error "A file's name can be written on this system.";
    OPERATION_IN_PROGRESS "operation-in-progress" Error "git is not in the middle of a merge, a rebase or the like.";
    PATH_NOT_INSIDE "path-not-inside" Error "A file that is written is inside the repository, behind no link.";
    POST_COMMIT "post-commit" Warning "The `post-commit` hook passes; when it does not, nothing is undone.";
    PUSH_REJECTED "push-rejected" Error "The remote takes what is pushed.";
    REF_NOT_LOCKED "ref-not-locked" Error "git can move the refs.";
    RUN_CHANGED_TREE "run-changed-tree" Error "A program of `[[run]]` neither removes files nor changes their kind.";
    RUN_FAILED "run-failed" Error "A program of `[[run]]` succeeds.";
    STAGED_CHANGE "staged-change" Error "A file that is written has no staged changes of its own.";
    STILL_RUNNING "still-running" Warning "No program of an earlier run still runs.";
    TAKEN_BACK "taken-back" Note "A run that was interrupted before any ref had moved is taken back.";
    UNBORN_BRANCH "unborn-branch" Error "The branch that is checked out has a commit.";
    UNFINISHED "unfinished" Error "No earlier run is unfinished.";
    UNTRACKED_FILE "untracked-file" Error "No untracked file lies where one is written.";

    ADVISORY_DOUBT "advisory-doubt" Error "What shows which versions have the fix of an advisory is enough, and agrees.";
    ADVISORY_LINE "advisory-line" Note "Every release has each version line: one that is missing there has no range.";
    ADVISORY_TAG "advisory-tag" Error "The ranges of an advisory agree with what each tag has of the fix.";
    ADVISORY_TRUNK "advisory-trunk" Warning "The trunk has the fix of an advisory.";
    ADVISORY_UNTAGGED "advisory-untagged" Warning "The version with the fix of an advisory is tagged.";
    BRANCH_DIVERGED "branch-diverged" Warning "A local branch does not diverge from the remote's.";
    FIX_LOST "fix-lost" Error "A newer release branch has every fix that an older one has.";
    FIX_MISSING "fix-missing" Error "Every supported branch has a fix that one of them has.";
    FIX_UNRELEASED "fix-unreleased" Error "A fix that one supported line has released is released by all.";
    MAINLINE "mainline" Error "`--mainline` is for a merge, and numbers a parent that it has.";
    MERGE "merge" Error "A commit to backport is not a merge, unless it is said what it changes.";
    NO_CONFLICT "no-conflict" Error "There is a conflict to resolve.";
    NO_PACKAGE "no-package" Error "A package that is asked for is a published one of a version line.";
    NO_FIX "no-fix" Error "A commit names the advisory.";
    NO_MARKDOWN "no-markdown" Error "Only `backport --status` has the form `markdown`.";
    NO_TRUNK "no-trunk" Error "The trunk is here.";
    NOT_WHOLE "not-whole" Error "What `backport --push` pushes is all that was asked for.";
    SEVERAL_TARGETS "several-targets" Error "A branch to resolve conflicts on is named so that one is meant.";
    STATEMENTS "statements" Error "Every statement about backports can be read, and fits a release branch.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_an_explanation() {
        let mut names = BTreeSet::new();
        for rule in all() {
            let words = rule.name.split('-');
            let is_word = |word: &str| {
                !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            };
            assert!(words.clone().all(is_word), "{rule:?} is not in kebab case");
            assert!(names.insert(rule.name), "{rule:?} is there twice");
            assert!(rule.explanation.ends_with('.'), "{rule:?}");
        }
    }

    /// Adds up the text of all files below `folder`, but for the rules themselves.
    fn source(folder: &Path, text: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                source(&path, text);
            } else if path.is_file() {
                text.push_str(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_rule_is_used_and_its_constant_has_its_name() {
        let mut text = String::new();
        source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut text);
        let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let used: BTreeSet<&str> =
            text.split("rule::").skip(1).map(|rest| rest.split(|c| !is_part(c)).next().unwrap()).collect();
        for rule in all() {
            let constant = rule.name.to_uppercase().replace('-', "_");
            assert!(used.contains(constant.as_str()), "rule::{constant} is not used");
        }
    }
}

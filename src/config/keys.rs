//! Every key of the configuration: what it means, its default, and a right value.
//!
//! The help page, the schema for editors and the remedies of errors come from here; a test holds the list
//! against what is read.

/// A key of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its dotted name: `schedule.cut-day`; below an array of tables `line.packages`.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// A right value, as TOML.
    pub example: &'static str,
    /// What counts where it is not given; empty where it must be.
    pub default: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// A text, or a list of them.
    TextOrTexts,
    /// `true` or `false`.
    Switch,
    /// A whole number.
    Number,
    /// A day, as a text or as TOML's own.
    Day,
    /// A list of days.
    Days,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// One of these texts, or a list of others.
    OneOfOrTexts(&'static [&'static str]),
    /// A table, whose keys are listed too.
    Table,
    /// An array of tables, whose keys are listed too.
    Tables,
    /// A table or an array of such, whose keys are listed too.
    TableOrTables,
    /// A table of levels, by the name of a rule.
    Levels,
}

impl Kind {
    /// Returns whether it has keys of its own.
    pub fn has_keys(self) -> bool {
        matches!(self, Self::Table | Self::Tables | Self::TableOrTables | Self::Levels)
    }

    /// Returns it in words, for `it takes …`.
    pub fn in_words(self) -> String {
        let list =
            |texts: &[&str]| texts.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Text => "a text".to_owned(),
            Self::Texts => "a list of texts".to_owned(),
            Self::TextOrTexts => "a text or a list of texts".to_owned(),
            Self::Switch => "`true` or `false`".to_owned(),
            Self::Number => "a whole number".to_owned(),
            Self::Day => "a day".to_owned(),
            Self::Days => "a list of days".to_owned(),
            Self::OneOf(texts) => format!("one of {}", list(texts)),
            Self::OneOfOrTexts(texts) => format!("{} or a list of texts", list(texts)),
            Self::Table => "a table".to_owned(),
            Self::Tables => "an array of tables".to_owned(),
            Self::TableOrTables => "a table or an array of tables".to_owned(),
            Self::Levels => "a table of levels".to_owned(),
        }
    }
}

impl Key {
    /// Returns the name of the table that it stands in, and its own.
    pub fn parts(&self) -> (&'static str, &'static str) {
        self.name.rsplit_once('.').unwrap_or(("", self.name))
    }

    /// Returns whether it must be given where its table is.
    pub fn is_required(&self) -> bool {
        self.default.is_empty() && !self.kind.has_keys()
    }

    /// Returns an example of a right line: `cut-day = 5`, `[[line]]`.
    pub fn line(&self) -> String {
        match self.kind {
            Kind::Tables if self.example.is_empty() => format!("[[{}]]", self.name),
            Kind::Table | Kind::TableOrTables | Kind::Levels if self.example.is_empty() => {
                format!("[{}]", self.name)
            }
            _ => format!("{} = {}", self.parts().1, self.example),
        }
    }
}

/// Returns the key of that dotted name.
///
/// The names of rules below `[check]` are none.
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

macro_rules! keys {
    ($($name:literal $kind:ident $(($($value:literal),+))? = $example:literal, default $default:literal: $meaning:literal;)*) => {
        /// Every key, in the order of its table.
        pub const KEYS: &[Key] = &[
            $(Key {
                name: $name,
                kind: Kind::$kind $((&[$($value),+]))?,
                example: $example,
                default: $default,
                meaning: $meaning,
            }),*
        ];
    };
}

keys! {
    "name" Text = "\"Wasmtime\"", default "the lead package's name": "The product, for messages and notes.";
    "trunk" Text = "\"main\"", default "the remote's default branch, or `main`, or `master`": "The branch where development happens.";
    "remote" Text = "\"upstream\"", default "the only one, or `upstream`, or `origin`": "The remote that counts where the trunk has no upstream branch.";
    "lead" Text = "\"wasmtime\"", default "the published root package, or the one that the repository is named after, or the one that most share a version with": "The package whose version names the release.";
    "follow" Texts = "[\"fuzz/Cargo.toml\"]", default "none": "Manifests outside the workspace whose packages move with a line that they share a version with: globs of paths.";

    "names" Table = "", default "what the repository does": "How branches and tags are named.";
    "names.branch" TextOrTexts = "\"release-{version}\"", default "as those that are there, else `release-{version}`": "Release branches; a list, the newest first, where that has changed over time. `release-{minor}` serves where the train counts minors.";
    "names.tag" TextOrTexts = "\"v{version}\"", default "as those that are there, else `v{version}`": "Tags of releases; a list, the newest first, where that has changed over time.";
    "names.tag-kind" OneOf("lightweight", "annotated", "signed") = "\"annotated\"", default "that of the latest tag": "What kind of tag `tag` makes.";
    "names.bump-branch" Text = "\"bump-{version}\"", default "the trunk itself; with `--pull-request`, `bump-{version}`": "A branch that gets the trunk's commit, for a pull request.";
    "names.release-branch" Text = "\"prepare-{version}\"", default "the release branch itself; with `--pull-request`, `prepare-{version}`": "A branch that gets a release branch's commit, for a pull request.";
    "names.backport-branch" Text = "\"backport/{short}-to-{branch}\"", default "`backport/{short}-to-{branch}`": "A branch that gets a backport, for a pull request.";

    "line" Tables = "", default "packages that share a version move together": "What differs for some packages. The first `[[line]]` that names a package counts.";
    "line.packages" Texts = "[\"legacy-*\"]", default "all": "The packages, by name, by the path of their folder, or by a glob of either; each version is a line of its own.";
    "line.at" OneOf("lead") = "\"lead\"", default "any version": "Which version they share: the lead package's.";
    "line.releases" Text = "\"24\"", default "all": "The releases that this is for, as a requirement on the lead package's version.";
    "line.move" Switch = "false", default "`true`": "Whether they move at all; a glob does not keep the lead package.";
    "line.major" OneOf("major", "minor", "patch", "none") = "\"minor\"", default "`\"major\"`": "How they step when the lead package steps a major.";
    "line.minor" OneOf("major", "minor", "patch", "none") = "\"minor\"", default "`\"minor\"`": "How they step when the lead package steps a minor.";
    "line.patch" OneOf("major", "minor", "patch", "none") = "\"none\"", default "`\"patch\"`": "How they step when the lead package steps a patch.";

    "requirements" Table = "", default "left as they are": "How members require each other.";
    "requirements.exact" Texts = "[\"wasmtime-internal-*\"]", default "none": "Members that must be required as `=x.y.z`; a manifest that breaks it is refused.";
    "requirements.caret" Texts = "[\"wasmtime\"]", default "none; with `exact`, all others": "Members that must be required as `x.y.z`; a manifest that breaks it is refused.";
    "requirements.exact-prerelease" Texts = "[\"wasmtime-internal-*\"]", default "none": "Members that are required exactly while at a pre-release, and by caret after.";
    "follower" Tables = "", default "none": "What is released from another repository after each release, under the same number: `release` and `patch` show it as left to do.";
    "follower.name" Text = "\"wasmtime-py\"", default "": "What it is called.";
    "follower.repository" Text = "\"https://example.org/wasmtime-py\"", default "": "Where its repository is.";
    "follower.files" Texts = "[\"setup.py\"]", default "none": "The files there that carry the version.";
    "locks" Table = "", default "kept up to date": "What becomes of lock files.";
    "locks.ignore" Texts = "[\"examples/Cargo.lock\"]", default "none": "Lock files that are not this project's, and stay as they are: globs of paths.";
    "locks.stale" OneOf("leave", "renew", "refuse") = "\"leave\"", default "`\"renew\"`": "What becomes of a lock file that is out of date before anything moves: it stays as it is, Cargo brings it up to date offline, or nothing is prepared.";
    "requirements.follow" OneOfOrTexts("needed", "always", "unmatched", "moving") = "\"always\"", default "`\"needed\"`": "Which requirements on what moves are raised: those that stand at the old version or would not match the new one; `\"always\"` all, also `>=`; `\"unmatched\"` none that still matches; `\"moving\"` all in packages that move themselves, and elsewhere none that still matches; or always those on packages of such names.";

    "publish" Table = "", default "as the manifests say": "Which members are published. Where the table is there, be it empty, `ci` writes a workflow that publishes what is tagged.";
    "publish.exclude" Texts = "[\"examples-*\"]", default "none": "Members that are never published, by name or glob, for where manifests lack `publish = false`.";

    "ci" Table = "", default "all that applies": "What `cargo relprep ci` writes.";
    "ci.tests" Text = "\"main.yml\"", default "the only workflow that tests pull requests and can be started by hand": "The workflow that tests the project, by the name of its file, for what is done each week.";
    "ci.leave-out" Texts = "[\"backport\"]", default "none": "Workflows that are not wanted: of `check`, `train`, `prepare`, `tag`, `publish`, `backport` and `supported`.";

    "version-file" Tables = "", default "none": "A file outside the manifests that carries the version.";
    "version-file.path" Text = "\"include/v.h\"", default "": "The file.";
    "version-file.lines" Texts = "['#define V \"{version}\"']", default "": "Its lines that carry the version, or with `{date}` the day on which it was set.";
    "version-file.releases" Text = "\"<2\"", default "all": "The releases whose branches have these lines, as a requirement on the lead package's version: others may have others.";
    "version-file.package" Text = "\"wasmtime\"", default "the lead package": "The package whose version it carries.";

    "notes" TableOrTables = "", default "`RELEASES.md`, where it is there": "The release notes.";
    "notes.enabled" Switch = "false", default "`true`": "Whether there are notes at all.";
    "notes.file" Text = "\"CHANGELOG.md\"", default "`RELEASES.md`": "The file.";
    "notes.layout" OneOf("per-branch", "growing", "unreleased") = "\"growing\"", default "as the file shows it": "How the notes are laid out: each release branch has its own, with an archive; one file has the sections of all versions; or what is not released gathers under `[Unreleased]`.";
    "notes.packages" Texts = "[\"axum\"]", default "the product": "In `[[notes]]`, the packages whose notes these are, by name or glob.";
    "notes.per-package" Text = "\"CHANGELOG.md\"", default "none": "The name of the notes in the folder of each package, where it has some; they move when the package does.";
    "notes.template" Text = "\"ci/RELEASES-template.md\"", default "built in": "The file that a new major's notes begin as, with `VERSION` or `{version}` in its heading.";
    "notes.archive-marker" Text = "\"<!-- ARCHIVE_START -->\"", default "`<!-- ARCHIVE_START -->`": "The line that the list of older branches' notes follows.";
    "notes.archive-entry" Text = "\"* [{short}.x](https://example.org/{branch}/RELEASES.md)\"", default "a relative link": "One line of that list.";
    "notes.unreleased" Text = "\"Unreleased\"", default "`Unreleased`": "What a section says before its release.";
    "notes.released" Text = "\"Released {date}\"", default "`Released {date}`": "What a section says after its release.";
    "notes.scaffold" Switch = "false", default "`true`": "Whether `patch` writes the section that nobody has written.";
    "notes.begin-anew" Switch = "false", default "`true`": "Whether a release that takes what is gathered begins a section to gather in anew.";
    "notes.prereleases" Switch = "true", default "`false`": "Whether pre-releases have sections of their own, which get their day as those of releases do.";
    "notes.carry" OneOf("asked", "cut") = "\"cut\"", default "`\"asked\"`": "When the trunk's notes get the sections of releases that their branches have: by `notes --carry` alone, or with each cut, too.";

    "commit" Table = "", default "": "The messages of the commits.";
    "commit.cut" Text = "\"Bump {name} to {version}\"", default "`Bump {name} to {version}`": "The trunk's, on a cut.";
    "commit.candidate" Text = "\"Prepare {name} {version}\"", default "`Prepare {name} {version}`": "A release candidate's.";
    "commit.release" Text = "\"Release {name} {version}\"", default "`Release {name} {version}`": "A release's.";
    "commit.patch" Text = "\"Release {name} {version}\"", default "that of `commit.release`": "A patch release's.";

    "commit.notes" Text = "\"Begin the notes of {name} {version}\"", default "`Begin the notes of {name} {version}`": "The one with which a release branch gets its notes, where the trunk had none.";
    "commit.carry" Text = "\"Bring the notes of releases to the trunk\"", default "`Bring the notes of releases of {name} to the trunk`": "The one with which the trunk gets sections of release branches' notes.";

    "commit.tag" Text = "\"{name} {version}\"", default "`{name} {version}`": "That of a release's tag, where it has one.";

    "run" Tables = "", default "none": "A program that must see the edited tree; what it changes in tracked files joins the commit.";
    "run.command" Texts = "[\"cargo\", \"vet\", \"regenerate\"]", default "": "The program and its arguments; no shell reads them.";

    "prerelease" Table = "", default "none": "The labels of the pre-releases that the train uses.";
    "prerelease.trunk" Text = "\"dev\"", default "what its version has: a word, or one that counts from 0, that no tag has had": "What the trunk's version carries: `dev` for 49.0.0-dev, `alpha.0` or `alpha.1+dev` where it is numbered.";
    "prerelease.candidate" Text = "\"rc\"", default "none": "What a release candidate's version carries: `rc` for 49.0.0-rc.1, `rc.0` where they count from 0.";
    "prerelease.release" Text = "\"own\"", default "none": "What every release's version carries: `own` for 49.0.0-own.";

    "msrv" Table = "", default "": "What is promised about Rust.";
    "msrv.scope" OneOf("published", "all") = "\"all\"", default "`\"published\"`": "Whose Rust is promised: that of the published members, without what they need for development only; or of all.";
    "msrv.behind-stable" Number = "2", default "none": "On the trunk, how many releases the MSRV is at least behind the stable Rust of that day.";
    "msrv.build" Table = "{ exclude = [\"fuzz\"], features = [\"all\"] }", default "all": "What `check-msrv --build` compiles.";
    "msrv.build.exclude" Texts = "[\"fuzz\"]", default "none": "The packages that are left out.";
    "msrv.build.features" Texts = "[\"tls\"]", default "the default features": "The features.";
    "msrv.build.all-features" Switch = "true", default "`false`": "Whether all features are on.";
    "msrv.build.no-default-features" Switch = "true", default "`false`": "Whether the default features are off.";
    "msrv.exception" Tables = "", default "none": "A line with long-term support that needs a newer Rust than it promised.";
    "msrv.exception.line" Text = "\"24.0\"", default "": "The line.";
    "msrv.exception.rust-version" Text = "\"1.80\"", default "": "The Rust that it may need.";
    "msrv.exception.reason" Text = "\"1.78 cannot read the index any more\"", default "": "Why.";

    "check" Levels = "", default "each rule's own": "A level for each rule that is to have another than its own, as in `notes-archive = \"off\"`: `off`, `note`, `warning` or `error`. See `cargo relprep check --list`.";

    "backport" Table = "", default "": "What `backport` asks about, and the words of its pull requests.";
    "backport.ignore" Table = "{ paths = [\"docs/**\"] }", default "none": "Commits that no other branch is asked for.";
    "backport.ignore.paths" Texts = "[\"docs/**\"]", default "none": "Those that change nothing else than such files: globs.";
    "backport.ignore.subjects" Texts = "[\"ci:*\"]", default "none": "Those whose first lines are such: globs.";
    "backport.mainline" Number = "1", default "none": "For merges: the parent that counts as the state before, from 1.";
    "backport.title" Text = "\"[{branch}] {subject}\"", default "`[{branch}] {subject}`": "The title of a pull request.";
    "backport.body" Text = "\"Backport to {branch} of\\n\\n{commits}\"", default "`Backport to {branch} of`, and the commits": "The body of a pull request.";

    "schedule" Table = "", default "none": "The calendar and the support of the train.";
    "schedule.anchor" Table = "{ version = \"20.0.0\", release = \"2024-04-20\" }", default "": "A release and its planned day, from which all others are counted, forwards and backwards.";
    "schedule.anchor.version" Text = "\"20.0.0\"", default "": "Its version.";
    "schedule.anchor.release" Day = "\"2024-04-20\"", default "": "Its planned day.";
    "schedule.since" Text = "\"20.0.0\"", default "the first of its kind, 1.0.0": "The first version that ran on this train; earlier ones are not counted.";
    "schedule.numbering" OneOf("major", "minor") = "\"minor\"", default "`\"major\"`; below 1.0, `\"minor\"`": "What the train counts. A minor release between two majors shares the support of its major, and fixes go to both branches.";
    "schedule.every-months" Number = "1", default "`1`": "The number of months between releases.";
    "schedule.every-weeks" Number = "6", default "months": "The number of weeks between releases, in place of months.";
    "schedule.weekday" OneOf("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday") = "\"thursday\"", default "the anchor's": "The weekday of releases in a cadence of weeks, checked against the anchor.";
    "schedule.cut-day" Number = "5", default "the release day": "The day of the month of the cut.";
    "schedule.cut-days-before" Number = "15", default "`0`": "The number of days from the cut to the release.";
    "schedule.roll-over" Table = "{ cut = \"none\", release = \"next-weekday\" }", default "releases to the next weekday": "What happens to days on a weekend or a holiday.";
    "schedule.roll-over.cut" OneOf("none", "next-weekday") = "\"none\"", default "`\"none\"`": "To the cut.";
    "schedule.roll-over.release" OneOf("none", "next-weekday") = "\"next-weekday\"", default "`\"next-weekday\"`": "To the release.";
    "schedule.holidays" Days = "[\"2026-12-25\", \"01-01\"]", default "none": "Days on which nothing is released; `01-01` of every year.";
    "schedule.support-months" Number = "2", default "by count": "How many months a release is supported.";
    "schedule.support-weeks" Number = "12", default "by count": "How many weeks a release is supported, in place of months.";
    "schedule.support-releases" Number = "2", default "`1`, where there is no other rule": "How many of the latest releases are supported.";
    "schedule.support-ends" OneOf("last", "first") = "\"last\"", default "`\"last\"`": "Which rule counts where one by dates and one by count disagree.";
    "schedule.eol-from" OneOf("planned", "due", "actual") = "\"actual\"", default "`\"planned\"`": "The day of the release from which months and weeks of support are counted.";
    "schedule.eol-day" OneOf("included", "excluded") = "\"excluded\"", default "`\"included\"`": "Whether a release is supported on its last day.";
    "schedule.lts" Table = "{ every = 12, first = 24, support-months = 24 }", default "none": "Which releases are supported longer.";
    "schedule.lts.every" Number = "12", default "": "Every so many releases.";
    "schedule.lts.first" Number = "24", default "": "The first of them: 24 for 24.0.0, 123 for 0.123.0.";
    "schedule.lts.support-months" Number = "24", default "none": "How many months they are supported.";
    "schedule.lts.support-weeks" Number = "104", default "none": "How many weeks they are supported, in place of months.";
    "schedule.lts.support-releases" Number = "2", default "none": "How many of the latest of them are supported.";
    "schedule.endoflife" Table = "", default "none": "What endoflife.date is told of the product.";
    "schedule.endoflife.category" OneOf("app", "device", "framework", "lang", "os", "server-app", "service", "standard") = "\"server-app\"", default "`\"framework\"`": "What kind of product it is.";
    "schedule.endoflife.policy" Text = "\"https://example.org/releases\"", default "none": "The address where the policy of its releases is described.";
    "schedule.release" Tables = "", default "none": "What differs for one release.";
    "schedule.release.version" Text = "\"30.0.0\"", default "": "Its version.";
    "schedule.release.cut" Day = "\"2025-02-07\"", default "by the calendar": "The day to which its cut was moved.";
    "schedule.release.release" Day = "\"2025-02-24\"", default "by the calendar": "The day to which its release was moved.";
    "schedule.release.eol" Day = "\"2025-06-20\"", default "by the rules of support": "Its last day of support.";
    "schedule.release.skip" OneOf("number", "release") = "\"number\"", default "none": "That it is left out: `number` where the next one takes its day, `release` where nothing leaves on that day.";
    "schedule.release.reason" Text = "\"moved past the conference\"", default "": "Why; the schedule shows it.";
}

//! `cargo relprep tag`.

use anyhow::Result;
use chrono::NaiveDate;
use clap::ValueEnum;

use super::options::{OutputFormat, day};
use super::targets::BranchOptions;
use super::{ExitStatus, Output};
use crate::git::tags::TagForm;
use crate::ops::Context;
use crate::ops::recovery::Purpose;
use crate::ops::tag::{TagOptions, plan};
use crate::ops::targets::BranchChoice;
use crate::render;
use crate::render::json::{Body, MadeTags, TaggingData};

/// Tag the release that a branch holds
///
/// Makes the tag of the version at the tip of the branch, as the project names its tags, and as the latest one is:
/// lightweight, annotated or signed. Packages whose releases have tags of their own get theirs. All tags are made or
/// none.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo relprep tag --dry-run              what would be tagged
  cargo relprep tag --supported --push     every supported release that has no tag, pushed with its branch
  cargo relprep tag --if-due --push        for a job after each merge: if that is a release
  cargo relprep tag --commit HEAD~2        an older commit of the branch")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct TagArgs {
    #[command(flatten)]
    targets: BranchOptions,
    /// Tag what every supported branch holds
    #[arg(long, conflicts_with = "branches")]
    supported: bool,
    /// Tag this commit of the branch, instead of its tip
    #[arg(long, value_name = "COMMIT", conflicts_with = "supported")]
    commit: Option<String>,
    /// Tag what the latest commit has made a release; otherwise say so, and succeed
    #[arg(long)]
    if_due: bool,
    /// What kind of tag, instead of that of the latest one
    #[arg(long, value_name = "KIND")]
    kind: Option<TagKind>,
    /// The day that `--supported` goes by, and `{date}` in messages stands for, instead of today in UTC
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    date: Option<NaiveDate>,
    /// Show what would be tagged, and make nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Push the tags and their branches, in one atomic push
    #[arg(long)]
    push: bool,
    /// The output's form
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: OutputFormat,
}

/// What kind of tag is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TagKind {
    /// A name for a commit
    Lightweight,
    /// With a message and who made it
    Annotated,
    /// And signed, as `git tag -s` does
    Signed,
}

/// Tags it.
pub(super) fn run(context: Context, args: &TagArgs, output: &mut Output) -> Result<ExitStatus> {
    output.use_format(args.format);
    let context = context.on(args.date);
    let purpose = if args.dry_run { Purpose::Show } else { Purpose::Write };
    let session = context.open(purpose, output)?;
    let options = TagOptions {
        branches: match args.supported {
            true => BranchChoice::Supported { except: Vec::new() },
            false => args.targets.branches(),
        },
        commit: args.commit.clone(),
        form: args.kind.map(|kind| match kind {
            TagKind::Lightweight => TagForm::Lightweight,
            TagKind::Annotated => TagForm::Annotated,
            TagKind::Signed => TagForm::Signed,
        }),
        if_due: args.if_due,
    };
    let planned = plan(&session, &options, output)?;
    output.show(&render::tag::human(&planned.tags));
    output.show(&render::plan::left(&planned.left));
    let made = match args.dry_run || planned.tags.is_empty() {
        true => None,
        false => Some(planned.apply(args.push, output)?),
    };
    match (&made, output.is_json()) {
        (_, true) => {
            let made = made.as_ref();
            let made = made.map(|(undo, push)| MadeTags { undo, push: push.as_deref(), pushed: args.push });
            output.json(Body::Tagging(TaggingData { tags: &planned.tags, left: &planned.left, made }));
        }
        (Some((undo, push)), false) => output.show(&render::tag::made(undo, push.as_deref(), args.push)),
        (None, false) => {}
    }
    Ok(ExitStatus::Done)
}

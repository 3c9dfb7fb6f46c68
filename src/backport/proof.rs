//! What the messages of a branch's commits show.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::evidence::{Evidence, Facts, Strength};
use super::own::Commits;
use crate::git::CommitId;

/// What shows that a branch has a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Proof {
    /// How it is known.
    pub evidence: Evidence,
    /// The commit of the branch that shows it.
    pub by: CommitId,
}

/// Returns the commits of a branch that say that they do what `wanted` does, the surest first; a
/// `repeated` subject says nothing.
pub(super) fn by_message(
    own: &Commits,
    wanted: &Facts,
    taken: &dyn Fn(CommitId) -> bool,
    repeated: &BTreeSet<String>,
) -> Vec<(Strength, Facts)> {
    let tells =
        |strength: &Strength| strength.evidence != Evidence::Subject || !repeated.contains(&wanted.subject);
    let others = own.related(wanted).filter(|facts| facts.id != wanted.id);
    let found =
        others.filter_map(|facts| Some((facts.strength(facts.evidence_for(wanted)?, wanted), facts.clone())));
    let found = found.filter(|(strength, facts)| !strength.evidence.is_of_one() || !taken(facts.id));
    let mut found: Vec<(Strength, Facts)> = found.filter(|(strength, _)| tells(strength)).collect();
    found.sort_by_key(|(strength, _)| *strength);
    found
}

/// Returns the proof that `facts` is.
pub(super) fn proof(strength: Strength, facts: &Facts) -> Proof {
    Proof { evidence: strength.evidence, by: facts.id }
}

/// Returns the subjects that stand on one branch more than once and were not taken back in between.
pub(super) fn repeated(branches: &[Commits]) -> BTreeSet<String> {
    let mut repeated = BTreeSet::new();
    for own in branches {
        let mut seen = BTreeSet::new();
        let again = own.live().filter(|facts| !seen.insert(&facts.subject));
        repeated.extend(again.map(|facts| facts.subject.clone()));
    }
    repeated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backport::title::BranchWords;
    use crate::git::history::CommitInfo;

    fn own(messages: &[String]) -> Commits {
        let facts = |(number, message): (usize, &String)| {
            let id = CommitId::of_test(u8::try_from(number).unwrap() + 0x10);
            Facts::read(
                &CommitInfo { id, parents: Vec::new(), message: message.clone() },
                &BranchWords::default(),
            )
        };
        Commits::new(messages.iter().enumerate().map(facts).collect())
    }

    fn origin() -> Facts {
        Facts::read(
            &CommitInfo { id: CommitId::of_test(1), parents: Vec::new(), message: "Fix (#1)".into() },
            &BranchWords::default(),
        )
    }

    fn shown(messages: &[String]) -> Option<Evidence> {
        let own = [own(messages)];
        by_message(&own[0], &origin(), &|_| false, &repeated(&own))
            .first()
            .map(|(strength, _)| strength.evidence)
    }

    #[test]
    fn what_was_reverted_is_not_there_until_it_is_again() {
        let picked = format!("Fix (#1)\n\n(cherry picked from commit {})", CommitId::of_test(1));
        let reverted = format!("Revert \"Fix (#1)\"\n\nThis reverts commit {}.", CommitId::of_test(0x10));
        let again = format!("Revert \"Revert\"\n\nThis reverts commit {}.", CommitId::of_test(0x11));
        assert_eq!(shown(std::slice::from_ref(&picked)), Some(Evidence::PickedFrom));
        assert_eq!(shown(&[picked.clone(), reverted.clone()]), None);
        assert_eq!(shown(&[picked.clone(), reverted.clone(), again]), Some(Evidence::PickedFrom));
        assert_eq!(shown(&[picked.clone(), reverted, picked]), Some(Evidence::PickedFrom));
    }

    #[test]
    fn a_revert_of_what_was_there_before_the_cut_is_seen() {
        let own = own(&[format!("Revert \"Fix (#1)\"\n\nThis reverts commit {}.", CommitId::of_test(1))]);
        assert!(own.has_reverted(&origin()));
    }

    #[test]
    fn a_subject_that_two_commits_have_shows_nothing() {
        assert_eq!(shown(&["Fix".into()]), Some(Evidence::Subject));
        assert_eq!(shown(&["Fix".into(), "Fix".into()]), None);
    }
}

//! The train's calendar and support, from dates to dates.

use std::collections::{BTreeMap, BTreeSet};
use std::num::{NonZeroU32, NonZeroU64};

use proptest::prelude::*;

use chrono::{NaiveDate, TimeDelta};
use relprep::finding::Refused;
use relprep::rule;
use relprep::train::schedule::{Bound, Schedule, Selection};
use relprep::train::*;
use semver::Version;

use crate::support::repeatable;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn nonzero(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

/// Returns Wasmtime's policy.
fn wasmtime() -> Train {
    let months = |months| Window { span: Some(Span::Months(months)), releases: None };
    Train {
        numbering: Numbering::Major,
        anchor: Number(20),
        since: Number(1),
        calendar: Calendar {
            anchor: date("2024-04-20"),
            cadence: Cadence::Months { every: nonzero(1), cut: MonthlyCut::OnDay(5) },
            cut_roll: RollOver::None,
            release_roll: RollOver::NextWeekday,
            holidays: Holidays::default(),
        },
        support: Support {
            normal: months(2),
            lts: Some(Lts { every: NonZeroU64::new(12).unwrap(), first: Number(24), window: months(24) }),
            from: CountFrom::Planned,
            last_day: LastDay::Included,
            ends: Ends::Last,
        },
        exceptions: BTreeMap::new(),
    }
}

fn days(train: &Train, number: u64) -> [String; 3] {
    let release = train.release(Number(number), &History::none()).unwrap();
    [release.cut.planned, release.release.planned, release.term.eol].map(|day| day.to_string())
}

fn needing_fixes(train: &Train, day: &str, history: &History) -> Vec<u64> {
    train.needing_fixes(date(day), history).iter().map(|release| release.number.0).collect()
}

fn tag(number: u64, day: &str) -> (Number, Version, NaiveDate) {
    (Number(number), Version::new(number, 0, 0), date(day))
}

fn except(train: &mut Train, number: u64, change: impl FnOnce(&mut SupportException)) {
    let exception = train.exceptions.entry(Number(number)).or_default();
    "for a test".clone_into(&mut exception.reason);
    change(exception);
}

#[test]
fn wasmtime_publishes_these_days() {
    let schedule =
        Schedule::new("Wasmtime", &wasmtime(), date("2025-05-01"), &History::none(), Selection::Around)
            .unwrap();
    let rows: Vec<_> = schedule
        .rows
        .iter()
        .map(|row| {
            let release = &row.release;
            let [cut, out, eol] = [release.cut.planned, release.release.planned, release.term.eol]
                .map(|day| day.format("%B %-d %Y").to_string());
            (release.version.to_string(), release.lts, cut, out, eol)
        })
        .collect();
    let row = |version: &str, lts, cut: &str, release: &str, eol: &str| {
        (version.to_owned(), lts, cut.to_owned(), release.to_owned(), eol.to_owned())
    };
    assert_eq!(
        rows,
        [
            row("24.0.0", true, "August 5 2024", "August 20 2024", "August 20 2026"),
            row("30.0.0", false, "February 5 2025", "February 20 2025", "April 20 2025"),
            row("31.0.0", false, "March 5 2025", "March 20 2025", "May 20 2025"),
            row("32.0.0", false, "April 5 2025", "April 20 2025", "June 20 2025"),
            row("33.0.0", false, "May 5 2025", "May 20 2025", "July 20 2025"),
            row("36.0.0", true, "August 5 2025", "August 20 2025", "August 20 2027"),
        ]
    );
    let phases: Vec<_> = schedule.rows.iter().map(|row| row.phase.name()).collect();
    assert_eq!(phases, ["supported", "ended", "supported", "supported", "in development", "in development"]);
}

#[test]
fn a_release_on_a_sunday_is_due_on_monday() {
    let release = wasmtime().release(Number(32), &History::none()).unwrap();
    assert_eq!(release.release.planned, date("2025-04-20"));
    assert_eq!(release.release.due, date("2025-04-21"));
    assert_eq!(release.cut.due, date("2025-04-05"), "a cut stays on its Saturday");
}

#[test]
fn security_fixes_go_to_what_is_supported_or_cut() {
    let train = wasmtime();
    let plan = History::none();
    assert_eq!(needing_fixes(&train, "2025-11-21", &plan), [24, 36, 38, 39]);
    assert_eq!(needing_fixes(&train, "2025-12-05", &plan), [24, 36, 38, 39, 40]);
    assert_eq!(needing_fixes(&train, "2026-08-19", &plan), [24, 36, 46, 47, 48]);
    assert_eq!(needing_fixes(&train, "2026-08-20", &plan), [24, 36, 46, 47, 48]);
    assert_eq!(needing_fixes(&train, "2026-08-21", &plan), [36, 47, 48]);
}

#[test]
fn the_eol_day_can_be_excluded() {
    let mut train = wasmtime();
    train.support.last_day = LastDay::Excluded;
    assert_eq!(needing_fixes(&train, "2026-08-20", &History::none()), [36, 47, 48]);
    assert_eq!(needing_fixes(&train, "2026-08-19", &History::none()), [24, 36, 46, 47, 48]);
}

#[test]
fn a_late_release_is_due_and_the_plan_stands() {
    let train = wasmtime();
    let tagged = [tag(30, "2025-02-20"), tag(31, "2025-03-20")];
    let history = History::new(date("2025-04-22"), tagged.clone(), [30, 31, 32].map(Number));
    let late = train.release(Number(32), &history).unwrap();
    assert_eq!(late.phase(date("2025-04-22"), &history), Phase::Due);
    assert_eq!(train.current(date("2025-04-22"), &history), Some(Number(31)));
    assert_eq!(needing_fixes(&train, "2025-04-22", &history), [24, 31, 32]);

    let tagged = tagged.into_iter().chain([tag(32, "2025-04-23")]);
    let history = History::new(date("2025-05-01"), tagged, []);
    let out = train.release(Number(32), &history).unwrap();
    assert_eq!((out.release.planned, out.release.differs()), (date("2025-04-20"), Some(date("2025-04-23"))));
    assert_eq!(out.term.eol, date("2025-06-20"), "counted from the planned day");
    assert_eq!(out.phase(date("2025-05-01"), &history), Phase::Supported);
}

#[test]
fn a_release_of_which_only_candidates_are_tagged_is_due_on_its_day() {
    let train = wasmtime();
    let candidate = (Number(20), Version::parse("20.0.0-rc.1").unwrap(), date("2024-04-06"));
    // None was released before it.
    let history = History::new(date("2024-04-20"), [candidate], [Number(20)]);
    let phase = |day| train.release(Number(20), &history).unwrap().phase(date(day), &history);
    assert_eq!((phase("2024-04-19"), phase("2024-04-22")), (Phase::Cut, Phase::Due));
    assert_eq!(history.released(Number(20)), None);
}

#[test]
fn the_end_can_be_counted_from_the_day_due_or_the_actual_day() {
    let mut train = wasmtime();
    let history = History::new(date("2025-05-01"), [tag(32, "2025-04-23")], []);
    let mut eol = |from| {
        train.support.from = from;
        train.release(Number(32), &history).unwrap().term.eol
    };
    assert_eq!(eol(CountFrom::Due), date("2025-06-21"));
    assert_eq!(eol(CountFrom::Actual), date("2025-06-23"));
}

#[test]
fn the_end_of_the_last_three_comes_with_the_release_three_later() {
    let mut train = wasmtime();
    train.support.normal = Window { span: None, releases: Some(nonzero(3)) };
    assert_eq!(days(&train, 30)[2], "2025-05-20");
    assert_eq!(needing_fixes(&train, "2025-05-21", &History::none()), [24, 31, 32, 33]);
    let tagged = [tag(30, "2025-02-20"), tag(32, "2025-04-21")];
    let late = History::new(date("2025-06-01"), tagged, []);
    assert_eq!(
        train.release(Number(30), &late).unwrap().term.eol,
        date("2025-06-02"),
        "33.0.0 is not out, so 30.0.0 is still one of the last three"
    );
}

#[test]
fn two_rules_that_disagree_are_both_told() {
    let mut train = wasmtime();
    train.support.normal.releases = Some(nonzero(3));
    let answer = |train: &Train| train.release(Number(30), &History::none()).unwrap().term;
    let term = answer(&train);
    assert!(term.disagrees());
    assert_eq!(term.eol, date("2025-05-20"));
    let ends: Vec<_> = term.answers.iter().map(|answer| answer.eol.to_string()).collect();
    assert_eq!(ends, ["2025-04-20", "2025-05-20"]);
    train.support.ends = Ends::First;
    assert_eq!(answer(&train).eol, date("2025-04-20"));
}

#[test]
fn long_term_releases_count_among_themselves() {
    let mut train = wasmtime();
    let lts = train.support.lts.as_mut().unwrap();
    lts.window = Window { span: None, releases: Some(nonzero(2)) };
    assert_eq!(days(&train, 24)[2], days(&train, 48)[1]);
    except(&mut train, 36, |exception| exception.skip = Some(Skip::Release));
    assert_eq!(days(&train, 24)[2], days(&train, 60)[1]);
}

#[test]
fn a_moved_release_moves_its_own_days_only() {
    let mut train = wasmtime();
    except(&mut train, 30, |exception| exception.release = Some(date("2025-02-22")));
    let moved = train.release(Number(30), &History::none()).unwrap();
    assert_eq!(moved.release.due, date("2025-02-22"), "a day that was chosen does not roll");
    assert_eq!(days(&train, 30), ["2025-02-05", "2025-02-22", "2025-04-22"]);
    assert_eq!(days(&train, 31)[1], "2025-03-20");
    assert_eq!(moved.reason.as_deref(), Some("for a test"));
    assert_eq!(train.current(date("2025-02-21"), &History::none()), Some(Number(29)));
}

#[test]
fn an_extended_release_ends_when_it_says() {
    let mut train = wasmtime();
    except(&mut train, 30, |exception| exception.eol = Some(date("2027-01-31")));
    assert_eq!(needing_fixes(&train, "2027-01-31", &History::none()), [30, 36, 48, 52, 53]);
    assert_eq!(needing_fixes(&train, "2027-02-01", &History::none()), [36, 48, 52, 53]);
}

#[test]
fn a_skipped_number_leaves_its_day_to_the_next() {
    let mut train = wasmtime();
    except(&mut train, 30, |exception| exception.skip = Some(Skip::Number));
    assert_eq!(train.release(Number(30), &History::none()), None);
    assert_eq!(days(&train, 29)[1], "2025-01-20");
    assert_eq!(days(&train, 31), ["2025-02-05", "2025-02-20", "2025-04-20"]);
    assert_eq!(train.current(date("2025-02-20"), &History::none()), Some(Number(31)));
    assert_eq!(train.previous(Number(31)), Some(Number(29)));
    except(&mut train, 13, |exception| exception.skip = Some(Skip::Number));
    assert_eq!(days(&train, 14)[1], "2023-10-20");
    assert_eq!(days(&train, 12)[1], "2023-09-20");
    assert_eq!(train.current(date("2023-10-01"), &History::none()), Some(Number(12)));
}

#[test]
fn where_a_long_term_release_is_skipped_the_one_after_it_is_shown() {
    let mut train = wasmtime();
    for (skipped, expected) in [(36, vec![24, 48]), (24, vec![36])] {
        except(&mut train, 36, |exception| exception.skip = (skipped == 36).then_some(Skip::Number));
        except(&mut train, 24, |exception| exception.skip = (skipped == 24).then_some(Skip::Release));
        let schedule =
            Schedule::new("Wasmtime", &train, date("2025-05-01"), &History::none(), Selection::Around);
        let schedule = schedule.unwrap();
        let lts = schedule.rows.iter().filter(|row| row.release.lts).map(|row| row.release.number.0);
        assert_eq!(lts.collect::<Vec<_>>(), expected);
        let told: Vec<u64> = schedule.skipped.iter().map(|skip| skip.version.major).collect();
        assert_eq!(told, if skipped == 36 { vec![36] } else { vec![] }, "within the rows");
    }
}

#[test]
fn a_skipped_release_leaves_a_gap() {
    let mut train = wasmtime();
    except(&mut train, 30, |exception| exception.skip = Some(Skip::Release));
    assert_eq!(days(&train, 31)[1], "2025-03-20");
    assert_eq!(train.current(date("2025-02-20"), &History::none()), Some(Number(29)));
    let all = Selection::Between(Some(Bound::Number(Number(29))), Some(Bound::Number(Number(31))));
    let schedule = Schedule::new("Wasmtime", &train, date("2025-05-01"), &History::none(), all).unwrap();
    assert_eq!(schedule.rows.len(), 2);
    assert_eq!(schedule.skipped[0].version, Version::new(30, 0, 0));
}

#[test]
fn a_range_is_of_days_or_of_releases() {
    let plan = History::none();
    let numbers = |from: &str, to: &str| {
        let selection = Selection::Between(from.parse().ok(), to.parse().ok());
        let schedule = Schedule::new("Wasmtime", &wasmtime(), date("2025-05-01"), &plan, selection)?;
        Ok(schedule.rows.iter().map(|row| row.release.number.0).collect::<Vec<_>>())
    };
    assert_eq!(numbers("2025-02-20", "2025-04-19"), Ok(vec![30, 31]));
    assert_eq!(numbers("30", "31.0.0"), Ok(vec![30, 31]));
    assert_eq!(numbers("32", ""), Ok(vec![32, 33]));
    let minor = Train { numbering: Numbering::Minor { major: 1 }, ..wasmtime() };
    let range = Selection::Between("1.30.0".parse().ok(), "1.31.2".parse().ok());
    let schedule = Schedule::new("Rust", &minor, date("2025-05-01"), &plan, range).unwrap();
    assert_eq!(schedule.rows[0].release.version, Version::new(1, 30, 0));
    assert_eq!(schedule.rows.len(), 2);
    let elsewhere = Selection::Between("2.30.0".parse().ok(), None);
    assert!(Schedule::new("Rust", &minor, date("2025-05-01"), &plan, elsewhere).is_err());
    let refused =
        |from: &str, to: &str| numbers(from, to).map_err(|refused: Refused| refused.0[0].rule).unwrap_err();
    assert_eq!(refused("32", "31"), rule::SCHEDULE_EMPTY);
    assert_eq!(refused("1", "99999999999"), rule::SCHEDULE_RANGE);
    let all = Schedule::new("Wasmtime", &wasmtime(), date("2025-05-01"), &plan, Selection::All).unwrap();
    assert_eq!(all.rows.first().unwrap().release.release.planned, date("2022-09-20"));
}

#[test]
fn the_third_long_term_release_is_shown_while_it_is_supported() {
    let plan = History::none();
    let shown = |day| {
        let schedule = Schedule::new("Wasmtime", &wasmtime(), date(day), &plan, Selection::Around).unwrap();
        schedule.rows.iter().map(|row| row.release.number.0).collect::<Vec<_>>()
    };
    assert_eq!(shown("2026-08-20"), [24, 36, 46, 47, 48, 49, 60]);
    assert_eq!(shown("2026-08-21"), [36, 46, 47, 48, 49, 60]);
}

#[test]
fn numbers_and_days_at_their_ends_do_no_harm() {
    let plan = History::none();
    let mut train = wasmtime();
    train.anchor = Number(u64::MAX);
    for day in [NaiveDate::MIN, NaiveDate::MAX, date("2024-04-20"), date("9999-12-31")] {
        for selection in [Selection::Around, Selection::All] {
            let _ = Schedule::new("Wasmtime", &train, day, &plan, selection);
            let _ = Schedule::new("Wasmtime", &wasmtime(), day, &plan, selection);
        }
        let _ = train.needing_fixes(day, &plan);
        let _ = wasmtime().needing_fixes(day, &plan);
    }
}

#[test]
fn a_train_that_has_not_begun_has_one_release_ahead() {
    let train = Train { since: Number(20), ..wasmtime() };
    assert_eq!(train.current(date("2024-04-19"), &History::none()), None);
    assert_eq!(needing_fixes(&train, "2024-04-19", &History::none()), [20]);
    let schedule =
        Schedule::new("Wasmtime", &train, date("2024-01-01"), &History::none(), Selection::Around).unwrap();
    assert_eq!(schedule.rows.len(), 1);
}

/// Any train that the configuration can describe, without exceptions.
fn any_train() -> impl Strategy<Value = Train> {
    let cadence = prop_oneof![
        (1..=12u32, 1..=31u32)
            .prop_map(|(every, day)| Cadence::Months { every: nonzero(every), cut: MonthlyCut::OnDay(day) }),
        (1..=12u32, 0..=60u32).prop_map(|(every, days)| Cadence::Months {
            every: nonzero(every),
            cut: MonthlyCut::DaysBefore(days)
        }),
        (1..=26u32, 0..=60u32)
            .prop_map(|(every, days)| Cadence::Weeks { every: nonzero(every), cut_days_before: days }),
    ];
    let span =
        prop_oneof![(1..=36u32).prop_map(Span::Months), (1..=100u32).prop_map(Span::Weeks)].prop_map(Some);
    let count = || (1..=6u32).prop_map(nonzero).prop_map(Some);
    let window = || {
        prop_oneof![
            span.clone().prop_map(|span| Window { span, releases: None }),
            count().prop_map(|releases| Window { span: None, releases }),
            (span.clone(), count()).prop_map(|(span, releases)| Window { span, releases }),
        ]
    };
    let lts =
        proptest::option::of((1..=12u64, 1000..1030u64, window()).prop_map(|(every, first, window)| Lts {
            every: NonZeroU64::new(every).unwrap(),
            first: Number(first),
            window,
        }));
    let last_day = prop_oneof![Just(LastDay::Included), Just(LastDay::Excluded)];
    let ends = prop_oneof![Just(Ends::First), Just(Ends::Last)];
    let from = prop_oneof![Just(CountFrom::Planned), Just(CountFrom::Due)];
    let roll = prop_oneof![Just(RollOver::None), Just(RollOver::NextWeekday)];
    (cadence, 0..1461i64, window(), lts, last_day, ends, from, roll).prop_map(
        |(cadence, anchor, normal, lts, last_day, ends, from, cut_roll)| {
            let base = wasmtime();
            Train {
                anchor: Number(1000),
                calendar: Calendar {
                    anchor: date("2024-01-01") + TimeDelta::days(anchor),
                    cadence,
                    cut_roll,
                    ..base.calendar
                },
                support: Support { normal, lts, from, last_day, ends },
                ..base
            }
        },
    )
}

/// Returns the releases whose planned days lie in the 200 years around the anchor.
fn two_centuries(train: &Train) -> Vec<Release> {
    let first = train.calendar.slot_on(date("1925-01-01")).unwrap();
    let last = train.calendar.slot_on(date("2125-01-01")).unwrap();
    let numbers = (first.max(-999)..=last).map(|slot| train.number_at(slot).unwrap());
    numbers.map(|number| train.release(number, &History::none()).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..repeatable() })]

    /// Every day belongs to exactly one current release: no gap, no overlap.
    #[test]
    fn trains_follow_each_other_in_every_cadence(train in any_train()) {
        let releases = two_centuries(&train);
        for pair in releases.windows(2) {
            let (one, next) = (&pair[0], &pair[1]);
            prop_assert!(one.release.planned < next.release.planned);
            prop_assert!(one.cut.planned <= next.cut.planned);
            prop_assert_eq!(train.next(one.number), Some(next.number));
            prop_assert_eq!(train.previous(next.number), Some(one.number));
            prop_assert_eq!(train.current(one.release.planned, &History::none()), Some(one.number));
            let eve = next.release.planned.pred_opt().unwrap();
            prop_assert_eq!(train.current(eve, &History::none()), Some(one.number));
            let gap = (next.release.planned - one.release.planned).num_days();
            prop_assert!(gap >= i64::from(train.calendar.cadence.shortest_days()));
        }
    }

    #[test]
    fn the_days_of_a_release_are_in_order(train in any_train()) {
        for release in two_centuries(&train) {
            prop_assert!(release.cut.planned <= release.release.planned);
            prop_assert!(release.cut.due <= release.release.due);
            prop_assert!(release.release.planned <= release.release.due);
            prop_assert!(release.release.planned <= release.term.eol);
        }
    }

    /// With as many months of support as its cadence goes into, a release ends on a release day.
    #[test]
    fn support_in_whole_trains_ends_on_a_release_day(day in 1..=31u32, every in 1..=6u32, trains in 1..=8u32) {
        let mut train = wasmtime();
        train.anchor = Number(1000);
        train.calendar.anchor = NaiveDate::from_ymd_opt(2024, 1, day).unwrap();
        train.calendar.cadence = Cadence::Months { every: nonzero(every), cut: MonthlyCut::DaysBefore(3) };
        train.support.normal.span = Some(Span::Months(every * trains));
        train.support.lts = None;
        let releases = two_centuries(&train);
        for (release, later) in releases.iter().zip(&releases[trains as usize..]) {
            prop_assert_eq!(release.term.eol, later.release.planned);
        }
    }

    /// What needs fixes is exactly what its own days say, and it changes on no other days.
    #[test]
    fn the_supported_set_changes_only_on_days_that_the_table_names(train in any_train(), year in 1930..2120i32) {
        let plan = History::none();
        let releases = two_centuries(&train);
        let mut named = BTreeSet::new();
        for release in &releases {
            named.extend([release.cut.planned, release.release.planned]);
            named.extend(release.term.last_day().succ_opt());
        }
        let start = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let mut before: Option<Vec<(Number, Phase)>> = None;
        for day in start.iter_days().take(370) {
            let set: Vec<_> = train
                .needing_fixes(day, &plan)
                .iter()
                .map(|release| (release.number, release.phase(day, &plan)))
                .map(|(number, phase)| (number, if phase == Phase::LastDay { Phase::Supported } else { phase }))
                .collect();
            let expected = releases.iter().filter(|release| {
                release.cut.planned <= day && day <= release.term.last_day().max(release.release.planned.pred_opt().unwrap())
            });
            prop_assert_eq!(
                set.iter().map(|&(number, _)| number).collect::<Vec<_>>(),
                expected.map(|release| release.number).collect::<Vec<_>>()
            );
            prop_assert!(before.is_none_or(|before| before == set) || day == start || named.contains(&day), "{}", day);
            before = Some(set);
        }
    }
}

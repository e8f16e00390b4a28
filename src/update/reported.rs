//! What the news of a file reports for certain, as observations.
//!
//! Hints and beliefs are no observations: they say what somebody thought of an event, not what came of it.

use super::items::Item;
use super::learner::Learner;
use crate::model::{Condition, Finding, Formula, Model, News};
use crate::source::Source;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// What the news of up to the end of a day reports, and what was learned from before. What is no later than the file's own day, the file knows anyway.
pub(super) fn known<'a>(
    model: &'a Model,
    until: Option<Date>,
    learned_from: &BTreeSet<String>,
) -> Vec<(&'a Finding, Item)> {
    let reports = model.news.iter().filter(|news| news.date > model.as_of).filter_map(|news| {
        let item = Item { tag: tag(news), condition: condition(model, &news.finding)? };
        let is_known = until.is_some_and(|until| news.date <= until) || learned_from.contains(&item.tag);
        is_known.then_some((&news.finding, item))
    });
    reports.collect()
}

/// How many pieces of news report something for certain that nothing has learned from yet, so that it would be observed if the world was watched long
/// enough. `source` is what the model was read from.
#[must_use]
pub fn reports(model: &Model, source: &Source) -> usize {
    let learned_from = Learner::everything_learned(model, source);
    let later = model.news.iter().filter(|news| news.date > model.as_of && !learned_from.contains(&tag(news)));
    later.filter(|news| condition(model, &news.finding).is_some()).count()
}

/// As `learned_from` remembers it.
fn tag(news: &News) -> String {
    let said = news.text.strip_suffix(&format!(" (news of {})", news.date)).unwrap_or(&news.text);
    format!("{said}: news ({})", news.date)
}

/// What is known by a piece of news; `None` if that is nothing for certain.
fn condition(model: &Model, finding: &Finding) -> Option<Condition> {
    Some(match finding {
        Finding::Binary(event, true) => Condition::Event(*event),
        Finding::Binary(event, false) => Condition::Event(*event).negated(),
        Finding::Option(event, option) => Condition::Options { event: *event, options: vec![*option] },
        Finding::Number(event, value) => {
            Condition::Equal(Box::new(Formula::Event(*event)), Box::new(Formula::Constant(*value)))
        }
        Finding::HappenedOn(event, day) => {
            let by = |day: f64| Condition::ByDay { event: *event, day };
            by(*day).and(by(day - 1.0).negated())
        }
        Finding::NotBy(event, day) => Condition::ByDay { event: *event, day: *day }.negated(),
        Finding::Never(event) => Condition::ByDay { event: *event, day: model.horizon_days() }.negated(),
        Finding::Holds(condition) => condition.clone(),
        Finding::Hint(..) | Finding::Now(..) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::reports;
    use crate::forecast::Resolution;
    use crate::source::Source;
    use crate::update::numbered::STATE_DOUBT;
    use crate::update::tests::{HEAD, checked, learned, question, rewritten};
    use crate::update::{Learned, Means, Skipped, Update};
    use jiff::civil::date;

    const ENVOY: &str = "[event.envoy]\nchance = \"8 of 16\"\n[event.deal]\nchance = [ { if = \"envoy\", is = \"6 of 20\" }, { otherwise = \"1 of 20\" } ]\n";

    fn news(day: &str, about: &str, effect: &str) -> String {
        format!("[[news]]\ndate = {day}\nsource = \"a paper\"\nabout = \"{about}\"\neffect = \"{effect}\"\n")
    }

    fn phrases(update: &Update) -> Vec<(&str, &str)> {
        update.learned.iter().map(|one| (one.before.as_str(), one.after.as_str())).collect()
    }

    /// With what the paper said, it is known which case counted: each chance has one case more, as if both had been asked about.
    #[test]
    fn what_was_reported_is_known_where_the_world_was_watched() {
        let asked = question("q", "holds = \"deal\"");
        let text = format!("{HEAD}{ENVOY}{asked}{}", news("2025-03-01", "envoy", "happened"));
        let outcome = [("q", Resolution::Yes)];
        let update = learned(&text, &outcome, Some(date(2025, 7, 1)));
        assert_eq!(phrases(&update), [("8 of 16", "9 of 17"), ("6 of 20", "7 of 21")], "{update:?}");
        assert!(update.learned.iter().all(|one| one.means == Means::Conjugate), "{update:?}");
        assert_eq!(update.learned[0].by, ["envoy happened: news (2025-03-01)"]);
        // It counts once.
        let after = rewritten(&text, &update);
        checked(&after);
        assert!(learned(&after, &outcome, Some(date(2025, 7, 1))).learned.is_empty(), "{after}");
        assert!(learned(&after, &outcome, None).learned.is_empty(), "{after}");
        let reports = |text: &str| reports(&checked(text), &Source::new("test.toml", text));
        assert_eq!((reports(&text), reports(&after)), (1, 0));
        // A watch that ends before knows nothing of it, and without one outcomes alone speak.
        for until in [Some(date(2025, 2, 28)), None] {
            let early = learned(&text, &outcome, until);
            let of_paper = |one: &Learned| one.by.iter().any(|tag| tag.contains("news"));
            assert!(!early.learned.iter().any(of_paper), "{early:?}");
        }
        // Hints and beliefs report nothing for certain.
        for effect in ["x4", "is now 70%"] {
            let text = format!("{HEAD}{ENVOY}{}", news("2025-03-01", "envoy", effect));
            assert!(learned(&text, &[], Some(date(2025, 7, 1))).learned.is_empty(), "{effect}");
        }
    }

    /// A date that the file itself reports has not stayed away: it came on the last of the 31 days of its base rate.
    #[test]
    fn nobody_takes_for_silence_what_the_file_reports() {
        let text = format!("{HEAD}[event.meet]\nwhen = \"5 of 20 by 2025-02-01\"\n");
        let reported = format!("{text}{}", news("2025-03-01", "meet", "happened on 2025-02-01"));
        let update = learned(&reported, &[], Some(date(2025, 7, 1)));
        assert_eq!(update.learned[0].by, ["meet happened on 2025-02-01: news (2025-03-01)"]);
        assert!(update.learned[0].mean_after > update.learned[0].mean_before, "{update:?}");
        // The same as an outcome that tells the day.
        let asked = format!("{text}{}", question("q", "when = \"meet\""));
        let outcome = [("q", Resolution::Date(date(2025, 2, 1)))];
        let by_outcome = learned(&asked, &outcome, None);
        assert_eq!(update.learned[0].after, by_outcome.learned[0].after);
        // What stays away, of which it is said that it does, is so for as long as that is known.
        for (effect, day) in [("did not happen", date(2025, 3, 1)), ("will not happen", date(2025, 12, 31))] {
            let silent = learned(&text, &[], Some(day));
            let said = learned(&format!("{text}{}", news("2025-03-01", "meet", effect)), &[], Some(date(2025, 3, 1)));
            assert!((said.learned[0].mean_after - silent.learned[0].mean_after).abs() < 1e-6, "{effect}: {said:?}");
        }
    }

    /// The classes, options and numbers that a paper reports are as good as those of an outcome.
    #[test]
    fn a_report_teaches_what_an_outcome_teaches() {
        let prior = "[prior.class]\nchance = \"8 of 16\"\n";
        let cases = [
            (format!("{prior}[event.a]\nchance = \"like class\"\n"), "holds = \"a\"", Resolution::No, "did not happen"),
            (
                "[event.a]\none_of = [\"x\", \"y\", \"z\"]\nchance = \"6, 30, 4 of 40\"\n".to_owned(),
                "which = \"a\"",
                Resolution::Option("y".to_owned()),
                "is y",
            ),
            (
                "[event.a]\nvalue = \"normal(normal(10, 3), 4)\"\n".to_owned(),
                "value = \"a\"",
                Resolution::Value(15.0),
                "is 15",
            ),
            (
                "[event.a]\ncount = \"3 in 365 days, over 365 days\"\n".to_owned(),
                "value = \"a\"",
                Resolution::Value(5.0),
                "is 5",
            ),
        ];
        for (event, asks, answer, effect) in cases {
            let by_outcome = learned(&format!("{HEAD}{event}{}", question("q", asks)), &[("q", answer)], None);
            let text = format!("{HEAD}{event}{}", news("2025-03-01", "a", effect));
            let by_news = learned(&text, &[], Some(date(2025, 7, 1)));
            assert_eq!(phrases(&by_outcome), phrases(&by_news), "{effect}");
            assert_eq!(by_news.learned.len(), 1, "{effect}: {by_news:?}");
        }
    }

    #[test]
    fn a_report_that_teaches_nothing_is_named_with_the_reason() {
        let fixed = "[event.a]\nchance = 0.3\n[event.b]\nchance = 0.2\n[event.c]\nvalue = \"normal(10, 2)\"\n";
        let told = news("2025-03-01", "c", "is 12") + &news("2025-03-02", "a or b", "happened");
        let update = learned(&format!("{HEAD}{fixed}{told}"), &[], Some(date(2025, 7, 1)));
        let said: Vec<(&str, &str)> = update.skipped.iter().map(|one| (one.name.as_str(), one.why.as_str())).collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].0 == "c is 12: news (2025-03-01)" && said[0].1.contains(STATE_DOUBT), "{said:?}");
        assert!(said[1].0.starts_with("a or b happened: news") && said[1].1.contains("states a doubt"), "{said:?}");
    }

    #[test]
    fn a_report_and_an_outcome_that_contradict_each_other_move_nothing_and_are_named() {
        let asked = question("q", "holds = \"envoy\"");
        let text = format!("{HEAD}{ENVOY}{asked}{}", news("2025-03-01", "envoy", "happened"));
        let update = learned(&text, &[("q", Resolution::No)], Some(date(2025, 7, 1)));
        assert!(update.learned.is_empty(), "{update:?}");
        let named = |one: &Skipped| one.why.contains("q: no") && one.why.contains("envoy happened: news");
        assert!(update.skipped.iter().any(named), "{update:?}");
        // An outcome that says the same adds nothing.
        let both = learned(&text, &[("q", Resolution::Yes)], Some(date(2025, 7, 1)));
        assert_eq!(phrases(&both), [("8 of 16", "9 of 17")]);
        assert_eq!(both.learned[0].by, ["envoy happened: news (2025-03-01)", "q: yes (2025-06-30)"]);
    }
}

//! Rules that take an argument, such as `crps_resized:50`: the nouns that they share.

use super::RULE_FAMILIES;
use super::rule::ScoringRule;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Scoring rules that differ by an argument. One file a family, one line in [`RULE_FAMILIES`](super::RULE_FAMILIES).
pub trait RuleFamily: fmt::Debug + Sync {
    /// What stands before the colon.
    fn id(&self) -> &'static str;

    /// How a member is written: the id, a colon, and what its argument is in capitals.
    fn form(&self) -> &'static str;

    /// In words.
    fn name(&self) -> &'static str;

    /// One of its members.
    fn example(&self) -> &'static str;

    /// The member of this argument.
    ///
    /// # Errors
    /// What is wrong with the argument.
    fn member(&self, argument: &str) -> Result<&'static dyn ScoringRule, String>;
}

/// The family of a rule, and its argument if it has one.
pub(crate) fn family_of(rule: &str) -> Option<(&'static dyn RuleFamily, Option<&str>)> {
    let (id, argument) = rule.split_once(':').map_or((rule, None), |(id, argument)| (id, Some(argument)));
    let family = RULE_FAMILIES.iter().copied().find(|family| family.id() == id)?;
    Some((family, argument.filter(|argument| !argument.is_empty())))
}

/// Rules are kept as long as the program runs, since reports hold them and their ids so; each of some hundred bytes.
static KEPT: Mutex<BTreeMap<&'static str, &'static dyn ScoringRule>> = Mutex::new(BTreeMap::new());

/// The rule of this id and name, made when it is first asked for.
pub(super) fn kept(
    id: String,
    name: impl FnOnce() -> String,
    make: impl FnOnce(&'static str, &'static str) -> Box<dyn ScoringRule>,
) -> &'static dyn ScoringRule {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(id.as_str()) {
        return *known;
    }
    let id: &'static str = id.leak();
    let rule: &'static dyn ScoringRule = Box::leak(make(id, name().leak()));
    kept.insert(id, rule);
    rule
}

#[cfg(test)]
mod tests {
    use crate::score::{RULE_FAMILIES, find_rule};

    #[test]
    fn a_member_is_the_same_whenever_it_is_asked_for_and_reads_back_by_its_id() {
        for family in RULE_FAMILIES {
            let [first, second] = [0, 1].map(|_| find_rule(family.example()).expect("it is one of its members"));
            assert!(std::ptr::addr_eq(first, second), "{}", first.id());
            assert_eq!(first.id(), family.example());
            assert!(family.form().starts_with(&format!("{}:", family.id())), "{}", family.form());
        }
    }

    #[test]
    fn an_argument_that_is_missing_or_wrong_is_told_with_the_form() {
        let told = |id: &str| find_rule(id).expect_err("it is none");
        assert_eq!(
            told("crps_resized"),
            "crps_resized takes an argument: `crps_resized:SIZE`, such as `crps_resized:50`"
        );
        assert_eq!(
            told("crps_outcome:"),
            "crps_outcome takes an argument: `crps_outcome:LOW..HIGH`, such as `crps_outcome:0..2`"
        );
        assert_eq!(told("brier:2"), "there is no scoring rule `brier:2`");
        for wrong in ["crps_resized:0", "crps_resized:2.5", "crps_resized:many", "crps_outcome:3", "crps_outcome:2..1"]
        {
            assert!(told(wrong).contains(", such as `"), "{}", told(wrong));
        }
    }
}

//! Scoring rules as arguments.

use crate::forecast::Scale;
use crate::score::{RULE_FAMILIES, RULES, ScoringRule, family_of, find_rule, rule};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::ffi::OsStr;

/// Reads the id of a scoring rule, one that takes an argument with that; `--help` lists them.
#[derive(Debug, Clone, Copy)]
pub(super) struct RuleParser;

/// The rules, and how those that take an argument are written.
fn listed() -> impl Iterator<Item = PossibleValue> {
    let of_lists = RULES.iter().map(|rule| (rule.id(), rule.name()));
    let of_families = RULE_FAMILIES.iter().map(|family| (family.form(), family.name()));
    of_lists.chain(of_families).map(|(id, name)| PossibleValue::new(id).help(name))
}

/// The id as the rule has it: of two ways to write an argument one.
fn id(text: &str) -> Result<String, String> {
    find_rule(text).map(|rule| rule.id().to_owned())
}

impl TypedValueParser for RuleParser {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        if value.to_str().and_then(family_of).is_some() {
            id.parse_ref(command, argument, value)
        } else {
            PossibleValuesParser::new(listed()).parse_ref(command, argument, value)
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(listed()))
    }
}

/// The rules of these ids for numbers on this scale, each once.
pub(super) fn rules(ids: &[String], scale: Scale) -> Vec<&'static dyn ScoringRule> {
    let mut rules: Vec<&'static dyn ScoringRule> = Vec::new();
    for found in ids.iter().filter_map(|id| rule(id)) {
        if rules.iter().all(|listed| listed.id() != found.id()) {
            let other = if scale == Scale::Log { found.on_log_scale() } else { None };
            rules.push(other.unwrap_or(found));
        }
    }
    rules
}

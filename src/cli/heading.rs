//! What the answers of `run --storyline`, `--rare` and `--counterfactual` begin with: of what they are, and from which day.

use super::load::Loaded;
use crate::plan::Situation;
use jiff::civil::Date;
use serde::Serialize;

#[derive(Debug, Serialize, schemars::JsonSchema)]
pub(super) struct Heading {
    schema: &'static str,
    scenario: String,
    scenario_hash: String,
    engine: &'static str,
    #[schemars(with = "String")]
    as_of: Date,
    given: Vec<String>,
    suppose: Vec<String>,
}

impl Heading {
    pub(super) fn new(schema: &'static str, loaded: &Loaded, situation: &Situation) -> Self {
        let suppose = loaded.model.suppose.iter().chain(&situation.suppose);
        Self {
            schema,
            scenario: loaded.model.title.clone(),
            scenario_hash: loaded.hash.clone(),
            engine: env!("CARGO_PKG_VERSION"),
            as_of: situation.as_of,
            given: situation.given.iter().map(|(text, _)| text.clone()).collect(),
            suppose: suppose.map(|one| one.text.clone()).collect(),
        }
    }

    /// The lines above a table: the title, the day and how the figures came about, then what is known and supposed.
    pub(super) fn lines(&self, how: &str) -> Vec<String> {
        let mut lines = vec![self.scenario.clone(), format!("as of {}, {how}", self.as_of)];
        lines.extend(self.given.iter().map(|text| format!("given: {text}")));
        lines.extend(self.suppose.iter().map(|text| format!("suppose: {text}")));
        lines
    }
}

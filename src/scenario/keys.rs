//! The registry of keys: for each table of a scenario file, what may stand in it.
//!
//! Reading, the check for unknown keys, the JSON Schema and the reference's tables all come from here. A new key is one entry
//! here, one field in [`super::document`] and one line where its table is read.

/// What may stand under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyKind {
    /// Free text.
    Text,
    /// A text or a list of texts.
    Texts,
    /// A list of texts only.
    TextList,
    /// The name of an event.
    Name,
    /// A list of names of events.
    Names,
    /// A list of options.
    Options,
    /// The name of an option.
    OptionName,
    /// A day.
    Date,
    /// A length of time.
    Duration,
    /// `true` or `false`.
    Boolean,
    /// A number and nothing else.
    Number,
    /// One chance.
    Chance,
    /// All that may stand under `chance`, or cases of it.
    Chances,
    /// A number phrase, or cases of it.
    Value,
    /// A count phrase, or cases of it.
    Count,
    /// A date phrase, or cases of it.
    When,
    /// A condition or formula.
    Expression,
    /// A table from conditions to chances.
    Causes,
    /// A table from conditions to ratios.
    Ratios,
    /// A list of suppositions.
    Suppositions,
    /// What a piece of news does.
    Effect,
    /// A table from options to numbers.
    Costs,
    /// How strongly a group hangs together.
    Correlation,
    /// What a case gives: the phrase of the key that the case stands under.
    Phrase,
    /// Tables by name.
    Tables(TableName),
    /// A list of tables.
    TableList(TableName),
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It must, and reading says so.
    Required,
    /// It must, and `model` says so, which knows when.
    RequiredByModel,
    /// It may.
    Optional,
}

/// The tables of a scenario file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableName {
    /// The file itself.
    Top,
    /// `[event.NAME]`.
    Event,
    /// `[prior.NAME]`.
    Prior,
    /// `[question.NAME]`.
    Question,
    /// `[decision.NAME]`.
    Decision,
    /// `[utility.NAME]`.
    Utility,
    /// `[[logic]]` and `[[assume]]`.
    Rule,
    /// `[[news]]`.
    News,
    /// `[[correlated]]`.
    Correlated,
    /// `{ if = …, is = … }`.
    Case,
    /// `{ experts = […] }`.
    Experts,
}

/// One key of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What may stand under it.
    pub kind: KeyKind,
    /// Whether it must be there.
    pub need: Need,
    /// What it means, in one line.
    pub about: &'static str,
    /// A value as it stands in a file.
    pub example: &'static str,
}

/// A table and its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Which.
    pub name: TableName,
    /// How it is called in messages.
    pub title: &'static str,
    /// What it holds, in one line.
    pub about: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
}

impl Table {
    /// A key by name.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// Every table of the language.
#[must_use]
pub const fn keys() -> &'static [Table] {
    TABLES
}

/// One table of the language.
///
/// # Panics
/// Never: every table name has its entry, as a test shows.
#[must_use]
pub fn table(name: TableName) -> &'static Table {
    TABLES.iter().find(|table| table.name == name).expect("every table name has its entry, as a test shows")
}

/// The keys that say what kind an event is; an event has exactly one of them, where `one_of` and `ordered` go before `chance`.
pub const KIND_KEYS: &[&str] =
    &["chance", "causes", "holds", "one_of", "ordered", "first_of", "value", "equals", "count", "when"];

/// The keys that say what a question asks for; a question has exactly one of them.
pub const ASKING_KEYS: &[&str] = &["holds", "which", "value", "when"];

const fn optional(name: &'static str, kind: KeyKind, about: &'static str, example: &'static str) -> Key {
    Key { name, kind, need: Need::Optional, about, example }
}

const fn required(name: &'static str, kind: KeyKind, about: &'static str, example: &'static str) -> Key {
    Key { name, kind, need: Need::Required, about, example }
}

const WHY: Key = optional("why", KeyKind::Text, "the reason, in words", r#""as in 8 of 16 earlier cases""#);
const SOURCE: Key = optional("source", KeyKind::Text, "where it comes from", r#""Reuters, 22 August 2025""#);
const PROPERTIES: Key = optional(
    "properties",
    KeyKind::TextList,
    "what another tool keeps with it, word for word; carried through an import and an export",
    r#"["position = (73, 165)"]"#,
);
const TAGS: Key = optional("tags", KeyKind::Texts, "labels to group by", r#"["talks", "summit"]"#);

const TABLES: &[Table] = &[
    Table {
        name: TableName::Top,
        title: "the file",
        about: "a scenario: what may happen, and what is asked",
        keys: TOP,
    },
    Table { name: TableName::Event, title: "an event", about: "an uncertain quantity", keys: EVENT },
    Table {
        name: TableName::Prior,
        title: "a prior",
        about: "a reference class: one chance in doubt that several events share",
        keys: PRIOR,
    },
    Table { name: TableName::Question, title: "a question", about: "a proposition that will resolve", keys: QUESTION },
    Table { name: TableName::Decision, title: "a decision", about: "what is for us to choose", keys: DECISION },
    Table {
        name: TableName::Utility,
        title: "a utility",
        about: "what an outcome is worth; several add up",
        keys: UTILITY,
    },
    Table { name: TableName::Rule, title: "a rule", about: "what always or never holds", keys: RULE },
    Table { name: TableName::News, title: "a piece of news", about: "dated evidence", keys: NEWS },
    Table {
        name: TableName::Correlated,
        title: "a correlated group",
        about: "events drawn together",
        keys: CORRELATED,
    },
    Table { name: TableName::Case, title: "a case", about: "what counts where a condition holds", keys: CASE },
    Table {
        name: TableName::Experts,
        title: "a table of experts",
        about: "several experts to one chance",
        keys: EXPERTS,
    },
];

const TOP: &[Key] = &[
    required("title", KeyKind::Text, "what the scenario is about", r#""After the summit""#),
    required("as_of", KeyKind::Date, "the day whose knowledge the file holds; time 0 is its end", "2025-08-19"),
    optional("horizon", KeyKind::Date, "the last day simulated; required with date events", "2026-12-31"),
    optional(
        "forecaster",
        KeyKind::Text,
        "the name under which forecasts are recorded; `foretell` if not stated",
        r#""me""#,
    ),
    optional("description", KeyKind::Text, "free text", r#""What may follow from the talks of 18 August""#),
    WHY,
    PROPERTIES,
    optional("suppose", KeyKind::Suppositions, "interventions: what we make so", r#"["attends", "track is neither"]"#),
    optional(
        "priors",
        KeyKind::Text,
        "a file of reference classes that several scenarios share, beside this one",
        r#""classes.toml""#,
    ),
    optional(
        "prior",
        KeyKind::Tables(TableName::Prior),
        "reference classes, as `[prior.NAME]`; events say `like NAME`",
        r#"{ announced = { chance = "8 of 16" } }"#,
    ),
    optional(
        "event",
        KeyKind::Tables(TableName::Event),
        "the events, as `[event.NAME]`",
        r#"{ x = { chance = "45%" } }"#,
    ),
    optional(
        "question",
        KeyKind::Tables(TableName::Question),
        "the questions, as `[question.NAME]`",
        r#"{ q = { ask = "Does x hold?", holds = "x", closes = 2025-10-01 } }"#,
    ),
    optional(
        "decision",
        KeyKind::Tables(TableName::Decision),
        "what is for us to choose, as `[decision.NAME]`, in the order in which it is chosen",
        r#"{ umbrella = { options = ["take", "leave"], knows = ["forecast"] } }"#,
    ),
    optional(
        "utility",
        KeyKind::Tables(TableName::Utility),
        "what outcomes are worth, as `[utility.NAME]`; they add up",
        r#"{ comfort = { equals = "if rain then 0 else 100" } }"#,
    ),
    optional("logic", KeyKind::TableList(TableName::Rule), "what must hold", r#"[{ never = "a and b" }]"#),
    optional(
        "assume",
        KeyKind::TableList(TableName::Rule),
        "what is assumed to hold",
        r#"[{ always = "a implies b" }]"#,
    ),
    optional(
        "news",
        KeyKind::TableList(TableName::News),
        "dated evidence",
        r#"[{ date = 2025-08-22, about = "x", effect = "x0.4" }]"#,
    ),
    optional(
        "correlated",
        KeyKind::TableList(TableName::Correlated),
        "groups of events drawn together",
        r#"[{ events = ["a", "b"], correlation = 0.5 }]"#,
    ),
];

const PRIOR: &[Key] = &[
    required("chance", KeyKind::Chance, "the chance that its cases share, with its doubt", r#""8 of 16""#),
    optional(
        "worth",
        KeyKind::Number,
        "where its members differ: how many cases of its own the class is worth to a member; without it all are alike",
        "10",
    ),
    optional(
        "half_life",
        KeyKind::Duration,
        "in which time old cases come to count half; without it they count for ever",
        r#""3 years""#,
    ),
    optional("as_of", KeyKind::Date, "with `half_life`: the day to which its cases were counted", "2025-12-31"),
    WHY,
    SOURCE,
    optional(
        "learned_from",
        KeyKind::TextList,
        "outcomes that have moved it; `foretell update` writes it",
        r#"["talks: yes (2025-06-30)"]"#,
    ),
];

const STORY: Key = optional(
    "story",
    KeyKind::TextList,
    "how `foretell storylines` tells each outcome, as clauses: of no, then of yes; of a date, that it does not come, then that it comes; of options, in their order",
    r#"["Moscow stays away", "Moscow attends"]"#,
);

const EVENT: &[Key] = &[
    optional("ask", KeyKind::Text, "the question in words", r#""Does Moscow confirm a date?""#),
    STORY,
    optional("resolves", KeyKind::Text, "the resolution rule", r#""yes if two agencies report it""#),
    WHY,
    SOURCE,
    optional("unit", KeyKind::Text, "the unit of a number", r#""billion USD""#),
    TAGS,
    optional("assume", KeyKind::Text, "an assumption in words", r#""no talks without a confirmed date""#),
    optional(
        "label",
        KeyKind::Text,
        "its name in a network that it came from or goes to, where that is another",
        r#""PULM-EMBOLUS""#,
    ),
    optional(
        "option_labels",
        KeyKind::TextList,
        "the names of its options there, in their order (of a yes/no event: of no, then of yes); an empty one is no state there",
        r#"["FALSE", "TRUE"]"#,
    ),
    PROPERTIES,
    optional(
        "learned_from",
        KeyKind::TextList,
        "outcomes that have moved its prior; `foretell update` writes it",
        r#"["2025-q3"]"#,
    ),
    optional(
        "chance",
        KeyKind::Chances,
        "its chance, or the chances of its options",
        r#""35% (90% sure: 15% to 60%)""#,
    ),
    optional(
        "causes",
        KeyKind::Causes,
        "each condition's chance to bring it about by itself (noisy-or)",
        r#"{ sanctions = "30%" }"#,
    ),
    optional("background", KeyKind::Chance, "a separate cause that is always there, beside `causes`", r#""5%""#),
    optional("holds", KeyKind::Expression, "derived: it holds where this does", r#""paper and not talks""#),
    optional(
        "one_of",
        KeyKind::Options,
        "exactly one of these options; with `chance`",
        r#"["ceasefire", "talks", "neither"]"#,
    ),
    optional(
        "ordered",
        KeyKind::Options,
        "one of these options, from lowest to highest; with `chance`",
        r#"["low", "middle", "high"]"#,
    ),
    optional("first_of", KeyKind::Names, "which of these date events comes first", r#"["talks", "ceasefire"]"#),
    optional(
        "none",
        KeyKind::OptionName,
        "the option of `first_of` that stands for none of them; `none` if not stated",
        r#""neither""#,
    ),
    optional("value", KeyKind::Value, "a number", r#""40 to 90, at most 90""#),
    optional("equals", KeyKind::Expression, "a number derived from others", r#""price * volume""#),
    optional("count", KeyKind::Count, "how many", r#""3 in 180 days, over 365 days""#),
    optional("when", KeyKind::When, "a date that may never come", r#""20% by 2025-09-01, 55% by 2026-12-31""#),
    optional("requires", KeyKind::Expression, "it can happen only where this holds", r#""moscow_confirms""#),
    optional("odds", KeyKind::Ratios, "odds ratios where conditions hold", r#"{ paper = "x2" }"#),
    optional("overall", KeyKind::Chance, "the total chance believed; checked against the parts", r#""35%""#),
    optional(
        "raised_by",
        KeyKind::Ratios,
        "hazard ratios over 1, from the moment a condition holds",
        r#"{ talks = "x1.5" }"#,
    ),
    optional(
        "lowered_by",
        KeyKind::Ratios,
        "hazard ratios under 1, from the moment a condition holds",
        r#"{ veto = "x0.2" }"#,
    ),
    optional("after", KeyKind::Name, "the date event with which its clock starts", r#""hungary_talks""#),
    optional(
        "if",
        KeyKind::Expression,
        "the number is drawn where this holds, elsewhere it is `otherwise`",
        r#""weapons_deal""#,
    ),
    optional("otherwise", KeyKind::Number, "the number where `if` does not hold; 0 if not stated", "0"),
    optional("observed", KeyKind::Boolean, "whether the public would see it happen; true if not stated", "false"),
];

const QUESTION: &[Key] = &[
    required("ask", KeyKind::Text, "the question in words", r#""Do the talks open by 1 October?""#),
    STORY,
    optional("holds", KeyKind::Expression, "a yes/no question: does this hold?", r#""talks by 2025-10-01""#),
    optional("which", KeyKind::Name, "which option of this event?", r#""track""#),
    optional("value", KeyKind::Expression, "what number?", r#""weapons_value""#),
    optional("when", KeyKind::Name, "on which day does this date event happen?", r#""talks""#),
    optional("given", KeyKind::Expression, "annulled where this fails", r#""attends""#),
    Key {
        name: "closes",
        kind: KeyKind::Date,
        need: Need::RequiredByModel,
        about: "the day it closes",
        example: "2025-10-01",
    },
    optional("opens", KeyKind::Date, "the day it opens", "2025-08-20"),
    optional("resolves", KeyKind::Text, "the resolution rule", r#""yes if both sides sit at one table""#),
    SOURCE,
    TAGS,
    WHY,
];

const DECISION: &[Key] = &[
    optional("ask", KeyKind::Text, "the decision in words", r#""Do we take an umbrella?""#),
    optional("options", KeyKind::Options, "what can be chosen; yes or no if not stated", r#"["take", "leave"]"#),
    optional(
        "knows",
        KeyKind::Names,
        "what is known when it is taken: yes/no events and events with options; earlier decisions and what they knew are known anyway",
        r#"["forecast"]"#,
    ),
    optional("costs", KeyKind::Costs, "what options cost, taken off the utility", "{ take = 2 }"),
    WHY,
    SOURCE,
    TAGS,
];

const UTILITY: &[Key] = &[
    optional(
        "value",
        KeyKind::Value,
        "what it is worth: a number, or cases",
        r#"[{ if = "rain", is = 0 }, { otherwise = 100 }]"#,
    ),
    optional("equals", KeyKind::Expression, "what it is worth, as a formula", r#""if rain then 0 else 100""#),
    optional("if", KeyKind::Expression, "`value` counts where this holds, elsewhere `otherwise`", r#""rain""#),
    optional("otherwise", KeyKind::Number, "what it is worth where `if` does not hold; 0 if not stated", "0"),
    optional("unit", KeyKind::Text, "its unit; all utilities of a file have the same", r#""EUR""#),
    WHY,
    SOURCE,
    TAGS,
];

const RULE: &[Key] = &[
    optional("always", KeyKind::Expression, "what holds in every world", r#""trilateral implies bilateral""#),
    optional("never", KeyKind::Expression, "what holds in no world", r#""ceasefire and offensive""#),
    WHY,
];

const NEWS: &[Key] = &[
    required("date", KeyKind::Date, "the day it became known", "2025-08-22"),
    SOURCE,
    optional("says", KeyKind::Text, "what it says", r#""Lavrov: no meeting is planned""#),
    required("about", KeyKind::Expression, "the event or condition it is about", r#""bilateral""#),
    required("effect", KeyKind::Effect, "what it does to the forecast", r#""x0.4""#),
    WHY,
];

const CORRELATED: &[Key] = &[
    required("events", KeyKind::Names, "the events of the group", r#"["a", "b", "c"]"#),
    required(
        "correlation",
        KeyKind::Correlation,
        "how strongly they go together: a number from -1 to 1, a strength or a matrix",
        "0.5",
    ),
    WHY,
];

const CASE: &[Key] = &[
    optional("if", KeyKind::Expression, "the condition", r#""attends""#),
    optional("is", KeyKind::Phrase, "what counts where it holds", r#""40%""#),
    optional("otherwise", KeyKind::Phrase, "what counts where no case before it holds", r#""15%""#),
];

const EXPERTS: &[Key] = &[
    optional("experts", KeyKind::Phrase, "what each expert says", r#"["60%", "7 of 10"]"#),
    optional("weights", KeyKind::Phrase, "how much each counts; alike if not stated", "[2, 1]"),
    optional("pool", KeyKind::Text, "the pooling rule: `linear`, `log odds` or `median`", r#""linear""#),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_key_is_listed_once_with_words_and_an_example() {
        for table in keys() {
            let names: BTreeSet<&str> = table.keys.iter().map(|key| key.name).collect();
            assert_eq!(names.len(), table.keys.len(), "{}", table.title);
            assert!(table.keys.iter().all(|key| !key.about.is_empty() && !key.example.is_empty()));
            assert_eq!(super::table(table.name), table);
        }
    }

    #[test]
    fn kind_keys_are_keys_of_events_and_asking_keys_of_questions() {
        assert!(KIND_KEYS.iter().all(|key| table(TableName::Event).key(key).is_some()));
        assert!(ASKING_KEYS.iter().all(|key| table(TableName::Question).key(key).is_some()));
    }
}

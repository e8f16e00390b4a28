//! The file of one part of a run, and what must agree before parts are put together.
//!
//! A part says where it came from and carries the scenario's text, so that a report can be made of parts alone, on a machine that has
//! no other file. It is refused if that does not agree with the other parts, if another version made it, or if a byte of it was
//! changed.

use crate::error::Error;
use crate::hash::sha256;
use crate::simulate::streams::GENERATOR;
use crate::simulate::{Design, Method, PartRecord, Settings, Shard, Stop};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Version of the form: of the names, and of what the lists of numbers hold. A part of another one would be taken for damaged, or be counted for what
/// it is not.
pub const SCHEMA: &str = "foretell.part/2";

/// What all parts of a run have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// SHA-256 of the scenario file.
    pub scenario_hash: String,
    /// The name of the scenario file, for messages.
    pub scenario_file: String,
    /// The scenario file itself.
    pub scenario: String,
    /// The day whose knowledge the forecasts use.
    #[schemars(with = "String")]
    pub as_of: Date,
    /// Conditions of the command line.
    pub given: Vec<String>,
    /// Interventions of the command line.
    pub suppose: Vec<String>,
    /// Worlds of the whole run.
    pub worlds: u64,
    /// Seed.
    pub seed: u64,
    /// Draws of the doubtful inputs in the whole run.
    pub doubt_draws: u32,
    /// How what is known is to be met.
    pub method: Method,
    /// How worlds go together.
    pub design: Design,
}

impl Origin {
    /// The settings of the whole run.
    #[must_use]
    pub const fn settings(&self) -> Settings {
        Settings {
            worlds: self.worlds,
            seed: self.seed,
            threads: None,
            doubt_draws: self.doubt_draws,
            stop: Stop::AtWorlds,
            method: self.method,
            design: self.design,
        }
    }

    /// In words, the first thing in which two runs differ.
    fn difference(&self, other: &Self) -> Option<String> {
        let phrases = |phrases: &[String]| {
            if phrases.is_empty() { "nothing".to_owned() } else { phrases.join(", ") }
        };
        let stratified = |design| if design == Design::Stratified { "yes" } else { "no" }.to_owned();
        let method = |of: &Self| format!("{:?}", of.method).to_lowercase();
        let short = |hash: &str| hash.chars().take(12).collect::<String>();
        let figures = [
            ("scenario", short(&self.scenario_hash), short(&other.scenario_hash)),
            ("seed", self.seed.to_string(), other.seed.to_string()),
            ("number of worlds", self.worlds.to_string(), other.worlds.to_string()),
            ("number of doubt draws", self.doubt_draws.to_string(), other.doubt_draws.to_string()),
            ("--method", method(self), method(other)),
            ("--stratified", stratified(self.design), stratified(other.design)),
            ("as-of", self.as_of.to_string(), other.as_of.to_string()),
            ("--given", phrases(&self.given), phrases(&other.given)),
            ("--suppose", phrases(&self.suppose), phrases(&other.suppose)),
        ];
        figures
            .into_iter()
            .find(|(_, first, second)| first != second)
            .map(|(what, first, second)| format!("{what}: {first} there, {second} here"))
    }
}

/// The file of one part.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartFile {
    /// Name and version of this form.
    schema: String,
    /// Version of the engine.
    engine: String,
    /// The generator of the random streams.
    generator: String,
    /// Which part this is, counted from 1.
    shard: u64,
    /// Of how many.
    shards: u64,
    /// SHA-256 of this file, with 64 zeros in the place of this.
    digest: String,
    /// Where the run came from.
    run: Origin,
    /// What was counted.
    part: PartRecord,
}

/// As much of a file as tells whether the rest can be understood.
#[derive(Deserialize)]
struct Head {
    schema: Option<String>,
    engine: Option<String>,
    generator: Option<String>,
}

impl PartFile {
    /// Of a part that has run.
    #[must_use]
    pub fn new(origin: Origin, shard: Shard, part: PartRecord) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            generator: GENERATOR.to_owned(),
            shard: shard.number(),
            shards: shard.of(),
            digest: String::new(),
            run: origin,
            part,
        }
    }

    /// As text, with its digest.
    ///
    /// # Errors
    /// If it cannot be written as JSON, which is a bug of ours.
    pub fn to_text(mut self) -> Result<String, Error> {
        let failed = |problem| Error::environment("the part cannot be written as JSON").because(problem);
        self.digest = "0".repeat(64);
        let zeroed = serde_json::to_string(&self).map_err(failed)? + "\n";
        self.digest = sha256(zeroed.as_bytes());
        Ok(zeroed.replacen(&"0".repeat(64), &self.digest, 1))
    }

    /// From text; `name` is the file's, for messages.
    ///
    /// # Errors
    /// If it is no part, of another version, or not what was written.
    pub fn from_text(name: &str, text: &str) -> Result<Self, Error> {
        let damaged = |what: &str| {
            Error::input(format!("`{name}` is damaged: {what}")).help("copy the file again, or run that part again")
        };
        if !text.trim_start().starts_with('{') {
            return Err(Error::input(format!("`{name}` is not a part of a run"))
                .help("`foretell run --shard 1/2 --out part.json` writes parts"));
        }
        let head: Head = serde_json::from_str(text).map_err(|_| damaged("it is not a whole JSON document"))?;
        if head.schema.as_deref() != Some(SCHEMA) {
            let schema =
                head.schema.map_or_else(|| "it has no `schema`".to_owned(), |one| format!("its schema is {one}"));
            return Err(Error::input(format!(
                "`{name}` is not a part that this version can read: {schema}, not {SCHEMA}"
            ))
            .help("run that part again with this foretell: `foretell run … --shard 1/2 --out part.json`"));
        }
        for (what, theirs, ours) in
            [("foretell", head.engine, env!("CARGO_PKG_VERSION")), ("generator", head.generator, GENERATOR)]
        {
            let theirs = theirs.ok_or_else(|| damaged(&format!("it does not say which {what} made it")))?;
            if theirs != ours {
                return Err(Error::input(format!("`{name}` was made by {what} {theirs}, but this is {what} {ours}"))
                    .help("run and merge all parts with the same version: another one may give other figures"));
            }
        }
        let part: Self = serde_json::from_str(text).map_err(|problem| damaged(&problem.to_string()))?;
        let zeroed = text.replacen(&part.digest, &"0".repeat(64), 1);
        if sha256(zeroed.as_bytes()) != part.digest {
            return Err(damaged("its content is not what was written"));
        }
        Ok(part)
    }

    /// Where the run came from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.run
    }

    /// Which part it is; `None` if there is none such.
    #[must_use]
    pub fn shard(&self) -> Option<Shard> {
        Shard::new(self.shard, self.shards)
    }

    /// What was counted.
    #[must_use]
    pub fn part(&self) -> &PartRecord {
        &self.part
    }

    /// Checks that it belongs to the run of another part.
    ///
    /// # Errors
    /// If it does not; the message says in what they differ.
    pub fn check_origin(&self, name: &str, first_name: &str, first: &Origin) -> Result<(), Error> {
        match first.difference(&self.run) {
            None => Ok(()),
            Some(difference) => Err(Error::input(format!(
                "`{name}` is not of the same run as `{first_name}`: they differ in {difference}"
            ))
            .help("give only the parts of one run; `--worlds`, `--seed` and all else must be the same for each part")),
        }
    }
}

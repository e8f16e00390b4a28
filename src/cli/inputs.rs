//! Where the commands that score take questions, forecasts and outcomes from.

use super::console;
use super::ledger_file::LedgerArgument;
use crate::compare::ClusterBy;
use crate::diagnostic::counted;
use crate::error::Error;
use crate::forecast::import::{InputFile, read_all, read_all_and_draws};
use crate::forecast::tidy::{self, Holds};
use crate::forecast::{
    DrawsSaid, Forecast, ForecastRecord, Interval, Living, Moment, Records, Scale, Selection, check_name, day,
    live_records, nearest,
};
use crate::network::FORMATS;
use crate::pool::{POOLS, PoolMethod, Said, pooled_records};
use crate::score::Weigh;
use jiff::civil::Date;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A ledger, or files.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Inputs {
    #[command(flatten)]
    ledger: LedgerArgument,
    /// Forecasts in a table instead of a ledger, or a file of the field, by a path or a quoted pattern; may be given several times
    #[arg(long, value_name = "FILE", conflicts_with = "ledger")]
    pub(super) forecasts: Vec<PathBuf>,
    /// Outcomes in a table, beside `--forecasts`
    #[arg(long, value_name = "FILE", conflicts_with = "ledger")]
    pub(super) outcomes: Vec<PathBuf>,
    /// Definitions of the questions in a table, beside `--forecasts`: opening and closing days, clusters, tags
    #[arg(long, value_name = "FILE", conflicts_with = "ledger")]
    pub(super) questions: Vec<PathBuf>,
    /// Only questions with this tag, such as `source=manifold`; given several times, with all of them
    #[arg(long, value_name = "TAG")]
    tagged: Vec<String>,
    /// Only forecasts made on this day or later
    #[arg(long, value_name = "DAY", value_parser = day)]
    made_from: Option<Date>,
    /// Only forecasts made on this day or earlier
    #[arg(long, value_name = "DAY", value_parser = day)]
    made_until: Option<Date>,
    /// One more forecaster, NAME=METHOD or NAME=METHOD:PATTERN: the pool (median, mean, log-odds, neyman, recency, trimmed, extremized) of all
    /// probabilities on yes/no questions, or of those by forecasters whose name fits the pattern, such as `experts=median:e*`
    #[arg(long, value_name = "POOL", value_parser = pool)]
    pool: Vec<Pool>,
    /// One more forecaster `NAME live` for each, whose yes/no forecasts move day by day while nothing happens: PACE or PACE:PATTERN, with the pace
    /// constant, rising, falling, `weibull 1.7` or evenly (a tag of a question such as `pace=none` comes first), or `recorded` for the curves that were
    /// recorded with the forecasts, for those whose name fits the pattern. Given several times, each makes forecasters `NAME live PACE`
    #[arg(long, value_name = "PACE", value_parser = live)]
    live: Vec<Live>,
    /// The scale on which numbers are scored
    #[arg(long, value_enum, default_value_t = Scale::Natural)]
    scale: Scale,
    /// Score numbers by what lies between two ends alone, of which one may be missing, as in `10..`: forecasts and outcomes beyond an end count as that
    /// end. The CRPS is then the threshold-weighted one
    #[arg(long, value_name = "LOW..HIGH", allow_hyphen_values = true)]
    between: Option<Interval>,
}

/// Forecasts that live, as an argument.
#[derive(Debug, Clone)]
struct Live {
    living: Living,
    members: Option<glob::Pattern>,
}

fn live(text: &str) -> Result<Live, String> {
    let (living, members) = text.split_once(':').map_or((text, None), |(living, members)| (living, Some(members)));
    Ok(Live { living: living.parse()?, members: members.map(pattern).transpose()? })
}

pub(super) fn pattern(text: &str) -> Result<glob::Pattern, String> {
    glob::Pattern::new(text).map_err(|problem| format!("`{text}` is no pattern: {problem}"))
}

/// Adds the forecasts that live, each of forecasts as they stood before.
fn add_living(records: &mut Records, all: &[Live]) -> Result<(), Error> {
    let mut added = Vec::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for one in all {
        let new = living(records, one, all.len())?;
        let of_this: BTreeSet<&str> = new.iter().map(|record| record.forecaster.as_str()).collect();
        if let Some(twice) = of_this.iter().find(|name| names.contains(**name)) {
            return Err(Error::input(format!("--live makes `{twice}` twice"))
                .help("give each pace once, or to forecasters of its own: `PACE:PATTERN`"));
        }
        names.extend(of_this.into_iter().map(str::to_owned));
        added.extend(new);
    }
    records.forecasts.extend(added);
    Ok(())
}

/// The forecasts that live by one of so many paces, and on stderr how many stay as they are.
fn living(records: &Records, Live { living, members }: &Live, paces: usize) -> Result<Vec<ForecastRecord>, Error> {
    let name = |of: &str| if paces > 1 { format!("{of} live {living}") } else { format!("{of} live") };
    let member = |name: &str| members.as_ref().is_none_or(|members| members.matches(name));
    let live = live_records(records, *living, member, name).map_err(Error::input)?;
    if live.is_empty() {
        return Err(Error::input("--live: nobody it is for has a yes/no forecast"));
    }
    let names: BTreeSet<&str> = records.forecasts.iter().map(|record| record.forecaster.as_str()).collect();
    if let Some(taken) = live.iter().find(|new| names.contains(new.forecaster.as_str())) {
        return Err(Error::input(format!(
            "`{}` forecasts already: --live would give another that name",
            taken.forecaster
        )));
    }
    if *living == Living::Recorded {
        let of_members = records.forecasts.iter().filter(|record| member(&record.forecaster));
        let still: Vec<_> = of_members
            .filter(|record| matches!(record.forecast, Forecast::Binary { .. }) && record.curve.is_none())
            .collect();
        if !still.is_empty() {
            console::note(&format!(
                "note: --live recorded: {} without a recorded curve, which stay as they are",
                counted(still.len(), "forecast")
            ));
        }
    } else {
        let lasting =
            live.iter().filter(|new| records.questions.get(&new.question).is_none_or(|of| of.closes.is_none()));
        let questions: BTreeSet<&str> = lasting.map(|new| new.question.as_str()).collect();
        if !questions.is_empty() {
            console::note(&format!(
                "note: --live: {} without a last day (`closes`), whose forecasts stay as they are",
                counted(questions.len(), "question")
            ));
        }
    }
    Ok(live)
}

/// A pool as an argument.
#[derive(Debug, Clone)]
struct Pool {
    name: String,
    method: &'static dyn PoolMethod,
    members: Option<glob::Pattern>,
}

fn pool(text: &str) -> Result<Pool, String> {
    let (name, rest) =
        text.split_once('=').ok_or_else(|| format!("`{text}` is not NAME=METHOD or NAME=METHOD:PATTERN"))?;
    let (method, members) = rest.split_once(':').map_or((rest, None), |(method, members)| (method, Some(members)));
    let known = POOLS.iter().copied().filter(|method| method.without_past().is_some());
    let method = known.clone().find(|listed| listed.name() == method).ok_or_else(|| {
        let names: Vec<&str> = known.map(PoolMethod::name).collect();
        format!("`{method}` is none of {}", names.join(", "))
    })?;
    check_name("forecaster", name)?;
    let members = members.map(pattern).transpose()?;
    Ok(Pool { name: name.to_owned(), method, members })
}

/// Adds the pools; each is of those who forecast themselves.
fn add_pools(records: &mut Records, pools: &[Pool]) -> Result<(), Error> {
    let mut added = Vec::new();
    for pool in pools {
        if records.forecasts.iter().any(|record| record.forecaster == pool.name) {
            return Err(Error::input(format!("`{}` forecasts already: a pool needs a name of its own", pool.name)));
        }
        let member = |name: &str| pool.members.as_ref().is_none_or(|members| members.matches(name));
        let ready = pool.method.without_past();
        let contradictions = Cell::new(0_usize);
        let of_members = |_: Moment, said: &[Said]| {
            let pooled = ready.as_ref().and_then(|ready| ready.pool(said));
            contradictions.set(contradictions.get() + usize::from(pooled.is_none()));
            pooled
        };
        let pooled = pooled_records(records, &pool.name, member, |_| 0, of_members);
        let contradictions = contradictions.get();
        if contradictions > 0 {
            let why = format!(
                "the pool `{}` has no forecast at {}: its members called the same answer certain and impossible, of which {} makes no pool",
                pool.name,
                counted(contradictions, "moment"),
                pool.method.name()
            );
            let way_out = "take another method, such as `mean`, or leave out members by `NAME=METHOD:PATTERN`";
            if pooled.is_empty() {
                return Err(Error::input(why).help(way_out));
            }
            console::note(&format!("warning: {why}"));
            console::note(&format!("  = help: {way_out}"));
        }
        if pooled.is_empty() {
            return Err(Error::input(format!("the pool `{}` has nobody in it with a yes/no forecast", pool.name)));
        }
        added.extend(pooled);
    }
    records.forecasts.extend(added);
    pools.iter().for_each(|pool| records.mark_aggregate(&pool.name));
    Ok(())
}

impl Inputs {
    /// Whether tables are named that hold no forecasts.
    fn has_tables(&self) -> bool {
        !(self.outcomes.is_empty() && self.questions.is_empty())
    }

    /// Whether a ledger or a file was named.
    pub(super) fn is_named(&self) -> bool {
        self.ledger.is_named() || !self.forecasts.is_empty()
    }

    /// The files that are named.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.forecasts.iter().chain(&self.outcomes).chain(&self.questions)
    }

    /// Refuses to write over what is read. Each file to be written comes with the option that names it.
    pub(super) fn refuse_to_write_over<'a>(
        &self,
        outs: impl IntoIterator<Item = (&'a str, Option<&'a PathBuf>)>,
    ) -> Result<(), Error> {
        let mut read = expand(&self.files().cloned().collect::<Vec<_>>())?;
        if self.forecasts.is_empty() && !self.has_tables() {
            read.push(self.ledger.path());
        }
        for (option, out) in outs {
            if let Some(out) = out {
                console::refuse_to_write_over(option, out, read.iter().map(PathBuf::as_path))?;
            }
        }
        Ok(())
    }

    /// Where the ledger is.
    pub(super) fn ledger_path(&self) -> PathBuf {
        self.ledger.path()
    }

    /// The option by which numbers are to be scored otherwise than as they stand.
    pub(super) fn asked_of_numbers(&self) -> Option<&'static str> {
        if self.between.is_some() { Some("--between") } else { (self.scale != Scale::Natural).then_some("--scale") }
    }

    /// Whether numbers are to be held between two ends.
    pub(super) fn is_held(&self) -> bool {
        self.between.is_some()
    }

    /// The scale on which numbers are scored.
    pub(super) const fn scale(&self) -> Scale {
        self.scale
    }

    /// The first option that says something of records, but not where they are.
    pub(super) fn asked_of_records(&self) -> Option<&'static str> {
        let asked = [
            ("--outcomes", !self.outcomes.is_empty()),
            ("--questions", !self.questions.is_empty()),
            ("--tagged", !self.tagged.is_empty()),
            ("--made-from", self.made_from.is_some()),
            ("--made-until", self.made_until.is_some()),
            ("--pool", !self.pool.is_empty()),
            ("--live", !self.live.is_empty()),
        ];
        asked.into_iter().find(|(_, is_asked)| *is_asked).map(|(option, _)| option)
    }

    /// Whether only a part of the records is asked for.
    pub(super) fn is_selective(&self) -> bool {
        self.selection() != Selection::default()
    }

    /// Which part of the records is asked for.
    pub(super) fn selection(&self) -> Selection {
        Selection { tags: self.tagged.clone(), from: self.made_from, until: self.made_until }
    }
}

/// Rows that `--stream` could read, of which so many make it worth a hint.
const MANY_ROWS: usize = 3_000_000;

/// The records that the arguments name; what a file holds that was not taken goes to stderr.
pub(super) fn records(inputs: &Inputs) -> Result<Records, Error> {
    records_and_summaries(inputs).map(|(records, _)| records)
}

/// The same, with what was taken of each file; none of a ledger.
pub(super) fn records_and_summaries(inputs: &Inputs) -> Result<(Records, Vec<tidy::Summary>), Error> {
    if inputs.forecasts.is_empty() && inputs.has_tables() {
        return Err(Error::input("`--outcomes` and `--questions` stand beside tables of forecasts, and none is named")
            .help("name them: `--forecasts FILE`"));
    }
    of_any(inputs)
}

/// The same, where forecasts may stand elsewhere than in the tables that are named.
pub(super) fn records_of_any(inputs: &Inputs) -> Result<Records, Error> {
    of_any(inputs).map(|(records, _)| records)
}

fn of_any(inputs: &Inputs) -> Result<(Records, Vec<tidy::Summary>), Error> {
    let (mut records, summaries) = all_records(inputs)?;
    select(&mut records, &inputs.selection())?;
    add_living(&mut records, &inputs.live)?;
    add_pools(&mut records, &inputs.pool)?;
    if let Some(ends) = inputs.between {
        let outside = records.hold_between(ends);
        if outside > 0 {
            console::note(&format!(
                "note: between {ends}: {} beyond an end, counted as that end",
                counted(outside, "outcome")
            ));
        }
    }
    if inputs.scale == Scale::Log {
        let how_many = |of_cdf: bool| {
            let is_one = |record: &&ForecastRecord| matches!(&record.forecast, Forecast::Distribution { distribution } if distribution.is_cdf() == of_cdf);
            records.forecasts.iter().filter(is_one).count()
        };
        let (named, cdfs) = (how_many(false), how_many(true));
        if named > 0 {
            console::note(&format!(
                "note: log scale: {} by name by their quantiles at 399 even levels, for they have no name on that scale",
                counted(named, "distribution")
            ));
        }
        if cdfs > 0 {
            console::note(&format!(
                "note: log scale: {} by their quantiles at 399 even levels, for the lines between their points are bent there",
                counted(cdfs, "cdf")
            ));
        }
        let raised = records.use_log_scale().map_err(|problem| {
            Error::input(problem).help(
                "`--between 0..` counts what lies below 0 as 0, `--tagged` takes other questions alone, and without `--scale log` numbers are scored as they stand",
            )
        })?;
        if raised > 0 {
            console::note(&format!("note: log scale: {raised} forecasts have quantiles below 0, which count as 0"));
        }
    }
    Ok((records, summaries))
}

/// Refuses weights in a stream, which sums forecasts as they come.
pub(super) fn check_weigh(weigh: Weigh, is_streamed: bool) -> Result<(), Error> {
    if is_streamed && weigh == Weigh::Time {
        return Err(Error::input(
            "--weigh time does not go with --stream, which sums questions as they come, each alike",
        )
        .help(
            "leave --stream out, so that the records are in memory; `--tagged` and `--made-from` take a part of them",
        ));
    }
    Ok(())
}

/// Checks that questions are grouped by something that they have.
pub(super) fn check_cluster(by: &ClusterBy, records: &Records) -> Result<(), Error> {
    by.check(records.questions.values().map(|question| question.tags.as_slice()))
}

/// Keeps a part of the records; a tag that no question has is a slip.
pub(super) fn select(records: &mut Records, selection: &Selection) -> Result<(), Error> {
    if let Some(tag) = selection.tags.iter().find(|tag| !records.questions.values().any(|of| of.tags.contains(tag))) {
        let unknown = Error::input(format!("no question has the tag `{tag}`"));
        let tags: BTreeSet<&str> = records.questions.values().flat_map(|of| &of.tags).map(String::as_str).collect();
        return Err(match nearest(tag, tags.iter().copied()) {
            Some(near) => unknown.help(format!("the nearest tag is `{near}`")),
            None => unknown,
        });
    }
    records.select(selection);
    Ok(())
}

/// Everything that the ledger or the files hold.
fn all_records(inputs: &Inputs) -> Result<(Records, Vec<tidy::Summary>), Error> {
    let (mut records, summaries) = if inputs.forecasts.is_empty() && !inputs.has_tables() {
        (inputs.ledger.proven_records()?, Vec::new())
    } else {
        from_files(&inputs.questions, &inputs.forecasts, &inputs.outcomes)?
    };
    let read = records.read_at_other();
    if read > 0 {
        console::note(&format!(
            "note: {} made before the option that came true existed: read at the one that the tag `other=` names",
            counted(read, "forecast")
        ));
    }
    Ok((records, summaries))
}

/// Says where records of so many rows need not be in memory.
fn hint_at_streams(files: &[(Holds, InputFile)]) {
    let rows: usize = files.iter().map(|(_, file)| file.streamable_rows()).sum();
    if rows > MANY_ROWS {
        console::note(&format!(
            "note: {rows} rows are held in memory, about a kilobyte each; `score`, `compare` and `leaderboard` read such forecasts batch by batch with --stream"
        ));
    }
}

/// Everything that files hold, which must have outcomes, and what was taken of each.
pub(super) fn from_files(
    questions: &[PathBuf],
    forecasts: &[PathBuf],
    outcomes: &[PathBuf],
) -> Result<(Records, Vec<tidy::Summary>), Error> {
    read_opened(&open_all(questions, forecasts, outcomes)?, questions, outcomes)
        .map(|(records, summaries, _)| (records, summaries))
}

/// The records that the arguments name or that stand in the ledger, with the forecasts of one more file and what is said in it by draws. The file is enough by
/// itself if it is of the field and no ledger is named.
pub(super) fn records_and_draws(inputs: &Inputs, file: InputFile) -> Result<(Records, DrawsSaid), Error> {
    let mut files = open_all(&inputs.questions, &inputs.forecasts, &inputs.outcomes)?;
    let is_in_ledger = files.is_empty() && (inputs.ledger.is_named() || !file.is_of_the_field());
    files.push((Holds::Forecasts, file.for_draws()));
    let (mut records, draws) = if is_in_ledger {
        let mut records = inputs.ledger.proven_records()?;
        let (_, mut summaries, draws) = read_all_and_draws(&files, &mut records)?;
        tell_all(&mut summaries, &inputs.questions);
        (records, draws)
    } else {
        let (records, _, draws) = read_opened(&files, &inputs.questions, &inputs.outcomes)?;
        (records, draws)
    };
    // Forecasts of each question by itself are not looked at.
    records.forecasts.clear();
    select(&mut records, &inputs.selection())?;
    Ok((records, draws))
}

/// What stands in files that were opened, with what is said by draws in those that are read for these.
fn read_opened(
    files: &[(Holds, InputFile)],
    questions: &[PathBuf],
    outcomes: &[PathBuf],
) -> Result<(Records, Vec<tidy::Summary>, DrawsSaid), Error> {
    let has_outcomes = !outcomes.is_empty() || files.iter().any(|(_, file)| file.is_of_the_field());
    hint_at_streams(files);
    let mut records = Records::default();
    let (_, mut summaries, draws) = read_all_and_draws(files, &mut records)?;
    // Only now: a file that is no table of forecasts at all has said so.
    if !has_outcomes {
        return Err(Error::input("the forecasts have no outcomes").help("name them: `--outcomes FILE`"));
    }
    tell_all(&mut summaries, questions);
    if records.outcomes.is_empty() && outcomes.is_empty() {
        return Err(Error::input("none of the files holds an outcome").help("name them: `--outcomes FILE`"));
    }
    Ok((records, summaries, draws))
}

/// Questions and forecasts of files, and what was taken of those of forecasts: tables of questions were told of with the past. Outcomes that stand in them
/// are not looked at, nor told of.
pub(super) fn without_outcomes(
    questions: &[PathBuf],
    forecasts: &[PathBuf],
) -> Result<(Records, Vec<tidy::Summary>), Error> {
    let files = open_all(questions, forecasts, &[])?;
    let mut records = Records::default();
    let (_, summaries) = read_all(&files, &mut records)?;
    records.outcomes.clear();
    // Summaries of tables of questions come first.
    let told = files.iter().filter(|(holds, _)| *holds == Holds::Questions).count();
    let mut summaries: Vec<tidy::Summary> =
        summaries.into_iter().skip(told).map(tidy::Summary::without_pending).collect();
    tell_all(&mut summaries, questions);
    Ok((records, summaries))
}

/// Questions and forecasts of files, with options that do not sum to 1 as they stand; outcomes are not looked at.
pub(super) fn as_stated(questions: &[PathBuf], forecasts: &[PathBuf]) -> Result<Records, Error> {
    let files = open_all(questions, forecasts, &[])?;
    let files: Vec<(Holds, InputFile)> =
        files.into_iter().map(|(holds, file)| (holds, file.with_options_as_stated())).collect();
    let mut records = Records::default();
    let (_, mut summaries) = read_all(&files, &mut records)?;
    tell_all(&mut summaries, questions);
    records.outcomes.clear();
    Ok(records)
}

fn open_all(
    questions: &[PathBuf],
    forecasts: &[PathBuf],
    outcomes: &[PathBuf],
) -> Result<Vec<(Holds, InputFile)>, Error> {
    let mut files = Vec::new();
    for (holds, paths) in [(Holds::Questions, questions), (Holds::Forecasts, forecasts), (Holds::Outcomes, outcomes)] {
        files.extend(open(Some(holds), paths)?);
    }
    Ok(files)
}

/// Opens the files that paths and patterns name, each once; a file of a known source says itself what it holds, of another it is given.
pub(super) fn open(holds: Option<Holds>, paths: &[PathBuf]) -> Result<Vec<(Holds, InputFile)>, Error> {
    expand(paths)?.iter().map(|path| told(holds, path, InputFile::open(path)?)).collect()
}

/// Files that say themselves what they hold.
pub(super) struct Sorted {
    pub(super) files: Vec<(Holds, InputFile)>,
    /// Those of joint forecasts, which are understood once the questions are known.
    pub(super) joint: Vec<InputFile>,
}

/// Opens the files that paths and patterns name, by what they say themselves that they hold.
pub(super) fn open_and_sort(paths: &[PathBuf]) -> Result<Sorted, Error> {
    let (mut files, mut joint) = (Vec::new(), Vec::new());
    for path in expand(paths)? {
        let file = InputFile::open(&path)?;
        if file.patterns().is_some() {
            joint.push(file);
        } else {
            files.push(told(None, &path, file)?);
        }
    }
    Ok(Sorted { files, joint })
}

/// A file with what it holds.
fn told(holds: Option<Holds>, path: &Path, file: InputFile) -> Result<(Holds, InputFile), Error> {
    let given = if file.is_of_the_field() { file.holds() } else { holds.or_else(|| file.holds()) };
    let holds = given.ok_or_else(|| {
        let endings: Vec<String> = FORMATS.iter().map(|format| format!("`.{}`", format.extensions[0])).collect();
        Error::input(format!("the columns of `{}` are those of no table", path.display())).help(format!(
            "forecasts have a `forecaster`, outcomes a `resolution`, questions an `id` and a `kind`; a network is told by the ending of its file's name ({})",
            endings.join(", ")
        ))
    })?;
    Ok((holds, file))
}

/// The files that patterns stand for, in the order of their names; a path without `*`, `?` or `[`, or one that is there, is itself.
pub(super) fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        let pattern = path.to_string_lossy();
        if !pattern.contains(['*', '?', '[']) || path.exists() {
            files.push(path.clone());
            continue;
        }
        let found = glob::glob(&pattern)
            .map_err(|problem| Error::input(format!("`{pattern}` is no pattern of files")).because(problem))?;
        let before = files.len();
        for file in found {
            files.push(
                file.map_err(|problem| Error::environment(format!("`{pattern}` cannot be read")).because(problem))?,
            );
        }
        if files.len() == before {
            return Err(Error::environment(format!("no file matches `{pattern}`")));
        }
        files[before..].sort();
    }
    Ok(files)
}

/// What was not taken as it stood. Where no table defines questions, each is known by its forecasts alone, and nothing is said of that.
fn tell_all(summaries: &mut [tidy::Summary], questions: &[PathBuf]) {
    if questions.is_empty() {
        summaries.iter_mut().for_each(|summary| summary.created_questions.clear());
    }
    summaries.iter().for_each(tell);
}

fn tell(summary: &tidy::Summary) {
    for remark in summary.remarks() {
        console::note(&format!("note: {remark}"));
    }
}

/// Checks that somebody of that name forecast something.
pub(super) fn check_forecaster(records: &Records, name: &str) -> Result<(), Error> {
    if records.forecasts.iter().any(|record| record.forecaster == name) {
        return Ok(());
    }
    Err(unknown_forecaster(name, records.forecasts.iter().map(|record| record.forecaster.as_str())))
}

/// What is said of a name that is none of these, which may come more than once.
pub(super) fn unknown_forecaster<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let unknown = Error::input(format!("there is no forecast by `{name}`"));
    let names: BTreeSet<&str> = known.collect();
    match nearest(name, names.iter().copied()) {
        Some(near) => unknown.help(format!("the nearest name is `{near}`")),
        None if names.is_empty() => unknown.help("there are no forecasts at all"),
        None if names.len() <= 12 => {
            unknown.help(format!("there are forecasts by {}", names.into_iter().collect::<Vec<_>>().join(", ")))
        }
        None => unknown,
    }
}

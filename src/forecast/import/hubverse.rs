//! Hubs of the hubverse: a folder with `model-output` and `target-data`, or single files of either.
//!
//! Columns of model output are those of the task, and `output_type`, `output_type_id`, `value`, (`model_id`). Quantiles make numeric
//! questions and a median one of level 0.5; so do a cdf over numbers, a line between its points, and samples, as quantiles, of a task without these. One level alone, as a median is, gives way to a cdf or
//! samples of the same forecast. A mean is no quantile: it is taken as a point of the level 0.5,
//! said by a forecaster of its own, `MODEL mean`. A pmf makes a question of options, an ordinal one where `hub-config/tasks.json` says so; a category
//! that it does not list is left out. The values of the task columns, in the order of the columns' names, are the question's id and its tags. Task columns
//! are those that `hub-config/tasks.json` lists; where nothing is listed, all that are no part of the answer and no index of the rows. Other output types are left out and counted.

use super::content::Content;
use super::hub_targets;
use super::hub_tasks::Tasks;
use super::index_columns::index_columns;
use super::reading::{OTHER_ROW, Reading, first};
use super::values::{by_name, categorical, cdf, draws, given, joined, moment, number, quantiles};
use super::{Importer, Recognised};
use crate::diagnostic::counted;
use crate::error::{Error, ErrorKind};
use crate::forecast::tidy::{Holds, Row, Table, parse_level, parse_probability, shortened};
use crate::forecast::{Moment, Question, QuestionKind};
use indexmap::{IndexMap, IndexSet};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

/// Columns that are no part of the task.
const VALUES: [&str; 4] = ["output_type", "output_type_id", "value", "model_id"];
/// Columns that say in which round a forecast was made, the first that is there counts.
const ROUND: [&str; 4] = ["reference_date", "origin_date", "forecast_date", "round_id"];

/// See the module.
#[derive(Debug)]
pub(super) struct Hubverse;

impl Importer for Hubverse {
    fn recognises(&self, content: &Content) -> Option<Recognised> {
        let found = |what, holds| Some(Recognised { what, holds });
        match content {
            Content::Folder(path) if path.join("model-output").is_dir() => found("a hubverse hub", Holds::Forecasts),
            _ if content.has_columns(&VALUES[..3]) => found("hubverse model output", Holds::Forecasts),
            _ if content.has_columns(&["oracle_value"]) => found("hubverse oracle output", Holds::Outcomes),
            _ if content.has_columns(&["observation"]) && !content.has_columns(&["question"]) => {
                found("a hubverse time series of the target", Holds::Outcomes)
            }
            _ => None,
        }
    }

    fn read(&self, recognised: Recognised, content: &Content, reading: &mut Reading<'_>) -> Result<(), Error> {
        match content {
            Content::Folder(path) => hub(path, reading),
            Content::Table(table) if recognised.holds == Holds::Outcomes => {
                reading.rows(table.rows.len());
                let unanswered = hub_targets::read(table, reading);
                hub_targets::say(&unanswered, &table.name, "", reading);
                Ok(())
            }
            Content::Table(table) => {
                let mut output = Output::default();
                output.collect(table, Path::new(&table.name), reading);
                output.check_levels(&table.name)?;
                output.give(reading);
                Ok(())
            }
            Content::Documents(_) => Ok(()),
        }
    }
}

fn hub(folder: &Path, reading: &mut Reading<'_>) -> Result<(), Error> {
    let mut output = Output { tasks: Tasks::open(&folder.join("hub-config").join("tasks.json"))?, ..Output::default() };
    let outputs = folder.join("model-output");
    // Files by the model that their folder names and the one that they name themselves.
    let mut apart: BTreeMap<(String, String), usize> = BTreeMap::new();
    for file in tables(&outputs)? {
        let part = file.strip_prefix(folder).unwrap_or(&file);
        reading.part(&part.display().to_string());
        let table = match Table::open_with_bad_rows(&file) {
            Ok(table) => table,
            Err(problem) if problem.kind() == ErrorKind::Input => {
                reading.leave_out(1, "the file is no table", &problem.to_string());
                continue;
            }
            Err(problem) => return Err(problem),
        };
        if VALUES[..3].iter().any(|name| table.column(name).is_none()) {
            reading.leave_out(1, "no columns output_type, output_type_id and value", "");
            continue;
        }
        table.check_rows()?;
        let models = output.collect(&table, part, reading);
        let of_model = file.parent().filter(|parent| *parent != outputs).and_then(Path::file_name);
        if let Some(of_model) = of_model.map(|name| name.to_string_lossy().into_owned()) {
            for model in models.into_iter().filter(|model| *model != of_model) {
                *apart.entry((of_model.clone(), model)).or_default() += 1;
            }
        }
    }
    for ((of_model, model), files) in apart {
        reading.note(format!(
            "forecasts in {} of the folder `{of_model}` are taken for those of `{model}`, as the column model_id or the file's name says",
            counted(files, "file")
        ));
    }
    output.check_levels(&folder.display().to_string())?;
    output.give(reading);
    let targets = folder.join("target-data");
    let targets = if targets.is_dir() { tables(&targets)? } else { Vec::new() };
    let named = |name: &str| {
        targets.iter().filter(|file| file.to_string_lossy().contains(name)).cloned().collect::<Vec<PathBuf>>()
    };
    let within = |file: &Path| file.strip_prefix(folder).unwrap_or(file).display().to_string();
    // Oracle output is what the hub itself scores against; the series is what it was made from.
    let (chosen, aside) = match (named("oracle-output"), named("time-series")) {
        (oracle, series) if !oracle.is_empty() => (oracle, series),
        (_, series) => (series, Vec::new()),
    };
    if chosen.is_empty() {
        reading.note("the hub has no target data: every question is pending");
    }
    // A question has no answer only if no file has a row for it.
    let mut unanswered: Option<hub_targets::Unanswered> = None;
    for file in &chosen {
        reading.part(&within(file));
        let table = Table::open(file)?;
        reading.rows(table.rows.len());
        let mut here = hub_targets::read(&table, reading);
        if let Some(before) = unanswered {
            here.retain(|question, _| before.contains_key(question));
        }
        unanswered = Some(here);
    }
    let which = match chosen.as_slice() {
        [only] => within(only),
        several => several
            .first()
            .map(|first| format!("{} and {} more files", within(first), several.len() - 1))
            .unwrap_or_default(),
    };
    let more = match aside.first() {
        Some(series) => {
            format!("; {} is not looked at, since the hub scores against its oracle output", within(series))
        }
        None => String::new(),
    };
    hub_targets::say(&unanswered.unwrap_or_default(), &which, &more, reading);
    Ok(())
}

/// The tables below a folder, in the order of their names.
fn tables(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |problem| Error::environment(format!("`{}` cannot be read", folder.display())).because(problem);
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(tables(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "csv" || ending == "parquet") {
            found.push(path);
        }
    }
    Ok(found)
}

/// One model's forecast of one task.
struct Group {
    /// Where those rows stand that can be.
    rows: Vec<u64>,
    is_mean: bool,
    part: String,
    model: String,
    made_at: Moment,
    quantiles: Vec<(f64, f64)>,
    median: Option<f64>,
    cdf: Vec<(f64, f64)>,
    draws: Vec<f64>,
    /// The numbers of the draws so far, in their order.
    samples: IndexSet<String>,
    options: Vec<(String, f64)>,
    is_whole: bool,
}

/// Model output while it is collected, over all its files.
#[derive(Default)]
struct Output {
    tasks: Tasks,
    questions: IndexMap<String, Question>,
    /// Questions whose categories are listed.
    listed: BTreeSet<String>,
    /// By question, model and moment.
    groups: IndexMap<(String, String, String), Group>,
    /// Columns that were taken for the task's, since none are listed.
    guessed: BTreeSet<Vec<String>>,
}

impl Output {
    /// Takes the rows of a file; returns the models whose forecasts they are.
    fn collect(&mut self, table: &Table, file: &Path, reading: &mut Reading<'_>) -> BTreeSet<String> {
        reading.rows(table.rows.len());
        let names = table.columns();
        let is_guessed = self.tasks.ids.is_empty();
        let is_task = |name: &String| {
            if is_guessed {
                !name.is_empty() && !VALUES.contains(&name.as_str())
            } else {
                self.tasks.ids.contains(name)
            }
        };
        let index = if is_guessed { index_of(table) } else { HashSet::new() };
        let task = (0..names.len()).filter(|at| is_task(&names[*at]) && !index.contains(at)).collect();
        let task = by_name(names, task);
        let rounds = || ROUND.iter().filter_map(|name| table.column(name));
        let round = rounds().find(|at| task.contains(at)).or_else(|| rounds().next());
        let is_unused = |at: &usize| !task.contains(at) && Some(*at) != round && !VALUES.contains(&names[*at].as_str());
        reading.ignore((0..names.len()).filter(is_unused).map(|at| names[at].clone()));
        if is_guessed {
            self.guessed.insert(task.iter().map(|at| names[*at].clone()).collect());
        }
        let mut models = BTreeSet::new();
        let [output_type, id, value, model] = VALUES.map(|name| table.column(name));
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let (dated, named) = file_name(&stem);
        let part = file.display().to_string();
        for row in &table.rows {
            let made_at = round.and_then(|at| moment(row.cell(Some(at))).ok()).or(dated);
            let Some(made_at) = made_at else {
                reading.leave_out(row.line, "no day of the round, in a column or the file's name", "");
                continue;
            };
            let mut model = given(row.cell(model)).unwrap_or(&named).to_owned();
            if !models.contains(&model) {
                models.insert(model.clone());
            }
            let is_mean = row.cell(output_type) == "mean";
            if is_mean {
                model.push_str(" mean");
            }
            let kind = match row.cell(output_type) {
                "cdf" if number(row.cell(id)).is_err() => {
                    let why = "a cdf over categories has no place in a forecast here";
                    reading.leave_out(row.line, why, row.cell(id));
                    continue;
                }
                "quantile" | "median" | "mean" | "sample" | "cdf" => QuestionKind::Numeric,
                "pmf" => QuestionKind::Categorical,
                other => {
                    let why = format!("the output type `{other}` has no place in a forecast here");
                    reading.leave_out(row.line, &why, "");
                    continue;
                }
            };
            let question = match self.question(&task, names, row, kind, round) {
                Ok(question) => question,
                Err(unlisted) => {
                    let why = "a category that hub-config/tasks.json does not list";
                    reading.leave_out(row.line, why, &unlisted);
                    continue;
                }
            };
            let group = self.groups.entry((question, model.clone(), made_at.to_string())).or_insert_with(|| Group {
                rows: Vec::new(),
                is_mean,
                part: part.clone(),
                model,
                made_at,
                quantiles: Vec::new(),
                median: None,
                cdf: Vec::new(),
                draws: Vec::new(),
                samples: IndexSet::new(),
                options: Vec::new(),
                is_whole: true,
            });
            match group.push(row, output_type, id, value) {
                Ok(()) => group.rows.push(row.line),
                Err(problem) => {
                    group.is_whole = false;
                    reading.leave_out(row.line, "the value cannot be, so the forecast is not taken", &problem);
                }
            }
        }
        models
    }

    /// The id of the question that a row asks; two kinds of answers to one task are two questions.
    ///
    /// # Errors
    /// If it asks about a category that is not listed; then which are.
    fn question(
        &mut self,
        task: &[usize],
        names: &[String],
        row: &Row,
        kind: QuestionKind,
        round: Option<usize>,
    ) -> Result<String, String> {
        let is_pmf = kind == QuestionKind::Categorical;
        let id = joined(task.iter().map(|at| row.cell(Some(*at))).chain(is_pmf.then_some("pmf")));
        if !self.questions.contains_key(&id) {
            let of_target = |at: &&usize| Some(**at) != round && names[**at] != "horizon";
            let target = task.iter().filter(of_target).map(|at| row.cell(Some(*at)));
            let mut question = Question {
                cluster: Some(joined(target)).filter(|cluster| !cluster.is_empty()),
                tags: task.iter().map(|at| format!("{}={}", names[*at], row.cell(Some(*at)))).collect(),
                ..Question::blank(&id, kind)
            };
            let values: Vec<(&str, &str)> = task.iter().map(|at| (names[*at].as_str(), row.cell(Some(*at)))).collect();
            let listed = if is_pmf { self.tasks.categories(&values) } else { None };
            if let Some((categories, is_ordinal)) = listed {
                question.options = categories;
                question.kind = if is_ordinal { QuestionKind::Ordinal } else { QuestionKind::Categorical };
                self.listed.insert(id.clone());
            }
            self.questions.insert(id.clone(), question);
        }
        if is_pmf && let Some(question) = self.questions.get_mut(&id) {
            let option = row.cell(row_id(names));
            if !question.options.iter().any(|known| known == option) {
                if self.listed.contains(&id) {
                    return Err(format!("`{option}`; it lists {}", shortened(&question.options)));
                }
                question.options.push(option.to_owned());
            }
        }
        Ok(id)
    }

    /// Checks that forecasts by quantiles are whole.
    ///
    /// # Errors
    /// If each has one level alone although there are several: then a column that differs from row to row was taken for one of the task's.
    fn check_levels(&self, name: &str) -> Result<(), Error> {
        let stated = || self.groups.values().filter(|group| !group.quantiles.is_empty());
        let levels: BTreeSet<u64> =
            stated().flat_map(|group| &group.quantiles).map(|(level, _)| level.to_bits()).collect();
        if levels.len() < 2 || stated().any(|group| group.levels() > 1) {
            return Ok(());
        }
        let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let tags = self.questions.values().flat_map(|question| &question.tags);
        for (column, value) in tags.filter_map(|tag| tag.split_once('=')) {
            values.entry(column).or_default().insert(value);
        }
        let most = values.iter().max_by_key(|(_, values)| values.len());
        let most = most.map_or_else(String::new, |(column, values)| {
            format!("; `{column}` differs most, with {}", counted(values.len(), "value"))
        });
        Err(Error::input(format!(
            "{name}: a question is made up of {}, and so each of {} by quantiles has one level alone, of {} that there are{most}",
            values.keys().copied().collect::<Vec<_>>().join(", "),
            counted(stated().count(), "forecast"),
            levels.len(),
        ))
        .help("take the column out that differs from level to level of one forecast, such as an index of rows, or read the folder of the hub, whose hub-config/tasks.json lists the task ids"))
    }

    /// Hands everything over.
    fn give(self, reading: &mut Reading<'_>) {
        for columns in self.guessed.iter().filter(|columns| !columns.is_empty()) {
            reading.note(format!(
                "a question is made up of: {}; no hub-config/tasks.json was read that lists the task ids",
                columns.join(", ")
            ));
        }
        // Of a question that was asked about categories alone that are not listed nothing is left.
        let asked: BTreeSet<&str> = self.groups.keys().map(|(question, _, _)| question.as_str()).collect();
        for question in self.questions.values().filter(|question| asked.contains(question.id.as_str())) {
            reading.add_question(0, question.clone());
        }
        let means = self.groups.values().filter(|group| group.is_mean && group.is_whole).count();
        if means > 0 {
            reading.note(format!(
                "{} taken as points, the level 0.5 alone, of forecasters called `… mean`: the absolute error by which points are scored is one for medians",
                counted(means, "mean")
            ));
        }
        let count = |rows: &dyn Fn(&Group, Form) -> usize| -> usize {
            self.groups.values().map(|group| rows(group, group.form())).sum()
        };
        let without = |form: Form, rows: usize| if form == Form::Quantiles { rows } else { 0 };
        let unused = [
            ("samples", count(&|group, form| without(form, group.draws.len())), "quantiles"),
            ("samples", count(&|group, form| if form == Form::Cdf { group.draws.len() } else { 0 }), "a cdf"),
            ("a cdf", count(&|group, form| without(form, group.cdf.len())), "quantiles"),
            ("a cdf", count(&|group, form| if form == Form::Draws { group.cdf.len() } else { 0 }), "samples"),
        ];
        // Read for its draws, it uses them all.
        let takes_draws = reading.takes_draws;
        let is_unused = |what: &str, rows: usize| rows > 0 && !(takes_draws && what == "samples");
        for (what, rows, instead) in unused.into_iter().filter(|(what, rows, _)| is_unused(what, *rows)) {
            reading.note(format!("{rows} rows of {what} are not used: {instead} of the same forecasts are there"));
        }
        for (form, what) in [(Form::Draws, "samples"), (Form::Cdf, "a cdf")] {
            let rows = count(&|group, of| if of == form { group.levels() } else { 0 });
            if rows > 0 {
                reading.note(format!(
                    "{rows} medians or single quantiles are not used: one level is no distribution, and {what} of the same forecasts are there"
                ));
            }
        }
        for ((question, _, _), group) in self.groups {
            reading.part(&group.part);
            if !group.is_whole {
                reading.leave_out_all(&group.rows, OTHER_ROW, "");
                continue;
            }
            let options = self.questions.get(&question).map(|question| question.options.clone()).unwrap_or_default();
            let (rows, model, made_at) = (group.rows.clone(), group.model.clone(), group.made_at);
            let draws = (&group.samples, group.draws.iter().copied());
            reading.add_draws(first(&rows), &question, &model, made_at, draws);
            match group.said(options) {
                Ok(forecast) => reading.add_forecast(first(&rows), &question, &model, made_at, forecast),
                Err(problem) => reading.leave_out_all(&rows, "the forecast cannot be", &problem),
            }
        }
    }
}

/// The columns that number rows, of which a forecast has one for each level, draw, place or category.
fn index_of(table: &Table) -> HashSet<usize> {
    let [output_type, id] = ["output_type", "output_type_id"].map(|name| table.column(name));
    index_columns(table, |row| {
        let has_parts = ["quantile", "sample", "cdf", "pmf"].contains(&row.cell(output_type));
        has_parts.then(|| row.cell(id))
    })
}

fn row_id(names: &[String]) -> Option<usize> {
    names.iter().position(|name| name == "output_type_id")
}

/// By which of its rows a forecast is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Quantiles,
    Cdf,
    Draws,
    Options,
}

impl Group {
    /// How many rows of quantiles and medians there are.
    fn levels(&self) -> usize {
        self.quantiles.len() + usize::from(self.median.is_some())
    }

    /// Quantiles come first, unless they are one level alone where a cdf or samples say more.
    fn form(&self) -> Form {
        let middle = usize::from(self.median.is_some() && self.quantiles.iter().all(|(level, _)| *level != 0.5));
        let levels = self.quantiles.len() + middle;
        if levels > 1 || (levels == 1 && self.cdf.len() < 2 && self.draws.len() < 2) {
            Form::Quantiles
        } else if self.cdf.len() > 1 || (!self.cdf.is_empty() && self.draws.len() < 2) {
            Form::Cdf
        } else if !self.draws.is_empty() {
            Form::Draws
        } else {
            Form::Options
        }
    }

    fn push(
        &mut self,
        row: &Row,
        output_type: Option<usize>,
        id: Option<usize>,
        value: Option<usize>,
    ) -> Result<(), String> {
        match row.cell(output_type) {
            "quantile" => self.quantiles.push((parse_level(row.cell(id))?, number(row.cell(value))?)),
            "mean" if self.median.is_some() => return Err("the mean stands twice".to_owned()),
            "median" if self.median.is_some() => return Err("the median stands twice".to_owned()),
            "median" | "mean" => self.median = Some(number(row.cell(value))?),
            "cdf" => self.cdf.push((number(row.cell(id))?, parse_probability(row.cell(value))?)),
            "sample" => {
                if let Some(sample) = given(row.cell(id))
                    && !self.samples.insert(sample.to_owned())
                {
                    return Err(format!("the sample `{sample}` stands twice"));
                }
                self.draws.push(number(row.cell(value))?);
            }
            _ => self.options.push((row.cell(id).to_owned(), parse_probability(row.cell(value))?)),
        }
        Ok(())
    }

    fn said(mut self, options: Vec<String>) -> Result<crate::forecast::Forecast, String> {
        match self.form() {
            Form::Quantiles => {
                if let Some(median) = self.median
                    && self.quantiles.iter().all(|(level, _)| *level != 0.5)
                {
                    self.quantiles.push((0.5, median));
                }
                return quantiles(self.quantiles);
            }
            Form::Cdf => return cdf(self.cdf),
            Form::Draws => return draws(self.draws),
            Form::Options => {}
        }
        for (at, (option, _)) in self.options.iter().enumerate() {
            if self.options[..at].iter().any(|(before, _)| before == option) {
                return Err(format!("the category `{option}` stands twice"));
            }
        }
        let of = |option: &String| self.options.iter().find(|(named, _)| named == option).map_or(0.0, |(_, p)| *p);
        let probabilities = options.iter().map(of).collect();
        categorical(options, probabilities)
    }
}

/// The round's day and the model that `2025-01-04-CU-ensemble` names.
fn file_name(stem: &str) -> (Option<Moment>, String) {
    match (stem.get(..10).and_then(|day| moment(day).ok()), stem.get(10..).and_then(|rest| rest.strip_prefix('-'))) {
        (Some(day), Some(model)) if !model.is_empty() => (Some(day), model.to_owned()),
        _ => (None, stem.to_owned()),
    }
}

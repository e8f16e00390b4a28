//! A [`Network`] as the text of a scenario file.
//!
//! Every variable becomes an event `one_of` its states; its table becomes cases, one for each combination of its parents' states, each a
//! plain `a is x and b is y` over the same parents in the same order. Names that the language cannot have are written otherwise, and the
//! network's own stand under `label` and `option_labels`, from where [`super::from_model`] takes them. Numbers are written so that they
//! are read back to the last bit.

use super::{Network, Variable, combination};
use crate::scenario::edit::quoted;
use crate::scenario::names::{name_problem, option_problem, suggested_name};
use jiff::civil::Date;
use std::collections::HashSet;
use std::fmt::Write as _;

/// The `as_of` of a scenario made of a network, which knows no days.
pub const AS_OF: Date = jiff::civil::date(2000, 1, 1);

/// The text of a scenario that says what the network says.
///
/// A variable with one state gets a second option that never comes, since an event has at least two; its empty label says so.
///
/// ```
/// use foretell::network::{AS_OF, Network, Variable, scenario_text};
///
/// let side = Variable {
///     name: "side".to_owned(),
///     states: vec!["heads".to_owned(), "true".to_owned()],
///     parents: Vec::new(),
///     table: vec![0.25, 0.75],
///     properties: Vec::new(),
/// };
/// let network = Network { name: "coin".to_owned(), properties: Vec::new(), variables: vec![side] };
/// let text = scenario_text(&network, AS_OF);
/// assert!(text.contains("one_of = [\"heads\", \"true_\"]"));
/// assert!(text.contains("option_labels = [\"heads\", \"true\"]"));
/// assert!(text.contains("chance = [0.25, 0.75]"));
/// ```
#[must_use]
pub fn scenario_text(network: &Network, as_of: Date) -> String {
    let names =
        distinct(network.variables.iter().map(|variable| variable.name.as_str()), |name| name_problem(name).is_none());
    let options: Vec<Vec<String>> = network.variables.iter().map(options).collect();
    let mut text = String::from(
        "# Made of a Bayesian network by `foretell import`; `foretell export FILE --to bif` makes the network of it again.\n# A network knows no days: `as_of` stands for the time of its chances.\n",
    );
    let mut put = |line: std::fmt::Arguments<'_>| writeln!(text, "{line}").expect("memory takes all that is written");
    put(format_args!("title = {}", quoted(&network.name)));
    put(format_args!("as_of = {as_of}"));
    if !network.properties.is_empty() {
        put(format_args!("properties = {}", list(&network.properties)));
    }
    for (at, variable) in network.variables.iter().enumerate() {
        put(format_args!(""));
        put(format_args!("[event.{}]", key(&names[at])));
        if names[at] != variable.name {
            put(format_args!("label = {}", quoted(&variable.name)));
        }
        put(format_args!("one_of = {}", list(&options[at])));
        if options[at] != variable.states {
            let mut labels = variable.states.clone();
            labels.resize(options[at].len(), String::new());
            put(format_args!("option_labels = {}", list(&labels)));
        }
        if !variable.properties.is_empty() {
            put(format_args!("properties = {}", list(&variable.properties)));
        }
        let rows: Vec<&[f64]> = variable.rows().collect();
        if variable.parents.is_empty() {
            put(format_args!("chance = {}", chances(rows[0], options[at].len())));
            continue;
        }
        put(format_args!("chance = ["));
        let sizes: Vec<usize> = variable.parents.iter().map(|parent| options[*parent].len()).collect();
        for case in 0..sizes.iter().product() {
            let mut row = 0;
            let mut condition = String::new();
            for (state, parent) in combination(case, &sizes).into_iter().zip(&variable.parents) {
                let own = network.variables[*parent].states.len();
                // Where the parent takes the option that never comes, any row will do.
                row = row * own + state.min(own - 1);
                let joined = if condition.is_empty() { "" } else { " and " };
                write!(condition, "{joined}{} is {}", names[*parent], options[*parent][state])
                    .expect("memory takes all that is written");
            }
            put(format_args!("  {{ if = \"{condition}\", is = {} }},", chances(rows[row], options[at].len())));
        }
        put(format_args!("]"));
    }
    text
}

/// The options of a variable's event: its states, and one that never comes if there is only one.
fn options(variable: &Variable) -> Vec<String> {
    let mut options = distinct(variable.states.iter().map(String::as_str), |name| option_problem(name).is_none());
    if options.len() == 1 {
        let other = if options[0] == "other" { "another" } else { "other" };
        options.push(other.to_owned());
    }
    options
}

/// Names that can stand in a scenario, as near to the originals as can be, and no two alike.
fn distinct<'n>(originals: impl Iterator<Item = &'n str> + Clone, is_name: impl Fn(&str) -> bool) -> Vec<String> {
    // A name that can stay as it is does, whatever comes before it.
    let mut taken: HashSet<String> = originals.clone().filter(|name| is_name(name)).map(str::to_owned).collect();
    originals
        .map(|original| {
            if is_name(original) {
                return original.to_owned();
            }
            let suggested = suggested_name(original);
            let numbered = (2_u64..).map(|number| format!("{}_{number}", suggested.trim_end_matches('_')));
            let mut candidates = std::iter::once(suggested.clone()).chain(numbered);
            let name = candidates.find(|name| name_problem(name).is_none() && !taken.contains(name));
            let name = name.expect("there are more numbers than names");
            taken.insert(name.clone());
            name
        })
        .collect()
}

/// A name as part of a table's heading: in quotes where TOML asks for them.
fn key(name: &str) -> String {
    if super::is_identifier(name) { name.to_owned() } else { quoted(name) }
}

fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// The chances of a row, with 0 for an option that never comes.
fn chances(row: &[f64], count: usize) -> String {
    let missing = std::iter::repeat_n(&0.0, count - row.len());
    let values: Vec<String> = row.iter().chain(missing).map(|value| format!("{value:?}")).collect();
    format!("[{}]", values.join(", "))
}

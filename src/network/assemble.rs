//! [`Draft`] → [`Network`]: every check that does not depend on the file format.

use super::draft::{Draft, DraftTable, DraftVariable, Text};
use super::table;
use super::{Network, Variable, codes};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::names::nearest;
use crate::source::{Source, Span};
use std::collections::{BTreeMap, HashMap};

/// So many problems of one kind are shown one by one; the rest are counted.
const SHOWN_OF_A_KIND: usize = 20;

/// The declared variables, by name and by number.
#[derive(Debug)]
pub(super) struct Declared<'d> {
    pub(super) variables: Vec<&'d DraftVariable>,
    /// Of each variable, its states by name.
    states: Vec<HashMap<&'d str, usize>>,
    by_name: HashMap<&'d str, usize>,
    unread: &'d [String],
}

impl<'d> Declared<'d> {
    fn of(draft: &'d Draft, found: &mut Diagnostics) -> Self {
        let mut declared =
            Self { variables: Vec::new(), states: Vec::new(), by_name: HashMap::new(), unread: &draft.unread };
        for variable in &draft.variables {
            let name = variable.name.value.as_str();
            if let Some(first) = declared.by_name.get(name) {
                let first = declared.variables[*first].name.span;
                let message = format!("the variable `{}` is declared twice", shown(name));
                let problem = Diagnostic::new(codes::TWICE, variable.name.span, message).other(first, "first here");
                found.push(problem.help("leave one of them out, or give it another name"));
                continue;
            }
            declared.by_name.insert(name, declared.variables.len());
            declared.states.push(states(variable, found));
            declared.variables.push(variable);
        }
        declared
    }

    /// The number of a variable, or a diagnostic with the nearest name.
    fn find(&self, name: &Text, found: &mut Diagnostics) -> Option<usize> {
        let known = self.by_name.get(name.value.as_str()).copied();
        if known.is_none() && !self.unread.contains(&name.value) {
            let message = format!("there is no variable `{}`", shown(&name.value));
            let near = nearest(&name.value, self.variables.iter().map(|variable| variable.name.value.as_str()));
            found.push(Diagnostic::new(codes::UNKNOWN_VARIABLE, name.span, message).help(near.map_or_else(
                || "declare it, or correct the name".to_owned(),
                |near| format!("did you mean `{}`?", shown(near)),
            )));
        }
        known
    }

    /// The number of a variable's state, or a diagnostic with those there are.
    pub(super) fn state(&self, variable: usize, state: &Text, found: &mut Diagnostics) -> Option<usize> {
        let known = self.states[variable].get(state.value.as_str()).copied();
        if known.is_none() {
            let of = self.variables[variable];
            let message = format!("`{}` has no state `{}`", shown(&of.name.value), shown(&state.value));
            let states: Vec<String> =
                of.states.iter().take(12).map(|state| format!("`{}`", shown(&state.value))).collect();
            let help = format!("its states are {}", states.join(", "));
            found.push(Diagnostic::new(codes::UNKNOWN_STATE, state.span, message).help(help));
        }
        known
    }

    /// How many states a variable has.
    pub(super) fn size(&self, variable: usize) -> usize {
        self.variables[variable].states.len()
    }
}

/// The states of a variable by name; reports those that stand twice, none at all, and a number that does not match.
fn states<'d>(variable: &'d DraftVariable, found: &mut Diagnostics) -> HashMap<&'d str, usize> {
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    let name = shown(&variable.name.value);
    for (at, state) in variable.states.iter().enumerate() {
        if state.value.is_empty() {
            let message = format!("a state of `{name}` has no name");
            found.push(Diagnostic::new(codes::SYNTAX, state.span, message).help("give every state a name"));
        }
        if let Some(first) = by_name.insert(&state.value, at) {
            let message = format!("the state `{}` of `{name}` stands twice", shown(&state.value));
            let problem = Diagnostic::new(codes::TWICE, state.span, message);
            let first = variable.states[first].span;
            found.push(problem.other(first, "first here").help("give each state a name of its own"));
        }
    }
    let count = variable.states.len();
    if let Some(stated) = variable.stated_count.as_ref().filter(|stated| stated.value != count) {
        let message = format!("`{name}` is said to have {}, but {count} are listed", many(stated.value, "state"));
        let help = format!("write {count}, or correct the list");
        found.push(Diagnostic::new(codes::WRONG_NUMBER, stated.span, message).help(help));
    } else if count == 0 {
        let message = format!("`{name}` has no states");
        found.push(Diagnostic::new(codes::WRONG_NUMBER, variable.name.span, message).help("list its states"));
    }
    by_name
}

/// Checks a draft and makes a network of it. `whole` says whether the reader could read all of the text; if not, what is missing may
/// only be hidden, and is not complained about.
pub(super) fn assemble(draft: &Draft, whole: bool, source: &Source, found: &mut Diagnostics) -> Option<Network> {
    let declared = Declared::of(draft, found);
    let mut tables: BTreeMap<usize, (&DraftTable, Vec<usize>, Vec<f64>)> = BTreeMap::new();
    for table in &draft.tables {
        let variable = declared.find(&table.variable, found);
        let parents: Vec<Option<usize>> = table.parents.iter().map(|parent| declared.find(parent, found)).collect();
        let (Some(variable), Some(parents)) = (variable, parents.into_iter().collect::<Option<Vec<usize>>>()) else {
            continue;
        };
        if let Some((first, ..)) = tables.get(&variable) {
            let message = format!("`{}` has a table already", shown(&table.variable.value));
            let problem = Diagnostic::new(codes::TWICE, table.variable.span, message);
            found.push(problem.other(first.variable.span, "first here").help("leave one of the two tables out"));
            continue;
        }
        if let Some(at) = (1..parents.len()).find(|at| parents[..*at].contains(&parents[*at])) {
            let parent = &table.parents[at];
            let message = format!("`{}` stands twice among the parents", shown(&parent.value));
            found.push(Diagnostic::new(codes::TWICE, parent.span, message).help("name each parent once"));
            continue;
        }
        let values = table::values(table, variable, &parents, &declared, source, found);
        tables.insert(variable, (table, parents, values.unwrap_or_default()));
    }
    if whole {
        for (at, variable) in declared.variables.iter().enumerate() {
            if !tables.contains_key(&at) && draft.tables.iter().all(|table| table.variable.value != variable.name.value)
            {
                let message = format!("`{}` has no table of chances", shown(&variable.name.value));
                let help = "give it one, or leave the variable out";
                found.push(Diagnostic::new(codes::TABLE_MISSING, variable.name.span, message).help(help));
            }
        }
        if declared.variables.is_empty() && !found.has_errors() {
            let is_blank = source.text().trim_start_matches('\u{feff}').trim().is_empty();
            let (message, help) = if is_blank {
                ("the file is empty", "write the network again in the tool that it comes from")
            } else {
                ("the file has no variables", "check that the ending of its name says its format")
            };
            found.push(Diagnostic::new(codes::WRONG_NUMBER, Span::new(0, 0), message).help(help));
        }
    }
    circle(&declared, &tables, found);
    if found.has_errors() {
        return None;
    }
    let variables = declared.variables.iter().enumerate().map(|(at, variable)| {
        let (_, parents, table) = tables.remove(&at)?;
        Some(Variable {
            name: variable.name.value.clone(),
            states: variable.states.iter().map(|state| state.value.clone()).collect(),
            parents,
            table,
            properties: variable.properties.clone(),
        })
    });
    let variables = variables.collect::<Option<Vec<Variable>>>()?;
    Some(Network { name: draft.name.clone(), properties: draft.properties.clone(), variables })
}

/// Reports variables that are parents of each other in a circle: one circle, with its members.
fn circle(
    declared: &Declared<'_>,
    tables: &BTreeMap<usize, (&DraftTable, Vec<usize>, Vec<f64>)>,
    found: &mut Diagnostics,
) {
    let parents = |at: usize| tables.get(&at).map(|(_, parents, _)| parents.as_slice()).unwrap_or_default();
    let count = declared.variables.len();
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut open: Vec<usize> = (0..count).map(|at| parents(at).len()).collect();
    (0..count).for_each(|at| parents(at).iter().for_each(|parent| children[*parent].push(at)));
    let mut ready: Vec<usize> = (0..count).filter(|at| open[*at] == 0).collect();
    while let Some(at) = ready.pop() {
        for child in &children[at] {
            open[*child] -= 1;
            if open[*child] == 0 {
                ready.push(*child);
            }
        }
    }
    let Some(start) = (0..count).find(|at| open[*at] > 0) else { return };
    // Every variable that is still open has an open parent: going up from one of them must come round.
    let mut path = vec![start];
    let mut seen_at: HashMap<usize, usize> = HashMap::from([(start, 0)]);
    while let Some(parent) = path.last().and_then(|last| parents(*last).iter().copied().find(|up| open[*up] > 0)) {
        if let Some(first) = seen_at.get(&parent) {
            path.drain(..*first);
            break;
        }
        seen_at.insert(parent, path.len());
        path.push(parent);
    }
    let name = |at: usize| format!("`{}`", shown(&declared.variables[at].name.value));
    let shown_path: Vec<String> = path.iter().take(8).map(|at| name(*at)).collect();
    let place = tables.get(&path[0]).map(|(table, ..)| table.variable.span);
    let message = match path.len() {
        1 => format!("{} is a parent of itself", shown_path[0]),
        2..=8 => format!("{} depend on each other in a circle", shown_path.join(", ")),
        more => format!("{} and {} more depend on each other in a circle", shown_path.join(", "), more - 8),
    };
    found.push(Diagnostic::new(codes::CYCLE, place, message).help("take one of them out of the parents of another"));
}

/// The same problems, of each kind only so many one by one: a file of a thousand rows that all miss a sum of 1 is one piece of news.
pub(super) fn gathered(found: Diagnostics, source: &Source) -> Diagnostics {
    let mut of_a_kind: BTreeMap<&'static str, usize> = BTreeMap::new();
    for problem in found.iter() {
        *of_a_kind.entry(problem.code).or_default() += 1;
    }
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut kept = Diagnostics::new();
    for mut problem in found {
        let count = seen.entry(problem.code).or_default();
        *count += 1;
        let rest = of_a_kind[problem.code].saturating_sub(SHOWN_OF_A_KIND);
        if *count == SHOWN_OF_A_KIND && rest > 0 {
            let line = problem.span.map_or(0, |span| source.line_column(span.start).0);
            problem = problem.help(format!("and {} below line {line}", many(rest, "more such place")));
        }
        if *count <= SHOWN_OF_A_KIND {
            kept.push(problem);
        } else {
            kept.count_unlisted(problem.severity);
        }
    }
    kept
}

/// A name for messages: whole if it is short, and as it is but for line ends and signs that cannot be seen.
pub(crate) fn shown(name: &str) -> String {
    const LONGEST: usize = 60;
    let mut short = String::with_capacity(name.len().min(4 * LONGEST));
    for letter in name.chars().take(LONGEST) {
        if letter.is_control() || is_unseen(letter) {
            short.extend(letter.escape_debug());
        } else {
            short.push(letter);
        }
    }
    if name.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

/// Whether a sign shows nothing of itself, or turns what stands around it.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// `1 state`, `3 states`.
pub(super) fn many(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

//! Discrete Bayesian networks of other tools: read, written, and turned into scenarios and back.
//!
//! A [`Network`] is variables with their states, their parents and a table of chances for every combination of the parents' states.
//! It belongs to no file format; each [`Format`] is one file of this folder and one line of [`FORMATS`], with a reader and a writer.
//! [`scenario_text`] makes a scenario of a network, [`from_model`] a network of the discrete part of a scenario. What is read and
//! written again has the same names, the same order and the same chances to the last bit, as far as the format can hold them.
//!
//! Uses `source`, `diagnostic`, `scenario` and `model`; knows nothing of plans, worlds or files.

mod assemble;
mod bif;
pub mod codes;
mod draft;
mod from_model;
mod left_out;
mod net;
mod spoken;
mod table;
mod tokens;
mod to_scenario;
mod uai;
mod xdsl;
mod xml;
mod xmlbif;

pub use from_model::from_model;
pub use spoken::{event_called, event_named, in_scenario_names, option_called, option_named, own_names};
pub use to_scenario::{AS_OF, scenario_text};

pub(crate) use assemble::shown;

use crate::diagnostic::Diagnostics;
use crate::source::Source;
use draft::Draft;
use std::path::Path;

/// A discrete Bayesian network.
///
/// ```
/// use foretell::network::{Format, read};
/// use foretell::source::Source;
///
/// let text = "network coin { } variable side { type discrete [ 2 ] { heads, tails }; } probability ( side ) { table 0.5, 0.5; }";
/// let bif = Format::named("bif").expect("BIF is one of the formats");
/// let (network, found) = read(&Source::new("coin.bif", text), bif);
/// let network = network.expect("the text is a network");
/// assert!(found.is_empty());
/// assert_eq!(network.variables[0].states, ["heads", "tails"]);
/// assert_eq!(bif.write(&network)?, "network coin {\n}\nvariable side {\n  type discrete [ 2 ] { heads, tails };\n}\nprobability ( side ) {\n  table 0.5, 0.5;\n}\n");
/// # Ok::<(), foretell::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Network {
    /// Its name; may be empty.
    pub name: String,
    /// What another tool keeps with it, word for word.
    pub properties: Vec<String>,
    /// The variables in their order.
    pub variables: Vec<Variable>,
}

/// One variable of a [`Network`].
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its states in their order; at least one.
    pub states: Vec<String>,
    /// Indices of its parents in [`Network::variables`], in the order of the table.
    pub parents: Vec<usize>,
    /// The chances: one row for each combination of the parents' states, the last parent's changing fastest; in a row one chance for
    /// each state. Every row sums to 1 within [`ROUNDING`].
    pub table: Vec<f64>,
    /// What another tool keeps with it, word for word.
    pub properties: Vec<String>,
}

/// How far a row may miss a sum of 1 and still be taken as it stands: what adding decimal fractions in binary loses.
pub const ROUNDING: f64 = 1e-9;

impl Variable {
    /// The rows of its table.
    pub fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.table.chunks_exact(self.states.len().max(1))
    }
}

impl Network {
    /// How many states each parent of a variable has.
    #[must_use]
    pub fn parent_sizes(&self, variable: &Variable) -> Vec<usize> {
        variable.parents.iter().map(|parent| self.variables[*parent].states.len()).collect()
    }
}

/// What of a network a format can hold beside its states, parents and chances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeps {
    /// The names of variables and states.
    pub names: bool,
    /// The properties of another tool.
    pub properties: bool,
}

/// A file format for networks.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The name that `--to` takes.
    pub name: &'static str,
    /// The endings of its files, without the dot, in lower case; the first is the usual one.
    pub extensions: &'static [&'static str],
    /// What it is, in one line.
    pub about: &'static str,
    /// What it can hold.
    pub keeps: Keeps,
    read: fn(&Source, &mut Diagnostics) -> Draft,
    write: fn(&Network) -> Result<String, Unwritable>,
}

/// A text that a format cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Unwritable {
    /// The text.
    text: String,
    /// What it is.
    what: What,
    /// What the format asks of such texts.
    rule: &'static str,
}

/// What a text of a network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// The name of the network, a variable or a state.
    Name,
    /// A property.
    Property,
}

/// Every format.
pub const FORMATS: &[Format] = &[bif::FORMAT, xmlbif::FORMAT, xdsl::FORMAT, net::FORMAT, uai::FORMAT];

impl Format {
    /// The format of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name == name)
    }

    /// The format that the ending of a file's name says, if it is one of a network.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<&'static Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        FORMATS.iter().find(|format| format.extensions.contains(&ending.as_str()))
    }

    /// The network as a file of this format.
    ///
    /// # Errors
    /// If a name or a property of the network cannot be written in this format.
    pub fn write(&self, network: &Network) -> Result<String, crate::error::Error> {
        (self.write)(network).map_err(|Unwritable { text, what, rule }| {
            let (text, format) = (shown(&text), self.name);
            let (problem, mut way_out) = match what {
                What::Name => {
                    (format!("`{text}` cannot be a name in {format}: {rule}"), "change the name".to_owned())
                }
                What::Property => (
                    format!("the property `{text}` cannot be written in {format}: {rule}"),
                    "make a scenario of the network (`foretell import`), change the property there, or take it out, and export that"
                        .to_owned(),
                ),
            };
            if format != xmlbif::FORMAT.name {
                way_out.push_str("; or write the network as `xmlbif`, which takes nearly any text");
            }
            crate::error::Error::input(problem).help(way_out)
        })
    }
}

/// Reads a network, with every problem of the text in one run; the network is there unless one of them is an error.
#[must_use]
pub fn read(source: &Source, format: &Format) -> (Option<Network>, Diagnostics) {
    let mut found = Diagnostics::new();
    let draft = (format.read)(source, &mut found);
    draft.left_out.tell(&mut found);
    let whole = !found.has_errors();
    let network = assemble::assemble(&draft, whole, source, &mut found);
    found.sort();
    let network = network.filter(|_| !found.has_errors());
    (network, assemble::gathered(found, source))
}

/// The parents' states of a row of a table, the last parent's changing fastest.
fn combination(mut row: usize, sizes: &[usize]) -> Vec<usize> {
    let mut states = vec![0; sizes.len()];
    for (state, size) in states.iter_mut().zip(sizes).rev() {
        *state = row % size;
        row /= size;
    }
    states
}

/// Whether a name is letters of the English alphabet, digits and `_`, and begins with none of the digits.
fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod kept_tests;
#[cfg(test)]
mod tests;

//! BIF, the Bayesian Interchange Format (versions 0.10 to 0.15), in which the public repositories keep their networks.
//!
//! ```text
//! network asia { }
//! variable tub { type discrete [ 2 ] { yes, no }; }
//! probability ( tub | asia ) {
//!   (yes) 0.05, 0.95;
//!   (no) 0.01, 0.99;
//! }
//! ```
//!
//! Commas and `|` are space, as the format has it: in the heading of a table the first name is the variable, the others its parents. A
//! conditional `table` lists the chances of the first state for all combinations of the parents' states, then those of the second; if
//! only the other order gives rows that sum to 1, that one is taken, with a warning.

use super::draft::{Draft, DraftFlat, DraftRow, DraftTable, DraftVariable, FlatOrder};
use super::left_out::LeftOut;
use super::tokens::{Cursor, Spelling, Stumbled, TokenKind};
use super::{Format, Keeps, Network, Unwritable, What, codes};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span, Spanned};
use std::fmt::Write as _;

pub(super) const FORMAT: Format = Format {
    name: "bif",
    extensions: &["bif"],
    about: "Bayesian Interchange Format, as the public repositories use it",
    keeps: Keeps { names: true, properties: true },
    read,
    write,
};

const SPELLING: Spelling = Spelling { line_comment: "//", block_comments: true, marks: "{}()[];,|" };
const BLOCKS: &[&str] = &["network", "variable", "probability"];

fn read(source: &Source, found: &mut Diagnostics) -> Draft {
    let mut cursor = Cursor::new(source, SPELLING, found);
    let mut draft = Draft::default();
    while !cursor.is_end() {
        let block = if cursor.is_word("network") {
            network(&mut cursor, &mut draft, found)
        } else if cursor.is_word("variable") {
            variable(&mut cursor, &mut draft, found)
        } else if cursor.is_word("probability") {
            probability(&mut cursor, &mut draft, found)
        } else {
            let help =
                "a BIF file is made of `network … { }`, `variable NAME { … }` and `probability ( NAME | … ) { … }`";
            Err(cursor.wrong("`network`, `variable` or `probability`", help, found))
        };
        if block.is_err() {
            cursor.skip_to(BLOCKS);
        }
    }
    draft
}

fn network(cursor: &mut Cursor<'_>, draft: &mut Draft, found: &mut Diagnostics) -> Result<(), Stumbled> {
    let here = cursor.next().span;
    let mut name = String::new();
    if !cursor.is_mark('{') {
        name = cursor.name("the network's name", "it begins `network NAME { }`", found)?.value;
    }
    if draft.begins(here, &name, found) {
        draft.name = name;
    }
    let properties = &mut draft.properties;
    cursor.block(found, |cursor, found| property(cursor, properties, found)).map(drop)
}

/// `property TEXT;`.
fn property(cursor: &mut Cursor<'_>, properties: &mut Vec<String>, found: &mut Diagnostics) -> Result<(), Stumbled> {
    if !cursor.is_word("property") {
        return Err(cursor.wrong("`property`", "a property is written `property text;`", found));
    }
    cursor.next();
    properties.push(cursor.rest_of_statement(found)?);
    Ok(())
}

fn variable(cursor: &mut Cursor<'_>, draft: &mut Draft, found: &mut Diagnostics) -> Result<(), Stumbled> {
    cursor.next();
    let name = cursor.name("the variable's name", "it begins `variable NAME {`", found)?;
    let mut variable = DraftVariable { name, states: Vec::new(), stated_count: None, properties: Vec::new() };
    let mut typed: Option<Span> = None;
    let whole = cursor.block(found, |cursor, found| {
        if cursor.is_word("type") {
            let here = cursor.peek().span;
            if let Some(first) = typed.replace(here) {
                let message = "the states stand here a second time";
                let problem = Diagnostic::new(codes::TWICE, here, message).other(first, "first here");
                found.push(problem.help("leave one of the two out"));
            }
            states(cursor, &mut variable, found)
        } else {
            property(cursor, &mut variable.properties, found)
        }
    });
    // A variable whose states could not be read is left out, so that only the mistake itself is reported.
    if matches!(whole, Ok(true)) || !variable.states.is_empty() {
        draft.variables.push(variable);
    } else {
        draft.unread.push(variable.name.value);
    }
    whole.map(drop)
}

/// `type discrete [ 2 ] { yes, no };`.
fn states(cursor: &mut Cursor<'_>, variable: &mut DraftVariable, found: &mut Diagnostics) -> Result<(), Stumbled> {
    const FORM: &str = "the states are written `type discrete [ 2 ] { yes, no };`";
    cursor.next();
    if !cursor.is_word("discrete") {
        let token = cursor.peek();
        let message = format!("`{}` is not discrete", super::assemble::shown(&variable.name.value));
        found.push(Diagnostic::new(codes::NOT_DISCRETE, token.span, message).help(FORM));
        return Err(Stumbled);
    }
    cursor.next();
    if cursor.takes('[') {
        let count = cursor.number(FORM, found)?;
        variable.stated_count = Some(count.map(|count| count as usize));
        cursor.expect(']', FORM, found)?;
    }
    cursor.expect('{', FORM, found)?;
    let mut listed = Vec::new();
    while !cursor.takes('}') {
        if !cursor.takes(',') {
            listed.push(cursor.name("a state or `}`", FORM, found)?);
        }
    }
    variable.states = listed;
    cursor.expect(';', FORM, found).map(drop)
}

fn probability(cursor: &mut Cursor<'_>, draft: &mut Draft, found: &mut Diagnostics) -> Result<(), Stumbled> {
    const FORM: &str = "it begins `probability ( NAME | PARENT, PARENT ) {`";
    cursor.next();
    cursor.expect('(', FORM, found)?;
    let variable = cursor.name("the variable's name", FORM, found)?;
    let mut parents = Vec::new();
    while !cursor.takes(')') {
        if !cursor.takes(',') && !cursor.takes('|') {
            parents.push(cursor.name("a parent's name or `)`", FORM, found)?);
        }
    }
    let mut table = DraftTable { variable, parents, flat: None, rows: Vec::new(), default: None, damaged: false };
    let left_out = &mut draft.left_out;
    let read = cursor.block(found, |cursor, found| statement(cursor, &mut table, left_out, found));
    table.damaged = !matches!(read, Ok(true));
    draft.tables.push(table);
    read.map(drop)
}

/// `table …;`, `default …;`, `(yes, no) …;` or `property …;`.
fn statement(
    cursor: &mut Cursor<'_>,
    table: &mut DraftTable,
    left_out: &mut LeftOut,
    found: &mut Diagnostics,
) -> Result<(), Stumbled> {
    let start = cursor.peek().span;
    let twice = |found: &mut Diagnostics| {
        let message = "the chances stand here a second time";
        found.push(Diagnostic::new(codes::TWICE, start, message).help("leave one of the two out"));
    };
    if cursor.is_word("property") {
        // Properties of tables, such as credal sets, say nothing about the chances.
        left_out.note("`property` of a table", start);
        return property(cursor, &mut Vec::new(), found);
    }
    if cursor.is_word("table") {
        cursor.next();
        let (values, end) = numbers(cursor, found)?;
        let flat = DraftFlat { values, order: FlatOrder::StateSlowest, span: start.to(end) };
        if table.flat.replace(flat).is_some() {
            twice(found);
        }
        return Ok(());
    }
    if cursor.is_word("default") {
        cursor.next();
        let (values, end) = numbers(cursor, found)?;
        if table.default.replace(DraftRow { states: Vec::new(), values, span: start.to(end) }).is_some() {
            twice(found);
        }
        return Ok(());
    }
    if !cursor.takes('(') {
        let help = "the chances are written `table 0.9, 0.1;`, or a row for each combination: `(yes, no) 0.9, 0.1;`";
        return Err(cursor.wrong("`table`, `default`, `(` or `}`", help, found));
    }
    let mut states = Vec::new();
    while !cursor.takes(')') {
        if !cursor.takes(',') {
            states.push(cursor.name("a parent's state or `)`", "a row is written `(yes, no) 0.9, 0.1;`", found)?);
        }
    }
    let (values, end) = numbers(cursor, found)?;
    table.rows.push(DraftRow { states, values, span: start.to(end) });
    Ok(())
}

/// `0.9, 0.1;`: the numbers, and the last one's place.
fn numbers(cursor: &mut Cursor<'_>, found: &mut Diagnostics) -> Result<(Vec<Spanned<f64>>, Span), Stumbled> {
    let mut values = Vec::new();
    let mut end = cursor.peek().span;
    while !cursor.takes(';') {
        if !cursor.takes(',') {
            if cursor.peek().kind == TokenKind::Mark('}') {
                return Err(cursor.wrong("a number or `;`", "end the numbers with `;`", found));
            }
            let value = cursor.number("chances are written `0.9, 0.1;`", found)?;
            end = value.span;
            values.push(value);
        }
    }
    Ok((values, end))
}

fn write(network: &Network) -> Result<String, Unwritable> {
    let mut text = String::new();
    let mut put = |line: std::fmt::Arguments<'_>| writeln!(text, "{line}").expect("memory takes all that is written");
    let name = if network.name.is_empty() { String::new() } else { format!("{} ", word(&network.name)?) };
    put(format_args!("network {name}{{"));
    for property in &network.properties {
        put(format_args!("  property {};", plain(property)?));
    }
    put(format_args!("}}"));
    for variable in &network.variables {
        let states = variable.states.iter().map(|state| word(state)).collect::<Result<Vec<String>, _>>()?;
        put(format_args!("variable {} {{", word(&variable.name)?));
        put(format_args!("  type discrete [ {} ] {{ {} }};", states.len(), states.join(", ")));
        for property in &variable.properties {
            put(format_args!("  property {};", plain(property)?));
        }
        put(format_args!("}}"));
    }
    for variable in &network.variables {
        let sizes = network.parent_sizes(variable);
        let parents = variable.parents.iter().map(|parent| word(&network.variables[*parent].name));
        let parents = parents.collect::<Result<Vec<String>, _>>()?;
        let given = if parents.is_empty() { String::new() } else { format!("| {} ", parents.join(", ")) };
        put(format_args!("probability ( {} {given}) {{", word(&variable.name)?));
        for (at, row) in variable.rows().enumerate() {
            let values: Vec<String> = row.iter().map(|value| format!("{value:?}")).collect();
            if parents.is_empty() {
                put(format_args!("  table {};", values.join(", ")));
                continue;
            }
            let states = super::combination(at, &sizes);
            let states = states
                .iter()
                .zip(&variable.parents)
                .map(|(state, parent)| word(&network.variables[*parent].states[*state]));
            let states = states.collect::<Result<Vec<String>, _>>()?;
            put(format_args!("  ({}) {};", states.join(", "), values.join(", ")));
        }
        put(format_args!("}}"));
    }
    Ok(text)
}

/// A name as it is, or in quotes if it is more than letters, digits, `_` and `-`.
fn word(name: &str) -> Result<String, Unwritable> {
    let is_plain = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    if !name.is_empty() && name.chars().all(is_plain) {
        return Ok(name.to_owned());
    }
    if name.contains(['"', '\n', '\r']) {
        return Err(Unwritable {
            text: name.to_owned(),
            what: What::Name,
            rule: "there is no way to write a quotation mark or a line end",
        });
    }
    Ok(format!("\"{name}\""))
}

/// The text of a property as it is, if it is read back as that.
fn plain(property: &str) -> Result<&str, Unwritable> {
    let mut found = Diagnostics::new();
    let draft = read(&Source::new("property", format!("network {{\n  property {property};\n}}\n")), &mut found);
    if found.is_empty() && draft.properties == [property] {
        return Ok(property);
    }
    Err(Unwritable {
        text: property.to_owned(),
        what: What::Property,
        rule: "a property goes on to the first `;`, with quotes and braces in pairs and without comments",
    })
}

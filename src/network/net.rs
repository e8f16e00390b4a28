//! NET, the format of Hugin: `node` blocks with `states`, `potential` blocks with `data`.
//!
//! ```text
//! net { }
//! node tub { states = ("yes" "no"); }
//! potential (tub | asia) { data = ((0.05 0.95)(0.01 0.99)); }
//! ```
//!
//! The numbers stand row by row, the last parent's state changing fastest; their parentheses may be left out. What else is said of the network and
//! its nodes, such as positions and labels, becomes properties; they are not written here.

use super::draft::{Draft, DraftFlat, DraftTable, DraftVariable, FlatOrder, Text};
use super::tokens::{Cursor, Spelling, Stumbled, TokenKind};
use super::{Format, Keeps, Network, Unwritable, What, codes};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span, Spanned};
use std::fmt::Write as _;

pub(super) const FORMAT: Format = Format {
    name: "net",
    extensions: &["net"],
    about: "Hugin's NET",
    keeps: Keeps { names: true, properties: false },
    read,
    write,
};

const SPELLING: Spelling = Spelling { line_comment: "%", block_comments: false, marks: "{}()[];,|=" };
const BLOCKS: &[&str] =
    &["net", "node", "potential", "discrete", "continuous", "decision", "utility", "function", "class"];

fn read(source: &Source, found: &mut Diagnostics) -> Draft {
    let mut cursor = Cursor::new(source, SPELLING, found);
    let mut draft = Draft::default();
    while !cursor.is_end() {
        let block = if cursor.is_word("net") {
            net(&mut cursor, &mut draft, found)
        } else if cursor.is_word("discrete") {
            cursor.next();
            Ok(())
        } else if cursor.is_word("node") {
            node(&mut cursor, &mut draft, found)
        } else if cursor.is_word("potential") {
            potential(&mut cursor, &mut draft, found)
        } else if cursor.peek().kind == TokenKind::Word && BLOCKS.iter().any(|block| cursor.is_word(block)) {
            let token = cursor.next();
            if cursor.is_word("node") {
                cursor.next();
            }
            if cursor.peek().kind == TokenKind::Word {
                draft.unread.push(cursor.peek().text.to_owned());
            }
            let message = format!("a `{}` is no variable with states and chances", token.text);
            let help = "only networks of discrete nodes can be read: take it out in the tool that wrote the file";
            found.push(Diagnostic::new(codes::NOT_DISCRETE, token.span, message).help(help));
            cursor.skip_block();
            Ok(())
        } else {
            let help = "a NET file is made of `net { }`, `node NAME { … }` and `potential (NAME | PARENT …) { … }`";
            Err(cursor.wrong("`net`, `node` or `potential`", help, found))
        };
        if block.is_err() {
            cursor.skip_to(BLOCKS);
        }
    }
    draft
}

/// `net { name = "asia"; … }`.
fn net(cursor: &mut Cursor<'_>, draft: &mut Draft, found: &mut Diagnostics) -> Result<(), Stumbled> {
    let here = cursor.next().span;
    let mut name: Option<Text> = None;
    let mut properties = Vec::new();
    let read = cursor.block(found, |cursor, found| {
        let attribute = attribute(cursor, found)?;
        let value = cursor.peek();
        if attribute.value.eq_ignore_ascii_case("name") && value.kind == TokenKind::Quoted {
            once(name.as_ref().map(|first| first.span), &attribute, found);
            name = Some(Spanned::new(value.text.to_owned(), attribute.span));
            return cursor.rest_of_statement(found).map(drop);
        }
        properties.push(property(&attribute, cursor, found)?);
        Ok(())
    });
    let name = name.map(|name| name.value).unwrap_or_default();
    if draft.begins(here, &name, found) {
        draft.name = name;
        draft.properties = properties;
    }
    read.map(drop)
}

/// `NAME =`.
fn attribute(cursor: &mut Cursor<'_>, found: &mut Diagnostics) -> Result<Text, Stumbled> {
    const FORM: &str = "an attribute is written `NAME = VALUE;`";
    let name = cursor.name("an attribute", FORM, found)?;
    cursor.expect('=', FORM, found)?;
    Ok(name)
}

/// The value of an attribute that the network has no other place for.
fn property(attribute: &Text, cursor: &mut Cursor<'_>, found: &mut Diagnostics) -> Result<String, Stumbled> {
    Ok(format!("{} = {}", attribute.value, cursor.rest_in_one_line(found)?))
}

/// Reports an attribute that stood before.
fn once(first: Option<Span>, attribute: &Text, found: &mut Diagnostics) {
    if let Some(first) = first {
        let message = format!("`{}` stands here a second time", super::assemble::shown(&attribute.value));
        let problem = Diagnostic::new(codes::TWICE, attribute.span, message).other(first, "first here");
        found.push(problem.help("leave one of the two out"));
    }
}

fn node(cursor: &mut Cursor<'_>, draft: &mut Draft, found: &mut Diagnostics) -> Result<(), Stumbled> {
    const FORM: &str = "the states are written `states = (\"yes\" \"no\");`";
    cursor.next();
    let name = cursor.name("the node's name", "it begins `node NAME {`", found)?;
    let mut variable = DraftVariable { name, states: Vec::new(), stated_count: None, properties: Vec::new() };
    let mut first = None;
    let whole = cursor.block(found, |cursor, found| {
        let attribute = attribute(cursor, found)?;
        if !attribute.value.eq_ignore_ascii_case("states") {
            variable.properties.push(property(&attribute, cursor, found)?);
            return Ok(());
        }
        once(first.replace(attribute.span), &attribute, found);
        cursor.expect('(', FORM, found)?;
        let mut listed = Vec::new();
        while !cursor.takes(')') {
            listed.push(cursor.name("a state or `)`", FORM, found)?);
        }
        variable.states = listed;
        cursor.expect(';', FORM, found).map(drop)
    });
    // A node whose states could not be read is left out, so that only the mistake itself is reported.
    if matches!(whole, Ok(true)) || !variable.states.is_empty() {
        draft.variables.push(variable);
    } else {
        draft.unread.push(variable.name.value);
    }
    whole.map(drop)
}

fn potential(cursor: &mut Cursor<'_>, draft: &mut Draft, found: &mut Diagnostics) -> Result<(), Stumbled> {
    const FORM: &str = "it begins `potential (NAME | PARENT PARENT) {`";
    cursor.next();
    cursor.expect('(', FORM, found)?;
    let variable = cursor.name("the node's name", FORM, found)?;
    let mut parents = Vec::new();
    while !cursor.takes(')') {
        if !cursor.takes('|') {
            parents.push(cursor.name("a parent's name or `)`", FORM, found)?);
        }
    }
    let mut table = DraftTable { variable, parents, flat: None, rows: Vec::new(), default: None, damaged: false };
    let mut first = None;
    let left_out = &mut draft.left_out;
    let read = cursor.block(found, |cursor, found| {
        let attribute = attribute(cursor, found)?;
        if !attribute.value.eq_ignore_ascii_case("data") {
            let what = format!("`{}` of a potential", super::assemble::shown(&attribute.value));
            left_out.note(&what, attribute.span);
            return cursor.rest_of_statement(found).map(drop);
        }
        once(first.replace(attribute.span), &attribute, found);
        let start = cursor.peek().span;
        let mut values = Vec::new();
        let mut end = start;
        while !cursor.takes(';') {
            if !cursor.takes('(') && !cursor.takes(')') {
                let value = cursor.number("the chances are written `data = ((0.9 0.1)(0.3 0.7));`", found)?;
                end = value.span;
                values.push(value);
            }
        }
        table.flat = Some(DraftFlat { values, order: FlatOrder::StateFastest, span: start.to(end) });
        Ok(())
    });
    table.damaged = !matches!(read, Ok(true));
    draft.tables.push(table);
    read.map(drop)
}

fn write(network: &Network) -> Result<String, Unwritable> {
    let mut text = String::new();
    let mut put = |line: std::fmt::Arguments<'_>| writeln!(text, "{line}").expect("memory takes all that is written");
    put(format_args!("net"));
    put(format_args!("{{"));
    if !network.name.is_empty() {
        put(format_args!("  name = \"{}\";", quotable(&network.name)?));
    }
    put(format_args!("}}"));
    for variable in &network.variables {
        let states = variable.states.iter().map(|state| quotable(state).map(|state| format!("\"{state}\"")));
        let states = states.collect::<Result<Vec<String>, _>>()?;
        put(format_args!("node {}", identifier(&variable.name)?));
        put(format_args!("{{"));
        put(format_args!("  states = ({});", states.join(" ")));
        put(format_args!("}}"));
    }
    for variable in &network.variables {
        let parents = variable.parents.iter().map(|parent| identifier(&network.variables[*parent].name));
        let parents = parents.collect::<Result<Vec<&str>, _>>()?;
        let given = if parents.is_empty() { String::new() } else { format!(" | {}", parents.join(" ")) };
        put(format_args!("potential ({}{given})", identifier(&variable.name)?));
        put(format_args!("{{"));
        let sizes = network.parent_sizes(variable);
        let count = variable.rows().count();
        for (at, row) in variable.rows().enumerate() {
            let values: Vec<String> = row.iter().map(|value| format!("{value:?}")).collect();
            // A parenthesis opens with every parent that starts anew, and closes where it has gone through its states.
            let mut block = count;
            let mut opens = String::new();
            let mut closes = String::new();
            for size in &sizes {
                if at % block == 0 {
                    opens.push('(');
                }
                if (at + 1) % block == 0 {
                    closes.push(')');
                }
                block /= size;
            }
            let start = if at == 0 { "  data = " } else { "          " };
            let end = if at + 1 == count { ";" } else { "" };
            put(format_args!("{start}{opens}({}){closes}{end}", values.join(" ")));
        }
        put(format_args!("}}"));
    }
    Ok(text)
}

fn identifier(name: &str) -> Result<&str, Unwritable> {
    if super::is_identifier(name) {
        return Ok(name);
    }
    Err(Unwritable {
        text: name.to_owned(),
        what: What::Name,
        rule: "a node's name is letters of the English alphabet, digits and `_`, and begins with a letter or `_`",
    })
}

fn quotable(text: &str) -> Result<&str, Unwritable> {
    if text.contains(['"', '\\', '\n', '\r']) {
        let rule = "it has a quotation mark, a backslash or a line end";
        return Err(Unwritable { text: text.to_owned(), what: What::Name, rule });
    }
    Ok(text)
}

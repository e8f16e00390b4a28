//! XMLBIF 0.3, the Bayesian Interchange Format in XML.
//!
//! ```text
//! <DEFINITION><FOR>tub</FOR><GIVEN>asia</GIVEN><TABLE>0.05 0.95 0.01 0.99</TABLE></DEFINITION>
//! ```
//!
//! The numbers stand row by row, the last parent's state changing fastest. It takes any name that XML can hold.

use super::draft::{Draft, DraftFlat, DraftTable, DraftVariable, FlatOrder};
use super::{Format, Keeps, Network, Unwritable, codes, xml};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Source;
use roxmltree::Node;
use std::fmt::Write as _;

pub(super) const FORMAT: Format = Format {
    name: "xmlbif",
    extensions: &["xmlbif", "bifxml"],
    about: "Bayesian Interchange Format in XML, version 0.3",
    keeps: Keeps { names: true, properties: true },
    read,
    write,
};

fn read(source: &Source, found: &mut Diagnostics) -> Draft {
    let mut draft = Draft::default();
    let Some(tree) = xml::tree(source, found) else { return draft };
    let root = tree.root_element();
    let network = if xml::is(root, "BIF") { xml::children(root, "NETWORK").next() } else { None };
    let Some(network) = network else {
        let message = format!("expected `<BIF>` with a `<NETWORK>` in it, found `<{}>`", root.tag_name().name());
        let help = "check that the ending of the file's name says its format; `xdsl` is that of GeNIe";
        found.push(Diagnostic::new(codes::SYNTAX, xml::place(root, source), message).help(help));
        return draft;
    };
    for part in network.children().filter(Node::is_element) {
        if xml::is(part, "NAME") {
            draft.name = xml::text(part, source).value;
        } else if xml::is(part, "PROPERTY") {
            draft.properties.push(xml::text(part, source).value);
        } else if xml::is(part, "VARIABLE") {
            let read = variable(part, source, found);
            let name = xml::children(part, "NAME").next().filter(|_| read.is_none());
            draft.unread.extend(name.map(|name| xml::text(name, source).value));
            draft.variables.extend(read);
        } else if xml::is(part, "DEFINITION") || xml::is(part, "PROBABILITY") {
            draft.tables.extend(definition(part, source, found));
        } else {
            let message = format!("`<NETWORK>` has no `<{}>`", part.tag_name().name());
            let help = "its parts are `<NAME>`, `<PROPERTY>`, `<VARIABLE>` and `<DEFINITION>`";
            found.push(Diagnostic::new(codes::SYNTAX, xml::place(part, source), message).help(help));
        }
    }
    draft
}

fn variable(node: Node<'_, '_>, source: &Source, found: &mut Diagnostics) -> Option<DraftVariable> {
    let kind = node.attributes().find(|attribute| attribute.name().eq_ignore_ascii_case("TYPE"));
    if let Some(kind) = kind.filter(|kind| !kind.value().eq_ignore_ascii_case("nature")) {
        let message = format!("a variable of type `{}` has no chances", super::assemble::shown(kind.value()));
        let help = "only networks of `nature` variables can be read: take it out";
        found.push(Diagnostic::new(codes::NOT_DISCRETE, xml::place(node, source), message).help(help));
        return None;
    }
    let Some(name) = xml::children(node, "NAME").next() else {
        let message = "a variable has no `<NAME>`";
        let help = "write `<VARIABLE TYPE=\"nature\"><NAME>asia</NAME> …`";
        found.push(Diagnostic::new(codes::SYNTAX, xml::place(node, source), message).help(help));
        return None;
    };
    for finding in xml::children(node, "OBS") {
        let message = "the finding of `<OBS>` is left out: a network is read for its chances";
        let help = "give what is known with `--given`";
        found.push(Diagnostic::new(codes::FINDINGS, xml::place(finding, source), message).help(help));
    }
    let outcomes = xml::children(node, "OUTCOME").chain(xml::children(node, "VALUE"));
    Some(DraftVariable {
        name: xml::text(name, source),
        states: outcomes.map(|state| xml::text(state, source)).collect(),
        stated_count: None,
        properties: xml::children(node, "PROPERTY").map(|property| xml::text(property, source).value).collect(),
    })
}

fn definition(node: Node<'_, '_>, source: &Source, found: &mut Diagnostics) -> Option<DraftTable> {
    let Some(variable) = xml::children(node, "FOR").next() else {
        let message = "a definition does not say whose it is: `<FOR>` is missing";
        let help = "write `<DEFINITION><FOR>tub</FOR><GIVEN>asia</GIVEN><TABLE>…</TABLE></DEFINITION>`";
        found.push(Diagnostic::new(codes::SYNTAX, xml::place(node, source), message).help(help));
        return None;
    };
    let mut table = DraftTable {
        variable: xml::text(variable, source),
        parents: xml::children(node, "GIVEN").map(|parent| xml::text(parent, source)).collect(),
        flat: None,
        rows: Vec::new(),
        default: None,
        damaged: false,
    };
    if let Some(numbers) = xml::children(node, "TABLE").next() {
        match xml::numbers(numbers, source, found) {
            Some(values) => {
                let span = xml::place(numbers, source);
                table.flat = Some(DraftFlat { values, order: FlatOrder::StateFastest, span });
            }
            None => table.damaged = true,
        }
    }
    Some(table)
}

/// The head that other tools of the format write and expect.
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE BIF [
  <!ELEMENT BIF ( NETWORK )*>
  <!ATTLIST BIF VERSION CDATA #REQUIRED>
  <!ELEMENT NETWORK ( NAME, ( PROPERTY | VARIABLE | DEFINITION )* )>
  <!ELEMENT NAME (#PCDATA)>
  <!ELEMENT VARIABLE ( NAME, ( OUTCOME | PROPERTY )* ) >
  <!ATTLIST VARIABLE TYPE (nature|decision|utility) "nature">
  <!ELEMENT OUTCOME (#PCDATA)>
  <!ELEMENT DEFINITION ( FOR | GIVEN | TABLE | PROPERTY )* >
  <!ELEMENT FOR (#PCDATA)>
  <!ELEMENT GIVEN (#PCDATA)>
  <!ELEMENT TABLE (#PCDATA)>
  <!ELEMENT PROPERTY (#PCDATA)>
]>
"#;

fn write(network: &Network) -> Result<String, Unwritable> {
    let mut text = HEAD.to_owned();
    let mut put = |line: std::fmt::Arguments<'_>| writeln!(text, "{line}").expect("memory takes all that is written");
    put(format_args!("<BIF VERSION=\"0.3\">"));
    put(format_args!("<NETWORK>"));
    put(format_args!("<NAME>{}</NAME>", content(&network.name)?));
    for property in &network.properties {
        put(format_args!("<PROPERTY>{}</PROPERTY>", content(property)?));
    }
    for variable in &network.variables {
        put(format_args!("<VARIABLE TYPE=\"nature\">"));
        put(format_args!("  <NAME>{}</NAME>", content(&variable.name)?));
        for state in &variable.states {
            put(format_args!("  <OUTCOME>{}</OUTCOME>", content(state)?));
        }
        for property in &variable.properties {
            put(format_args!("  <PROPERTY>{}</PROPERTY>", content(property)?));
        }
        put(format_args!("</VARIABLE>"));
    }
    for variable in &network.variables {
        put(format_args!("<DEFINITION>"));
        put(format_args!("  <FOR>{}</FOR>", content(&variable.name)?));
        for parent in &variable.parents {
            put(format_args!("  <GIVEN>{}</GIVEN>", content(&network.variables[*parent].name)?));
        }
        put(format_args!("  <TABLE>"));
        for row in variable.rows() {
            let values: Vec<String> = row.iter().map(|value| format!("{value:?}")).collect();
            put(format_args!("    {}", values.join(" ")));
        }
        put(format_args!("  </TABLE>"));
        put(format_args!("</DEFINITION>"));
    }
    put(format_args!("</NETWORK>"));
    put(format_args!("</BIF>"));
    Ok(text)
}

/// A text as the content of an element; the space around it would be lost.
fn content(text: &str) -> Result<String, Unwritable> {
    let is_control = |letter: char| letter.is_control() || letter == '\u{fffe}' || letter == '\u{ffff}';
    if text.trim() != text || text.chars().any(is_control) {
        let rule = "space around it, line ends and control characters are lost in XML";
        return Err(Unwritable { name: text.to_owned(), rule });
    }
    Ok(xml::escaped(text))
}

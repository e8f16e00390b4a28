//! XMLBIF 0.3, the Bayesian Interchange Format in XML.
//!
//! ```text
//! <DEFINITION><FOR>tub</FOR><GIVEN>asia</GIVEN><TABLE>0.05 0.95 0.01 0.99</TABLE></DEFINITION>
//! ```
//!
//! The numbers stand row by row, the last parent's state changing fastest. It takes any name that XML can hold.

use super::draft::{Draft, DraftFlat, DraftTable, DraftVariable, FlatOrder};
use super::left_out::LeftOut;
use super::{Format, Keeps, Network, Unwritable, What, codes, xml};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::Source;
use roxmltree::Node;
use std::fmt::Write as _;

pub(super) const FORMAT: Format = Format {
    name: "xmlbif",
    extensions: &["xmlbif", "bifxml", "xml"],
    about: "Bayesian Interchange Format in XML, version 0.3",
    keeps: Keeps { names: true, properties: true },
    read,
    write,
};

fn read(source: &Source, found: &mut Diagnostics) -> Draft {
    let mut draft = Draft::default();
    let Some(tree) = xml::tree(source, found) else { return draft };
    let root = tree.root_element();
    let mut network = None;
    for part in root.children().filter(|part| part.is_element() && xml::is(root, "BIF")) {
        if xml::is(part, "NETWORK") {
            let name = xml::children(part, "NAME").next().map(|name| xml::text(name, source).value);
            if draft.begins(xml::place(part, source), &name.unwrap_or_default(), found) {
                network = Some(part);
            }
        } else if xml::is(part, "OBS") {
            finding(part, source, found);
        } else {
            let what = format!("`<{}>` beside the network", part.tag_name().name());
            draft.left_out.note(&what, xml::place(part, source));
        }
    }
    let Some(network) = network else {
        let message = format!("expected `<BIF>` with a `<NETWORK>` in it, found `<{}>`", root.tag_name().name());
        let help = "check that the ending of the file's name says its format; `xdsl` is that of GeNIe";
        found.push(Diagnostic::new(codes::SYNTAX, xml::place(root, source), message).help(help));
        return draft;
    };
    if let Some(name) = xml::only(network, "NAME", source, found) {
        draft.name = xml::text(name, source).value;
    }
    for part in network.children().filter(|part| part.is_element() && !xml::is(*part, "NAME")) {
        if xml::is(part, "PROPERTY") {
            draft.properties.push(xml::text(part, source).value);
        } else if xml::is(part, "VARIABLE") {
            let read = variable(part, source, &mut draft.left_out, found);
            let name = xml::children(part, "NAME").next().filter(|_| read.is_none());
            draft.unread.extend(name.map(|name| xml::text(name, source).value));
            draft.variables.extend(read);
        } else if xml::is(part, "DEFINITION") || xml::is(part, "PROBABILITY") {
            draft.tables.extend(definition(part, source, &mut draft.left_out, found));
        } else if xml::is(part, "OBS") {
            finding(part, source, found);
        } else {
            let message = format!("`<NETWORK>` has no `<{}>`", part.tag_name().name());
            let help = "its parts are `<NAME>`, `<PROPERTY>`, `<VARIABLE>` and `<DEFINITION>`";
            found.push(Diagnostic::new(codes::SYNTAX, xml::place(part, source), message).help(help));
        }
    }
    draft
}

/// What is known of a variable, which is no part of a network.
fn finding(node: Node<'_, '_>, source: &Source, found: &mut Diagnostics) {
    let message = "the finding of `<OBS>` is left out: a network is read for its chances";
    let help = "give what is known with `--given`";
    found.push(Diagnostic::new(codes::FINDINGS, xml::place(node, source), message).help(help));
}

fn variable(
    node: Node<'_, '_>,
    source: &Source,
    left_out: &mut LeftOut,
    found: &mut Diagnostics,
) -> Option<DraftVariable> {
    let kind = node.attributes().find(|attribute| attribute.name().eq_ignore_ascii_case("TYPE"));
    if let Some(kind) = kind.filter(|kind| !kind.value().eq_ignore_ascii_case("nature")) {
        let message = format!("a variable of type `{}` has no chances", super::assemble::shown(kind.value()));
        let help = "only networks of `nature` variables can be read: take it out";
        found.push(Diagnostic::new(codes::NOT_DISCRETE, xml::place(node, source), message).help(help));
        return None;
    }
    let Some(name) = xml::only(node, "NAME", source, found) else {
        let message = "a variable has no `<NAME>`";
        let help = "write `<VARIABLE TYPE=\"nature\"><NAME>asia</NAME> …`";
        found.push(Diagnostic::new(codes::SYNTAX, xml::place(node, source), message).help(help));
        return None;
    };
    xml::children(node, "OBS").for_each(|known| finding(known, source, found));
    xml::note_others(node, "a variable", &["NAME", "OUTCOME", "VALUE", "PROPERTY", "OBS"], source, left_out);
    let outcomes = xml::children(node, "OUTCOME").chain(xml::children(node, "VALUE"));
    Some(DraftVariable {
        name: xml::text(name, source),
        states: outcomes.map(|state| xml::text(state, source)).collect(),
        stated_count: None,
        properties: xml::children(node, "PROPERTY").map(|property| xml::text(property, source).value).collect(),
    })
}

fn definition(
    node: Node<'_, '_>,
    source: &Source,
    left_out: &mut LeftOut,
    found: &mut Diagnostics,
) -> Option<DraftTable> {
    let Some(variable) = xml::only(node, "FOR", source, found) else {
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
    xml::note_others(node, "a definition", &["FOR", "GIVEN", "TABLE"], source, left_out);
    if let Some(numbers) = xml::only(node, "TABLE", source, found) {
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
    put(format_args!("<NAME>{}</NAME>", content(&network.name, What::Name)?));
    for property in &network.properties {
        put(format_args!("<PROPERTY>{}</PROPERTY>", content(property, What::Property)?));
    }
    for variable in &network.variables {
        put(format_args!("<VARIABLE TYPE=\"nature\">"));
        put(format_args!("  <NAME>{}</NAME>", content(&variable.name, What::Name)?));
        for state in &variable.states {
            put(format_args!("  <OUTCOME>{}</OUTCOME>", content(state, What::Name)?));
        }
        for property in &variable.properties {
            put(format_args!("  <PROPERTY>{}</PROPERTY>", content(property, What::Property)?));
        }
        put(format_args!("</VARIABLE>"));
    }
    for variable in &network.variables {
        put(format_args!("<DEFINITION>"));
        put(format_args!("  <FOR>{}</FOR>", content(&variable.name, What::Name)?));
        for parent in &variable.parents {
            put(format_args!("  <GIVEN>{}</GIVEN>", content(&network.variables[*parent].name, What::Name)?));
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
fn content(text: &str, what: What) -> Result<String, Unwritable> {
    let is_control = |letter: char| letter.is_control() || letter == '\u{fffe}' || letter == '\u{ffff}';
    if text.trim() != text || text.chars().any(is_control) {
        let rule = "space around it, line ends and control characters are lost in XML";
        return Err(Unwritable { text: text.to_owned(), what, rule });
    }
    Ok(xml::escaped(text))
}

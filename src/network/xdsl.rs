//! XDSL, the format of GeNIe and SMILE: `<cpt>` and `<deterministic>` nodes.
//!
//! ```text
//! <cpt id="tub"><state id="yes" /><state id="no" /><parents>asia</parents><probabilities>0.05 0.95 0.01 0.99</probabilities></cpt>
//! ```
//!
//! The numbers stand row by row, the last parent's state changing fastest. How a node looks on the screen (`<extensions>`) is left out, and so is how
//! the tool works (attributes of `<smile>`). A node is written after its parents, as the tools of this format expect it.

use super::draft::{Draft, DraftFlat, DraftTable, DraftVariable, FlatOrder, Text};
use super::left_out::LeftOut;
use super::{Format, Keeps, Network, Unwritable, Variable, What, codes, xml};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Spanned};
use roxmltree::Node;
use std::fmt::Write as _;

pub(super) const FORMAT: Format = Format {
    name: "xdsl",
    extensions: &["xdsl"],
    about: "XDSL of GeNIe and SMILE",
    keeps: Keeps { names: true, properties: false },
    read,
    write,
};

fn read(source: &Source, found: &mut Diagnostics) -> Draft {
    let mut draft = Draft::default();
    let Some(tree) = xml::tree(source, found) else { return draft };
    let root = tree.root_element();
    let nodes = if xml::is(root, "smile") { xml::only(root, "nodes", source, found) } else { None };
    let Some(nodes) = nodes else {
        let message = format!("expected `<smile>` with `<nodes>` in it, found `<{}>`", root.tag_name().name());
        let help =
            "check that the ending of the file's name says its format; `xmlbif` is the interchange format in XML";
        found.push(Diagnostic::new(codes::SYNTAX, xml::place(root, source), message).help(help));
        return draft;
    };
    root.attribute("id").unwrap_or_default().clone_into(&mut draft.name);
    for node in nodes.children().filter(Node::is_element) {
        if xml::is(node, "cpt") || xml::is(node, "deterministic") {
            read_node(node, source, &mut draft, found);
        } else {
            draft.unread.extend(node.attribute("id").map(str::to_owned));
            let message = format!("a node `<{}>` has no table of chances", node.tag_name().name());
            let help = "change it to a general chance node (CPT) in GeNIe, or take it out";
            found.push(Diagnostic::new(codes::NOT_DISCRETE, xml::place(node, source), message).help(help));
        }
    }
    // Read without it, the network would be another.
    for dynamic in xml::children(root, "dynamic") {
        let message = "`<dynamic>` links the nodes of a network over time, and one moment is all that is read";
        let help = "unroll the network in GeNIe, and save what it makes of it";
        found.push(Diagnostic::new(codes::NOT_DISCRETE, xml::place(dynamic, source), message).help(help));
    }
    for cases in xml::children(root, "cases") {
        let message = "the findings of `<cases>` are left out: a network is read for its chances";
        let help = "give what is known with `--given`";
        found.push(Diagnostic::new(codes::FINDINGS, xml::place(cases, source), message).help(help));
    }
    xml::note_others(root, "the network", &["nodes", "extensions", "dynamic", "cases"], source, &mut draft.left_out);
    for part in xml::children(root, "extensions").flat_map(|extensions| extensions.descendants()) {
        note_words(part, source, &mut draft.left_out);
    }
    draft
}

/// Notes the words that people wrote beside the nodes: remarks, and names that are not the `id`.
fn note_words(part: Node<'_, '_>, source: &Source, left_out: &mut LeftOut) {
    let id = || part.parent_element().and_then(|node| node.attribute("id"));
    if xml::is(part, "comment") || xml::is(part, "textbox") {
        left_out.note(&format!("`<{}>` of the network's picture", part.tag_name().name()), xml::place(part, source));
    } else if xml::is(part, "name") && id().is_some_and(|id| id != xml::text(part, source).value) {
        left_out.note("`<name>` of a node, which is called by its `id`,", xml::place(part, source));
    }
}

/// Notes the attributes of an element beside its `id`.
fn note_attributes(node: Node<'_, '_>, of: &str, source: &Source, left_out: &mut LeftOut) {
    for attribute in node.attributes().filter(|attribute| attribute.name() != "id") {
        left_out.note(&format!("`{}` of {of}", attribute.name()), xml::place(node, source));
    }
}

fn read_node(node: Node<'_, '_>, source: &Source, draft: &mut Draft, found: &mut Diagnostics) {
    let Some(name) = xml::attribute(node, "id", source, found) else { return };
    let states: Vec<Option<Text>> =
        xml::children(node, "state").map(|state| xml::attribute(state, "id", source, found)).collect();
    let damaged = states.iter().any(Option::is_none);
    let states: Vec<Text> = states.into_iter().flatten().collect();
    let parents = xml::only(node, "parents", source, found).map(|parents| xml::words(parents, source));
    let parents = parents.unwrap_or_default();
    note_attributes(node, "a node", source, &mut draft.left_out);
    xml::children(node, "state").for_each(|state| note_attributes(state, "a state", source, &mut draft.left_out));
    let read = ["state", "parents", "probabilities", "resultingstates", "property"];
    xml::note_others(node, "a node", &read, source, &mut draft.left_out);
    let property = |property: Node<'_, '_>| {
        let text = xml::text(property, source).value;
        property.attribute("id").map_or_else(|| text.clone(), |id| format!("{id} = {text}"))
    };
    let properties = xml::children(node, "property").map(property).collect();
    let mut table =
        DraftTable { variable: name.clone(), parents, flat: None, rows: Vec::new(), default: None, damaged };
    if let Some(numbers) = xml::only(node, "probabilities", source, found) {
        match xml::numbers(numbers, source, found) {
            Some(values) => {
                let span = xml::place(numbers, source);
                table.flat = Some(DraftFlat { values, order: FlatOrder::StateFastest, span });
            }
            None => table.damaged = true,
        }
    } else if let Some(results) = xml::only(node, "resultingstates", source, found) {
        match certain(&xml::words(results, source), &name, &states, found) {
            Some(values) => {
                let span = xml::place(results, source);
                table.flat = Some(DraftFlat { values, order: FlatOrder::StateFastest, span });
            }
            None => table.damaged = true,
        }
    }
    draft.tables.push(table);
    draft.variables.push(DraftVariable { name, states, stated_count: None, properties });
}

/// The rows of a node that follows from its parents: each names the one state that has chance 1.
fn certain(results: &[Text], name: &Text, states: &[Text], found: &mut Diagnostics) -> Option<Vec<Spanned<f64>>> {
    if results.len().saturating_mul(states.len()) > super::table::LIMIT {
        let message = format!("the table of `{}` is too large", super::assemble::shown(&name.value));
        let help = "put a node between it and some of its parents";
        found.push(Diagnostic::new(codes::TOO_LARGE, name.span, message).help(help));
        return None;
    }
    let mut fine = true;
    let mut values = Vec::with_capacity(results.len() * states.len());
    for result in results {
        if states.iter().all(|state| state.value != result.value) {
            let (of, state) = (super::assemble::shown(&name.value), super::assemble::shown(&result.value));
            let message = format!("`{of}` has no state `{state}`");
            found.push(Diagnostic::new(codes::UNKNOWN_STATE, result.span, message).help("name one of its states"));
            fine = false;
        }
        values.extend(
            states.iter().map(|state| Spanned::new(if state.value == result.value { 1.0 } else { 0.0 }, result.span)),
        );
    }
    fine.then_some(values)
}

fn write(network: &Network) -> Result<String, Unwritable> {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let mut put = |line: std::fmt::Arguments<'_>| writeln!(text, "{line}").expect("memory takes all that is written");
    let id = if network.name.is_empty() { String::new() } else { format!(" id=\"{}\"", identifier(&network.name)?) };
    put(format_args!("<smile version=\"1.0\"{id}>"));
    put(format_args!("  <nodes>"));
    for at in parents_first(network) {
        let variable = &network.variables[at];
        put(format_args!("    <cpt id=\"{}\">", identifier(&variable.name)?));
        for state in &variable.states {
            put(format_args!("      <state id=\"{}\" />", identifier(state)?));
        }
        if !variable.parents.is_empty() {
            let parents = variable.parents.iter().map(|parent| identifier(&network.variables[*parent].name));
            put(format_args!("      <parents>{}</parents>", parents.collect::<Result<Vec<_>, _>>()?.join(" ")));
        }
        let values: Vec<String> = variable.table.iter().map(|value| format!("{value:?}")).collect();
        put(format_args!("      <probabilities>{}</probabilities>", values.join(" ")));
        put(format_args!("    </cpt>"));
    }
    put(format_args!("  </nodes>"));
    put(format_args!("</smile>"));
    Ok(text)
}

/// The variables in an order in which each comes after its parents; the network's own order wherever it is one.
fn parents_first(network: &Network) -> Vec<usize> {
    let mut order = Vec::with_capacity(network.variables.len());
    let mut placed = vec![false; network.variables.len()];
    let is_ready = |variable: &Variable, placed: &[bool]| variable.parents.iter().all(|parent| placed[*parent]);
    for start in 0..network.variables.len() {
        let mut open = vec![start];
        while let Some(at) = open.last().copied() {
            let variable = &network.variables[at];
            if placed[at] {
                open.pop();
            } else if is_ready(variable, &placed) {
                placed[at] = true;
                order.push(at);
                open.pop();
            } else {
                open.extend(variable.parents.iter().rev().copied().filter(|parent| !placed[*parent]));
            }
        }
    }
    order
}

fn identifier(name: &str) -> Result<&str, Unwritable> {
    if super::is_identifier(name) {
        return Ok(name);
    }
    Err(Unwritable {
        text: name.to_owned(),
        what: What::Name,
        rule: "an `id` is letters of the English alphabet, digits and `_`, and begins with a letter or `_`",
    })
}

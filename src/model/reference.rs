//! `[prior.NAME]` → reference classes: chances in doubt that several events share.

use super::belief::{Belief, belief};
use super::names::{listed, nearest};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::Document;
use crate::source::{Span, Spanned};
use indexmap::IndexMap;

/// A chance that is the same, and in the same doubt, for all events that are `like` it.
#[derive(Debug, Clone)]
pub struct ReferenceClass {
    /// Its name.
    pub name: String,
    /// What is believed of it; it has a prior.
    pub belief: Belief,
    /// The reason.
    pub why: Option<String>,
    /// Outcomes that have moved it.
    pub learned_from: Vec<String>,
}

/// That a chance is the one of a reference class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// An index into [`super::Model::priors`].
    pub class: usize,
    /// The name of the class.
    pub name: String,
    /// Where the belief of the class stands.
    pub place: Span,
}

/// The reference classes by name; `None` of those with a problem that is reported already.
pub(super) type Classes = IndexMap<String, Option<ReferenceClass>>;

/// Reads them.
pub(super) fn classes(document: &Document, found: &mut Diagnostics) -> Classes {
    let none = Classes::new();
    let mut classes = Classes::new();
    for node in &document.priors {
        let of = format!("the prior `{}`", node.name.value);
        let stated = node.chance.as_ref().and_then(|(_, chance)| belief(chance, &of, &none, found));
        let doubted = stated.filter(|belief| {
            if belief.prior.is_none() {
                found.push(
                    Diagnostic::new(
                        "E0317",
                        belief.span,
                        format!("{of} states no doubt, so that there is nothing for its events to share or to learn"),
                    )
                    .help("state it as a base rate such as `8 of 16`, or with an interval"),
                );
            }
            belief.prior.is_some()
        });
        let class = doubted.map(|belief| ReferenceClass {
            name: node.name.value.clone(),
            belief,
            why: node.why.as_ref().map(|why| why.value.clone()),
            learned_from: node.learned_from.iter().map(|text| text.value.clone()).collect(),
        });
        classes.insert(node.name.value.clone(), class);
    }
    classes
}

/// The belief of an event that is `like` a class.
pub(super) fn like(name: &Spanned<String>, span: Span, classes: &Classes, found: &mut Diagnostics) -> Option<Belief> {
    let Some((at, _, class)) = classes.get_full(&name.value) else {
        let problem = Diagnostic::new("E0316", name.span, format!("there is no prior `{}`", name.value));
        found.push(match nearest(&name.value, classes.keys().map(String::as_str)) {
            Some(near) => problem.help(format!("did you mean `{near}`?")),
            None if classes.is_empty() => {
                problem.help(format!("write `[prior.{}]` with its `chance`, such as `\"8 of 16\"`", name.value))
            }
            None => problem.help(format!("the priors are {}", listed(classes.keys()))),
        });
        return None;
    };
    let class = class.as_ref()?;
    let member = Member { class: at, name: class.name.clone(), place: class.belief.span };
    Some(Belief { span, member: Some(member), ..class.belief.clone() })
}

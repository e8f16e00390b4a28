//! Which edits can bear on a question at all.
//!
//! An event bears on a question that depends on it, in either file, and so does everything that evidence connects with it: news about
//! two events makes each tell of the other, and so does silence about what depends on both. All else is independent of the question
//! in every variant, and moves it by nothing.

use super::edits::{Edits, Place};
use super::slots::Slot;
use super::tree::{Keys, Section, Tree, shown};
use crate::model::{Definition, EventId, Kind, Model, QuestionTarget};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

type Names = BTreeSet<String>;

/// A file as the graph needs it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) tree: &'a Tree,
    pub(super) model: &'a Model,
    pub(super) day: Date,
}

/// What depends on what in either of two files.
#[derive(Debug)]
pub(super) struct Graph {
    /// The events, priors and groups that each of them depends on directly.
    parents: BTreeMap<String, Names>,
    /// What each piece of evidence speaks of, with all that this depends on.
    evidence: Vec<Names>,
    /// Date events, and priors whose cases lose weight: what the days bear on.
    dates: Names,
    /// What each question asks about.
    asked: BTreeMap<String, Names>,
    supposed: Names,
}

fn prior(name: &str) -> String {
    format!("prior {name}")
}

impl Graph {
    pub(super) fn new(sides: [Seen<'_>; 2], edits: &Edits, given: &[String]) -> Self {
        let mut graph = Self {
            parents: BTreeMap::new(),
            evidence: Vec::new(),
            dates: Names::new(),
            asked: BTreeMap::new(),
            supposed: Names::new(),
        };
        let mut spoken: Vec<Names> = Vec::new();
        for Seen { tree, model, day } in sides {
            graph.add(model);
            graph.add_priors(tree);
            if day > model.as_of {
                let silent = model
                    .events
                    .iter()
                    .filter(|event| matches!(&event.definition, Definition::When(when) if when.observed));
                spoken.extend(silent.map(|event| Names::from([event.name.clone()])));
            }
        }
        spoken.extend(edits.news.iter().map(|slot| graph.mentioned(slot, "about")));
        // What is taken as known makes all that it speaks of tell of each other, as news does.
        let known = |word: &String| graph.parents.contains_key(word);
        spoken.extend(given.iter().map(|text| words(text).into_iter().filter(known).collect()));
        graph.evidence = spoken.iter().map(|names| graph.with_ancestors(names)).collect();
        graph
    }

    fn add(&mut self, model: &Model) {
        let name = |id: EventId| model.event(id).name.clone();
        for event in &model.events {
            let parents = self.parents.entry(event.name.clone()).or_default();
            event.visit_parents(&mut |parent| {
                parents.insert(name(parent));
            });
            if let Some((group, _)) = event.group {
                let members: Vec<String> = model.groups[group].events.iter().map(|id| name(*id)).collect();
                parents.insert(format!("group {}", members.join(", ")));
            }
            if event.kind == Kind::Date {
                self.dates.insert(event.name.clone());
            }
        }
        for question in &model.questions {
            let asked = self.asked.entry(question.name.clone()).or_default();
            let mut visit = |id: EventId| {
                asked.insert(name(id));
            };
            match &question.target {
                QuestionTarget::Holds(condition) => condition.visit_events(&mut visit),
                QuestionTarget::Value(formula) => formula.visit_events(&mut visit),
                QuestionTarget::Which(event) | QuestionTarget::When(event) => visit(*event),
            }
            question.given.iter().for_each(|given| given.visit_events(&mut visit));
        }
        self.supposed.extend(model.suppose.iter().map(|one| name(one.event)));
    }

    /// Whatever says that it is like a prior depends on it.
    fn add_priors(&mut self, tree: &Tree) {
        let priors: Names = names_of(tree, Section::Prior);
        for ((section, name), keys) in &tree.tables {
            let own = match section {
                Section::Prior => {
                    if keys.contains_key("half_life") {
                        self.dates.insert(prior(name));
                    }
                    prior(name)
                }
                Section::Event | Section::Decision | Section::Utility => name.clone(),
                Section::Question => continue,
            };
            for word in keys.values().flat_map(|value| words(&value.to_string())) {
                if priors.contains(&word) && (*section != Section::Prior || word != *name) {
                    self.parents.entry(own.clone()).or_default().insert(prior(&word));
                }
            }
        }
    }

    /// The events that a key of a list's member speaks of.
    fn mentioned(&self, slot: &Slot, key: &str) -> Names {
        let texts = [&slot.before, &slot.after].into_iter().flatten().filter_map(|keys: &Keys| keys.get(key));
        texts.flat_map(|value| words(&shown(value))).filter(|word| self.parents.contains_key(word)).collect()
    }

    fn with_ancestors(&self, names: &Names) -> Names {
        let mut all = names.clone();
        let mut left: Vec<String> = names.iter().cloned().collect();
        while let Some(name) = left.pop() {
            for parent in self.parents.get(&name).into_iter().flatten() {
                if all.insert(parent.clone()) {
                    left.push(parent.clone());
                }
            }
        }
        all
    }

    /// For each edit, whether it can bear on a question.
    pub(super) fn relevant(&self, question: &str, edits: &Edits) -> Vec<bool> {
        let none = Names::new();
        let mut near = self.with_ancestors(self.asked.get(question).unwrap_or(&none));
        let mut apart: Vec<&Names> = self.evidence.iter().collect();
        loop {
            let (touching, left): (Vec<&Names>, Vec<&Names>) =
                apart.into_iter().partition(|names| !names.is_disjoint(&near));
            if touching.is_empty() {
                break;
            }
            touching.into_iter().for_each(|names| near.extend(names.iter().cloned()));
            apart = left;
        }
        let bears = |place: &Place| match place {
            Place::Day => !near.is_disjoint(&self.dates),
            Place::Top(key) if key == "horizon" => !near.is_disjoint(&self.dates),
            Place::Top(_) => !near.is_disjoint(&self.supposed),
            Place::Table(section, name)
            | Place::Key(section, name, _)
            | Place::Entry(section, name, _, _)
            | Place::Case(section, name, _, _) => match section {
                Section::Event | Section::Decision | Section::Utility => near.contains(name),
                Section::Prior => near.contains(&prior(name)),
                Section::Question => name == question,
            },
            Place::News(at) => !self.mentioned(&edits.news[*at], "about").is_disjoint(&near),
            Place::Correlated(at) => !self.mentioned(&edits.correlated[*at], "events").is_disjoint(&near),
        };
        edits.all.iter().map(|edit| bears(&edit.place)).collect()
    }
}

fn names_of(tree: &Tree, section: Section) -> Names {
    tree.tables.keys().filter(|(own, _)| *own == section).map(|(_, name)| name.clone()).collect()
}

fn words(text: &str) -> Vec<String> {
    let apart = |letter: char| !letter.is_alphanumeric() && letter != '_';
    text.split(apart).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

//! Random relations with their sentences and their own meaning, for tests against enumeration.

use super::*;
use crate::math::{SplitMix, ln};

/// A relation of the random models, with its sentence and its own meaning.
#[derive(Debug, Clone)]
pub(super) enum Said {
    Implies(usize, usize),
    Not(usize, usize),
    Both(usize, usize, usize),
    Either(usize, usize, usize),
    ButNot(usize, usize, usize),
    ExactlyOne(Vec<usize>),
    AtMostOne(Vec<usize>),
    Same(usize, usize),
}

impl Said {
    pub(super) fn random(stream: &mut SplitMix, atoms: usize) -> Self {
        let mut pick: Vec<usize> = (0..atoms).collect();
        for at in (1..atoms).rev() {
            pick.swap(at, stream.below(at + 1));
        }
        let (a, b, c) = (pick[0], pick[1], pick[2]);
        match stream.below(10) {
            0 => Self::Not(a, b),
            1 => Self::Both(a, b, c),
            2 => Self::Either(a, b, c),
            3 => Self::ButNot(a, b, c),
            4 => Self::ExactlyOne(pick[..3].to_vec()),
            5 => Self::AtMostOne(pick[..3].to_vec()),
            6 => Self::Same(a, b),
            _ => Self::Implies(a, b),
        }
    }

    pub(super) fn sentence(&self) -> String {
        let list = |of: &[usize]| of.iter().map(|at| format!("q{at}")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Implies(a, b) => format!("q{a} implies q{b}"),
            Self::Not(a, b) => format!("q{a} is not q{b}"),
            Self::Both(a, b, c) => format!("q{a} is q{b} and q{c}"),
            Self::Either(a, b, c) => format!("q{a} is q{b} or q{c}"),
            Self::ButNot(a, b, c) => format!("q{a} is q{b} but not q{c}"),
            Self::ExactlyOne(of) => format!("exactly one of {}", list(of)),
            Self::AtMostOne(of) => format!("at most one of {}", list(of)),
            Self::Same(a, b) => format!("q{a} is the same as q{b}"),
        }
    }

    pub(super) fn holds(&self, world: u32) -> bool {
        let is = |at: &usize| world >> at & 1 == 1;
        match self {
            Self::Implies(a, b) => !is(a) || is(b),
            Self::Not(a, b) => is(a) != is(b),
            Self::Both(a, b, c) => is(a) == (is(b) && is(c)),
            Self::Either(a, b, c) => is(a) == (is(b) || is(c)),
            Self::ButNot(a, b, c) => is(a) == (is(b) && !is(c)),
            Self::ExactlyOne(of) => of.iter().filter(|at| is(at)).count() == 1,
            Self::AtMostOne(of) => of.iter().filter(|at| is(at)).count() <= 1,
            Self::Same(a, b) => is(a) == is(b),
        }
    }
}

/// Relations, conditional questions as (event, condition), and the worlds that keep the relations.
pub(super) struct Model {
    pub(super) atoms: usize,
    said: Vec<Said>,
    pub(super) conditional: Vec<(usize, usize)>,
    pub(super) worlds: Vec<u32>,
}

impl Model {
    pub(super) fn random(stream: &mut SplitMix) -> Self {
        loop {
            let atoms = 3 + stream.below(4);
            let said: Vec<Said> = (0..=stream.below(4)).map(|_| Said::random(stream, atoms)).collect();
            let mut conditional = Vec::new();
            for _ in 0..stream.below(3) {
                let (a, b) = (stream.below(atoms), stream.below(atoms));
                if a != b && !conditional.contains(&(a, b)) {
                    conditional.push((a, b));
                }
            }
            let worlds: Vec<u32> = (0..1 << atoms).filter(|world| said.iter().all(|of| of.holds(*world))).collect();
            if worlds.len() > 1 {
                return Self { atoms, said, conditional, worlds };
            }
        }
    }

    pub(super) fn text(&self) -> String {
        let mut sentences: Vec<String> = self.said.iter().map(Said::sentence).collect();
        sentences.extend(self.conditional.iter().enumerate().map(|(at, (a, b))| format!("c{at} is q{a} given q{b}")));
        sentences.sort();
        sentences.dedup();
        format!("logic = {sentences:?}\n")
    }

    /// Event and condition of a figure by its name.
    fn meaning(&self, name: &str) -> (usize, Option<usize>) {
        let at: usize = name[1..].parse().expect("a number");
        if name.starts_with('q') { (at, None) } else { (self.conditional[at].0, Some(self.conditional[at].1)) }
    }

    pub(super) fn names(&self) -> Vec<String> {
        let questions = (0..self.atoms).map(|at| format!("q{at}"));
        questions.chain((0..self.conditional.len()).map(|at| format!("c{at}"))).collect()
    }

    /// The figures of a random distribution over the worlds.
    pub(super) fn coherent(&self, stream: &mut SplitMix) -> Vec<(String, f64)> {
        let square = |of: f64| of * of;
        let shares: Vec<f64> = self.worlds.iter().map(|_| square(stream.inner_unit())).collect();
        let total: f64 = shares.iter().sum();
        let chance = |holds: &dyn Fn(u32) -> bool| -> f64 {
            self.worlds.iter().zip(&shares).filter(|(world, _)| holds(**world)).map(|(_, share)| share / total).sum()
        };
        let mut figures = Vec::new();
        for name in self.names() {
            let (event, condition) = self.meaning(&name);
            let under = chance(&|world| condition.is_none_or(|condition| world >> condition & 1 == 1));
            let both = chance(&|world| {
                world >> event & 1 == 1 && condition.is_none_or(|condition| world >> condition & 1 == 1)
            });
            // A condition that cannot come about has no conditional probability.
            figures.push((name, if under > 0.0 { (both / under).min(1.0) } else { 0.5 }));
        }
        figures
    }

    /// The gain of the repaired figures in a world.
    pub(super) fn gain(&self, world: u32, statement: &StatementReport, distance: Distance) -> f64 {
        let mut gain = 0.0;
        for of in &statement.figures {
            let (event, condition) = self.meaning(&of.name);
            if condition.is_some_and(|condition| world >> condition & 1 == 0) {
                continue;
            }
            let came = world >> event & 1 == 1;
            gain += match distance {
                Distance::Squared => {
                    let off = |chance: f64| chance - f64::from(u8::from(came));
                    let score = |chance: f64| off(chance) * off(chance);
                    of.weight * (score(of.stated) - score(of.squared))
                }
                Distance::Kl => of.weight * log_gain(of.stated, of.kl, came),
            };
        }
        gain
    }
}

/// What a figure gains of the logarithmic score. A stated 0 counts as a millionth.
pub(super) fn log_gain(stated: f64, repaired: f64, came: bool) -> f64 {
    let of_what_came = |chance: f64| if came { chance } else { 1.0 - chance };
    let stated_as = stated.clamp(1e-6, 1.0 - 1e-6);
    if stated == repaired { 0.0 } else { ln(of_what_came(repaired).max(1e-6) / of_what_came(stated_as)) }
}

//! Why there is no answer.

use super::believe::MOST_BELIEFS;
use std::fmt;

/// Why there is no answer: what is known cannot be, or was seen in no world.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Impossible {
    /// A finding that no world agrees with, even alone.
    Evidence {
        /// An index into [`Plan::findings`](crate::plan::Plan::findings).
        finding: usize,
        /// Its name.
        name: String,
        /// How many worlds were looked at; 0 if it was computed exactly.
        worlds: u64,
    },
    /// A finding that requires one exact value of a continuous number that is calculated, or asked for beside other things: no world that is drawn has just
    /// that value.
    ExactValue {
        /// An index into [`Plan::findings`](crate::plan::Plan::findings).
        finding: usize,
        /// Its name.
        name: String,
    },
    /// Findings each of which is possible, but not all of them together; none of them can be left out of the contradiction.
    Contradiction {
        /// Indices into [`Plan::findings`](crate::plan::Plan::findings).
        findings: Vec<usize>,
        /// Their names.
        names: Vec<String>,
        /// How many worlds were looked at; 0 if it was computed exactly.
        worlds: u64,
    },
    /// A belief that cannot be met: what it is about never or always holds, or the other beliefs rule it out.
    Belief {
        /// An index into [`Plan::findings`](crate::plan::Plan::findings).
        finding: usize,
        /// Its name.
        name: String,
        /// As stated.
        probability: f64,
        /// The nearest that could be reached; undefined if the other beliefs leave no world.
        reached: f64,
    },
    /// More than [`MOST_BELIEFS`] beliefs.
    TooManyBeliefs {
        /// How many.
        beliefs: usize,
    },
    /// Rejection was asked for, but no drawn world meets this: a hint, a belief, or the exact value of a continuous number.
    NotByRejection {
        /// An index into [`Plan::findings`](crate::plan::Plan::findings).
        finding: usize,
        /// Its name.
        name: String,
    },
    /// Worlds were to be drawn from the posterior, but what is known bears on something that is not discrete, or on too much at once.
    NoPosterior,
    /// An exact value of a continuous number that is drawn in correlation with other events: no simulated world has just that value.
    CorrelatedNumber {
        /// An index into [`Plan::findings`](crate::plan::Plan::findings).
        finding: usize,
        /// Its name.
        name: String,
    },
}

impl Impossible {
    /// What can be done about it, in words.
    #[must_use]
    pub const fn way_out(&self) -> &'static str {
        match self {
            Self::ExactValue { .. } => {
                "give a range, such as `z > 2.9 and z < 3.1`; only a number that is drawn by itself can be given exactly (`x = 2`), alone or with `and`"
            }
            Self::CorrelatedNumber { .. } => "give a range, such as `u > 0.9 and u < 1.1`",
            Self::TooManyBeliefs { .. } => "leave out the beliefs that say least",
            Self::NotByRejection { .. } | Self::NoPosterior => "leave the method to be chosen",
            Self::Evidence { .. } | Self::Contradiction { .. } | Self::Belief { .. } => {
                "look for evidence that cannot be true together, or that something supposed rules out"
            }
        }
    }
}

impl fmt::Display for Impossible {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Evidence { name, worlds: 0, .. } => {
                write!(
                    formatter,
                    "`{name}` is impossible in this scenario: its probability is 0, or too near to it to be told apart"
                )
            }
            Self::Evidence { name, worlds, .. } => {
                write!(
                    formatter,
                    "`{name}` is impossible in this scenario, or next to it: none of {worlds} worlds agrees with it"
                )
            }
            Self::ExactValue { name, .. } => write!(
                formatter,
                "`{name}` asks for one exact value of a continuous number, and no simulated world has just that value"
            ),
            Self::Contradiction { names, worlds: 0, .. } if names.len() == 1 => {
                write!(formatter, "`{}` contradicts itself in this scenario: its probability is 0", names[0])
            }
            Self::Contradiction { names, worlds, .. } if names.len() == 1 => {
                write!(formatter, "none of {worlds} worlds agrees with `{}`: it may be too rare for so few", names[0])
            }
            Self::Contradiction { names, worlds, .. } => {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                let names = names.join(" and ");
                write!(formatter, "{names} contradict each other in this scenario")?;
                match worlds {
                    0 => write!(formatter, ": the probability of all of them together is 0"),
                    _ => write!(formatter, ", or next to it: none of {worlds} worlds agrees with all of them"),
                }
            }
            Self::Belief { name, probability, reached, .. } if reached.is_nan() => write!(
                formatter,
                "`{name}` cannot be given the probability {probability}: the other beliefs leave no world for it"
            ),
            Self::Belief { name, probability, reached, .. } => write!(
                formatter,
                "`{name}` cannot be given the probability {probability}: with all else that is known, the worlds of this scenario allow no nearer than {reached:.4}"
            ),
            Self::TooManyBeliefs { beliefs } => {
                write!(formatter, "at most {MOST_BELIEFS} beliefs can be held together, but there are {beliefs}")
            }
            Self::NotByRejection { name, .. } => write!(
                formatter,
                "`{name}` cannot be met by leaving out worlds: it is a hint, a belief or the exact value of a continuous number"
            ),
            Self::NoPosterior => formatter.write_str(
                "worlds cannot be drawn from the exact posterior: what is known bears on something that is not discrete, or on too many \
                 things at once; leave the method to be chosen",
            ),
            Self::CorrelatedNumber { name, .. } => write!(
                formatter,
                "`{name}` states the exact value of a number that is correlated with other events; state a range instead"
            ),
        }
    }
}

impl std::error::Error for Impossible {}

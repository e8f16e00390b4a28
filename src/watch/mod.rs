//! What to watch: which open question or event, once it is known, would move a forecast most, and what would carry it over a line.
//!
//! A *target* is the question whose forecast is to move. A *finding* is something that will be known by some day: how another question
//! resolves, whether a date event has happened by then, how an event turns out. What a finding is worth is how much nearer to the truth the
//! forecast of the target is expected to be once it is known: the expected gain of its Brier score (the variance that the finding takes
//! away) and of its logarithmic score (their mutual information).
//!
//! Figures are exact where the scenario is discrete; elsewhere they are simulated, and each has its Monte Carlo error.
//!
//! Uses `plan`, `simulate` and `exact`; knows nothing of files or tables.

mod changers;
pub mod decide;
mod finding;
mod gain;
mod look;
mod now;
mod report;

pub use changers::{Line, Search};
pub use gain::{Contingency, Gains, Moments};
pub use look::{Settings, watch};
pub use report::{Changers, Day, Event, FindingSet, Outcome, Part, Target, ToldAs, Watch, Watched};

#[cfg(test)]
mod tests;

//! What happens *together* in each world: the pattern of some events, how often it comes about, and when.
//!
//! A *facet* is one thing that is looked at: which of some bit columns holds and, if it has one, the moment at which that came about. A
//! *pattern* says what every facet does in a world and, if asked, in which order what has a moment came about. Patterns are counted in the
//! tree of chunks in which everything is counted, so they depend on the plan, the seed and the number of worlds alone.

mod follow;
mod moment;
mod pattern;
mod rows;
mod tallied;

pub use follow::{Followed, Story};
pub use moment::Moment;
pub use pattern::{Facet, Layout, Pattern};
pub use rows::Rows;
pub use tallied::{Patterns, Weighed};

use super::forest::Forest;
use super::passes::{Gather, New, chunks_of};
use super::run::{Groundwork, Run};
use super::sampling::{Conditioned, Sampling};
use super::{Impossible, Method, Settings, on_threads};
use crate::plan::{NumberId, Plan};

/// The worlds of a run, to be gone through as often as needed: the same each time.
#[derive(Debug)]
pub struct Worlds<'a> {
    plan: &'a Plan,
    run: &'a Run<'a>,
    groundwork: &'a Groundwork,
    worlds: u64,
}

/// Goes through the worlds of a run. `settings.stop` counts for nothing: `settings.worlds` are looked at, without draws of the doubtful
/// inputs.
///
/// # Errors
/// If a belief cannot be met, or the method cannot meet what is known; see [`Impossible`]. That no world is left by what is known shows in
/// what is counted.
pub fn through_worlds<'a, R: Send>(
    subject: impl Into<Conditioned<'a>>,
    settings: &Settings,
    work: impl FnOnce(&Worlds<'_>) -> R + Send,
) -> Result<R, Impossible> {
    let subject = subject.into();
    let settings = Settings { doubt_draws: 0, ..*settings };
    on_threads(settings.threads, || {
        let sampling = Sampling::choose(&subject, &settings)?;
        let run = Run::new(&sampling, &settings)?;
        let worlds = settings.worlds.max(1);
        let (groundwork, _) = run.some(0..0, worlds, &mut |_| {})?;
        Ok(work(&Worlds { plan: subject.plan, run: &run, groundwork: &groundwork, worlds }))
    })
}

impl Worlds<'_> {
    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.worlds
    }

    /// How what is known is met; `None` where nothing is known.
    #[must_use]
    pub const fn method(&self) -> Option<Method> {
        self.groundwork.sampling.method
    }

    /// As in [`Tally::may_be_missed`](super::Tally::may_be_missed), where all worlds weigh so much together.
    #[must_use]
    pub fn may_be_missed(&self, all: Weighed) -> Option<f64> {
        self.run.may_be_missed(self.groundwork, all.weight).map(|share| share.min(1.0))
    }

    /// How often each pattern comes about in the first `worlds` worlds.
    #[must_use]
    pub fn patterns(&self, facets: &[Facet], layout: &Layout, worlds: u64) -> Patterns {
        let new = || tallied::Tallied::new(facets, layout, self.plan);
        self.gather(worlds, new).into_patterns()
    }

    /// How often some patterns come about in all worlds, and when and in which order what happens in them does.
    #[must_use]
    pub fn follow(&self, facets: &[Facet], layout: &Layout, patterns: &[Pattern]) -> Followed {
        let wanted = follow::Wanted::new(facets, layout, patterns);
        let new = || follow::Following::new(&wanted);
        self.gather(self.worlds, new).into_followed()
    }

    /// What the facets and numbers are in the first `most` worlds that count.
    #[must_use]
    pub fn rows(&self, facets: &[Facet], numbers: &[NumberId], most: usize) -> Rows {
        let new = || rows::Gathered::new(facets, numbers, most);
        self.gather(self.worlds, new).into_rows()
    }

    /// Why there is no world.
    #[must_use]
    pub fn why_none(&self) -> Impossible {
        self.run.why_none(self.worlds)
    }

    fn gather<G: Gather>(&self, worlds: u64, new: impl New<G>) -> G {
        let mut forest = Forest::default();
        let worlds = worlds.min(self.worlds);
        self.run.gather(self.groundwork, &mut forest, 0..chunks_of(worlds), worlds, &new);
        forest.fold().unwrap_or_else(new)
    }
}

//! Which doubtful inputs can move an answer at all.
//!
//! An input reaches an ask if something is drawn with it that stands behind the ask, or that what is known connects with what does. A column that
//! is the same in every world that counts hands nothing on, and chances that hold in none of these worlds are not drawn with.

use super::{Asked, Connected, HazardSource, NumberSource, Operation, ParameterId, Plan, PlaneId, Row, Touched};
use std::collections::BTreeSet;

/// For each of the asks of a plan, whether a doubtful input reaches it. In a plan whose doubtful inputs all stand outside of it, as
/// [`draft`](super::draft) makes it, this is decided by how the scenario is built, and by no simulation.
#[must_use]
pub fn doubtful(plan: &Plan) -> Vec<bool> {
    let (connected, certain) = (Connected::new(plan), plan.certain());
    let is_certain = |plane: &PlaneId| certain[plane.0 as usize].is_some();
    let mut planes = vec![BTreeSet::new(); plan.planes as usize];
    let mut numbers = vec![BTreeSet::new(); plan.numbers as usize];
    let mut with_doubt = BTreeSet::new();
    for (at, step) in plan.steps.iter().enumerate() {
        let touched = Touched::by(&step.operation);
        let mut behind = BTreeSet::new();
        touched.planes_in.iter().for_each(|plane| behind.extend(&planes[plane.0 as usize]));
        touched.numbers_in.iter().for_each(|number| behind.extend(&numbers[number.0 as usize]));
        if step.operation.is_drawn() {
            behind.insert(connected.root(at));
        }
        if !step.operation.parameters(|mask| certain[mask.0 as usize] != Some(false)).is_empty() {
            with_doubt.insert(connected.root(at));
        }
        if step.operation.is_settled() {
            behind.clear();
        }
        for plane in touched.planes_out.iter().filter(|plane| !is_certain(plane)) {
            planes[plane.0 as usize].clone_from(&behind);
        }
        touched.numbers_out.iter().for_each(|number| numbers[number.0 as usize].clone_from(&behind));
    }
    let asks = plan.asks.iter().map(|ask| {
        let mut asked: Vec<&BTreeSet<usize>> = match &ask.what {
            Asked::Binary(plane) => vec![&planes[plane.0 as usize]],
            Asked::Categorical(options) => options.iter().map(|plane| &planes[plane.0 as usize]).collect(),
            Asked::Number(number) | Asked::Date(number) => vec![&numbers[number.0 as usize]],
        };
        // What is certain is so under any condition.
        if asked.iter().any(|draws| !draws.is_empty()) {
            asked.extend(ask.given.iter().map(|plane| &planes[plane.0 as usize]));
        }
        asked.into_iter().any(|draws| !draws.is_disjoint(&with_doubt))
    });
    asks.collect()
}

impl Operation {
    /// The doubtful inputs that it draws with, in the rows that count.
    pub(crate) fn parameters(&self, counts: impl Fn(PlaneId) -> bool) -> BTreeSet<ParameterId> {
        fn of<'r, T>(
            rows: &'r [Row<T>],
            counts: &'r impl Fn(PlaneId) -> bool,
            drawn: impl Fn(&T) -> Option<ParameterId> + 'r,
        ) -> impl Iterator<Item = ParameterId> + 'r {
            let counted = rows.iter().filter(move |row| row.mask.is_none_or(counts));
            counted.filter_map(move |row| drawn(&row.value))
        }
        match self {
            Self::Bernoulli { rows, .. } => {
                of(rows, &counts, |chance| chance.drawn.map(|drawn| drawn.parameter)).collect()
            }
            Self::Categorical { rows, .. } => of(rows, &counts, |chances| chances.drawn).collect(),
            Self::Number { rows, .. } => of(rows, &counts, NumberSource::parameter).collect(),
            Self::Date { rows, .. } => {
                of(rows, &counts, |source: &HazardSource| source.scale.map(|scale| scale.parameter)).collect()
            }
            _ => BTreeSet::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;
    use crate::plan::{Situation, draft};
    use crate::scenario;
    use crate::source::Source;

    #[test]
    fn doubt_reaches_what_hangs_on_it_and_stops_at_what_is_known() {
        let text = "as_of = 2026-01-01\nhorizon = 2026-12-31\n\n\
            [event.doubted]\nchance = \"6 of 20\"\n\n\
            [event.stated]\nchance = \"30%\"\n\n\
            [event.after]\nchance = [{ if = \"doubted\", is = \"50%\" }, { otherwise = \"10%\" }]\n\n\
            [event.known]\nchance = \"6 of 20\"\n\n\
            [event.beside]\nchance = \"20%\"\n\n\
            [event.behind_known]\nchance = [{ if = \"known\", is = \"50%\" }, { otherwise = \"10%\" }]\n\n\
            [event.root]\nchance = \"40%\"\n\n\
            [event.told]\nchance = [{ if = \"root\", is = \"6 of 20\" }, { otherwise = \"10%\" }]\n\n\
            [event.by_root]\nchance = [{ if = \"root\", is = \"70%\" }, { otherwise = \"20%\" }]\n\n\
            [[news]]\ndate = 2026-01-10\nsays = \"known\"\nabout = \"known\"\neffect = \"happened\"\n\n\
            [[news]]\ndate = 2026-01-10\nsays = \"told\"\nabout = \"told\"\neffect = \"happened\"\n";
        let source = Source::new("a.toml", text);
        let (model, problems) = model::check(&scenario::parse(&source).0);
        let Some(model) = model else { panic!("{problems:?}") };
        let later = Situation { as_of: jiff::civil::date(2026, 2, 1), ..Situation::of_file(&model) };
        let reached = doubtful(&draft(&model, &later));
        let of =
            |name: &str| reached[model.events.iter().position(|event| event.name == name).expect("the event is there")];
        for (name, expected) in [
            ("doubted", true),
            ("stated", false),
            ("after", true),
            ("known", false),
            ("beside", false),
            ("behind_known", false),
            // How likely `told` was is in doubt, so what it tells of `root` is, too.
            ("root", true),
            ("by_root", true),
        ] {
            assert_eq!(of(name), expected, "{name}");
        }
    }
}

//! How yes/no questions hang together, as their tags say: what nobody can state of them without contradicting themselves.
//!
//! `one-of=KEY` marks questions of which exactly one comes true. `above=KEY:NUMBER` marks thresholds of one number, `by=KEY:DAY` deadlines of
//! one event; who gives more to a higher threshold, or less to a later deadline, is incoherent. Options of one question and quantiles of one number need no
//! mark: a forecast that contradicts itself there is refused when it is read.

use crate::forecast::{Moment, Question, Records, day};
use crate::math::isotonic;
use std::collections::BTreeMap;

/// How a question hangs together with others of the same key.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// The tag without its place: what the related questions share.
    pub key: String,
    /// What holds of them.
    pub kind: RelationKind,
}

/// What holds of related questions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RelationKind {
    /// Exactly one of so many questions comes true.
    OneOf(usize),
    /// Probabilities do not fall with this number.
    Rising(f64),
}

/// The relations among all questions of the records.
#[derive(Debug)]
pub(super) struct Relations<'a> {
    /// How many questions have each tag `one-of=KEY`.
    sizes: BTreeMap<&'a str, usize>,
}

impl<'a> Relations<'a> {
    pub(super) fn new(records: &'a Records) -> Self {
        let mut sizes = BTreeMap::new();
        for tag in records.questions.values().flat_map(|question| &question.tags) {
            if tag.starts_with("one-of=") {
                *sizes.entry(tag.as_str()).or_insert(0) += 1;
            }
        }
        Self { sizes }
    }

    /// What each question shares its fate with, by number: the cluster that it names, else whatever its tags tie it to. Where others of a key name
    /// clusters, it is the first of these.
    pub(super) fn clusters<'r>(&self, records: &'r Records) -> BTreeMap<&'r str, usize> {
        let mut together = Together::default();
        let mut of_key: BTreeMap<String, usize> = BTreeMap::new();
        let mut own = Vec::with_capacity(records.questions.len());
        for (id, question) in &records.questions {
            let at = together.number(question.cluster.as_deref().unwrap_or(id));
            own.push((id.as_str(), at));
            if question.cluster.is_some() {
                for relation in self.of(question) {
                    of_key.entry(relation.key).or_insert(at);
                }
            }
        }
        for (question, (_, at)) in records.questions.values().zip(&own) {
            if question.cluster.is_none() {
                for relation in self.of(question) {
                    let tied = *of_key.entry(relation.key).or_insert(*at);
                    together.join(tied, *at);
                }
            }
        }
        own.into_iter().map(|(id, at)| (id, together.leader(at))).collect()
    }

    /// Those of one question; a tag of another form is no relation.
    pub(super) fn of(&self, question: &Question) -> Vec<Relation> {
        let place = |of: &str, read: fn(&str) -> Option<f64>| {
            let (key, value) = of.rsplit_once(':')?;
            Some((key.to_owned(), read(value)?))
        };
        let of = |tag: &String| {
            let (name, of) = tag.split_once('=')?;
            match name {
                "one-of" => {
                    let count = self.sizes.get(tag.as_str()).copied()?;
                    Some(Relation { key: tag.clone(), kind: RelationKind::OneOf(count) })
                }
                "above" => {
                    let (key, value) = place(of, |text| text.parse().ok().filter(|value: &f64| value.is_finite()))?;
                    Some(Relation { key: format!("above={key}"), kind: RelationKind::Rising(-value) })
                }
                "by" => {
                    let (key, on) = place(of, |text| day(text).ok().map(|day| Moment::Day(day).epoch_days()))?;
                    Some(Relation { key: format!("by={key}"), kind: RelationKind::Rising(on) })
                }
                _ => None,
            }
        };
        question.tags.iter().filter_map(of).collect()
    }
}

/// Names that belong together.
#[derive(Debug, Default)]
struct Together<'a> {
    numbers: BTreeMap<&'a str, usize>,
    /// By number, one that it belongs to; itself where it leads.
    leaders: Vec<usize>,
}

impl<'a> Together<'a> {
    fn number(&mut self, name: &'a str) -> usize {
        let next = self.leaders.len();
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.leaders.push(next);
        }
        number
    }

    fn leader(&self, number: usize) -> usize {
        let mut at = number;
        while self.leaders[at] != at {
            at = self.leaders[at];
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.leader(one), self.leader(other));
        self.leaders[one.max(other)] = one.min(other);
    }
}

/// How far the probabilities of one forecaster on related questions are from any that do not contradict each other.
///
/// ```text
/// d = min over coherent q of √(sum_i (p_i - q_i)² / n)
/// ```
///
/// Of questions of which exactly one comes true, coherent ones are not negative and sum to 1, or to 1 at most while some of the questions are not
/// among these; of thresholds and deadlines, those that rise with the place. 0 for coherent ones, in the unit of a probability. `None` with fewer
/// than two questions.
///
/// The distance: Predd, Osherson, Kulkarni and Poor (2008), Decis. Anal. 5, 177–189.
pub(super) fn incoherence(stated: &[(RelationKind, f64)]) -> Option<f64> {
    if stated.len() < 2 {
        return None;
    }
    let p: Vec<f64> = stated.iter().map(|(_, p)| *p).collect();
    let places: Option<Vec<f64>> = stated
        .iter()
        .map(|(kind, _)| match kind {
            RelationKind::Rising(place) => Some(*place),
            RelationKind::OneOf(_) => None,
        })
        .collect();
    let is_whole =
        |(kind, _): &(RelationKind, f64)| matches!(kind, RelationKind::OneOf(count) if *count == stated.len());
    let nearest = if let Some(places) = places {
        isotonic(&places, &p, &vec![1.0; p.len()])?
    } else if p.iter().sum::<f64>() <= 1.0 && !stated.iter().all(is_whole) {
        p.clone()
    } else {
        on_simplex(&p)
    };
    let square: f64 = p.iter().zip(&nearest).map(|(p, q)| (p - q) * (p - q)).sum();
    Some((square / p.len() as f64).sqrt())
}

/// The nearest point that is not negative and sums to 1.
///
/// Held, Wolfe and Crowder (1974), Math. Program. 6, 62–88.
fn on_simplex(p: &[f64]) -> Vec<f64> {
    let mut sorted = p.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let (mut sum, mut shift) = (0.0, 0.0);
    for (at, value) in sorted.iter().enumerate() {
        sum += value;
        let tried = (sum - 1.0) / (at + 1) as f64;
        if value - tried > 0.0 {
            shift = tried;
        }
    }
    p.iter().map(|value| (value - shift).max(0.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::tidy::TidyFile;

    fn near(found: Option<f64>, expected: f64) {
        assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?} is not {expected}");
    }

    #[test]
    fn distances_are_those_of_the_nearest_coherent_probabilities() {
        let one_of = |count: usize, p: &[f64]| -> Vec<(RelationKind, f64)> {
            p.iter().map(|p| (RelationKind::OneOf(count), *p)).collect()
        };
        // An event and its complement that add to 1.2: each is 0.1 too high.
        near(incoherence(&one_of(2, &[0.7, 0.5])), 0.1);
        near(incoherence(&one_of(3, &[0.2, 0.3, 0.5])), 0.0);
        // The nearest of 1.2 and 0.1 is (1, 0), not (1.05, -0.05).
        near(incoherence(&one_of(2, &[1.0, 0.1])), (0.5_f64 * (0.05 * 0.05 + 0.05 * 0.05)).sqrt());
        // Two of three: they may add to less than 1, not to more.
        near(incoherence(&one_of(3, &[0.2, 0.3])), 0.0);
        near(incoherence(&one_of(3, &[0.8, 0.6])), 0.2);
        let rising = |of: &[(f64, f64)]| -> Vec<(RelationKind, f64)> {
            of.iter().map(|(place, p)| (RelationKind::Rising(*place), *p)).collect()
        };
        near(incoherence(&rising(&[(3.0, 0.6), (1.0, 0.2), (2.0, 0.6)])), 0.0);
        // 0.5 before 0.3: both become 0.4.
        near(incoherence(&rising(&[(1.0, 0.5), (2.0, 0.3)])), 0.1);
        assert_eq!(incoherence(&one_of(1, &[0.5])), None);
    }

    #[test]
    fn the_simplex_is_reached_from_everywhere() {
        for p in [[0.9, 0.8, 0.7], [0.0, 0.0, 0.1], [1.0, 0.0, 0.4]] {
            let found = on_simplex(&p);
            assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12 && found.iter().all(|q| *q >= 0.0), "{found:?}");
            // No point of a grid on the simplex is nearer.
            let square = |q: &[f64]| p.iter().zip(q).map(|(p, q)| (p - q) * (p - q)).sum::<f64>();
            for a in 0..=100 {
                for b in 0..=100 - a {
                    let grid = [f64::from(a) / 100.0, f64::from(b) / 100.0, f64::from(100 - a - b) / 100.0];
                    assert!(square(&found) <= square(&grid) + 1e-12, "{p:?}: {found:?} {grid:?}");
                }
            }
        }
    }

    /// Pairs, thresholds and deadlines are one cluster each, through whichever tag; a named cluster stays as it is and takes in what is tied to it.
    #[test]
    fn what_tags_tie_is_one_cluster_where_none_is_named() {
        let mut records = Records::default();
        let table = "id,kind,cluster,tags\na,binary,,one-of=pair\nb,binary,,one-of=pair\nc,binary,,above=oil:80\n\
            d,binary,,above=oil:90|by=deal:2025-09-01\ne,binary,,by=deal:2025-10-01\nf,binary,,source=x\ng,binary,,source=x\n\
            h,binary,war,one-of=end\ni,binary,peace,one-of=end\nj,binary,,one-of=end\n";
        TidyFile::from_text("a.csv", table).expect("a table").questions(&mut records).expect("questions");
        let clusters = Relations::new(&records).clusters(&records);
        let members = |of: &str| -> String {
            let mut ids: Vec<&str> =
                clusters.iter().filter(|(_, at)| **at == clusters[of]).map(|(id, _)| *id).collect();
            ids.sort_unstable();
            ids.concat()
        };
        assert_eq!(["a", "c", "f", "g", "h", "i"].map(members), ["ab", "cde", "f", "g", "hj", "i"]);
    }

    #[test]
    fn tags_say_how_questions_hang_together() {
        let mut records = Records::default();
        let table = "id,kind,tags\na,binary,one-of=winner|source=x\nb,binary,one-of=winner\n\
            c,binary,above=oil price:80\nd,binary,by=talks:2025-09-01\ne,binary,by=talks:soon|above=80\n";
        TidyFile::from_text("a.csv", table).expect("a table").questions(&mut records).expect("questions");
        let relations = Relations::new(&records);
        let of = |id: &str| relations.of(&records.questions[id]);
        assert_eq!(of("a"), [Relation { key: "one-of=winner".to_owned(), kind: RelationKind::OneOf(2) }]);
        assert_eq!(of("a"), of("b"));
        assert_eq!(of("c"), [Relation { key: "above=oil price".to_owned(), kind: RelationKind::Rising(-80.0) }]);
        assert!(matches!(of("d").as_slice(), [Relation { kind: RelationKind::Rising(day), .. }] if *day > 20_000.0));
        assert!(of("e").is_empty());
    }
}

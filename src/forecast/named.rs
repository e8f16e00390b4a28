//! A distribution of a number by the name of its family, or by its cdf at some places, as a forecast holds it.

use super::tidy::parse_number;
use super::{Interval, number_text};
use crate::dist::{self, Bound, Distribution, FAMILIES, Family, Limited, Logged, PiecewiseCdf};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock, OnceLock};

/// The even levels are all multiples of one part in so many, among which are 1 %, 2.5 %, 5 %, …, 97.5 % and 99 %.
const PARTS: u32 = 400;

static EVEN_LEVELS: LazyLock<Vec<f64>> =
    LazyLock::new(|| (1..PARTS).map(|part| f64::from(part) / f64::from(PARTS)).collect());

/// What a distribution by its cdf is called where it is written. It is no family: no scenario can call it.
const CDF: &str = "cdf";

/// A distribution of a number by the name of its family, such as `normal(10, 2)`, or by its cdf at some places: kept whole, so that what is asked of it is
/// exact.
///
/// A cdf is written as its places, each with the probability of no more than that: `cdf(0, 0.1, 5, 0.55, 20, 0.9)`. Between them it runs straight, and what
/// it leaves beyond an outer place sits there, as of a [`PiecewiseCdf`].
///
/// ```
/// use foretell::forecast::NamedDistribution;
///
/// let height: NamedDistribution = "normal(10, 2)".parse()?;
/// assert_eq!((height.family(), height.law().mean()), ("normal", Some(10.0)));
/// assert_eq!(height.to_string(), "normal(10, 2)");
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct NamedDistribution {
    /// `None` of one by its cdf.
    family: Option<&'static Family>,
    arguments: Vec<f64>,
    law: Arc<dyn Distribution>,
    /// The law again, if it is by its cdf.
    cdf: Option<Arc<PiecewiseCdf>>,
    /// Between which ends the law is held, and the law of the family as a whole; `None` unless it is held.
    whole: Option<(Interval, Arc<dyn Distribution>)>,
    /// Whether the law is that of the number on the log scale.
    is_on_log_scale: bool,
    /// The values at the even levels, computed when first asked for.
    quantiles: Arc<OnceLock<Vec<f64>>>,
}

impl NamedDistribution {
    /// The member of the family of this name with these arguments; under the name `cdf` the distribution that has it, of places and probabilities in turn.
    ///
    /// # Errors
    /// If there is no such member, or one of its quantiles at the even levels is beyond the largest number.
    pub fn new(name: &str, arguments: &[f64]) -> Result<Self, String> {
        if name == CDF {
            if !arguments.len().is_multiple_of(2) {
                return Err(
                    "a cdf is its places, each with the probability of no more than that, but the last has none"
                        .to_owned(),
                );
            }
            return Self::of_cdf(arguments.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect());
        }
        let law = dist::family(name, arguments).map_err(|problem| {
            let help = problem.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
            format!("{problem}{help}")
        })?;
        let family = FAMILIES.iter().find(|family| family.name == name);
        let family = family.ok_or_else(|| format!("there is no family of distributions named `{name}`"))?;
        for level in EVEN_LEVELS.first().into_iter().chain(EVEN_LEVELS.last()) {
            let value = law.quantile(*level);
            if !value.is_finite() {
                return Err(format!("its quantile at the level {level} must be a finite number, but is {value}"));
            }
        }
        let arguments = arguments.to_vec();
        Ok(Self { family: Some(family), arguments, ..Self::of_law(law) })
    }

    /// The distribution with this cdf at these places, which rise.
    ///
    /// ```
    /// use foretell::forecast::NamedDistribution;
    ///
    /// let rain = NamedDistribution::of_cdf(vec![(0.0, 0.1), (5.0, 0.55), (20.0, 0.9)])?;
    /// assert_eq!(rain.to_string(), "cdf(0, 0.1, 5, 0.55, 20, 0.9)");
    /// # Ok::<(), String>(())
    /// ```
    ///
    /// # Errors
    /// If it is none: see [`PiecewiseCdf::new`].
    pub fn of_cdf(points: Vec<(f64, f64)>) -> Result<Self, String> {
        let cdf = Arc::new(PiecewiseCdf::new(points).map_err(|problem| problem.to_string())?);
        let law: Arc<dyn Distribution> = cdf.clone();
        Ok(Self { cdf: Some(cdf), ..Self::of_law(law) })
    }

    /// A law, and nothing said of it.
    fn of_law(law: Arc<dyn Distribution>) -> Self {
        Self {
            family: None,
            arguments: Vec::new(),
            law,
            cdf: None,
            whole: None,
            is_on_log_scale: false,
            quantiles: Arc::default(),
        }
    }

    /// The same held between two ends: what lies beyond one sits at it. `None` where next to nothing lies between them.
    ///
    /// It is written with its ends, such as `normal(10, 2) between 8..12`, which is not read back.
    ///
    /// ```
    /// use foretell::forecast::NamedDistribution;
    ///
    /// let rain: NamedDistribution = "cdf(0, 0.25, 4, 0.75)".parse()?;
    /// let held = rain.between("1..3".parse()?).expect("much lies between them");
    /// assert_eq!(held.to_string(), "cdf(1, 0.375, 3, 0.625)");
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn between(&self, ends: Interval) -> Option<Self> {
        if let Some(points) = self.points() {
            return Self::of_cdf(held(points, ends, self.law())).ok();
        }
        let law = self.limited(ends, Bound::Cap)?;
        Some(self.held_as(law, ends))
    }

    /// The same held between two ends, however little of it lies between them.
    pub(crate) fn held_between(&self, ends: Interval) -> Self {
        let end = |end: f64| end.is_finite().then_some(end);
        self.between(ends).unwrap_or_else(|| {
            let law = Limited::held(self.law.clone(), end(ends.lower()), end(ends.upper()));
            self.held_as(law, ends)
        })
    }

    /// The same by the law that it has between two ends.
    fn held_as(&self, law: Limited, ends: Interval) -> Self {
        Self {
            family: self.family,
            arguments: self.arguments.clone(),
            whole: Some((ends, self.law.clone())),
            ..Self::of_law(Arc::new(law))
        }
    }

    /// The same on the log scale, `ln(1 + x)`, where what lies below 0 counts as 0. It has no name there, and no lines between points.
    pub(crate) fn on_log_scale(&self) -> Self {
        Self {
            family: self.family,
            arguments: self.arguments.clone(),
            is_on_log_scale: true,
            ..Self::of_law(Arc::new(Logged::new(self.law.clone())))
        }
    }

    /// Whether it is on the log scale.
    pub(crate) const fn is_on_log_scale(&self) -> bool {
        self.is_on_log_scale
    }

    /// The law given that the number lies between two ends; `None` where next to nothing of it does.
    pub(crate) fn given(&self, ends: Interval) -> Option<Limited> {
        self.limited(ends, Bound::Cut)
    }

    fn limited(&self, ends: Interval, bound: fn(f64) -> Bound) -> Option<Limited> {
        let at = |end: f64| end.is_finite().then(|| bound(end));
        Limited::new(self.law.clone(), at(ends.lower()), at(ends.upper())).ok()
    }

    /// Between which ends it is held, and the law as a whole; `None` of one that is not held, and of a cdf, which is held by its points.
    pub(crate) fn whole(&self) -> Option<(Interval, &dyn Distribution)> {
        self.whole.as_ref().map(|(ends, law)| (*ends, law.as_ref()))
    }

    /// Whether it is one of a family, and whole: neither one by its cdf nor one that is held between two ends or on the log scale.
    #[must_use]
    pub const fn is_by_name(&self) -> bool {
        self.family.is_some() && self.whole.is_none() && !self.is_on_log_scale
    }

    /// The name of its family; `cdf` of one by its cdf.
    #[must_use]
    pub const fn family(&self) -> &'static str {
        match self.family {
            Some(family) => family.name,
            None => CDF,
        }
    }

    /// Whether it is one by its cdf at some places.
    #[must_use]
    pub const fn is_cdf(&self) -> bool {
        self.cdf.is_some()
    }

    /// The places and the cdf there, of one by its cdf.
    #[must_use]
    pub fn points(&self) -> Option<&[(f64, f64)]> {
        self.cdf.as_ref().map(|cdf| cdf.points())
    }

    /// The arguments, in the order of the family's parameters; none of one by its cdf, which has [`points`](Self::points).
    #[must_use]
    pub fn arguments(&self) -> &[f64] {
        &self.arguments
    }

    /// Whether it is one of counts: whole numbers, and not one value alone.
    #[must_use]
    pub fn is_of_counts(&self) -> bool {
        self.law.is_discrete()
            && self.law.quantile(EVEN_LEVELS[0]) < self.law.quantile(EVEN_LEVELS[EVEN_LEVELS.len() - 1])
    }

    /// The distribution itself.
    #[must_use]
    pub fn law(&self) -> &dyn Distribution {
        self.law.as_ref()
    }

    /// The levels at which it is held where quantiles are asked for and nobody says which: `k/400`, of which there are 399.
    #[must_use]
    pub fn even_levels() -> &'static [f64] {
        &EVEN_LEVELS
    }

    /// Its quantiles at the even levels.
    #[must_use]
    pub fn even_quantiles(&self) -> &[f64] {
        self.quantiles.get_or_init(|| EVEN_LEVELS.iter().map(|level| self.law.quantile(*level)).collect())
    }

    /// The chances of less than `y`, and of no more: alike where no single number is possible. Of a cdf by its points no more is said of what is beyond an
    /// outer one than how likely it is, so that these are chances between which both lie.
    #[must_use]
    pub fn around(&self, y: f64) -> (f64, f64) {
        if self.is_on_log_scale {
            return (self.law.cdf(y.next_down()), self.law.cdf(y));
        }
        if let Some(points) = self.points() {
            if let Some((_, up_to)) = points.first().filter(|(first, _)| y <= *first) {
                return (0.0, *up_to);
            }
            if let Some((_, below)) = points.last().filter(|(last, _)| y >= *last) {
                return (*below, 1.0);
            }
        }
        if let Some((ends, law)) = self.whole() {
            if y <= ends.lower() {
                return (0.0, self.law.cdf(ends.lower()));
            }
            if y >= ends.upper() {
                return (law.cdf(ends.upper().next_down()), 1.0);
            }
        }
        let up_to = self.law.cdf(y);
        // Families that sit on isolated values sit on whole numbers.
        let below = if self.law.is_discrete() { self.law.cdf(y.ceil() - 1.0) } else { up_to };
        (below, up_to)
    }
}

impl PartialEq for NamedDistribution {
    fn eq(&self, other: &Self) -> bool {
        let ends = |of: &Self| of.whole.as_ref().map(|(ends, _)| *ends);
        self.family() == other.family()
            && self.arguments == other.arguments
            && self.cdf == other.cdf
            && ends(self) == ends(other)
            && self.is_on_log_scale == other.is_on_log_scale
    }
}

impl fmt::Display for NamedDistribution {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let points = self.points().unwrap_or_default().iter().flat_map(|(place, level)| [place, level]);
        let arguments: Vec<String> =
            self.arguments.iter().chain(points).map(|argument| number_text(*argument)).collect();
        write!(formatter, "{}({})", self.family(), arguments.join(", "))?;
        self.whole.as_ref().map_or(Ok(()), |(ends, _)| write!(formatter, " between {ends}"))?;
        if self.is_on_log_scale { formatter.write_str(" on the log scale") } else { Ok(()) }
    }
}

/// The points of a cdf held between two ends, whose law this is: what they leave below and above sits at the outer ones.
fn held(points: &[(f64, f64)], ends: Interval, law: &dyn Distribution) -> Vec<(f64, f64)> {
    let is_among = |end: f64| {
        points.first().is_some_and(|first| first.0 < end)
            && points.last().is_some_and(|last| end < last.0)
            && points.iter().all(|point| point.0 != end)
    };
    let cut = |end: f64| is_among(end).then(|| (end, law.cdf(end)));
    let between = points.iter().copied().filter(|point| ends.holds(point.0));
    cut(ends.lower()).into_iter().chain(between).chain(cut(ends.upper())).collect()
}

impl FromStr for NamedDistribution {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not a distribution such as `normal(10, 2)`");
        let (name, rest) = text.split_once('(').ok_or_else(bad)?;
        let inner = rest.trim_end().strip_suffix(')').ok_or_else(bad)?;
        let arguments: Result<Vec<f64>, String> = inner.split(',').map(parse_number).collect();
        arguments
            .and_then(|arguments| Self::new(&name.trim().to_lowercase(), &arguments))
            .map_err(|problem| format!("the distribution `{text}`: {problem}"))
    }
}

impl TryFrom<String> for NamedDistribution {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<NamedDistribution> for String {
    fn from(distribution: NamedDistribution) -> Self {
        distribution.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> NamedDistribution {
        text.parse().expect("it is one")
    }

    #[test]
    fn the_even_levels_hold_those_of_hubs() {
        let uniform = named("uniform(0, 10)");
        for (level, value) in [(0.01, 0.1), (0.025, 0.25), (0.05, 0.5), (0.5, 5.0), (0.95, 9.5), (0.975, 9.75)] {
            let at = NamedDistribution::even_levels().iter().position(|stated| *stated == level);
            assert!((uniform.even_quantiles()[at.expect("it is among them")] - value).abs() < 1e-12, "{level}");
        }
        assert_eq!((NamedDistribution::even_levels().len(), uniform.even_quantiles().len()), (399, 399));
    }

    #[test]
    fn what_is_written_is_read_back_to_the_last_bit() {
        for family in FAMILIES {
            let read = named(family.example);
            assert_eq!(named(&read.to_string()), read);
            let json = serde_json::to_string(&read).expect("a text");
            assert_eq!(serde_json::from_str::<NamedDistribution>(&json).expect("the same text"), read);
        }
        let odd = NamedDistribution::new("normal", &[-0.1 - 0.2, 1e-99]).expect("in range");
        assert_eq!(named(&odd.to_string()), odd);
        assert_eq!(named(" Normal( 10 ,2 ) "), named("normal(10, 2)"));
        assert_ne!(named("normal(10, 2)"), named("laplace(10, 2)"));
        let odd =
            NamedDistribution::of_cdf(vec![(-0.1 - 0.2, 1e-99), (0.1 + 0.2, 1.0 / 3.0), (1e30, 1.0)]).expect("a cdf");
        assert_eq!(named(&odd.to_string()), odd);
        let json = serde_json::to_string(&odd).expect("a text");
        assert_eq!(serde_json::from_str::<NamedDistribution>(&json).expect("the same text"), odd);
        assert_eq!(named(" CDF( 0 ,0.5 ) ").points(), Some(&[(0.0, 0.5)][..]));
        assert!(odd.is_cdf() && odd.arguments().is_empty());
        assert_ne!(named("cdf(0, 0.5)"), named("cdf(0, 0.25)"));
    }

    #[test]
    fn beyond_the_points_of_a_cdf_no_more_is_known_than_they_say() {
        let rain = named("cdf(0, 0.1, 5, 0.5, 20, 0.9)");
        for (y, around) in
            [(-3.0, (0.0, 0.1)), (0.0, (0.0, 0.1)), (5.0, (0.5, 0.5)), (20.0, (0.9, 1.0)), (21.0, (0.9, 1.0))]
        {
            assert_eq!(rain.around(y), around, "{y}");
        }
        // Closed at both ends all is said, and of one point alone next to nothing.
        let closed = named("cdf(0, 0, 1, 0.5, 2, 1)");
        assert_eq!((closed.around(-1.0), closed.around(2.0)), ((0.0, 0.0), (1.0, 1.0)));
        let one = named("cdf(7, 0.3)");
        assert_eq!((one.around(6.0), one.around(8.0)), ((0.0, 0.3), (0.3, 1.0)));
    }

    #[test]
    fn a_count_may_jump_where_the_outcome_lies() {
        // Of two tosses: none 1/4, one 1/2, two 1/4.
        let tosses = named("binomial(2, 0.5)");
        let known = [(-1.0, 0.0, 0.0), (0.0, 0.0, 0.25), (1.0, 0.25, 0.75), (1.5, 0.75, 0.75), (2.0, 0.75, 1.0)];
        for (y, below, up_to) in known {
            let found = tosses.around(y);
            assert!((found.0 - below).abs() < 1e-15 && (found.1 - up_to).abs() < 1e-15, "{y}: {found:?}");
        }
        assert_eq!(named("uniform(0, 10)").around(2.5), (0.25, 0.25));
    }

    #[test]
    fn what_lies_beyond_an_end_at_which_it_is_held_sits_there() {
        let ends = |text: &str| text.parse::<Interval>().expect("an interval");
        let held = named("normal(10, 2)").between(ends("8..13")).expect("much lies between them");
        assert!(!held.is_by_name() && !held.is_cdf() && held != named("normal(10, 2)"));
        assert_eq!(held.to_string(), "normal(10, 2) between 8..13");
        let (below, above) = (0.158_655_253_931_457_05, 0.066_807_201_268_858_06);
        for (y, known) in [(8.0, (0.0, below)), (10.0, (0.5, 0.5)), (13.0, (1.0 - above, 1.0))] {
            let found = held.around(y);
            assert!((found.0 - known.0).abs() < 1e-12 && (found.1 - known.1).abs() < 1e-12, "{y}: {found:?}");
        }
        assert_eq!((held.law().quantile(0.1), held.law().quantile(0.95)), (8.0, 13.0));
        // Of three tosses: none 1/8, one 3/8, two 3/8, three 1/8.
        let tosses = named("binomial(3, 0.5)").between(ends("1..2")).expect("much lies between them");
        for (y, known) in [(1.0, (0.0, 0.5)), (2.0, (0.5, 1.0))] {
            let found = tosses.around(y);
            assert!((found.0 - known.0).abs() < 1e-15 && (found.1 - known.1).abs() < 1e-15, "{y}: {found:?}");
        }
        let rain = named("cdf(0, 0.25, 4, 0.75)");
        let points = |text: &str| rain.between(ends(text)).map(|held| held.points().map(<[_]>::to_vec));
        assert_eq!(points("..2"), Some(Some(vec![(0.0, 0.25), (2.0, 0.5)])));
        assert_eq!(points("4..9"), Some(Some(vec![(4.0, 0.75)])));
        assert_eq!(points("-9..9"), Some(Some(vec![(0.0, 0.25), (4.0, 0.75)])));
        // Beyond all that is said nothing is left to be said.
        assert_eq!(
            (points("5.."), points("..-1"), named("normal(10, 2)").between(ends("90..")).is_none()),
            (None, None, true)
        );
    }

    #[test]
    fn one_of_which_next_to_nothing_lies_between_sits_at_the_ends() {
        let ends = |text: &str| text.parse::<Interval>().expect("an interval");
        for (text, between, low, high) in [
            ("normal(10, 2)", "90..", 90.0, 90.0),
            ("normal(10, 2)", "..-90", -90.0, -90.0),
            ("poisson(10)", "100..115", 100.0, 100.0),
            ("cdf(0, 0.5)", "5..", 5.0, 5.0),
            ("normal(10, 2)", "10..10.00000000000001", 10.0, 10.000_000_000_000_01),
        ] {
            assert!(named(text).between(ends(between)).is_none(), "{text}");
            let held = named(text).held_between(ends(between));
            assert_eq!((held.law().quantile(0.4), held.law().quantile(0.6)), (low, high), "{text}");
            assert!(!held.is_by_name() && held.even_quantiles().len() == 399);
        }
        assert_eq!(
            named("normal(10, 2)").held_between(ends("8..")),
            named("normal(10, 2)").between(ends("8..")).unwrap()
        );
    }

    #[test]
    fn on_the_log_scale_it_has_its_quantiles_there_and_no_name() {
        for text in ["normal(3, 2)", "poisson(4)", "cdf(0, 0.25, 4, 0.75)"] {
            let (natural, logged) = (named(text), named(text).on_log_scale());
            assert!(!logged.is_by_name() && !logged.is_cdf() && logged != natural);
            let known: Vec<f64> =
                natural.even_quantiles().iter().map(|value| crate::math::ln_1p(value.max(0.0))).collect();
            assert_eq!(logged.even_quantiles(), known, "{text}");
        }
        let logged = named("binomial(2, 0.5)").on_log_scale();
        assert_eq!(logged.to_string(), "binomial(2, 0.5) on the log scale");
        let (below, up_to) = logged.around(crate::math::ln_1p(1.0));
        assert!((below - 0.25).abs() < 1e-15 && (up_to - 0.75).abs() < 1e-15, "{below} {up_to}");
    }

    #[test]
    fn what_is_no_distribution_is_refused_with_a_way_out() {
        let told = |text: &str| text.parse::<NamedDistribution>().expect_err("it is none");
        assert_eq!(told("about 10"), "`about 10` is not a distribution such as `normal(10, 2)`");
        assert!(told("nromal(10, 2)").ends_with("did you mean `normal(mean, sd)`?"), "{}", told("nromal(10, 2)"));
        assert!(told("normal(10, x)").contains("`x` is not a number"));
        assert!(told("normal(10, -2)").contains("must be positive, but is -2"));
        assert!(told("normal(10)").contains("takes 2 arguments, but 1 is given"));
        assert!(told("pareto(1, 0.001)").contains("must be a finite number, but is inf"));
        assert!(told("cdf(0, 0.1, 5)").contains("but the last has none"));
        assert!(told("cdf(0, 0.5, 1, 0.4)").contains("the cdf falls at 1.0, from 0.5 to 0.4"));
        assert!(told("cdf()").contains("is not a number"), "{}", told("cdf()"));
    }
}

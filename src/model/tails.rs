//! How far a number can go, and whether what lies out there leaves it a mean.
//!
//! Of each side is known the bound, and of what is unbounded whether its part of the mean, `E max(X, 0)` or `E max(-X, 0)`, is finite.

use crate::dist::{Distribution, TailWeight};
use crate::math::{Function, exp, ln, power};

/// One side of a number. The worse of two is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tail {
    /// Of every exponential function of it there is a mean: it has a bound, or falls as fast as that of a normal law.
    Thin,
    /// Of every power of it there is a mean.
    Moderate,
    /// Of its square there is a mean.
    Heavy,
    /// Its part of the mean is finite.
    Finite,
    /// Nobody knows here.
    Unknown,
    /// Its part of the mean is infinite.
    Endless,
}

/// A number's sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tails {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) below: Tail,
    pub(super) above: Tail,
    /// Whether it is over 0, and so rarely near it that its inverse has a mean.
    pub(super) off_zero: bool,
}

impl Tails {
    /// Within bounds.
    pub(super) fn between(low: f64, high: f64) -> Self {
        Self { low, high, below: Tail::Thin, above: Tail::Thin, off_zero: low > 0.0 }
    }

    /// Without bounds and with these sides.
    fn unbounded(below: Tail, above: Tail) -> Self {
        Self { low: f64::NEG_INFINITY, high: f64::INFINITY, below, above, off_zero: false }
    }

    /// Of which nothing is known but that its powers have a mean.
    pub(super) fn moderate() -> Self {
        Self::unbounded(Tail::Moderate, Tail::Moderate)
    }

    pub(super) fn of_law(law: &dyn Distribution) -> Self {
        let (low, high) = law.support();
        let tail = if law.mean().is_none_or(|mean| !mean.is_finite()) {
            Tail::Endless
        } else if law.variance().is_none() {
            Tail::Finite
        } else {
            match law.tail_weight() {
                TailWeight::Thin => Tail::Thin,
                TailWeight::Moderate => Tail::Moderate,
                TailWeight::Heavy => Tail::Heavy,
            }
        };
        let off_zero = low > 0.0 || (low == 0.0 && law.density(0.0) == 0.0);
        Self { low, high, below: tail, above: tail, off_zero }.settled()
    }

    /// A bounded side is thin.
    pub(super) fn settled(mut self) -> Self {
        if self.low.is_finite() {
            self.below = Tail::Thin;
        }
        if self.high.is_finite() {
            self.above = Tail::Thin;
        }
        self.off_zero |= self.low > 0.0;
        self
    }

    pub(super) fn worst(self) -> Tail {
        self.below.max(self.above)
    }

    /// Where something else decides how much of it counts, an endless side may be cut off.
    pub(super) fn doubted(mut self) -> Self {
        self.below = self.below.min(Tail::Unknown);
        self.above = self.above.min(Tail::Unknown);
        self
    }

    pub(super) fn negated(self) -> Self {
        Self { low: -self.high, high: -self.low, below: self.above, above: self.below, off_zero: false }.settled()
    }

    /// One or the other, each of them somewhere.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
            below: self.below.max(other.below),
            above: self.above.max(other.above),
            off_zero: self.off_zero && other.off_zero,
        }
    }

    pub(super) fn plus(self, other: Self, independent: bool) -> Self {
        // E max(X + Y, 0) is at least E max(X, 0) - E max(-Y, 0).
        let side = |one: [Tail; 2], two: [Tail; 2]| {
            let endless =
                |of: [Tail; 2], by: [Tail; 2]| of[0] == Tail::Endless && (independent || by[1] <= Tail::Finite);
            if endless(one, two) || endless(two, one) {
                Tail::Endless
            } else if one[0].max(two[0]) <= Tail::Finite {
                one[0].max(two[0])
            } else {
                Tail::Unknown
            }
        };
        Self {
            low: self.low + other.low,
            high: self.high + other.high,
            below: side([self.below, self.above], [other.below, other.above]),
            above: side([self.above, self.below], [other.above, other.below]),
            off_zero: false,
        }
        .settled()
    }

    /// The larger of two: no side of it is further out than where both are, or one is.
    pub(super) fn larger(self, other: Self) -> Self {
        let below = self.below.min(other.below);
        Self {
            low: self.low.max(other.low),
            high: self.high.max(other.high),
            below: if below <= Tail::Finite { below } else { Tail::Unknown },
            above: self.above.max(other.above),
            off_zero: false,
        }
        .settled()
    }

    fn scaled(self, by: f64) -> Self {
        if by == 0.0 {
            Self::between(0.0, 0.0)
        } else if by < 0.0 {
            self.negated().scaled(-by)
        } else {
            Self { low: self.low * by, high: self.high * by, ..self }.settled()
        }
    }

    /// The sides of a product that an endless side of this one leads to.
    fn led_by(self, by: Self) -> [Tail; 2] {
        let kept = |tail: Tail| if tail == Tail::Endless { tail } else { Tail::Unknown };
        if by.low > 0.0 {
            [kept(self.below), kept(self.above)]
        } else if by.high < 0.0 {
            [kept(self.above), kept(self.below)]
        } else {
            [Tail::Unknown, Tail::Unknown]
        }
    }

    pub(super) fn times(self, other: Self, independent: bool) -> Self {
        for (one, by) in [(self, other), (other, self)] {
            if by.low == by.high {
                return one.scaled(by.low);
            }
        }
        let (one, two) = (self.worst(), other.worst());
        let is_bounded = |of: Self| of.low.is_finite() && of.high.is_finite();
        let [below, above] = if one.max(two) <= Tail::Finite {
            let is_scaled = is_bounded(self) || is_bounded(other);
            [match one.max(two) {
                worst if is_scaled => worst,
                // Of the product of two normal numbers only some exponential functions have a mean.
                Tail::Thin | Tail::Moderate => Tail::Moderate,
                worst if independent => worst,
                // By Cauchy and Schwarz.
                Tail::Heavy => Tail::Finite,
                _ => Tail::Unknown,
            }; 2]
        } else {
            let (first, second) = (self.led_by(other), other.led_by(self));
            [first[0].max(second[0]), first[1].max(second[1])]
        };
        let corners = [self.low * other.low, self.low * other.high, self.high * other.low, self.high * other.high];
        // Nothing times anything is nothing.
        let corners = corners.map(|corner| if corner.is_nan() { 0.0 } else { corner });
        Self {
            low: corners.into_iter().fold(f64::INFINITY, f64::min),
            high: corners.into_iter().fold(f64::NEG_INFINITY, f64::max),
            below,
            above,
            off_zero: false,
        }
        .settled()
    }

    pub(super) fn inverse(self) -> Self {
        if self.low > 0.0 || self.high < 0.0 {
            return Self::between(1.0 / self.high, 1.0 / self.low);
        }
        let above = if self.off_zero { Tail::Finite } else { Tail::Unknown };
        let inverse = Self::unbounded(Tail::Unknown, above);
        if self.low == 0.0 { Self { low: 0.0, ..inverse }.settled() } else { inverse }
    }

    /// The size without the sign.
    fn size(self) -> Self {
        if self.low >= 0.0 {
            self
        } else if self.high <= 0.0 {
            self.negated()
        } else {
            Self { below: Tail::Thin, above: self.worst(), ..Self::between(0.0, self.high.max(-self.low)) }.settled()
        }
    }

    /// Of a function that grows more slowly than its argument from 0 on, and what its side becomes where the argument has a mean.
    fn slowed(self, value: impl Fn(f64) -> Option<f64>, becomes: impl Fn(Tail) -> Tail) -> Self {
        let high = if self.high.is_finite() { value(self.high).unwrap_or(f64::INFINITY) } else { f64::INFINITY };
        let low = value(self.low.max(0.0)).unwrap_or(f64::NEG_INFINITY);
        let above = if self.above <= Tail::Finite { becomes(self.above) } else { Tail::Unknown };
        Self { above, ..Self::between(low, high) }.settled()
    }

    pub(super) fn apply(self, function: Function) -> Self {
        match function {
            Function::Absolute => self.size(),
            // It is over its argument.
            Function::Exponential => {
                let above = match self.above {
                    Tail::Thin => Tail::Moderate,
                    Tail::Endless => Tail::Endless,
                    _ => Tail::Unknown,
                };
                let bounds = Self::between(exp(self.low), exp(self.high));
                // Its inverse is the exponential function of what is below.
                Self { above, off_zero: self.below == Tail::Thin, ..bounds }.settled()
            }
            // Its powers grow more slowly, too.
            Function::Logarithm => self.slowed(|x| (x > 0.0).then(|| ln(x)), |tail| tail.min(Tail::Moderate)),
            Function::SquareRoot => self.slowed(|x| power(x, 0.5), |tail| tail.min(Tail::Heavy)),
            Function::Sine | Function::Cosine => Self::between(-1.0, 1.0),
        }
    }

    pub(super) fn to_the(self, exponent: Self) -> Self {
        let p = exponent.low;
        if p != exponent.high {
            return self.to_a_doubtful(exponent);
        }
        if p == 0.0 {
            return Self::between(1.0, 1.0);
        }
        if p == 1.0 {
            return self;
        }
        if p < 0.0 {
            return self.inverse().to_the(Self::between(-p, -p));
        }
        if p < 1.0 {
            return self.slowed(|x| power(x, p), |tail| if p <= 0.5 { tail.min(Tail::Heavy) } else { tail });
        }
        let of = if p % 2.0 == 1.0 { self } else { self.size() };
        let grown = |tail: Tail| match tail {
            Tail::Thin => Tail::Moderate,
            Tail::Heavy if p <= 2.0 => Tail::Finite,
            Tail::Heavy | Tail::Finite => Tail::Unknown,
            tail => tail,
        };
        let end = |x: f64| if x.is_finite() { power(x, p).unwrap_or(x) } else { x };
        Self { low: end(of.low), high: end(of.high), below: grown(of.below), above: grown(of.above), off_zero: false }
            .settled()
    }

    fn to_a_doubtful(self, exponent: Self) -> Self {
        let ends = [self.low, self.high, exponent.low, exponent.high];
        if self.low > 0.0 && ends.iter().all(|end| end.is_finite()) {
            let corner = |base: f64, exponent: f64| power(base, exponent).unwrap_or(f64::INFINITY);
            let [low, high, from, to] = ends;
            let corners = [corner(low, from), corner(low, to), corner(high, from), corner(high, to)];
            return Self::between(
                corners.into_iter().fold(f64::INFINITY, f64::min),
                corners.into_iter().fold(f64::NEG_INFINITY, f64::max),
            );
        }
        // Of any size it is at most 1 or the highest of the powers.
        let is_bounded = exponent.low >= 0.0 && exponent.high.is_finite();
        let tail = if is_bounded && self.worst() <= Tail::Moderate { Tail::Moderate } else { Tail::Unknown };
        let power = Self::unbounded(tail, tail);
        if self.low >= 0.0 { Self { low: 0.0, ..power }.settled() } else { power }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dist::family;

    fn law(name: &str, parameters: &[f64]) -> Tails {
        Tails::of_law(family(name, parameters).unwrap().as_ref())
    }

    #[test]
    fn sides_are_those_of_the_textbook() {
        use Tail::{Endless, Finite, Thin, Unknown};
        let sides = |of: Tails| [of.below, of.above];
        let (cauchy, pareto) = (law("cauchy", &[0.0, 1.0]), law("pareto", &[1.0, 0.9]));
        assert_eq!(sides(cauchy), [Endless, Endless]);
        assert_eq!((sides(pareto), pareto.low), ([Thin, Endless], 1.0));
        assert_eq!(sides(law("student_t", &[1.5, 0.0, 1.0])), [Finite, Finite]);
        let ten = Tails::between(10.0, 10.0);
        assert_eq!(sides(pareto.negated().larger(ten.negated()).negated()), [Thin, Thin]);
        assert_eq!(sides(cauchy.larger(ten)), [Thin, Endless]);
        // X - X has a mean, and X - Y of two apart has none.
        assert_eq!(sides(cauchy.plus(cauchy.negated(), false)), [Unknown, Unknown]);
        assert_eq!(sides(cauchy.plus(cauchy.negated(), true)), [Endless, Endless]);
        assert_eq!(sides(cauchy.plus(law("normal", &[0.0, 1.0]), false)), [Endless, Endless]);
        assert_eq!(sides(cauchy.times(Tails::between(0.0, 0.0), false)), [Thin, Thin]);
        assert_eq!(sides(pareto.times(Tails::between(-2.0, -2.0), false)), [Endless, Thin]);
        assert_eq!(sides(pareto.times(Tails::between(0.0, 2.0), false)), [Thin, Unknown]);
        // 1/X of a normal has no mean, of a lognormal one, and of a number from 2 to 4 bounds.
        assert_eq!(law("normal", &[50.0, 10.0]).inverse().worst(), Unknown);
        assert_eq!(law("lognormal", &[0.0, 1.0]).inverse().worst(), Finite);
        let inverse = law("uniform", &[2.0, 4.0]).inverse();
        assert_eq!((inverse.low, inverse.high), (0.25, 0.5));
        assert_eq!(cauchy.apply(Function::Sine).worst(), Thin);
        assert_eq!(sides(cauchy.to_the(Tails::between(2.0, 2.0))), [Thin, Endless]);
    }

    #[test]
    fn powers_and_exponential_functions_make_tails_heavier() {
        use Tail::{Endless, Finite, Heavy, Moderate, Thin, Unknown};
        let above = |of: Tails| of.above;
        let to_the = |of: Tails, p: f64| above(of.to_the(Tails::between(p, p)));
        let exp = |of: Tails| above(of.apply(Function::Exponential));
        let (normal, lognormal) = (law("normal", &[0.0, 1.0]), law("lognormal", &[0.0, 1.0]));
        // A lognormal number has all of its moments, and of its exponential function there is none.
        assert_eq!([to_the(normal, 4.0), exp(normal), to_the(lognormal, 4.0)], [Moderate; 3]);
        assert_eq!([exp(lognormal), exp(law("exponential", &[1.0]))], [Unknown; 2]);
        // Of Pareto's law with 2.5 the variance is finite, the third moment infinite.
        let pareto = law("pareto", &[1.0, 2.5]);
        assert_eq!(
            [above(pareto), to_the(pareto, 2.0), to_the(pareto, 3.0), exp(pareto)],
            [Heavy, Finite, Unknown, Unknown]
        );
        assert_eq!(above(pareto.times(pareto, true)), Heavy);
        assert_eq!(above(pareto.times(pareto, false)), Finite);
        assert_eq!(above(pareto.times(pareto, false).times(pareto, false)), Unknown);
        assert_eq!([to_the(pareto, 0.5), above(pareto.apply(Function::Logarithm))], [Heavy, Moderate]);
        assert_eq!(above(law("poisson", &[3.0]).apply(Function::Exponential)), Moderate);
        assert_eq!(exp(law("cauchy", &[0.0, 1.0])), Endless);
        // What has bounds keeps them.
        assert_eq!(exp(law("uniform", &[0.0, 9.0])), Thin);
        assert_eq!(above(pareto.times(law("uniform", &[0.0, 9.0]), false)), Heavy);
        // A number to the power of another: within bounds for the exponent its powers decide.
        assert_eq!(above(lognormal.to_the(law("uniform", &[1.0, 3.0]))), Moderate);
        assert_eq!(above(lognormal.to_the(normal)), Unknown);
    }
}

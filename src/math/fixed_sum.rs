//! Sums whose order does not matter.

/// A running sum that does not depend on the order of its terms, nor on how they were dealt out to several sums and merged.
///
/// Terms are rounded to multiples of 2⁻¹⁹² (1.6e-58), which doubles of 2⁻¹⁴⁰ and more already are, and added as whole numbers of 256 bits, exactly. Sums
/// from -2⁶³ to 2⁶³ are held; beyond that [`FixedSum::total`] is no number. The total is the sum's nearest double.
///
/// ```
/// use foretell::math::FixedSum;
///
/// let (mut one, mut other) = (FixedSum::default(), FixedSum::default());
/// [0.1, 0.2].iter().for_each(|x| one.add(*x));
/// other.add(0.3);
/// other.merge(&one);
/// let mut all = FixedSum::default();
/// [0.3, 0.1, 0.2].iter().for_each(|x| all.add(*x));
/// assert_eq!(other, all);
/// assert_eq!(all.total(), 0.6);
/// ```
///
/// In the spirit of Kulisch (2013), Computer Arithmetic and Validity, ch. 8, whose accumulator holds every double.
#[derive(Debug, Clone, Copy, Default)]
pub struct FixedSum {
    /// Whole numbers of steps of 2⁻¹⁹², 2⁻¹²⁸, 2⁻⁶⁴ and 1. What one of them has beyond 64 bits is carried to the next when the sum is read, not with
    /// every term.
    words: [i128; 4],
    /// Whether a term could not be held.
    over: bool,
}

/// Binary places behind the point.
const PLACES: i32 = 192;
/// Terms are smaller than two to this power.
const MOST: i32 = 62;

impl FixedSum {
    /// Adds a term.
    #[inline]
    pub fn add(&mut self, term: f64) {
        let (digits, exponent) = parts(term);
        let shift = exponent - 1075 + PLACES;
        if exponent >= 1023 + MOST {
            self.over = true;
        } else if shift >= 0 {
            self.put(term.is_sign_negative(), digits, shift);
        } else if shift >= -53 {
            // To the nearest, half of a step away from zero.
            self.put(term.is_sign_negative(), (digits + (1 << (-shift - 1))) >> -shift, 0);
        }
    }

    /// Adds the square of a term, which may need twice as many digits as a double has.
    #[inline]
    pub fn add_square(&mut self, term: f64) {
        let (digits, exponent) = parts(term);
        let shift = 2 * (exponent - 1075) + PLACES;
        if shift >= 0 && exponent < 1023 + MOST / 2 {
            let square = u128::from(digits) * u128::from(digits);
            let (word, bit) = (shift as usize / 64, shift % 64);
            let low = u128::from(square as u64) << bit;
            let high = (square >> 64) << bit;
            self.put_word(word, i128::from(low as u64));
            self.put_word(word + 1, ((low >> 64) + u128::from(high as u64)) as i128);
            self.put_word(word + 2, i128::from((high >> 64) as u64));
        } else {
            let (square, rest) = product(term, term);
            self.add(square);
            self.add(rest);
        }
    }

    /// Adds what another sum has gathered.
    pub fn merge(&mut self, other: &Self) {
        self.over |= other.over;
        self.words.iter_mut().zip(&other.words).for_each(|(word, more)| *word += more);
    }

    /// Adds digits that stand so many steps of the last place up, or takes them away.
    #[inline]
    fn put(&mut self, negative: bool, digits: u64, shift: i32) {
        let (word, bit) = (shift as usize / 64, shift % 64);
        let digits = u128::from(digits) << bit;
        let (low, high) = (i128::from(digits as u64), i128::from((digits >> 64) as u64));
        self.put_word(word, if negative { -low } else { low });
        self.put_word(word + 1, if negative { -high } else { high });
    }

    /// Adds to a word. Beyond the last one there is nothing to add, for terms stay below 2⁶².
    #[inline]
    fn put_word(&mut self, at: usize, digits: i128) {
        if let Some(word) = self.words.get_mut(at) {
            *word += digits;
        }
    }

    /// The sum as a whole number of 256 bits in two's complement, in steps of the last place: its upper half and its lower one; `None` if it could not be held.
    fn whole(&self) -> Option<(i128, u128)> {
        let [a, b, c, d] = self.words;
        let b = b + (a >> 64);
        let c = c + (b >> 64);
        let d = d + (c >> 64);
        let high = i64::try_from(d).ok().filter(|_| !self.over)?;
        let word = |of: i128| u128::from(of as u64);
        Some(((i128::from(high) << 64) | word(c) as i128, (word(b) << 64) | word(a)))
    }

    /// The double that is nearest to the sum; no number if it could not be held.
    #[must_use]
    pub fn total(&self) -> f64 {
        let Some((high, low)) = self.whole() else { return f64::NAN };
        let negative = high < 0;
        let (high, low) = if negative {
            let low = (!low).wrapping_add(1);
            ((!high).wrapping_add(i128::from(low == 0)) as u128, low)
        } else {
            (high as u128, low)
        };
        // The leading 128 bits, the last of which says whether anything follows.
        let leading = if high == 0 { 128 + low.leading_zeros() } else { high.leading_zeros() };
        if leading == 256 {
            return 0.0;
        }
        let (window, rest) = match leading {
            0 => (high, low),
            1..128 => ((high << leading) | (low >> (128 - leading)), low << leading),
            128 => (low, 0),
            _ => (low << (leading - 128), 0),
        };
        let window = window | u128::from(rest != 0);
        // A conversion rounds to the nearest, ties to even.
        let scale = 128 - leading as i32 - PLACES;
        let magnitude = scaled(window as f64, scale);
        if negative { -magnitude } else { magnitude }
    }

    /// The sum as two doubles: the nearest, and the nearest to what it leaves.
    #[must_use]
    pub fn pair(&self) -> (f64, f64) {
        let first = self.total();
        let mut rest = *self;
        rest.add(-first);
        (first, rest.total())
    }

    /// As it is kept in a file: four words, the highest first; `None` for what could not be held.
    #[must_use]
    pub fn write(&self) -> Option<[u64; 4]> {
        let (high, low) = self.whole()?;
        Some([(high >> 64) as u64, high as u64, (low >> 64) as u64, low as u64])
    }

    /// From a file.
    #[must_use]
    pub fn read([a, b, c, d]: [u64; 4]) -> Self {
        Self { words: [i128::from(d), i128::from(c), i128::from(b), i128::from(a as i64)], over: false }
    }
}

/// Whatever was carried and what was not.
impl PartialEq for FixedSum {
    fn eq(&self, other: &Self) -> bool {
        self.whole() == other.whole()
    }
}

impl Eq for FixedSum {}

/// The digits of a number's size, and its exponent as it is kept: the size is `digits` times two to the power of `exponent - 1075`.
#[inline]
fn parts(term: f64) -> (u64, i32) {
    let bits = term.abs().to_bits();
    let exponent = (bits >> 52) as i32;
    let digits = if exponent == 0 { bits } else { (bits & ((1 << 52) - 1)) | (1 << 52) };
    (digits, exponent.max(1))
}

/// A double times a power of two that stays in their range.
fn scaled(value: f64, power: i32) -> f64 {
    // Two steps, for a power of two beyond the range of doubles in between.
    let half = power / 2;
    let two_to = |power: i32| f64::from_bits(((1023 + power) as u64) << 52);
    value * two_to(half) * two_to(power - half)
}

/// The product of two doubles and its rounding error, exactly, unless it over- or underflows. Dekker (1971), Numer. Math. 18, 224–242.
fn product(a: f64, b: f64) -> (f64, f64) {
    const SPLIT: f64 = 134_217_729.0;
    let halves = |x: f64| {
        let high = x * SPLIT - (x * SPLIT - x);
        (high, x - high)
    };
    let (p, (a1, a2), (b1, b2)) = (a * b, halves(a), halves(b));
    (p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2)
}

/// `Σ (x - c)²` of `n` numbers, from their sum and the sum of their squares, in about twice the digits of a double; 0 at least.
#[must_use]
pub fn squares_about(n: f64, sum: &FixedSum, squares: &FixedSum, c: f64) -> f64 {
    // Σ x² - 2 c Σ x + n c².
    let (s, s_rest) = sum.pair();
    let (q, q_rest) = squares.pair();
    let (m, m_rest) = product(-2.0 * c, s);
    let (cc, cc_rest) = product(c, c);
    let (k, k_rest) = product(n, cc);
    let terms = [q, m, k, q_rest, m_rest, k_rest, -2.0 * c * s_rest, n * cc_rest];
    let total = super::sum(terms);
    // What could not be held stays no number.
    if total < 0.0 { 0.0 } else { total }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(terms: &[f64]) -> FixedSum {
        let mut sum = FixedSum::default();
        terms.iter().for_each(|term| sum.add(*term));
        sum
    }

    #[test]
    fn sums_that_are_known_are_met_to_the_last_bit() {
        // Three tenths as doubles add up to 0.6 exactly rounded, though 0.1 + 0.2 + 0.3 in doubles does not.
        assert_eq!(of(&[0.1, 0.2, 0.3]).total(), 0.6);
        assert_eq!(of(&[1e15, 1.0, -1e15, 1e-30, -1.0]).total(), 1e-30);
        let tenth = vec![0.1; 1_000_000];
        // 0.1 as a double is 3602879701896397 / 2^55; a million of it is nearest to 100000 + 5.55e-12, which rounds to 100000.
        assert_eq!(of(&tenth).total(), 100_000.0);
        for one in [0.0, -0.0, 1.0, -1.0, 1e-42, f64::MIN_POSITIVE, 0.1, 4e18, -4e18, 1.0 / 3.0] {
            let total = of(&[one]).total();
            let held = if one.abs() < 1e-58 { 0.0 } else { one };
            assert_eq!(total, held, "{one}");
        }
        assert!(
            of(&[f64::INFINITY]).total().is_nan() && of(&[f64::NAN]).total().is_nan() && of(&[1e19]).total().is_nan()
        );
        assert!(of(&[4e18, 4e18, 4e18]).total().is_nan(), "beyond 2^63");
        assert_eq!(of(&[f64::NAN]).write(), None);
    }

    #[test]
    fn what_could_not_be_held_has_no_squares_either() {
        let (mut sum, mut squares) = (FixedSum::default(), FixedSum::default());
        for _ in 0..3 {
            sum.add(4e18);
            squares.add_square(1e9);
        }
        assert!(squares_about(3.0, &sum, &squares, 1.0).is_nan());
    }

    #[test]
    fn squares_about_the_mean_do_not_lose_what_the_mean_is_large_against() {
        // Numbers 1e6 + {-1, 0, 1} have a sum of squares of 2 about 1e6; in doubles Σ x² - n c² leaves nothing of that.
        let numbers = [999_999.0, 1_000_000.0, 1_000_001.0];
        let mut squares = FixedSum::default();
        numbers.iter().for_each(|x| squares.add_square(*x));
        assert_eq!(squares_about(3.0, &of(&numbers), &squares, 1e6), 2.0);
        let near = [0.1, 0.1 + 1e-12];
        let mut squares = FixedSum::default();
        near.iter().for_each(|x| squares.add_square(*x));
        let about = squares_about(2.0, &of(&near), &squares, 0.1);
        let apart = near[1] - near[0];
        assert!((about / (apart * apart) - 1.0).abs() < 1e-4, "{about}");
    }

    #[test]
    fn a_sum_that_came_back_from_beyond_what_is_held_is_held() {
        assert_eq!(of(&[4e18, 4e18, 4e18, -4e18]).total(), 8e18);
        assert_eq!(of(&[-4e18, -4e18, -1223372036854775808.0]).total(), -scaled(1.0, 63));
        assert!(of(&[4e18, 4e18, 1223372036854775808.0]).total().is_nan(), "2^63");
    }

    /// Merged from sums of one term each.
    fn one_by_one(terms: &[f64]) -> FixedSum {
        terms.iter().fold(FixedSum::default(), |sum, term| {
            let mut one = FixedSum::default();
            one.add(*term);
            let mut both = sum;
            both.merge(&one);
            both
        })
    }

    proptest! {
        #[test]
        fn neither_order_nor_division_matters(
            terms in prop::collection::vec(prop_oneof![-1e6..1e6_f64, 0.0..1e-12_f64, -1e-40..1e-40_f64], 0..200),
            at in 0..200_usize,
        ) {
            let whole = of(&terms);
            let reversed: Vec<f64> = terms.iter().rev().copied().collect();
            prop_assert_eq!(whole, of(&reversed));
            let (left, right) = terms.split_at(at.min(terms.len()));
            let mut merged = of(right);
            merged.merge(&of(left));
            prop_assert_eq!(whole, merged);
            prop_assert_eq!(whole, one_by_one(&terms));
            prop_assert_eq!(FixedSum::read(whole.write().unwrap()), whole);
            let compensated = super::super::sum(terms.iter().copied());
            let scale: f64 = terms.iter().map(|term| term.abs()).sum();
            prop_assert!((whole.total() - compensated).abs() <= 1e-15 * scale + 1e-50);
            let (first, rest) = whole.pair();
            prop_assert!(rest.abs() <= first.abs() * f64::EPSILON);
        }

        #[test]
        fn whole_numbers_of_a_small_step_are_added_as_such(
            terms in prop::collection::vec((any::<i32>(), 0..60_u32), 0..200),
        ) {
            // In steps of 2^-60, which a double holds for every term.
            let whole: i128 = terms.iter().map(|(digits, shift)| i128::from(*digits) << shift).sum();
            let step = scaled(1.0, -60);
            let doubles: Vec<f64> = terms.iter().map(|(digits, shift)| scaled(f64::from(*digits), *shift as i32 - 60)).collect();
            prop_assert_eq!(of(&doubles).total(), whole as f64 * step);
        }

        #[test]
        fn squares_are_those_of_whole_numbers(terms in prop::collection::vec((any::<i32>(), -40..30_i32), 1..50)) {
            // The square of `digits` times 2^shift, in steps of 2^-80.
            let mut squares = FixedSum::default();
            let mut whole = FixedSum::default();
            for (digits, shift) in &terms {
                squares.add_square(scaled(f64::from(*digits), *shift - 31));
                // Its upper and its lower 32 bits, each of which a double holds.
                let square = (i64::from(*digits) * i64::from(*digits)) as u64;
                for (half, up) in [(square >> 32, 32), (square & 0xffff_ffff, 0)] {
                    whole.add(scaled(half as f64, up + 2 * (*shift - 31)));
                }
            }
            prop_assert_eq!(squares, whole);
        }

        #[test]
        fn squares_of_all_sizes_are_products_and_their_rounding_errors(bits in prop::collection::vec(any::<u64>(), 1..20)) {
            for bits in bits {
                let term = f64::from_bits(bits);
                // From 2^-100 to 2^32 and as it came, which is mostly beyond what is held or rounded away.
                let near = f64::from_bits((bits & !(0x7ff << 52)) | ((923 + (bits >> 52) % 133) << 52));
                for term in [term, near] {
                    let (mut one, mut two) = (FixedSum::default(), FixedSum::default());
                    one.add_square(term);
                    let (square, rest) = product(term, term);
                    two.add(square);
                    two.add(rest);
                    prop_assert_eq!(one, two, "{:e}", term);
                }
            }
        }
    }
}

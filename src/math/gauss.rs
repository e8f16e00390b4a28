//! Nodes and weights that integrate polynomials against a distribution exactly: Gaussian quadrature.

/// Values with their probabilities: a distribution of as many points that has the first `2 n - 1` moments of another.
#[derive(Debug, Clone, PartialEq)]
pub struct Nodes {
    /// Increasing.
    pub values: Vec<f64>,
    /// Positive, summing to 1.
    pub weights: Vec<f64>,
}

impl Nodes {
    /// The mean of a function over the nodes.
    #[must_use]
    pub fn mean(&self, function: impl Fn(f64) -> f64) -> f64 {
        self.values.iter().zip(&self.weights).map(|(value, weight)| weight * function(*value)).sum()
    }
}

/// The Gauss–Jacobi nodes of Beta(a, b), `n` of them.
///
/// ```text
/// E f(X) = sum over i of w_i f(x_i)        for X ~ Beta(a, b) and every polynomial f of degree 2 n - 1 or less
/// ```
///
/// `a`, `b` > 0 and `n` >= 1; a list of no nodes for others.
///
/// ```
/// let nodes = foretell::math::gauss::beta(6.5, 14.5, 4);
/// let second = nodes.mean(|p| p * p);
/// assert!((second - 6.5 * 7.5 / (21.0 * 22.0)).abs() < 1e-14);
/// ```
///
/// Golub and Welsch (1969), Math. Comp. 23, 221–230; the recurrence of the Jacobi polynomials as in Gautschi (2004), Orthogonal
/// Polynomials, table 1.1.
#[must_use]
pub fn beta(a: f64, b: f64, n: usize) -> Nodes {
    if !(a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite()) {
        return Nodes { values: Vec::new(), weights: Vec::new() };
    }
    // On -1..1 with the weight (1 - t)^alpha (1 + t)^beta.
    let (alpha, beta) = (b - 1.0, a - 1.0);
    let sum = alpha + beta;
    let diagonal = (0..n).map(|k| {
        let k = k as f64;
        let whole = 2.0 * k + sum;
        if k == 0.0 { (beta - alpha) / (sum + 2.0) } else { (beta - alpha) * sum / (whole * (whole + 2.0)) }
    });
    let off = (1..n).map(|k| {
        let k = k as f64;
        let whole = 2.0 * k + sum;
        let squared = if k == 1.0 {
            4.0 * (1.0 + alpha) * (1.0 + beta) / ((sum + 2.0) * (sum + 2.0) * (sum + 3.0))
        } else {
            4.0 * k * (k + alpha) * (k + beta) * (k + sum) / (whole * whole * (whole + 1.0) * (whole - 1.0))
        };
        squared.sqrt()
    });
    let mut nodes = golub_welsch(diagonal.collect(), off.collect());
    nodes.values.iter_mut().for_each(|value| *value = (0.5 * (1.0 + *value)).clamp(0.0, 1.0));
    nodes
}

/// The Gauss–Laguerre nodes of a Gamma distribution, `n` of them; see [`beta`].
///
/// `shape`, `rate` > 0 and `n` >= 1; a list of no nodes for others.
#[must_use]
pub fn gamma(shape: f64, rate: f64, n: usize) -> Nodes {
    if !(shape > 0.0 && rate > 0.0 && shape.is_finite() && rate.is_finite()) {
        return Nodes { values: Vec::new(), weights: Vec::new() };
    }
    let diagonal = (0..n).map(|k| 2.0 * k as f64 + shape).collect();
    let off = (1..n).map(|k| (k as f64 * (k as f64 + shape - 1.0)).sqrt()).collect();
    let mut nodes = golub_welsch(diagonal, off);
    nodes.values.iter_mut().for_each(|value| *value = (*value / rate).max(0.0));
    nodes
}

/// The Gauss–Hermite nodes of a normal distribution, `n` of them; see [`beta`].
///
/// `sd` > 0 and `n` >= 1; a list of no nodes for others.
#[must_use]
pub fn normal(mean: f64, sd: f64, n: usize) -> Nodes {
    if !(mean.is_finite() && sd > 0.0 && sd.is_finite()) {
        return Nodes { values: Vec::new(), weights: Vec::new() };
    }
    let off = (1..n).map(|k| (k as f64).sqrt()).collect();
    let mut nodes = golub_welsch(vec![0.0; n], off);
    nodes.values.iter_mut().for_each(|value| *value = mean + sd * *value);
    nodes
}

/// Eigenvalues of a symmetric tridiagonal matrix, and the squares of the first components of its eigenvectors: by the implicit QL method
/// (Martin and Wilkinson 1968, "imtql2").
fn golub_welsch(mut diagonal: Vec<f64>, mut off: Vec<f64>) -> Nodes {
    const ROUNDS: usize = 60;
    let n = diagonal.len();
    off.push(0.0);
    let mut first = vec![0.0; n];
    if let Some(of) = first.first_mut() {
        *of = 1.0;
    }
    for l in 0..n {
        for _ in 0..ROUNDS {
            let m = (l..n.saturating_sub(1))
                .find(|m| off[*m].abs() <= f64::EPSILON * (diagonal[*m].abs() + diagonal[m + 1].abs()))
                .unwrap_or(n - 1);
            if m == l {
                break;
            }
            let mut g = (diagonal[l + 1] - diagonal[l]) / (2.0 * off[l]);
            let r = (g * g + 1.0).sqrt();
            g = diagonal[m] - diagonal[l] + off[l] / (g + r.copysign(g));
            let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
            let mut deflated = false;
            for i in (l..m).rev() {
                let f = s * off[i];
                let b = c * off[i];
                let r = (f * f + g * g).sqrt();
                off[i + 1] = r;
                if r == 0.0 {
                    diagonal[i + 1] -= p;
                    off[m] = 0.0;
                    deflated = true;
                    break;
                }
                s = f / r;
                c = g / r;
                g = diagonal[i + 1] - p;
                let turned = (diagonal[i] - g) * s + 2.0 * c * b;
                p = s * turned;
                diagonal[i + 1] = g + p;
                g = c * turned - b;
                let component = first[i + 1];
                first[i + 1] = s * first[i] + c * component;
                first[i] = c * first[i] - s * component;
            }
            if deflated {
                continue;
            }
            diagonal[l] -= p;
            off[l] = g;
            off[m] = 0.0;
        }
    }
    let mut pairs: Vec<(f64, f64)> = diagonal.into_iter().zip(first).map(|(value, of)| (value, of * of)).collect();
    pairs.sort_by(|left, right| left.0.total_cmp(&right.0));
    let total: f64 = pairs.iter().map(|pair| pair.1).sum();
    Nodes {
        values: pairs.iter().map(|pair| pair.0).collect(),
        weights: pairs.iter().map(|pair| pair.1 / total).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moments of a Beta and of a Gamma in closed form, up to the highest that so many nodes have.
    #[test]
    fn the_first_moments_are_those_of_the_distribution() {
        for (a, b) in [(0.5, 0.5), (1.0, 1.0), (6.5, 14.5), (0.5, 20.5), (300.0, 700.0)] {
            for n in [1, 2, 5, 12, 24] {
                let nodes = beta(a, b, n);
                assert_eq!(nodes.values.len(), n);
                let mut expected = 1.0;
                for degree in 0..2 * n {
                    let found = nodes.mean(|x| x.powi(degree as i32));
                    assert!((found / expected - 1.0).abs() < 1e-11, "{a} {b} {n} {degree}: {found} {expected}");
                    expected *= (a + degree as f64) / (a + b + degree as f64);
                }
            }
        }
        for (shape, rate) in [(0.5, 10.0), (2.0, 40.0), (33.5, 1.0)] {
            for n in [1, 3, 8] {
                let nodes = gamma(shape, rate, n);
                let mut expected = 1.0;
                for degree in 0..2 * n {
                    let found = nodes.mean(|x| x.powi(degree as i32));
                    assert!((found / expected - 1.0).abs() < 1e-10, "{shape} {rate} {n} {degree}: {found} {expected}");
                    expected *= (shape + degree as f64) / rate;
                }
            }
        }
    }

    /// Of a normal about 0 the even moments are 1, 3, 15, … (2 k - 1)!! and the odd ones 0.
    #[test]
    fn the_moments_of_a_normal_are_double_factorials() {
        for n in [1, 2, 5, 12, 24] {
            let nodes = normal(0.0, 1.0, n);
            assert_eq!(nodes.values.len(), n);
            let mut expected = 1.0;
            for degree in (0..2 * n).step_by(2) {
                let found = nodes.mean(|x| x.powi(degree as i32));
                assert!((found / expected - 1.0).abs() < 1e-10, "{n} {degree}: {found} {expected}");
                let odd = nodes.mean(|x| x.powi(degree as i32 + 1));
                let next = expected * (degree as f64 + 1.0);
                assert!(odd.abs() < 1e-10 * next.max(1.0), "{n} {degree}: {odd}");
                expected = next;
            }
        }
        // Shifted and scaled; of many nodes the outermost weigh nothing, and none is undefined.
        let nodes = normal(3.0, 2.0, 256);
        assert!((nodes.mean(|x| x) - 3.0).abs() < 1e-12 && (nodes.mean(|x| (x - 3.0) * (x - 3.0)) - 4.0).abs() < 1e-11);
        assert!(nodes.values.is_sorted() && nodes.weights.iter().all(|weight| (0.0..1.0).contains(weight)));
        assert!(normal(0.0, 0.0, 3).values.is_empty());
    }

    #[test]
    fn uniform_nodes_are_those_of_legendre_and_wrong_parameters_have_none() {
        // Abramowitz and Stegun, table 25.4, n = 3: 0 and ±0.774596669241483, weights 8/9 and 5/9.
        let nodes = beta(1.0, 1.0, 3);
        for (found, expected) in nodes.values.iter().zip([-0.774596669241483, 0.0, 0.774596669241483]) {
            assert!((2.0 * found - 1.0 - expected).abs() < 1e-14);
        }
        for (found, expected) in nodes.weights.iter().zip([5.0, 8.0, 5.0]) {
            assert!((found - expected / 18.0).abs() < 1e-14);
        }
        assert!(beta(0.0, 1.0, 3).values.is_empty() && gamma(1.0, f64::NAN, 3).values.is_empty());
        assert!(beta(1.0, 1.0, 0).values.is_empty());
    }
}

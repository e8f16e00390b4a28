//! Linear equations with a symmetric positive definite matrix.

/// A matrix as the product of a lower triangle and its transpose.
///
/// Golub and Van Loan (2013), Matrix Computations, section 4.2.
#[derive(Debug, Clone, PartialEq)]
pub struct Cholesky {
    size: usize,
    /// Row by row.
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factors a symmetric matrix, given row by row; only its lower triangle is read. `None` unless it has `size²` entries and is
    /// positive definite beyond rounding.
    ///
    /// ```
    /// use foretell::math::Cholesky;
    ///
    /// let factor = Cholesky::new(2, &[4.0, 2.0, 2.0, 3.0]).expect("positive definite");
    /// let solution = factor.solve(&[2.0, 5.0]);
    /// assert!((solution[0] + 0.5).abs() < 1e-14 && (solution[1] - 2.0).abs() < 1e-14);
    /// ```
    #[must_use]
    pub fn new(size: usize, matrix: &[f64]) -> Option<Self> {
        if matrix.len() != size * size {
            return None;
        }
        let mut lower = vec![0.0; size * size];
        for row in 0..size {
            for column in 0..=row {
                let (of_row, of_column) = (&lower[row * size..], &lower[column * size..]);
                let known: f64 = of_row[..column].iter().zip(&of_column[..column]).map(|(a, b)| a * b).sum();
                let rest = matrix[row * size + column] - known;
                lower[row * size + column] = if row == column {
                    let positive = rest.is_finite() && rest > 1e-13 * matrix[row * size + row].abs();
                    if !positive {
                        return None;
                    }
                    rest.sqrt()
                } else {
                    rest / lower[column * size + column]
                };
            }
        }
        Some(Self { size, lower })
    }

    /// A row of the lower triangle, as far as the diagonal.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.lower[row * self.size..=row * self.size + row]
    }

    /// The solution for a right-hand side of as many numbers.
    ///
    /// # Panics
    /// If there are fewer.
    #[must_use]
    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        let at = |row: usize, column: usize| self.lower[row * self.size + column];
        let mut solution = right[..self.size].to_vec();
        for row in 0..self.size {
            for column in 0..row {
                solution[row] -= at(row, column) * solution[column];
            }
            solution[row] /= at(row, row);
        }
        for row in (0..self.size).rev() {
            for below in row + 1..self.size {
                solution[row] -= at(below, row) * solution[below];
            }
            solution[row] /= at(row, row);
        }
        solution
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_solution_solves_the_equations() {
        let size = 6;
        let matrix: Vec<f64> = (0..size * size)
            .map(|at| {
                let (row, column) = (at / size, at % size);
                if row == column { 9.0 + row as f64 } else { ((row + 1) * (column + 1) % 5) as f64 - 1.0 }
            })
            .collect();
        let right = [1.0, -2.0, 3.0, 0.5, 0.0, 4.0];
        let solution = Cholesky::new(size, &matrix).expect("the diagonal outweighs the rest").solve(&right);
        for row in 0..size {
            let product: f64 = (0..size).map(|column| matrix[row * size + column] * solution[column]).sum();
            assert!((product - right[row]).abs() < 1e-12, "{row}");
        }
    }

    #[test]
    fn what_is_not_positive_definite_has_no_factor() {
        assert_eq!(Cholesky::new(2, &[1.0, 1.0, 1.0, 1.0]), None);
        assert_eq!(Cholesky::new(2, &[1.0, 2.0, 2.0, 1.0]), None);
        assert_eq!(Cholesky::new(2, &[1.0, 0.0, 0.0]), None);
        assert_eq!(Cholesky::new(1, &[f64::NAN]), None);
    }
}

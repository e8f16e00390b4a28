//! Panels of one size, as many beside each other as keep a drawing of many forecasters from growing ever taller.

use super::svg::{WIDTH, escaped, opening_of_rows};
use std::fmt::Write as _;

/// Up to so many panels stand in one column: those can be read on a phone.
const ONE_COLUMN: usize = 3;
/// Up to so many in two.
const TWO_COLUMNS: usize = 8;

/// Where the panels of a drawing lie, row by row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Panels {
    count: usize,
    columns: usize,
    height: f64,
}

impl Panels {
    /// So many panels of this height.
    pub(crate) const fn new(count: usize, height: f64) -> Self {
        let columns = if count <= ONE_COLUMN {
            1
        } else if count <= TWO_COLUMNS {
            2
        } else {
            3
        };
        Self { count, columns, height }
    }

    /// The height of all rows.
    pub(crate) fn floor(&self) -> f64 {
        self.height * self.count.div_ceil(self.columns).max(1) as f64
    }

    /// Begins the drawing, with so much room below the panels.
    pub(crate) fn opening(&self, below: f64, title: &str) -> String {
        opening_of_rows(WIDTH * self.columns as f64, self.floor() + below, self.height, title)
    }

    /// Begins the group of a panel, within which places are those of a drawing of its own; [`super::svg::END`] ends it.
    pub(crate) fn begin(&self, svg: &mut String, at: usize, title: &str) {
        let (x, y) = (WIDTH * (at % self.columns) as f64, self.height * (at / self.columns) as f64);
        let _ = writeln!(svg, r#"<g transform="translate({x} {y})"><title>{}</title>"#, escaped(title));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_panels_stand_in_three_columns_and_three_in_one() {
        for (count, columns, rows) in [(0, 1, 1), (1, 1, 1), (3, 1, 3), (4, 2, 2), (8, 2, 4), (9, 3, 3), (30, 3, 10)] {
            let panels = Panels::new(count, 500.0);
            assert_eq!((panels.columns, panels.floor()), (columns, 500.0 * f64::from(rows)), "{count}");
        }
        let mut svg = Panels::new(30, 500.0).opening(66.0, "title");
        assert!(svg.contains(r#"viewBox="0 0 1260 5066""#) && svg.contains(r#"data-row="500""#));
        Panels::new(30, 500.0).begin(&mut svg, 4, "<a>");
        assert!(svg.ends_with("<g transform=\"translate(420 500)\"><title>&lt;a&gt;</title>\n"));
    }
}

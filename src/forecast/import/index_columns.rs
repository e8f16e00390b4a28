//! Columns that number the rows of a table and say nothing of what is forecast, as data frames write them into files.

use crate::forecast::tidy::{Row, Table};
use std::collections::HashSet;

/// Whether a column is called as data frames call their index: `__index_level_0__`, `Unnamed: 0`.
pub(super) fn is_called_index(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    let level = name.strip_prefix("__index_level_").and_then(|rest| rest.strip_suffix("__"));
    let number = level.or_else(|| name.strip_prefix("unnamed:").map(str::trim));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The columns that tell nothing of forecasts of several rows each: those called as an index, and those whose value differs in every row although rows
/// hold several parts of forecasts. `part` says which part a row holds, such as a level; `None` of a row that is a forecast by itself.
pub(super) fn index_columns<'t>(table: &'t Table, part: impl Fn(&'t Row) -> Option<&'t str>) -> HashSet<usize> {
    let parts: HashSet<&str> = table.rows.iter().filter_map(part).take(MOST_LOOKED_AT).collect();
    let differs = |at: usize| {
        let mut seen: HashSet<&str> = HashSet::new();
        table.rows.iter().all(|row| seen.insert(row.cell(Some(at))))
    };
    let names = table.columns();
    (0..names.len()).filter(|at| is_called_index(&names[*at]) || (parts.len() > 1 && differs(*at))).collect()
}

/// How many rows are looked at for whether there are several parts.
const MOST_LOOKED_AT: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_an_index_are_those_that_data_frames_write() {
        for name in ["__index_level_0__", "__INDEX_LEVEL_12__", "Unnamed: 0", "unnamed:3"] {
            assert!(is_called_index(name), "{name}");
        }
        for name in ["index", "__index_level___", "unnamed: total", "location", "__index_level_0", ""] {
            assert!(!is_called_index(name), "{name}");
        }
    }

    #[test]
    fn a_column_that_differs_in_every_row_is_an_index_where_forecasts_have_several_rows() {
        let of = |text: &str| {
            let table = Table::read("t.csv", text.as_bytes()).unwrap();
            let level = table.column("level");
            let mut found: Vec<usize> =
                index_columns(&table, |row| level.map(|at| row.cell(Some(at)))).into_iter().collect();
            found.sort_unstable();
            found
        };
        assert_eq!(of("place,n,level\nUS,0,0.1\nUS,1,0.9\nCA,2,0.1\n"), [1]);
        assert_eq!(of("unnamed: 0,place,level\n0,US,0.5\n1,CA,0.5\n"), [0], "one level: a place may be a row");
        assert!(of("place,n,level\nUS,0,0.1\nUS,0,0.9\nCA,1,0.1\n").is_empty());
    }
}

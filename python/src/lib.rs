//! The extension module `foretell._foretell`: types of Python to types of Rust and back, nothing else.
//!
//! What is asked goes to [`foretell::cli::ask`], which answers what the command line prints; tables cross by the Arrow C interface, arrays as NumPy
//! lays them out. The package in `foretell/` makes this pleasant.

mod arrays;
mod asking;
mod files;
mod parallel;
mod pools;
mod rows;
mod table;

use pyo3::prelude::*;

#[pymodule]
mod _foretell {
    #[pymodule_export]
    use super::arrays::{elementwise, of_outcomes, rules_of_elements};
    #[pymodule_export]
    use super::asking::{Merger, Told, ask, scenario_texts};
    #[pymodule_export]
    use super::files::binary_of_files;
    #[pymodule_export]
    use super::rows::{
        binary, by_rows, by_two_rows, crps_of_ensembles, dawid_sebastiani_of_vectors, energy, falling_row,
        rules_of_rows, rules_of_two_rows, variogram, wis_of_quantiles,
    };
    #[pymodule_export]
    use super::table::{Table, write_parquet};

    /// Version of the engine.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}

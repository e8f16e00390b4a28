//! Data that stand beside the repository, in `../shared/data`; a test that needs them says so and passes where they are not.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A file of the shared data, if it is there.
pub fn shared(file: &str) -> Option<PathBuf> {
    let folders = ["../shared/data", "../../shared/data"];
    let paths = folders.map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(file));
    let found = paths.into_iter().find(|path| path.exists());
    if found.is_none() {
        writeln!(std::io::stderr(), "skipped: ../shared/data/{file} is not there").expect("the terminal takes it");
    }
    found
}

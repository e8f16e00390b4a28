//! Scores of files against those of the same rows in memory, bit by bit.

use super::{BinaryFiles, Steps};
use crate::math::SplitMix;
use crate::score::columns::{BinaryColumns, BinaryScores};
use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Float32Array, Float64Array, Int8Array, Int64Array,
    LargeStringArray, RecordBatch, StringArray, StringViewArray, UInt16Array,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::slice::from_ref;
use std::sync::Arc;

/// Rows in memory.
struct Rows {
    probabilities: Vec<f64>,
    happened: Vec<bool>,
    forecasters: Vec<u32>,
    /// By the numbers of the forecasters, which they have in the order in which they come.
    names: Vec<String>,
}

impl Rows {
    /// So many, by so many forecasters at most, special probabilities among them.
    fn drawn(rows: usize, forecasters: usize, seed: u64) -> Self {
        let mut stream = SplitMix::of_replicate(seed, 1);
        let special = [0.0, -0.0, 1.0, 1e-7, 5e-324, 0.5, 0.3];
        let mut numbers = vec![u32::MAX; forecasters];
        let (mut names, mut by) = (Vec::new(), Vec::new());
        for _ in 0..rows {
            let drawn = stream.below(forecasters);
            if numbers[drawn] == u32::MAX {
                numbers[drawn] = names.len() as u32;
                names.push(format!("forecaster {drawn}"));
            }
            by.push(numbers[drawn]);
        }
        let p = |stream: &mut SplitMix| {
            if stream.below(5) == 0 { special[stream.below(special.len())] } else { stream.unit() }
        };
        let probabilities = (0..rows).map(|_| p(&mut stream)).collect();
        let happened = (0..rows).map(|_| stream.below(3) == 0).collect();
        Self { probabilities, happened, forecasters: by, names }
    }

    fn in_memory(&self, bins: usize) -> BinaryScores {
        let columns = BinaryColumns::new(&self.probabilities, &self.happened, &self.forecasters, self.names.len());
        columns.expect("one length").score(bins).expect("rows that can be scored")
    }

    fn texts(&self) -> Vec<&str> {
        self.forecasters.iter().map(|number| self.names[*number as usize].as_str()).collect()
    }

    /// As a table: names as a dictionary whose order is not theirs, doubles and truths.
    fn table(&self) -> RecordBatch {
        let mut texts = self.names.clone();
        texts.reverse();
        // A text that nobody has.
        texts.push("nobody".to_owned());
        let last = self.names.len() as i32 - 1;
        let codes = self.forecasters.iter().map(|number| last - *number as i32).collect();
        let names = DictionaryArray::<Int32Type>::new(codes, Arc::new(StringArray::from(texts)));
        table(Arc::new(names), doubles(&self.probabilities), Arc::new(BooleanArray::from(self.happened.clone())))
    }
}

fn doubles(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

fn table(names: ArrayRef, probabilities: ArrayRef, happened: ArrayRef) -> RecordBatch {
    let other: ArrayRef = Arc::new(Int64Array::from(vec![7; names.len()]));
    let columns =
        [("who", names, true), ("other", other, false), ("P ", probabilities, true), ("came", happened, true)];
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length")
}

/// Writes a table with groups of so many rows.
fn write(path: &Path, table: &RecordBatch, properties: WriterProperties) {
    let file = File::create(path).expect("a file");
    let mut writer = ArrowWriter::try_new(file, table.schema(), Some(properties)).expect("a writer");
    writer.write(table).expect("written");
    writer.close().expect("closed");
}

fn groups_of(rows: usize) -> WriterProperties {
    WriterProperties::builder().set_max_row_group_row_count(Some(rows)).build()
}

/// Every number by its bits, so that 0 is not -0.
fn bits(scores: &BinaryScores) -> Vec<u64> {
    let means = scores.forecasters.iter().chain([&scores.overall]).flat_map(|one| {
        one.map_or([u64::MAX; 5], |one| {
            [one.forecasts, one.brier.to_bits(), one.log.to_bits(), one.raised, one.infinite]
        })
    });
    let bins = scores.bins.iter().flat_map(|bin| {
        let sums = [bin.stated, bin.stated_squared, bin.stated_of_events].map(f64::to_bits);
        [bin.forecasts, bin.events, sums[0], sums[1], sums[2]]
    });
    means.chain(bins).collect()
}

fn files(paths: &[PathBuf]) -> BinaryFiles {
    BinaryFiles::new(paths, "p", "came", "who")
}

/// The files have the names and the scores of these rows.
fn agree(paths: &[PathBuf], rows: &Rows, steps: Steps) {
    let found = files(paths).score_in(20, steps, &|| true).expect("rows that can be scored").expect("wanted");
    assert_eq!(found.names, rows.names);
    assert_eq!(bits(&found.scores), bits(&rows.in_memory(20)), "{steps:?}");
}

#[test]
fn every_bit_is_that_of_the_columns_in_memory_however_rows_are_dealt_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = Rows::drawn(300_001, 40, 3);
    let table = rows.table();
    for (at, group) in [1_001, 65_536, 77_777, 131_072, 1_000_000].into_iter().enumerate() {
        // One file, and three.
        for cuts in [vec![0, 300_001], vec![0, 70_002, 70_005, 300_001]] {
            let paths: Vec<PathBuf> =
                (1..cuts.len()).map(|file| folder.path().join(format!("{at}-{}-{file}", cuts.len()))).collect();
            for (path, ends) in paths.iter().zip(cuts.windows(2)) {
                write(path, &table.slice(ends[0], ends[1] - ends[0]), groups_of(group));
            }
            for (decoded, taken) in [(1 << 13, 1 << 20), (999, 100_000), (65_536, 30_011), (7, 1 << 16)] {
                agree(&paths, &rows, Steps { decoded, taken });
            }
        }
    }
}

#[test]
fn threads_change_no_bit() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows");
    let rows = Rows::drawn(400_000, 100, 4);
    write(&path, &rows.table(), groups_of(50_000));
    for threads in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| agree(from_ref(&path), &rows, Steps { decoded: 1 << 13, taken: 60_000 }));
    }
}

#[test]
fn more_forecasters_than_can_be_summed_in_short_chunks_are_counted_first() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows");
    // No task has more than 8,192, but all have.
    for forecasters in [8_192, 8_193, 12_000, 60_000] {
        let rows = Rows::drawn(250_000, forecasters, 5);
        write(&path, &rows.table(), groups_of(20_000));
        for taken in [5_000, 1 << 20] {
            agree(from_ref(&path), &rows, Steps { decoded: 1 << 13, taken });
        }
    }
}

#[test]
fn every_type_and_every_way_of_keeping_it_says_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows");
    let mut rows = Rows::drawn(70_000, 30, 6);
    // Single precision holds what is said.
    rows.probabilities.iter_mut().for_each(|p| *p = f64::from(*p as f32));
    let texts = rows.texts();
    let names: [ArrayRef; 4] = [
        Arc::new(StringArray::from(texts.clone())),
        Arc::new(LargeStringArray::from(texts.clone())),
        Arc::new(StringViewArray::from(texts.clone())),
        Arc::new(texts.iter().copied().collect::<DictionaryArray<Int8Type>>()),
    ];
    let probabilities: [ArrayRef; 2] = [
        doubles(&rows.probabilities),
        Arc::new(Float32Array::from(rows.probabilities.iter().map(|p| *p as f32).collect::<Vec<f32>>())),
    ];
    let as_number = |yes: &bool| u8::from(*yes);
    let happened: [ArrayRef; 6] = [
        Arc::new(BooleanArray::from(rows.happened.clone())),
        Arc::new(Int8Array::from(rows.happened.iter().map(|yes| as_number(yes) as i8).collect::<Vec<i8>>())),
        Arc::new(UInt16Array::from(rows.happened.iter().map(|yes| u16::from(*yes)).collect::<Vec<u16>>())),
        Arc::new(Int64Array::from(rows.happened.iter().map(|yes| i64::from(*yes)).collect::<Vec<i64>>())),
        Arc::new(Float32Array::from(rows.happened.iter().map(|yes| f32::from(as_number(yes))).collect::<Vec<f32>>())),
        doubles(&rows.happened.iter().map(|yes| f64::from(as_number(yes))).collect::<Vec<f64>>()),
    ];
    let ways = [
        groups_of(30_000),
        // Nothing as dictionaries; pages of few rows.
        WriterProperties::builder().set_dictionary_enabled(false).set_data_page_row_count_limit(1_000).build(),
        // A dictionary that becomes too large on the way.
        WriterProperties::builder()
            .set_dictionary_page_size_limit(200)
            .set_write_batch_size(500)
            .set_compression(Compression::SNAPPY)
            .build(),
    ];
    for at in 0..12 {
        let table = table(names[at % 4].clone(), probabilities[at % 2].clone(), happened[at % 6].clone());
        write(&path, &table, ways[at % 3].clone());
        // Cut within the group, too.
        for taken in [1 << 20, 12_345] {
            agree(from_ref(&path), &rows, Steps { decoded: 1 << 13, taken });
        }
    }
}

#[test]
fn files_by_one_have_one_forecaster_and_no_rows_have_no_means() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows");
    let rows = Rows::drawn(100_003, 3, 7);
    write(&path, &rows.table(), groups_of(9_999));
    let found = BinaryFiles::of_one([&path], "p", "CAME").score(7).expect("rows that can be scored");
    let expected = BinaryColumns::of_one(&rows.probabilities, &rows.happened).expect("one length").score(7);
    assert_eq!(found.names, [""]);
    assert_eq!(bits(&found.scores), bits(&expected.expect("rows that can be scored")));
    write(&path, &rows.table().slice(0, 0), groups_of(9_999));
    let none = BinaryFiles::of_one([&path], "p", "came").score(7).expect("no rows");
    assert_eq!((none.scores.overall, none.scores.forecasters), (None, vec![None]));
    let none = files(&[path]).score(7).expect("no rows");
    assert_eq!((none.scores.overall, none.names.len(), none.scores.bins.len()), (None, 0, 7));
}

#[test]
fn work_that_is_not_wanted_is_broken_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows");
    write(&path, &Rows::drawn(1_000, 3, 8).table(), groups_of(100));
    assert_eq!(files(&[path]).score_while(7, || false).expect("nothing is wrong"), None);
}

#[test]
fn space_around_a_name_does_not_count_and_texts_may_stand_twice_in_a_dictionary() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows");
    let texts = StringArray::from(vec!["ada", "ben", " ada "]);
    let names = DictionaryArray::<Int32Type>::new(vec![1, 2, 0].into(), Arc::new(texts));
    let happened = Arc::new(BooleanArray::from(vec![true, false, true]));
    write(&path, &table(Arc::new(names), doubles(&[0.25, 0.5, 0.75]), happened), groups_of(10));
    let found = files(&[path]).score(2).expect("rows that can be scored");
    assert_eq!(found.names, ["ben", "ada"]);
    assert_eq!(found.scores.forecasters[1].map(|one| one.forecasts), Some(2));
}

/// What is said of three rows, of which something is wrong.
fn refused(names: ArrayRef, probabilities: ArrayRef, happened: ArrayRef) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows");
    write(&path, &table(names, probabilities, happened), groups_of(2));
    let said = files(from_ref(&path)).score(10).expect_err("something is wrong");
    let help = said.way_out().map(|help| format!("; {help}")).unwrap_or_default();
    format!("{said}{help}").replace(&path.display().to_string(), "rows")
}

#[test]
fn what_cannot_be_scored_is_named_by_file_row_and_column() {
    let names = |texts: [Option<&str>; 3]| -> ArrayRef { Arc::new(StringArray::from(texts.to_vec())) };
    let all = || names([Some("ada"), Some("ben"), Some("ada")]);
    let half = || doubles(&[0.5; 3]);
    let yes = || -> ArrayRef { Arc::new(BooleanArray::from(vec![true; 3])) };
    let singles = |values: [f32; 3]| -> ArrayRef { Arc::new(Float32Array::from(values.to_vec())) };
    let some = |values: [Option<f64>; 3]| -> ArrayRef { Arc::new(Float64Array::from(values.to_vec())) };
    let cases = [
        (
            refused(all(), doubles(&[0.5, 0.5, 30.0]), yes()),
            "rows:3: the probability in the column `P ` must lie between 0 and 1, but is 30; if the column holds percentages, divide it by 100",
        ),
        (
            refused(all(), doubles(&[0.5, f64::NAN, 30.0]), yes()),
            "rows:2: the probability in the column `P ` must lie between 0 and 1, but is NaN",
        ),
        (
            refused(all(), singles([-0.5, 0.5, 0.5]), yes()),
            "rows:1: the probability in the column `P ` must lie between 0 and 1, but is -0.5",
        ),
        (refused(all(), some([Some(0.5), None, Some(2.0)]), yes()), "rows:2: the column `P ` has no value"),
        (
            refused(all(), some([Some(2.0), None, None]), yes()),
            "rows:1: the probability in the column `P ` must lie between 0 and 1, but is 2; if the column holds percentages, divide it by 100",
        ),
        (
            refused(all(), half(), Arc::new(Int8Array::from(vec![0, -1, 1]))),
            "rows:2: the outcome in the column `came` must be 0 or 1, but is -1",
        ),
        (
            refused(all(), half(), doubles(&[0.0, 1.0, 0.5])),
            "rows:3: the outcome in the column `came` must be 0 or 1, but is 0.5",
        ),
        (
            refused(all(), half(), Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]))),
            "rows:3: the column `came` has no value",
        ),
        (
            refused(all(), half(), Arc::new(Int64Array::from(vec![None, Some(7), None]))),
            "rows:1: the column `came` has no value",
        ),
        (refused(names([Some("ada"), None, None]), half(), yes()), "rows:2: the column `who` has no value"),
        (refused(names([None; 3]), half(), yes()), "rows:1: the column `who` has no value"),
        (
            refused(names([Some("ada"), Some(" "), None]), half(), yes()),
            "rows:2: the forecaster is empty, in the column `who`",
        ),
        // The first row, whichever column it is of.
        (
            refused(names([Some("ada"), Some("ada"), None]), half(), doubles(&[0.0, 3.0, 0.0])),
            "rows:2: the outcome in the column `came` must be 0 or 1, but is 3",
        ),
        (
            refused(all(), Arc::new(Int64Array::from(vec![0, 1, 1])), yes()),
            "`rows`: the column `P ` is of the type Int64, and holds no probabilities; probabilities are numbers of double or single precision: cast the column to one of them, and write the file anew",
        ),
        (
            refused(all(), half(), all()),
            "`rows`: the column `came` is of the type Utf8, and holds no outcomes; outcomes are true or false, or the numbers 0 and 1",
        ),
        (
            refused(half(), half(), yes()),
            "`rows`: the column `who` is of the type Float64, and holds no names of forecasters; names of forecasters are texts, which may be kept as dictionaries",
        ),
    ];
    for (said, expected) in cases {
        assert_eq!(said, expected);
    }
}

#[test]
fn a_row_is_counted_through_the_groups_of_its_own_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = ["good", "bad"].map(|name| folder.path().join(name)).to_vec();
    let mut rows = Rows::drawn(150_000, 10, 9);
    write(&paths[0], &rows.table(), groups_of(40_000));
    (rows.probabilities[123_455], rows.probabilities[140_000]) = (2.0, 3.0);
    write(&paths[1], &rows.table(), groups_of(40_000));
    for taken in [9_000, 1 << 20] {
        let said = files(&paths).score_in(10, Steps { decoded: 1 << 13, taken }, &|| true).expect_err("a bad row");
        let begins = format!("{}:123456: the probability", paths[1].display());
        assert!(said.to_string().starts_with(&begins), "{said}");
    }
}

#[test]
fn files_and_columns_that_are_not_there_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows");
    let absent = files(from_ref(&path)).score(10).expect_err("there is no file");
    assert!(absent.to_string().contains("cannot be read"), "{absent}");
    let table = Rows::drawn(1_000, 3, 10).table();
    write(&path, &table, groups_of(100));
    let lacking = BinaryFiles::new([&path], "p", "cam", "who").score(10).expect_err("there is no such column");
    assert!(lacking.to_string().ends_with("has no column `cam`"), "{lacking}");
    assert_eq!(lacking.way_out(), Some("did you mean `came`?"));
    assert!(files(from_ref(&path)).score(0).is_err());
    let bytes = std::fs::read(&path).expect("the file");
    std::fs::write(&path, &bytes[..bytes.len() / 2]).expect("half of it");
    let damaged = files(&[path]).score(10).expect_err("half a file");
    assert!(damaged.to_string().contains("cannot be read as Parquet"), "{damaged}");
}

#[test]
fn a_file_that_is_named_twice_is_told_by_both_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rows");
    write(&path, &Rows::drawn(1_000, 3, 11).table(), groups_of(100));
    let other = folder.path().join(".").join("rows");
    let said = files(&[path.clone(), other.clone()]).score(10).expect_err("it counts twice");
    let expected = format!("`{}` and `{}` are one file, whose rows would count twice", path.display(), other.display());
    assert_eq!(said.to_string(), expected);
    // What is alike in another file is not the same file.
    let copy = folder.path().join("copy");
    std::fs::copy(&path, &copy).expect("a copy");
    let both = files(&[path, copy]).score(10).expect("two files").scores.overall.expect("rows");
    assert_eq!(both.forecasts, 2_000);
}

#[test]
fn more_bins_than_there_may_be_are_refused_before_a_file_is_opened() {
    let said = BinaryFiles::of_one(["nowhere"], "p", "came").score(usize::MAX).expect_err("too many bins");
    assert!(said.to_string().starts_with("there may be 1000 bins at most, but "), "{said}");
}

//! Runs the engine's side of the comparison of scores of columns with their peers (`benches/peers/scoring.py`) and with the same calls from Python
//! (`python/benches/against_rust.py`).
//!
//! ```text
//! echo 5 | cargo run --release --example columns -- binary FOLDER
//! ```
//!
//! The works are `binary`, `parquet`, `parquet-read` (decoding the file of `parquet` and no more), `corp`, `crps`, `wis`, `wis-parts` and `bootstrap`, and for Python `means`, `brier`, `normal` and `parts`; their columns lie in the folder, as raw numbers of the machine. Each line of stdin
//! is a number of runs: they are run one after another, and a line of JSON is written: the seconds of the whole (`wall`, and `cpu` where the
//! system tells), and the figures of the last run. How many threads there are is said by `RAYON_NUM_THREADS`.

use arrow_schema::{DataType, Schema};
use foretell::calibrate::{BiasCorrection, corp_of_columns, figures_of_columns, murphy_of_bins};
use foretell::compare::{Resampling, bootstrap_interval};
use foretell::score::columns::{
    BinaryColumns, BinaryFiles, QuantileScores, crps_of_ensembles, wis_of_quantiles_into, wis_of_rising_quantiles,
    wis_without_parts_into,
};
use foretell::score::crps::crps_normal;
use foretell::score::{EnsembleEstimator, MedianWeight, brier};
use ndarray::{Array2, aview1};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use rayon::prelude::*;
use serde_json::json;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

type Run = Box<dyn FnMut() -> Result<Vec<f64>, Box<dyn Error>>>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [work, folder] = arguments.as_slice() else { return Err("usage: columns WORK FOLDER".into()) };
    let mut run = work_of(work, Path::new(folder))?;
    for line in io::stdin().lock().lines() {
        let runs: u64 = line?.trim().parse()?;
        let (cpu, wall) = (cpu_seconds(), Instant::now());
        let mut values = Vec::new();
        for _ in 0..runs {
            values = run()?;
        }
        let wall = wall.elapsed().as_secs_f64();
        let cpu = cpu_seconds().zip(cpu).map(|(end, start)| end - start);
        writeln!(io::stdout(), "{}", json!({ "wall": wall, "cpu": cpu, "values": values }))?;
    }
    Ok(())
}

fn work_of(work: &str, folder: &Path) -> Result<Run, Box<dyn Error>> {
    let column = |name: &str| -> Result<Vec<f64>, Box<dyn Error>> {
        let bytes = std::fs::read(folder.join(name))?;
        Ok(bytes.as_chunks::<8>().0.iter().map(|eight| f64::from_ne_bytes(*eight)).collect())
    };
    Ok(match work {
        "binary" => {
            let (p, y) = (column("p")?, std::fs::read(folder.join("y"))?);
            let f: Vec<u32> = std::fs::read(folder.join("f"))?.into_iter().map(u32::from).collect();
            Box::new(move || {
                let found = figures_of_columns(&BinaryColumns::new(&p, &y, &f, 100)?, 20)?;
                let all = found.scores.overall.ok_or("no rows")?;
                let murphy = found.murphy.ok_or("no rows")?;
                let mut values = vec![all.brier, all.log, murphy.reliability, murphy.resolution, murphy.uncertainty];
                values.extend(found.scores.forecasters.iter().flatten().map(|one| one.brier));
                values.extend(found.scores.forecasters.iter().flatten().map(|one| one.log));
                Ok(values)
            })
        }
        "parquet" => {
            let files = BinaryFiles::new([table_in(folder)], "probability", "outcome", "forecaster");
            Box::new(move || {
                let found = files.score(20)?;
                let all = found.scores.overall.ok_or("no rows")?;
                let murphy = murphy_of_bins(&found.scores, BiasCorrection::Raw).ok_or("no rows")?;
                let mut named: Vec<_> = found.names.iter().zip(found.scores.forecasters.iter().flatten()).collect();
                named.sort_by_key(|(name, _)| *name);
                let mut values = vec![all.brier, all.log, murphy.reliability, murphy.resolution, murphy.uncertainty];
                values.extend(named.iter().map(|(_, one)| one.brier));
                values.extend(named.iter().map(|(_, one)| one.log));
                Ok(values)
            })
        }
        "parquet-read" => {
            let path = table_in(folder);
            Box::new(move || {
                decode(&path).map_err(|problem| problem.to_string())?;
                Ok(Vec::new())
            })
        }
        "corp" => {
            let (p, y) = (column("p")?, std::fs::read(folder.join("y"))?);
            Box::new(move || {
                let [brier, _] = corp_of_columns(&p, &y)?.ok_or("no rows")?;
                Ok(vec![brier.miscalibration, brier.discrimination, brier.uncertainty])
            })
        }
        "crps" => {
            let outcomes = column("outcomes")?;
            let ensembles = Array2::from_shape_vec((outcomes.len(), 1000), column("ensembles")?)?;
            Box::new(move || {
                let scores = crps_of_ensembles(ensembles.view(), &outcomes, EnsembleEstimator::Empirical)?;
                Ok(vec![scores[0], scores[1], mean(&scores)])
            })
        }
        "wis" => {
            let (outcomes, levels) = (column("wis_outcomes")?, column("levels")?);
            let quantiles = Array2::from_shape_vec((outcomes.len(), levels.len()), column("quantiles")?)?;
            let mut found = Vec::new();
            Box::new(move || {
                wis_without_parts_into(quantiles.view(), &levels, &outcomes, MedianWeight::Half, &mut found)?;
                Ok(vec![found[0], found[1], mean(&found)])
            })
        }
        "wis-parts" => {
            let (outcomes, levels) = (column("wis_outcomes")?, column("levels")?);
            let quantiles = Array2::from_shape_vec((outcomes.len(), levels.len()), column("quantiles")?)?;
            let mut found = QuantileScores::default();
            Box::new(move || {
                wis_of_quantiles_into(quantiles.view(), &levels, &outcomes, MedianWeight::Half, &mut found)?;
                Ok(vec![found.score[0], found.score[1], mean(&found.score)])
            })
        }
        "means" => {
            let (p, y) = (column("p")?, std::fs::read(folder.join("y"))?);
            Box::new(move || {
                let means = BinaryColumns::of_one(&p, &y)?.score(20)?.overall.ok_or("no rows")?;
                Ok(vec![means.brier, means.log])
            })
        }
        "brier" => {
            let (p, y) = (column("p")?, std::fs::read(folder.join("y"))?);
            Box::new(move || {
                let scores: Vec<f64> = p.par_iter().zip(&y).map(|(p, y)| brier(*p, *y == 1)).collect();
                Ok(vec![scores[0], scores[scores.len() - 1]])
            })
        }
        "normal" => {
            let (y, mu, sigma) = (column("normal_outcomes")?, column("mu")?, column("sigma")?);
            Box::new(move || {
                let rows = y.par_iter().zip(&mu).zip(&sigma);
                let scores: Vec<f64> =
                    rows.map(|((y, mu), sigma)| crps_normal(*y, *mu, *sigma).unwrap_or(f64::NAN)).collect();
                Ok(vec![scores[0], scores[scores.len() - 1]])
            })
        }
        "parts" => {
            let (outcomes, levels) = (column("wis_outcomes")?, column("levels")?);
            let quantiles = Array2::from_shape_vec((outcomes.len(), levels.len()), column("quantiles")?)?;
            Box::new(move || {
                let found = wis_of_rising_quantiles(quantiles.view(), &levels, &outcomes, MedianWeight::Half)?;
                Ok(vec![found.score[0], found.score[outcomes.len() - 1]])
            })
        }
        "bootstrap" => {
            let differences = column("differences")?;
            let clusters: Vec<usize> = (0..differences.len()).collect();
            let mut seed = 0;
            Box::new(move || {
                seed += 1;
                let resampling = Resampling { replicates: 10_000, seed };
                let (lower, upper) =
                    bootstrap_interval(&differences, &clusters, 0.95, resampling).ok_or("no clusters")?;
                Ok(vec![lower, upper])
            })
        }
        _ => return Err(format!("there is no work `{work}`").into()),
    })
}

/// The table of yes/no forecasts that `scoring.py` writes.
fn table_in(folder: &Path) -> PathBuf {
    folder.join("forecasts.parquet")
}

/// Decodes a Parquet file, texts as codes into dictionaries, groups of rows by all threads; how many rows it has.
fn decode(path: &Path) -> Result<usize, Box<dyn Error + Send + Sync>> {
    let plain = ArrowReaderMetadata::load(&File::open(path)?, ArrowReaderOptions::new())?;
    let codes = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let fields = plain.schema().fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 => field.as_ref().clone().with_data_type(codes.clone()),
        _ => field.as_ref().clone(),
    });
    let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields.collect::<Vec<_>>())));
    let metadata = ArrowReaderMetadata::load(&File::open(path)?, options)?;
    let rows_of = |group| -> Result<usize, Box<dyn Error + Send + Sync>> {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(File::open(path)?, metadata.clone());
        let reader = builder.with_row_groups(vec![group]).with_batch_size(1 << 13).build()?;
        let mut rows = 0;
        for batch in reader {
            rows += batch?.num_rows();
        }
        Ok(rows)
    };
    (0..metadata.metadata().num_row_groups()).into_par_iter().map(rows_of).sum()
}

/// The mean of a column, by all threads.
fn mean(column: &[f64]) -> f64 {
    column.par_chunks(1 << 12).map(|chunk| aview1(chunk).sum()).sum::<f64>() / column.len() as f64
}

/// What the threads of this process have run so far; `None` where the system does not say.
fn cpu_seconds() -> Option<f64> {
    let mut nanoseconds = 0.0;
    for task in std::fs::read_dir("/proc/self/task").ok()? {
        let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        nanoseconds += text.split(' ').next()?.parse::<f64>().ok()?;
    }
    Some(nanoseconds * 1e-9)
}

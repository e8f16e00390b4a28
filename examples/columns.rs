//! Runs the engine's side of the comparison of scores of columns with their peers (`benches/peers/scoring.py`) and with the same calls from Python
//! (`python/benches/against_rust.py`).
//!
//! ```text
//! echo 5 | cargo run --release --example columns -- binary FOLDER
//! ```
//!
//! The works are `binary`, `corp`, `crps`, `wis`, `wis-parts` and `bootstrap`, and for Python `means`, `brier`, `normal` and `parts`; their columns lie in the folder, as raw numbers of the machine. Each line of stdin
//! is a number of runs: they are run one after another, and a line of JSON is written: the seconds of the whole (`wall`, and `cpu` where the
//! system tells), and the figures of the last run. How many threads there are is said by `RAYON_NUM_THREADS`.

use foretell::calibrate::{corp_of_columns, figures_of_columns};
use foretell::compare::{Resampling, bootstrap_interval};
use foretell::score::columns::{
    BinaryColumns, QuantileScores, crps_of_ensembles, wis_of_quantiles_into, wis_of_rising_quantiles,
    wis_without_parts_into,
};
use foretell::score::crps::crps_normal;
use foretell::score::{EnsembleEstimator, MedianWeight, brier};
use ndarray::{Array2, aview1};
use rayon::prelude::*;
use serde_json::json;
use std::error::Error;
use std::io::{self, BufRead, Write};
use std::path::Path;
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

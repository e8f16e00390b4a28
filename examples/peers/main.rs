//! Runs the engine's side of the comparison with its peers (`benches/peers`): one plan, many timed runs.
//!
//! ```text
//! echo "1 5" | cargo run --release --example peers -- network seed.net.json 10000000 joints
//! echo "1 5" | cargo run --release --example peers -- network alarm.net.json 1000000 HRBP=HIGH CVP=LOW
//! echo "1 5" | cargo run --release --example peers -- continuous 10000000
//! echo "1 5" | cargo run --release --example peers -- network alarm.net.json exact
//! ```
//!
//! The plan is built once. Each line of stdin is a seed and a number of runs: they are run one after another, with the seeds that follow,
//! and one line of JSON is written: the seconds of the whole (`wall`, and `cpu` where the system tells), and the figures of the last run.
//! How many threads there are is said by `RAYON_NUM_THREADS`.
//!
//! With `exact` nothing is simulated: each run computes all marginals from the plan. Before all else may stand `baseline`, for the vector
//! instructions that every machine of its kind has, `stratified`, for worlds that share out what events are drawn by, and `weighted`, for worlds
//! that are drawn without the exact posterior.
//!
//! Uses the library as anybody could: `plan`, `dist`, `simulate` and `exact`.

mod continuous;
mod network;

use foretell::exact::{conditioned, solve};
use foretell::math::Instructions;
use foretell::plan::{Ask, Asked, Draw, Operation, Plan, PlaneId, Step, StreamId};
use foretell::plan::{FindingId, NumberId};
use foretell::simulate::{Conditioned, Design, Settings, Tally, simulate};
use serde_json::{Value, json};
use std::error::Error;
use std::io::{self, BufRead, Write};
use std::time::Instant;

/// A plan and how its tally is read.
struct Workload {
    plan: Plan,
    figures: Box<dyn Fn(&Tally) -> Value>,
}

/// Runs with a seed and gives the figures.
type Run<'a> = Box<dyn Fn(u64) -> Result<Value, Box<dyn Error>> + 'a>;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut arguments = arguments.as_slice();
    let mut design = Design::Independent;
    let mut weighted = false;
    while let [first @ ("baseline" | "stratified" | "weighted"), rest @ ..] = arguments {
        arguments = rest;
        match *first {
            "stratified" => design = Design::Stratified,
            "weighted" => weighted = true,
            _ if Instructions::Baseline.choose() => {}
            _ => return Err("the instructions are chosen already".into()),
        }
    }
    let (workload, worlds) = match arguments {
        ["network", file, worlds, rest @ ..] => (network::workload(&std::fs::read_to_string(file)?, rest)?, *worlds),
        ["continuous", worlds] => (continuous::workload()?, *worlds),
        _ => {
            return Err(
                "usage: peers [baseline] [stratified] [weighted] network FILE (WORLDS | exact) [joints] [NODE=STATE …], or peers [baseline] [stratified] continuous WORLDS".into(),
            );
        }
    };
    let run: Run<'_> = if worlds == "exact" {
        Box::new(|_| Ok(network::marginals(solve(&workload.plan)?.answers().iter().flatten())))
    } else {
        let worlds = worlds.parse()?;
        Box::new(move |seed| {
            let settings = Settings { worlds, seed, doubt_draws: 0, design, ..Settings::default() };
            let subject = if weighted { Conditioned::from(&workload.plan) } else { conditioned(&workload.plan) };
            Ok((workload.figures)(&simulate(subject, &settings, &|_| ())?))
        })
    };
    for line in io::stdin().lock().lines() {
        let line = line?;
        let (seed, runs) = line.split_once(' ').ok_or("a line is a seed and a number of runs")?;
        let (seed, runs): (u64, u64) = (seed.parse()?, runs.parse()?);
        let (cpu, wall) = (cpu_seconds(), Instant::now());
        let mut figures = Value::Null;
        for seed in seed..seed + runs {
            figures = run(seed)?;
        }
        let wall = wall.elapsed().as_secs_f64();
        let cpu = cpu_seconds().zip(cpu).map(|(end, start)| end - start);
        let mut answer = json!({ "wall": wall, "cpu": cpu });
        if let (Some(answer), Value::Object(figures)) = (answer.as_object_mut(), figures) {
            answer.extend(figures);
        }
        writeln!(io::stdout(), "{answer}")?;
    }
    Ok(())
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

/// Writes a plan.
#[derive(Default)]
struct Sketch {
    plan: Plan,
}

impl Sketch {
    fn plane(&mut self) -> PlaneId {
        self.plan.planes += 1;
        PlaneId(self.plan.planes - 1)
    }

    fn number(&mut self) -> NumberId {
        self.plan.numbers += 1;
        NumberId(self.plan.numbers - 1)
    }

    fn stream(&mut self, name: &str) -> Draw {
        self.plan.streams.push(name.to_owned());
        Draw::Stream(StreamId(self.plan.streams.len() as u32 - 1))
    }

    fn finding(&mut self, name: &str) -> FindingId {
        self.plan.findings.push(name.to_owned());
        FindingId(self.plan.findings.len() as u32 - 1)
    }

    fn push(&mut self, operation: Operation) {
        self.plan.steps.push(Step { label: String::new(), operation });
    }

    fn ask(&mut self, what: Asked) -> usize {
        self.plan.asks.push(Ask { name: String::new(), what, given: None });
        self.plan.asks.len() - 1
    }
}

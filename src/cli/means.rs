//! How the figures of a run are come by: simulated, computed, or both.

use super::budget;
use super::console;
use super::run::impossible;
use crate::error::Error;
use crate::exact::{self, Difference, Exact, Failure, TooWide};
use crate::plan::{Operation, Plan};
use crate::report::figure;
use crate::report::run::{CheckReport, ExactReport, RunReport};
use crate::simulate::{self, Impossible, Method, Settings, Tally};
use jiff::civil::Date;

/// How what is known is met, as the command line says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(super) enum Choice {
    /// Exact what can be computed, the rest as a pilot finds best; simulated, if nothing is known
    #[default]
    Auto,
    /// The same as --exact
    Exact,
    /// Draw everything, leave out the worlds that disagree
    Rejection,
    /// Set what is known, weight each world by its chance of that
    Weighting,
    /// The same, with everything else drawn from a fitted proposal (adaptive importance sampling)
    Adaptive,
    /// Draw what is known depends on from its exact posterior, if that is discrete; every world counts alike
    Posterior,
}

impl Choice {
    /// How worlds are drawn, if they are.
    pub(super) const fn of_simulation(self) -> Method {
        match self {
            Self::Auto | Self::Exact => Method::Auto,
            Self::Rejection => Method::Rejection,
            Self::Weighting => Method::Weighting,
            Self::Adaptive => Method::Adaptive,
            Self::Posterior => Method::Posterior,
        }
    }
}

/// Larger tables are not computed unless that is asked for.
const SMALL: f64 = 1_048_576.0;

/// Exact figures, if everything that is asked has some and the tables are small.
///
/// # Errors
/// If what is known cannot be.
pub(super) fn exactly(plan: &Plan) -> Result<Option<Exact>, Error> {
    Ok(best(plan)?.filter(|exact| exact.is_complete(plan)))
}

/// What can be computed, if the tables are small; the rest is simulated.
fn best(plan: &Plan) -> Result<Option<Exact>, Error> {
    if exact::cost(plan).cells > SMALL {
        return Ok(None);
    }
    match exact::solve(plan) {
        Ok(exact) => Ok(Some(exact).filter(Exact::is_of_use)),
        Err(Failure::TooWide(_)) => Ok(None),
        Err(Failure::Impossible(problem)) => Err(impossible(&problem)),
    }
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// Exact what can be computed if something is known, simulated what cannot.
    Choose,
    Simulation,
    Exact,
    Both,
}

/// What was counted, and what was computed where that was asked for; `Err` where the tables would be too large.
#[derive(Debug)]
pub(super) struct Figures {
    means: Means,
    pub(super) tally: Tally,
    computed: Option<Result<Exact, TooWide>>,
}

/// Who speaks on stderr: one of many runs names its day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Voice {
    day: Option<Date>,
}

impl Voice {
    /// Of the run that looks from this day.
    pub(super) const fn of(day: Date) -> Self {
        Self { day: Some(day) }
    }

    /// A warning and the way out.
    pub(super) fn warn(self, text: &str, help: &str) {
        let day = self.day.map_or_else(String::new, |day| format!("as of {day}: "));
        console::note(&format!("warning: {day}{text}"));
        console::note(&format!("  = help: {help}"));
    }
}

impl Means {
    /// Simulates and computes as asked. Nothing is simulated if every figure is computed and no doubt is to be shown.
    pub(super) fn figures(self, plan: &Plan, settings: &Settings, voice: Voice) -> Result<Figures, Error> {
        self.figures_by(plan, settings, voice, || simulated(plan, settings, voice))
    }

    /// The same with another way to simulate.
    pub(super) fn figures_by(
        self,
        plan: &Plan,
        settings: &Settings,
        voice: Voice,
        simulated: impl FnOnce() -> Result<Tally, Impossible>,
    ) -> Result<Figures, Error> {
        let computed = match self {
            Self::Choose if simulate::is_conditioned(plan) || believes(plan) => best(plan)?.map(Ok),
            Self::Simulation | Self::Choose => None,
            Self::Exact | Self::Both => Some(compute(plan, voice)?),
        };
        let exact = match (self, &computed) {
            (Self::Exact | Self::Choose, Some(Ok(exact))) => Some(exact),
            _ => None,
        };
        let no_doubt = plan.parameters.is_empty() || settings.doubt_draws == 0;
        let computed_alone = exact.filter(|_| no_doubt).and_then(|exact| exact.tally(plan));
        let tally = if let Some(tally) = computed_alone {
            tally
        } else {
            let mut tally = simulated().map_err(|problem| refused(&problem, (plan, settings), exact))?;
            if let Some(exact) = exact {
                tell_of_missed_evidence(&tally, exact, voice);
                exact.replace(&mut tally);
            }
            // Where the chance of what is known is computed, it has been told what the worlds lack.
            if exact.is_none_or(|exact| exact.evidence().is_none()) {
                tell_of_ways_not_met(&tally, voice);
            }
            tally
        };
        tell_of_rough_doubt(&tally, settings, voice);
        Ok(Figures { means: self, tally, computed })
    }
}

impl Figures {
    /// Says in the report what was computed.
    pub(super) fn tell(&self, plan: &Plan, report: &mut RunReport) {
        match (self.means, &self.computed) {
            (Means::Exact | Means::Choose, Some(Ok(exact))) => {
                report.exact = Some(ExactReport::of(exact, plan));
                report.method = if self.tally.worlds() == 0 {
                    "exact".to_owned()
                } else if exact.is_complete(plan) {
                    format!("exact; doubt by {}", report.method)
                } else {
                    format!("exact where discrete, else {}", report.method)
                };
            }
            (Means::Exact | Means::Choose, Some(Err(wide))) => report.exact = Some(ExactReport::too_wide(*wide)),
            (Means::Both, Some(Ok(exact))) => {
                let mut comparison = exact::compare(plan, &self.tally, exact);
                if let Some(largest) = &mut comparison.largest
                    && let Some(option) = largest.option.and_then(|at| report.option(&largest.name, at))
                {
                    option.clone_into(&mut largest.part);
                }
                report.check_exact = Some(CheckReport::of(&comparison));
            }
            (Means::Both, Some(Err(wide))) => report.check_exact = Some(CheckReport::too_wide(*wide)),
            (_, None) | (Means::Simulation, _) => {}
        }
    }
}

/// Whether anything is believed (`is now 30%`).
fn believes(plan: &Plan) -> bool {
    plan.steps.iter().any(|step| matches!(step.operation, Operation::Believe { .. }))
}

fn simulated(plan: &Plan, settings: &Settings, voice: Voice) -> Result<Tally, Impossible> {
    let progress = console::Progress::new();
    let tally = simulate::simulate(exact::subject(plan, settings.method), settings, &|share| progress.set(share));
    progress.finish();
    let tally = tally?;
    tell_of_few_worlds(&tally, (plan, settings), voice);
    budget::tell_what_is_missing(settings, plan, &tally);
    Ok(tally)
}

/// Why there is no simulation, as far as exact figures tell more of that.
fn refused(problem: &Impossible, (plan, settings): (&Plan, &Settings), exact: Option<&Exact>) -> Error {
    match (problem, exact.and_then(Exact::evidence)) {
        (Impossible::Evidence { worlds: 1.., .. } | Impossible::Contradiction { worlds: 1.., .. }, _)
            if settings.method == Method::Rejection =>
        {
            Error::input(problem.to_string())
                .help("worlds that disagree are left out by --method rejection, and all did: without --method what is rare is neared step by step")
        }
        (Impossible::Evidence { worlds: 1.., .. } | Impossible::Contradiction { worlds: 1.., .. }, _)
            if settings.method == Method::Weighting =>
        {
            Error::input(problem.to_string())
                .help("if it is only rare, leave out --method weighting: what follows from what is drawn is neared step by step then; or simulate more with --worlds")
        }
        (Impossible::Evidence { .. } | Impossible::Contradiction { .. }, Some(chance)) if chance.value > 0.0 => {
            let chance = figure::significant(chance.value, 4);
            Error::input(format!("what is known is possible, with a chance of {chance}, but too rare to be simulated"))
                .help("figures that are not computed cannot be had given it; `foretell plan` says which those are, and `--rare` how likely a condition is")
        }
        (Impossible::NoPosterior, _) => match exact::solve(plan) {
            // There is none of what cannot be.
            Err(Failure::Impossible(cannot)) => impossible(&cannot),
            _ => Error::input(problem.to_string()),
        },
        (Impossible::NotByRejection { .. }, _) => Error::input(problem.to_string()).help("leave the method to be chosen"),
        _ => impossible(problem),
    }
}

/// Says on stderr if the worlds that were drawn given what is known are not all that there are: its chance is known exactly.
fn tell_of_missed_evidence(tally: &Tally, exact: &Exact, voice: Voice) {
    const FAR: f64 = 6.0;
    let Some(Difference { simulated, exact, standard_errors, .. }) = exact::compare_evidence(tally, exact) else {
        return;
    };
    if standard_errors <= FAR {
        return;
    }
    voice.warn(
        &format!(
            "the simulated worlds are only part of those that agree with what is known: its chance came out as {} ± {}, and is {}",
            figure::significant(simulated.value, 4),
            figure::significant(simulated.standard_error, 2),
            figure::significant(exact, 4)
        ),
        "figures with an error are not to be trusted here, those without are computed; ask for the ways in which it can come about one by one",
    );
}

/// Says on stderr if weighted worlds are worth so few, or so few agree with what is known, that the errors they state are rough.
pub(super) fn tell_of_few_worlds(tally: &Tally, (plan, settings): (&Plan, &Settings), voice: Voice) {
    const FEW: f64 = 400.0;
    const FEW_KEPT: f64 = 1000.0;
    let believes = believes(plan);
    let help = match settings.method {
        Method::Auto if believes && tally.weighted() => {
            "simulate more with --worlds; a hint, such as `x1000`, lets worlds be drawn by the news, a belief such as `is now 50%` weighs those that are drawn without it"
        }
        Method::Auto => "simulate more with --worlds",
        _ => "simulate more with --worlds, or leave the choice of --method to the program",
    };
    let kept = tally.effective_sample_size();
    if tally.method() == Some(Method::Rejection) && kept < FEW_KEPT && tally.worlds() as f64 > FEW_KEPT {
        let (kept, worlds) = (figure::grouped(kept.round() as u64), figure::grouped(tally.worlds()));
        voice.warn(
            &format!("only {kept} of {worlds} worlds agree with what is known: figures and their errors are rough"),
            help,
        );
        return;
    }
    let worth = tally.effective_sample_size();
    if !tally.weighted() || worth >= FEW || tally.worlds() as f64 <= FEW {
        return;
    }
    voice.warn(
        &format!(
            "few of the {} worlds carry most of the weight: together they are worth {}, and the standard errors are rough",
            figure::grouped(tally.worlds()),
            figure::grouped(worth.round() as u64)
        ),
        help,
    );
}

/// Says on stderr if the draws of the inputs had so few worlds each that the doubt they show is rough.
fn tell_of_rough_doubt(tally: &Tally, settings: &Settings, voice: Voice) {
    const FEW: f64 = 30.0;
    let Some(worth) = tally.doubt_worth().filter(|worth| *worth < FEW) else { return };
    let help = match settings.method {
        Method::Rejection | Method::Weighting => {
            "leave the choice of --method to the program, simulate more with --worlds, or leave the doubt out with `--doubt-draws 0`"
        }
        _ => {
            "simulate more with --worlds (each draw takes up to 16,384), or leave the doubt out with `--doubt-draws 0`"
        }
    };
    voice.warn(
        &format!(
            "the doubt is rough: what is known is so rare that each draw of the inputs is worth {} worlds; intervals may be far off, or missing",
            figure::significant(worth, 2)
        ),
        help,
    );
}

/// Says on stderr if much of the posterior may not have been drawn.
fn tell_of_ways_not_met(tally: &Tally, voice: Voice) {
    const MUCH: f64 = 0.1;
    let (Some(share), Some(worlds)) = (tally.may_be_missed(), tally.worlds_to_miss_at_most(MUCH)) else { return };
    if share <= MUCH {
        return;
    }
    let share = figure::significant(100.0 * share, 2);
    // More than a day's work.
    const WITHIN_REACH: f64 = 1e12;
    let help = if worlds <= WITHIN_REACH {
        let worlds = figure::grouped(worlds as u64);
        format!(
            "with {worlds} worlds it would be 10 %; or name one explanation after the other with --given, and compare"
        )
    } else {
        "no number of worlds that can be simulated brings it to 10 %: name one explanation after the other with --given, and compare; \
         --rare takes the ways of a condition `A or B` apart by itself"
            .to_owned()
    };
    voice.warn(
        &format!(
            "what is known is rare: up to {share} % of the probability may lie in explanations that no world has met, and is in no standard error"
        ),
        &help,
    );
}

/// The exact figures; too large tables are no error, but stderr says so.
fn compute(plan: &Plan, voice: Voice) -> Result<Result<Exact, TooWide>, Error> {
    match exact::solve(plan) {
        Ok(exact) => Ok(Ok(exact)),
        Err(Failure::TooWide(wide)) => {
            voice.warn(
                &format!("{}; the scenario is simulated instead", Failure::TooWide(wide)),
                "ask for less: --rare EXPR and --storyline NAMES compute what one condition or a few events depend on, and nothing else",
            );
            Ok(Err(wide))
        }
        Err(Failure::Impossible(problem)) => Err(impossible(&problem)),
    }
}

//! Which options of `foretell run` cannot be had beside which others, why, and what to do instead.

use crate::error::Error;

/// The options of a story, which is computed.
const STORIES: &[&str] = &["--storyline", "--most-probable"];

/// Options of which none can be had beside any of the others.
#[derive(Debug)]
struct Conflict {
    options: &'static [&'static str],
    others: &'static [&'static str],
    why: &'static str,
    way_out: &'static str,
}

const CONFLICTS: &[Conflict] = &[
    Conflict {
        options: &["--method"],
        others: &["--exact"],
        why: "what is computed meets what is known without a method of simulation",
        way_out: "leave --method out, or simulate by it without --exact",
    },
    Conflict {
        options: &["--check-exact"],
        others: &["--exact"],
        why: "the first simulates and computes, the second only computes",
        way_out: "leave --exact out",
    },
    Conflict {
        options: &["--check-exact"],
        others: &["--from"],
        why: "one run is held to what is computed, and a replay has many",
        way_out: "check a single day with `--as-of DATE --check-exact`",
    },
    Conflict {
        options: &["--from"],
        others: &["--as-of"],
        why: "a replay says itself from which days it looks",
        way_out: "leave --as-of out, or look from that day alone without --from and --to",
    },
    Conflict {
        options: &["--storyline"],
        others: &["--most-probable"],
        why: "the first names the events of a story, the second takes all of them",
        way_out: "leave one of them out",
    },
    Conflict {
        options: &["--rare", "--counterfactual"],
        others: STORIES,
        why: "each is an answer of its own",
        way_out: "ask for each in a run of its own",
    },
    Conflict {
        options: &["--counterfactual"],
        others: &["--rare"],
        why: "each is an answer of its own",
        way_out: "ask for each in a run of its own",
    },
    Conflict {
        options: STORIES,
        others: &["--exact", "--check-exact", "--method"],
        why: "stories are always computed",
        way_out: "leave the second out",
    },
    Conflict {
        options: STORIES,
        others: &["--stratified", "--precision", "--seconds"],
        why: "stories are computed, so that there are no worlds to draw",
        way_out: "leave the second out",
    },
    Conflict {
        options: STORIES,
        others: &["--shard"],
        why: "stories are computed, so that there are no worlds to share out",
        way_out: "leave --shard and --out out",
    },
    Conflict {
        options: STORIES,
        others: &["--record"],
        why: "a story is no forecast of a question",
        way_out: "record in a run of its own; `--joint QUESTIONS` there records what several questions come to together",
    },
    Conflict {
        options: &["--storyline", "--most-probable", "--rare", "--counterfactual"],
        others: &["--from"],
        why: "it is asked from one day, and a replay looks from many",
        way_out: "look from one day with --as-of",
    },
    Conflict {
        options: &["--rare"],
        others: &["--exact", "--check-exact"],
        why: "it computes wherever it can by itself, and says so",
        way_out: "leave the second out",
    },
    Conflict {
        options: &["--rare"],
        others: &["--precision", "--seconds"],
        why: "it ends by itself, once the error is 1 % of the chance",
        way_out: "leave the second out; --worlds says how many it may take at most",
    },
    Conflict {
        options: &["--rare"],
        others: &["--stratified", "--shard"],
        why: "it draws its worlds in a way of its own, some to learn where to look and the others there",
        way_out: "leave the second out; --threads shares the work among the cores of one machine",
    },
    Conflict {
        options: &["--rare"],
        others: &["--record"],
        why: "the ledger holds forecasts of questions",
        way_out: "ask it as a question in the scenario file, and record that",
    },
    Conflict {
        options: &["--counterfactual"],
        others: &["--exact", "--check-exact", "--method", "--stratified"],
        why: "its worlds are simulated in pairs, as they are and as they would have been",
        way_out: "leave the second out",
    },
    Conflict {
        options: &["--counterfactual"],
        others: &["--precision", "--seconds"],
        why: "it takes a number of worlds that is said beforehand",
        way_out: "say how many with --worlds",
    },
    Conflict {
        options: &["--counterfactual"],
        others: &["--shard"],
        why: "parts are put together as forecasts, and it is none",
        way_out: "run it whole; --threads shares the work among the cores of one machine",
    },
    Conflict {
        options: &["--counterfactual"],
        others: &["--record"],
        why: "a recorded forecast is about the world as it is",
        way_out: "leave --record out",
    },
];

/// Refuses options that cannot be had beside each other, of those that were given.
///
/// # Errors
/// If there are any, with the reason and the way out.
pub(super) fn refuse(given: &[&'static str]) -> Result<(), Error> {
    let find = |names: &'static [&'static str]| names.iter().find(|name| given.contains(name));
    for Conflict { options, others, why, way_out } in CONFLICTS {
        if let (Some(option), Some(other)) = (find(options), find(others)) {
            return Err(Error::input(format!("{option} does not go with {other}: {why}")).help(*way_out));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pair that cannot be had, each told by either order.
    #[test]
    fn every_pair_is_refused_with_its_reason() {
        for Conflict { options, others, why, .. } in CONFLICTS {
            for option in *options {
                for other in *others {
                    for given in [[*option, *other], [*other, *option]] {
                        let said = refuse(&given).expect_err("they do not go together");
                        assert_eq!(said.to_string(), format!("{option} does not go with {other}: {why}"));
                        assert!(said.way_out().is_some());
                    }
                }
            }
        }
    }

    #[test]
    fn options_that_go_together_do() {
        for given in [
            &["--exact", "--record"][..],
            &["--stratified", "--precision", "--method", "--record"],
            &["--shard", "--stratified", "--as-of"],
            &["--from", "--method", "--exact-not"],
            &["--check-exact", "--method", "--record"],
        ] {
            assert!(refuse(given).is_ok(), "{given:?}");
        }
    }
}

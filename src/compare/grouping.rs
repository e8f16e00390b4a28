//! Which questions are taken to share their fate.

use crate::score::Standings;
use serde::Serialize;

/// What makes a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, clap::ValueEnum, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClusterBy {
    /// The cluster that a question names; a question that names none stands alone
    #[default]
    Cluster,
    /// The first tag of a question; a question without tags stands alone
    Tag,
    /// Every question alone: only if none shares its fate with another
    Question,
}

/// The same standings with other clusters.
#[must_use]
pub fn regroup(mut standings: Standings, by: ClusterBy) -> Standings {
    for standing in &mut standings.standings {
        match by {
            ClusterBy::Cluster => {}
            ClusterBy::Question => standing.cluster.clone_from(&standing.question),
            // A tag is no question, whatever both are called.
            ClusterBy::Tag => {
                standing.cluster = match standing.tags.first() {
                    Some(tag) => format!("tag {tag}"),
                    None => format!("question {}", standing.question),
                };
            }
        }
    }
    standings
}

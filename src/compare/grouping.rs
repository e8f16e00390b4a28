//! Which questions are taken to share their fate.

use crate::calibrate::Stream;
use crate::error::Error;
use crate::forecast::Records;
use crate::score::{GatheredQuestion, Horizon, Standing, Standings};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// What makes a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClusterBy {
    /// The cluster that a question names; a question that names none stands alone.
    #[default]
    Cluster,
    /// The first tag of a question; a question without tags stands alone.
    Tag,
    /// The value of this key among the tags `key=value`; a question without it stands alone.
    Key(String),
    /// The band of time from the first forecast on a question, by whomever, to its scheduled close; see [`Horizon`]. A question without
    /// a scheduled close stands alone.
    Horizon,
    /// Every question alone: only if none shares its fate with another.
    Question,
}

impl FromStr for ClusterBy {
    type Err = String;

    /// Reads `cluster`, `tag`, `tag:KEY`, `horizon` or `question`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "cluster" => Ok(Self::Cluster),
            "tag" => Ok(Self::Tag),
            "horizon" => Ok(Self::Horizon),
            "question" => Ok(Self::Question),
            _ => match text.strip_prefix("tag:") {
                Some(key) if !key.is_empty() => Ok(Self::Key(key.to_owned())),
                _ => Err(format!("`{text}` is none of cluster, tag, tag:KEY, horizon, question")),
            },
        }
    }
}

impl fmt::Display for ClusterBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cluster => formatter.write_str("cluster"),
            Self::Tag => formatter.write_str("tag"),
            Self::Key(key) => write!(formatter, "tag:{key}"),
            Self::Horizon => formatter.write_str("horizon"),
            Self::Question => formatter.write_str("question"),
        }
    }
}

impl ClusterBy {
    /// Checks that the key by which questions are grouped is that of one of their tags.
    ///
    /// # Errors
    /// No question has a tag of this key, so that each would stand alone; the message names the keys that there are.
    pub fn check<'a>(&self, tags: impl Iterator<Item = &'a [String]>) -> Result<(), Error> {
        let Self::Key(key) = self else { return Ok(()) };
        let keys: BTreeSet<&str> =
            tags.flatten().filter_map(|tag| tag.split_once('=')).map(|(known, _)| known).collect();
        if keys.contains(key.as_str()) {
            return Ok(());
        }
        let unknown = Error::input(format!("no question has a tag `{key}=…`, so that `tag:{key}` groups nothing"));
        let keys: Vec<String> = keys.iter().map(|known| format!("`tag:{known}`")).collect();
        Err(unknown.help(if keys.is_empty() {
            "no question has a tag of the form `key=value`; `tag` groups by the first tag".to_owned()
        } else {
            format!("there is {}", keys.join(", "))
        }))
    }

    /// The cluster of a question of such tags and scheduled close, on which the first forecast stood from then on; `None` if it stands alone.
    fn cluster(&self, named: Option<&str>, tags: &[String], closes: Option<Date>, first: f64) -> Option<String> {
        match self {
            Self::Cluster => named.map(str::to_owned),
            Self::Question => None,
            Self::Tag => tags.first().map(|tag| format!("tag {tag}")),
            Self::Key(key) => {
                let value = tags.iter().find_map(|tag| tag.strip_prefix(key.as_str())?.strip_prefix('='));
                value.map(|value| format!("tag {key}={value}"))
            }
            Self::Horizon => match Horizon::until(closes, first) {
                Horizon::Unscheduled => None,
                band => Some(format!("horizon {band}")),
            },
        }
    }

    /// Puts another name in place of the cluster that a question of this id names.
    fn regroup_one(&self, id: &str, cluster: &mut String, tags: &[String], records: &Records, first: f64) {
        match self {
            Self::Cluster => {}
            Self::Question => id.clone_into(cluster),
            _ => {
                let closes = records.questions.get(id).and_then(|question| question.closes);
                // A tag or a band is no question, whatever both are called.
                *cluster = self.cluster(None, tags, closes, first).unwrap_or_else(|| format!("question {id}"));
            }
        }
    }

    /// The cluster of a gathered question; `None` if it stands alone.
    pub(super) fn of_question(&self, question: &GatheredQuestion) -> Option<String> {
        let tags = question.standings.first().map_or(&[][..], |standing| &standing.tags);
        let first = question.standings.iter().map(Standing::from).fold(f64::INFINITY, f64::min);
        self.cluster(question.cluster, tags, question.closes, first)
    }
}

/// The same standings with other clusters; the records hold when their questions close.
#[must_use]
pub fn regroup(mut standings: Standings, records: &Records, by: &ClusterBy) -> Standings {
    let first = first(standings.standings.iter().map(|standing| (standing.question.clone(), standing.from())));
    for standing in &mut standings.standings {
        let made = first.get(&standing.question).copied().unwrap_or_default();
        let cluster = &mut standing.cluster;
        by.regroup_one(&standing.question, cluster, &standing.tags, records, made);
    }
    standings
}

/// The same streams with other clusters; the records hold when their questions close.
#[must_use]
pub fn regroup_streams(mut streams: Vec<Stream>, records: &Records, by: &ClusterBy) -> Vec<Stream> {
    let made = |stream: &Stream| stream.said.first().map(|(when, _)| (stream.question.clone(), *when));
    let first = first(streams.iter().filter_map(made));
    for stream in &mut streams {
        let made = first.get(&stream.question).copied().unwrap_or_default();
        by.regroup_one(&stream.question, &mut stream.cluster, &stream.tags, records, made);
    }
    streams
}

/// When the first forecast on each question was made.
fn first(made: impl Iterator<Item = (String, f64)>) -> BTreeMap<String, f64> {
    let mut first: BTreeMap<String, f64> = BTreeMap::new();
    for (question, when) in made {
        let from = first.entry(question).or_insert(when);
        *from = from.min(when);
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["cluster", "tag", "tag:location", "horizon", "question"] {
            assert_eq!(text.parse::<ClusterBy>().map(|by| by.to_string()), Ok(text.to_owned()));
        }
        assert!("tag:".parse::<ClusterBy>().is_err() && "location".parse::<ClusterBy>().is_err());
    }

    #[test]
    fn a_key_that_no_tag_has_is_a_slip() {
        let tags = [vec!["place=Kyiv".to_owned(), "desk".to_owned()], Vec::new()];
        let check = |text: &str| text.parse::<ClusterBy>().expect("a grouping").check(tags.iter().map(Vec::as_slice));
        assert!(["tag:place", "tag", "cluster", "question"].iter().all(|text| check(text).is_ok()));
        let told = format!("{:?}", check("tag:palce").expect_err("a slip"));
        assert!(told.contains("palce=…") && told.contains("`tag:place`"), "{told}");
        assert!(check("tag:desk").is_err(), "it is no key");
    }
}

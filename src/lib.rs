//! foretell: a forecasting and scenario-scoring engine.
//!
//! Uncertain outcomes are written as probabilistic events in a scenario file; parallel Monte Carlo turns them into forecasts;
//! forecasts are recorded and later scored against what happened; priors learn from the outcomes.
//!
//! The rooms, ground floor first; a room uses those above it in this list only (`tests/architecture.rs` keeps that).

pub mod math;
pub mod hash;
pub mod source;
pub mod diagnostic;
pub mod error;
pub mod dist;
pub mod forecast;
pub mod cohere;
pub mod scenario;
pub mod model;
pub mod network;
pub mod plan;
pub mod simulate;
pub mod exact;
pub mod storylines;
pub mod watch;
pub mod explain;
pub mod ledger;
pub mod score;
pub mod calibrate;
pub mod pool;
pub mod compare;
pub mod update;
pub mod diff;
pub mod report;
pub mod brief;
pub mod cli;

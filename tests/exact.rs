//! Exact inference held against published figures, enumeration and the simulation.

#[path = "exact/network.rs"]
mod network;
#[path = "exact/published.rs"]
mod published;
#[path = "exact/enumeration.rs"]
mod enumeration;
#[path = "exact/posterior.rs"]
mod posterior;
#[path = "exact/scenarios.rs"]
mod scenarios;
#[path = "exact/limits.rs"]
mod limits;

//! The whole tool, as a user has it: one binary, one module a concern.

mod codes;
mod commands;
mod decisions;
mod doubt;
mod edges;
mod evidence;
mod evidence_order;
mod fuzz;
mod golden;
mod honesty;
mod methods;
mod modelling;
mod networks;
mod news;
mod priors;
mod readme;
mod report;
mod relations;
mod scenarios;
mod schema;
mod shards;
mod stability;
mod suite;
mod summit;
mod support;
mod trust;

//! The whole tool, as a user has it: one binary, one module a concern.

mod commands;
mod evidence;
mod golden;
mod honesty;
mod modelling;
mod scenarios;
mod schema;
mod stability;
mod suite;
mod support;

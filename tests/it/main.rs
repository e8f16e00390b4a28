//! The whole tool, as a user has it: one binary, one module a concern.

mod evidence;
mod golden;
mod modelling;
mod schema;
mod stability;
mod suite;
mod support;

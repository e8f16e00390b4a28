//! The whole tool, as a user has it: one binary, one module a concern.

mod codes;
mod evidence;
mod fuzz;
mod golden;
mod modelling;
mod schema;
mod stability;
mod suite;
mod summit;
mod support;

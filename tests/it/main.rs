//! The whole tool, as a user has it: one binary, one module a concern.

mod codes;
mod fuzz;
mod golden;
mod modelling;
mod readme;
mod schema;
mod stability;
mod suite;
mod summit;
mod support;

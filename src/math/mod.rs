//! Special functions, sums that do not lose digits, root finding, isotonic regression.
//!
//! The only room that may call `f64` functions whose last bits differ between platforms; it calls `libm` instead, so that
//! the same inputs give the same bits everywhere.

pub mod beta;
pub mod gamma;
pub mod normal;
pub mod student;
mod elementary;
mod isotonic;

pub use elementary::{erf, erfc, exp, exp_m1, ln, ln_1p, ln_gamma, powf};
pub use isotonic::isotonic;

//! Special functions, sums that do not lose digits, root finding, quadrature, isotonic and logistic regression, least squares, linear equations.
//!
//! The only room that may call `f64` functions whose last bits differ between platforms; it calls `libm` instead, so that
//! the same inputs give the same bits everywhere. (Rust's `f64::exp`, `ln`, `powf`, `sin` … go to the platform's C library;
//! `sqrt`, `abs`, `floor` and the four operations are correctly rounded on every platform and may be called directly.)
//!
//! Everything here is a pure function of numbers. Arguments outside a function's domain give the limit where there is one and
//! NaN otherwise; nothing panics and no iteration is unbounded.

pub mod beta;
mod cholesky;
pub(crate) mod columns;
pub mod elementary;
mod exponential_integral;
mod fixed_sum;
mod function;
pub mod gamma;
pub mod gauss;
mod instructions;
mod isotonic;
mod jackknife;
mod least_squares;
pub mod logit;
pub mod normal;
pub(crate) mod prefetch;
pub mod quadrature;
pub mod regression;
pub mod root;
mod rounding;
pub(crate) mod sort_lanes;
mod sorted_quantile;
mod split_mix;
pub mod student;
pub mod sum;

pub use cholesky::Cholesky;
pub use elementary::{
    asinh, atan, atan2, cbrt, cos, cosh, erf, erfc, exp, exp_m1, exp2, ln, ln_1p, ln_gamma, log2, log10, powf, sin,
    sinh, sqrt, tan, tanh,
};
pub use exponential_integral::{EULER_GAMMA, exponential_integral};
pub use fixed_sum::{FixedSum, squares_about};
pub use function::{FUNCTIONS, Function, power};
pub use instructions::Instructions;
pub(crate) use instructions::level;
pub use isotonic::isotonic;
pub use jackknife::jackknife_error;
pub use least_squares::fit_two_positive;
pub use logit::{ln_1p_exp, logistic, logit};
pub use root::find_root;
pub use rounding::{ceil_days, floor_to, round_half_up, round_to, thousands_apart};
pub use sorted_quantile::sorted_quantile;
pub use split_mix::SplitMix;
pub use sum::{CompensatedSum, log_sum_exp, sum};

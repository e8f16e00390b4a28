//! Special functions, sums that do not lose digits, root finding, isotonic regression.
//!
//! The only room that may call `f64` functions whose last bits differ between platforms; it calls `libm` instead, so that
//! the same inputs give the same bits everywhere.

//! Checks of decisions.

//! Proper scores.

//! Runs of whole plans.

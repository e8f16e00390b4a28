//! Reliability: how stated probabilities compare with what happened.

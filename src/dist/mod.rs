//! Probability distributions: one file a family, and how a range, quantiles or counts become one.

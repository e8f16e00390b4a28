//! Prior + outcomes → posterior.

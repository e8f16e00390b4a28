//! Paired differences between forecasters that respect dependence.

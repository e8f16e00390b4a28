//! Checks of what to watch.

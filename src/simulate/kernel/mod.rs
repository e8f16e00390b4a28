//! The hot loops: each fills a column of a block from others.
//!
//! Plain safe loops over slices of equal length, which compilers turn into vector instructions. Nothing here knows of plans
//! being run, of tallies or of threads.

pub(crate) mod arithmetic;
pub(crate) mod bernoulli;
pub(crate) mod by_world;
pub(crate) mod categorical;
pub(crate) mod chances;
pub(crate) mod correlated;
pub(crate) mod count;
pub(crate) mod date;
pub(crate) mod evidence;
pub(crate) mod logic;
pub(crate) mod number;
mod passage;
pub(crate) mod tilted;

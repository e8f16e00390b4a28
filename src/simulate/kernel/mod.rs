//! The hot loops: each fills a column of a block from others.
//!
//! Plain safe loops over slices of equal length, which compilers turn into vector instructions. Nothing here knows of plans
//! being run, of tallies or of threads.

pub mod arithmetic;
pub mod bernoulli;
pub mod categorical;
pub mod correlated;
pub mod date;
pub mod evidence;
pub mod logic;
pub mod number;

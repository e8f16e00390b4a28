//! A pool of quantiles by name, with or without a pivot.

use super::{QUANTILE_POOLS, QuantilePool, quantile_pool};
use std::fmt;
use std::str::FromStr;

/// What follows the name of a pool that is moved away from the reference.
const PIVOT: &str = "pivot";

/// `POOL` or `POOL+pivot`: a pool as it is, or moved away from the reference by a [`Pivot`](super::Pivot).
///
/// ```
/// use foretell::pool::quantile::QuantileMethod;
///
/// let method: QuantileMethod = "weighted+pivot".parse()?;
/// assert!(method.has_pivot);
/// assert_eq!(method.to_string(), "weighted+pivot");
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct QuantileMethod {
    /// The pool.
    pub pool: &'static dyn QuantilePool,
    /// Whether it is moved away from the reference.
    pub has_pivot: bool,
}

impl QuantileMethod {
    /// Whether it is the same whatever the past was.
    #[must_use]
    pub fn learns_nothing(self) -> bool {
        !self.has_pivot && !self.pool.learns()
    }
}

impl PartialEq for QuantileMethod {
    fn eq(&self, other: &Self) -> bool {
        self.pool.id() == other.pool.id() && self.has_pivot == other.has_pivot
    }
}

impl Eq for QuantileMethod {}

impl FromStr for QuantileMethod {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (id, after) = text.split_once('+').map_or((text, None), |(id, after)| (id, Some(after)));
        if let Some(after) = after.filter(|after| *after != PIVOT) {
            return Err(format!("quantiles are moved by `+{PIVOT}`, not by `+{after}`"));
        }
        let pool = quantile_pool(id).ok_or_else(|| {
            let names: Vec<&str> = QUANTILE_POOLS.iter().map(|pool| pool.id()).collect();
            format!("`{id}` is none of the pools of quantiles {}", names.join(", "))
        })?;
        Ok(Self { pool, has_pivot: after.is_some() })
    }
}

impl fmt::Display for QuantileMethod {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.pool.id())?;
        if self.has_pivot { write!(formatter, "+{PIVOT}") } else { Ok(()) }
    }
}

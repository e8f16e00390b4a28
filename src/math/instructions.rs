//! Which vector instructions columns are worked on with.

use fearless_simd::Level;
use std::sync::OnceLock;

/// A set of instructions. It changes how long the work takes, and no bit of what comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Instructions {
    /// The best that this machine has.
    #[default]
    Best,
    /// Those that every machine of its kind has: SSE2 on x86-64, Neon on 64-bit ARM.
    Baseline,
}

static CHOSEN: OnceLock<Level> = OnceLock::new();

impl Instructions {
    /// Chooses for the whole process; says whether it was in time, that is before anything was worked on.
    pub fn choose(self) -> bool {
        let level = match self {
            Self::Best => Level::new(),
            Self::Baseline => Level::baseline(),
        };
        CHOSEN.set(level).is_ok()
    }
}

/// The instructions chosen, or else the best.
pub(crate) fn level() -> Level {
    *CHOSEN.get_or_init(Level::new)
}

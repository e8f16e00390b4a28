//! What each world draws by: the same for all, or one of 256 values for each.

/// The same in every world, or chosen by a random byte of each.
#[derive(Debug)]
pub(crate) enum ByWorld<'a, T> {
    /// The same.
    Same(&'a T),
    /// One of 256.
    Chosen {
        /// The values.
        values: &'a [T],
        /// The byte of each world.
        bytes: &'a [u8],
    },
}

impl<T> Clone for ByWorld<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for ByWorld<'_, T> {}

impl<'a, T> ByWorld<'a, T> {
    /// That of a world.
    #[inline]
    pub(crate) fn at(&self, world: usize) -> &'a T {
        match self {
            Self::Same(value) => value,
            Self::Chosen { values, bytes } => &values[usize::from(bytes[world])],
        }
    }
}

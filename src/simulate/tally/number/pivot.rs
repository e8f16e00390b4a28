//! What the bins of a histogram are fine about.

/// Where the worlds of a number lie, as its first block of worlds shows: what the bins of a [`Histogram`] are fine about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pivot {
    pub(super) centre: f64,
    pub(super) scale: f64,
}

impl Pivot {
    /// The median of some values, and the distance of their quartiles (or, where that is nothing, of the whole). `None` if there are no finite
    /// ones, or all are the same; and where values of one sign differ by orders of magnitude, so that bins must be as fine as each of them is
    /// small.
    #[must_use]
    pub(crate) fn of(mut values: Vec<f64>) -> Option<Self> {
        values.retain(|value| value.is_finite());
        values.sort_unstable_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        if spans_magnitudes(&values) {
            return None;
        }
        let quartiles = values[last * 3 / 4] - values[last / 4];
        let scale = if quartiles > 0.0 { quartiles } else { values[last] - values[0] };
        (scale > 0.0 && scale.is_finite()).then_some(Self { centre: values[last / 2], scale })
    }

    /// Distance from the centre in units of the scale, moved one away from 0 on either side: bins over the bits of this are 1/4096 of the
    /// scale wide at the centre, and grow with the distance.
    pub(super) fn place(self, value: f64) -> f64 {
        let distance = (value - self.centre) / self.scale;
        if distance < 0.0 { distance - 1.0 } else { distance + 1.0 }
    }
}

/// Whether values in order are of one sign and, those aside that are 0, their upper quartile is more than [`MAGNITUDES`] times the lower one.
fn spans_magnitudes(values: &[f64]) -> bool {
    let first_positive = values.partition_point(|value| *value <= 0.0);
    let below = values.partition_point(|value| *value < 0.0);
    let of_one_sign = match (below, &values[first_positive..]) {
        (0, positive) => positive,
        (_, []) => &values[..below],
        _ => return false,
    };
    let Some(last) = of_one_sign.len().checked_sub(1) else { return false };
    let (lower, upper) = (of_one_sign[last / 4].abs(), of_one_sign[last * 3 / 4].abs());
    lower.max(upper) > MAGNITUDES * lower.min(upper)
}

/// How many times the lower quartile the upper one is where size counts and not distance.
const MAGNITUDES: f64 = 3.0;

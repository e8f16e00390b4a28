//! Tables over discrete variables: flat cells, the last variable of the scope fastest.
//!
//! Every operation walks the cells of the larger table in order and keeps the place in the smaller one by strides; axes that lie side
//! by side in both are walked as one, so that the inner loops are long and plain. Sums run in that order and no other.

/// A function of some variables.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    /// The variables, slowest first.
    pub(super) scope: Vec<u32>,
    /// One for each configuration.
    pub(super) cells: Vec<f64>,
}

/// A run of a larger table: so many cells, each so far apart in a smaller table. Stride 0: the smaller one does not know this variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) len: usize,
    pub(super) stride: usize,
}

/// How many configurations a scope has; as a float, since it may be more than can be counted.
pub(super) fn configurations(scope: &[u32], cards: &[u32]) -> f64 {
    scope.iter().map(|variable| f64::from(cards[*variable as usize])).product()
}

/// The same where it is known to be small.
pub(super) fn size(scope: &[u32], cards: &[u32]) -> usize {
    scope.iter().map(|variable| cards[*variable as usize] as usize).product()
}

/// How to walk a table over `whole` beside one over `part`, slowest axis first; never empty.
pub(super) fn axes(whole: &[u32], part: &[u32], cards: &[u32]) -> Vec<Axis> {
    let mut axes: Vec<Axis> = Vec::with_capacity(whole.len());
    for variable in whole {
        let len = cards[*variable as usize] as usize;
        let stride = match part.iter().position(|known| known == variable) {
            Some(at) => size(&part[at + 1..], cards),
            None => 0,
        };
        match axes.last_mut() {
            _ if len == 1 => {}
            Some(last) if last.stride == 0 && stride == 0 => last.len *= len,
            Some(last) if stride > 0 && last.stride == stride * len => *last = Axis { len: last.len * len, stride },
            _ => axes.push(Axis { len, stride }),
        }
    }
    if axes.is_empty() {
        axes.push(Axis { len: 1, stride: 0 });
    }
    axes
}

/// Calls with the place in the whole, the place in the part, and the innermost axis, for each of its runs in order.
#[inline]
pub(super) fn for_each_run(axes: &[Axis], mut visit: impl FnMut(usize, usize, Axis)) {
    let Some((inner, rest)) = axes.split_last() else { return };
    let Some((middle, outer)) = rest.split_last() else {
        visit(0, 0, *inner);
        return;
    };
    let mut counters = vec![0_usize; outer.len()];
    let (mut whole, mut part) = (0, 0);
    loop {
        let mut place = part;
        for _ in 0..middle.len {
            visit(whole, place, *inner);
            whole += inner.len;
            place += middle.stride;
        }
        let mut level = outer.len();
        loop {
            let Some(next) = level.checked_sub(1) else { return };
            level = next;
            counters[level] += 1;
            part += outer[level].stride;
            if counters[level] < outer[level].len {
                break;
            }
            part -= outer[level].stride * outer[level].len;
            counters[level] = 0;
        }
    }
}

/// Multiplies each cell of the whole by its cell of the part.
pub(super) fn multiply(whole: &mut [f64], part: &[f64], axes: &[Axis]) {
    for_each_run(axes, |from, place, Axis { len, stride }| {
        let run = &mut whole[from..from + len];
        match stride {
            0 => {
                let factor = part[place];
                run.iter_mut().for_each(|cell| *cell *= factor);
            }
            1 => run.iter_mut().zip(&part[place..place + len]).for_each(|(cell, factor)| *cell *= factor),
            _ => run.iter_mut().enumerate().for_each(|(at, cell)| *cell *= part[place + at * stride]),
        }
    });
}

/// Adds each cell of the whole to its cell of the part.
pub(super) fn add_up(whole: &[f64], part: &mut [f64], axes: &[Axis]) {
    for_each_run(axes, |from, place, Axis { len, stride }| {
        let run = &whole[from..from + len];
        match stride {
            0 => part[place] += run.iter().sum::<f64>(),
            1 => part[place..place + len].iter_mut().zip(run).for_each(|(sum, cell)| *sum += cell),
            _ => run.iter().enumerate().for_each(|(at, cell)| part[place + at * stride] += cell),
        }
    });
}

/// Raises each cell of the part to the largest of its cells of the whole.
pub(super) fn raise(whole: &[f64], part: &mut [f64], axes: &[Axis]) {
    for_each_run(axes, |from, place, Axis { len, stride }| {
        for (at, cell) in whole[from..from + len].iter().enumerate() {
            let most = &mut part[place + at * stride];
            *most = most.max(*cell);
        }
    });
}

impl Table {
    /// The number 1, of no variable.
    pub(super) fn one() -> Self {
        Self { scope: Vec::new(), cells: vec![1.0] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_side_by_side_are_one() {
        let cards = [2, 3, 4, 5];
        assert_eq!(
            axes(&[0, 1, 2, 3], &[1, 2], &cards),
            [(2, 0), (12, 1), (5, 0)].map(|(len, stride)| Axis { len, stride })
        );
        assert_eq!(axes(&[0, 1], &[1, 0], &cards), [(2, 1), (3, 2)].map(|(len, stride)| Axis { len, stride }));
        assert_eq!(axes(&[], &[], &cards), [Axis { len: 1, stride: 0 }]);
    }

    #[test]
    fn sums_and_products_agree_with_the_plain_loops() {
        let cards = [2, 3, 4];
        let whole: Vec<f64> = (0..24).map(f64::from).collect();
        for part in [vec![0], vec![1], vec![2], vec![0, 2], vec![2, 0], vec![1, 2], vec![], vec![2, 1, 0]] {
            let axes = axes(&[0, 1, 2], &part, &cards);
            let mut sums = vec![0.0; size(&part, &cards)];
            add_up(&whole, &mut sums, &axes);
            let mut product = whole.clone();
            multiply(&mut product, &sums, &axes);
            let mut expected = vec![0.0; sums.len()];
            let place = |cell: usize| {
                let values = [cell / 12, cell / 4 % 3, cell % 4];
                part.iter().fold(0, |at, variable| at * cards[*variable as usize] as usize + values[*variable as usize])
            };
            for (cell, value) in whole.iter().enumerate() {
                expected[place(cell)] += value;
            }
            assert_eq!(sums, expected, "{part:?}");
            for (cell, value) in product.iter().enumerate() {
                assert_eq!(*value, whole[cell] * expected[place(cell)], "{part:?}");
            }
        }
    }
}

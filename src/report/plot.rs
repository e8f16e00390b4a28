//! Pictures made of letters, for terminals.

/// Letters of an axis.
const WIDTH: usize = 51;
/// Lines of a square picture.
const HEIGHT: usize = 17;
/// Letters of a name that are shown.
const LONGEST_NAME: usize = 24;

/// A value with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Whisker<'a> {
    /// Whose.
    pub name: &'a str,
    /// The value; `None` where there is none.
    pub value: Option<f64>,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
}

/// Values with their intervals, one a line, over an axis that holds them all. Nothing without a value.
///
/// ```
/// use foretell::report::{Whisker, whisker_plot};
///
/// let lines = whisker_plot(&[Whisker { name: "ann", value: Some(1.0), interval: Some((0.0, 2.0)) }]);
/// assert!(lines[0].starts_with("ann  ├") && lines[0].contains('●'));
/// ```
#[must_use]
pub fn whisker_plot(rows: &[Whisker]) -> Vec<String> {
    let ends = rows.iter().filter_map(|row| row.value.map(|value| (value, row.interval.unwrap_or((value, value)))));
    let all: Vec<f64> = ends.flat_map(|(value, (lower, upper))| [value, lower, upper]).collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !low.is_finite() || !high.is_finite() {
        return Vec::new();
    }
    let span = if high > low { high - low } else { 1.0 };
    let place =
        |value: f64| (((value - low) / span) * (WIDTH - 1) as f64).round().clamp(0.0, (WIDTH - 1) as f64) as usize;
    let names: Vec<String> = rows.iter().map(|row| shortened(row.name)).collect();
    let widest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut lines = Vec::with_capacity(rows.len() + 1);
    for (row, name) in rows.iter().zip(&names) {
        let mut cells = vec![' '; WIDTH];
        if let Some(value) = row.value {
            if let Some((lower, upper)) = row.interval {
                let (from, to) = (place(lower), place(upper));
                cells[from..=to.max(from)].fill('─');
                cells[from] = '├';
                cells[to.max(from)] = '┤';
            }
            cells[place(value)] = '●';
        }
        let line: String = cells.into_iter().collect();
        lines.push(format!("{name:widest$}  {line}").trim_end().to_owned());
    }
    let (left, right) = (number(low), if high > low { number(high) } else { String::new() });
    let gap = WIDTH.saturating_sub(left.chars().count() + right.chars().count());
    lines.push(format!("{:widest$}  {left}{}{right}", "", " ".repeat(gap)).trim_end().to_owned());
    lines
}

/// A point of a reliability diagram: stated, observed, and the interval of what a calibrated forecaster would show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reliable {
    /// Between 0 and 1.
    pub stated: f64,
    /// Between 0 and 1.
    pub observed: f64,
    /// Between 0 and 1.
    pub if_calibrated: Option<(f64, f64)>,
}

/// A reliability diagram: stated to the right, observed upwards; dots lie on the diagonal if the forecaster is calibrated.
#[must_use]
pub fn reliability_plot(points: &[Reliable]) -> Vec<String> {
    let across = |share: f64| (share.clamp(0.0, 1.0) * (WIDTH - 1) as f64).round() as usize;
    let up = |share: f64| HEIGHT - 1 - (share.clamp(0.0, 1.0) * (HEIGHT - 1) as f64).round() as usize;
    let mut cells = vec![vec![' '; WIDTH]; HEIGHT];
    for at in 0..WIDTH {
        cells[up(at as f64 / (WIDTH - 1) as f64)][at] = '·';
    }
    for point in points {
        if let Some((lower, upper)) = point.if_calibrated {
            for line in &mut cells[up(upper)..=up(lower)] {
                line[across(point.stated)] = '│';
            }
        }
    }
    for point in points {
        cells[up(point.observed)][across(point.stated)] = '●';
    }
    let label = |line: usize| match line {
        0 => "100 %",
        line if line == HEIGHT / 2 => " 50 %",
        line if line == HEIGHT - 1 => "  0 %",
        _ => "     ",
    };
    let mut lines: Vec<String> = cells
        .iter()
        .enumerate()
        .map(|(at, line)| format!("{} ┤{}", label(at), line.iter().collect::<String>()).trim_end().to_owned())
        .collect();
    lines.push(format!("      └{}", "─".repeat(WIDTH)));
    lines.push(format!(
        "       0 %{:>half$}{:>rest$}",
        "50 %",
        "100 %",
        half = WIDTH / 2 - 1,
        rest = WIDTH - WIDTH / 2 - 2
    ));
    lines
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}

fn number(value: f64) -> String {
    // Rounding must not leave a minus before zero.
    if value.abs() >= 1000.0 {
        format!("{value:.1}")
    } else {
        format!("{:.4}", if value.abs() < 5e-5 { 0.0 } else { value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_the_axis_says_and_gaps_stay_empty() {
        let rows = [
            Whisker { name: "ann", value: Some(0.2), interval: Some((0.1, 0.3)) },
            Whisker { name: "bob", value: Some(0.6), interval: None },
            Whisker { name: "a name that is longer than there is room for", value: None, interval: None },
        ];
        let lines = whisker_plot(&rows);
        let at = |line: &str, letter: char| line.chars().position(|c| c == letter).map(|at| at - LONGEST_NAME - 2);
        assert_eq!((at(&lines[0], '├'), at(&lines[0], '●'), at(&lines[0], '┤')), (Some(0), Some(10), Some(20)));
        assert_eq!(at(&lines[1], '●'), Some(50));
        assert_eq!(lines[2], "a name that is longer t…");
        assert!(lines[3].trim_start().starts_with("0.1000") && lines[3].ends_with("0.6000"));
        assert!(whisker_plot(&rows[2..]).is_empty());
        assert_eq!(whisker_plot(&rows[1..2])[0].chars().filter(|c| *c == '●').count(), 1);
    }

    #[test]
    fn the_diagonal_runs_from_corner_to_corner_and_dots_lie_over_it() {
        let point = Reliable { stated: 0.5, observed: 1.0, if_calibrated: Some((0.25, 0.75)) };
        let lines = reliability_plot(&[point]);
        assert_eq!(lines.len(), HEIGHT + 2);
        let letter = |line: usize, at: usize| lines[line].chars().nth(7 + at);
        assert_eq!((letter(0, 50), letter(HEIGHT - 1, 0), letter(0, 25)), (Some('·'), Some('·'), Some('●')));
        assert_eq!((letter(4, 25), letter(12, 25), letter(3, 25)), (Some('│'), Some('│'), Some(' ')));
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH + 8), "{lines:#?}");
        assert!(lines[HEIGHT + 1].ends_with("100 %"));
    }
}

//! Names in pictures: on one line where there is room, else on two of smaller letters, cut in the middle where even these are too short.
//!
//! Names that differ stay different: often it is their ends that tell them apart.

use super::lettering::width_of;
use super::svg::text;
use std::collections::BTreeMap;

/// Letters of a name beyond which two lines surely end.
const MOST_LETTERS: usize = 240;
/// Which share of what is kept stands before the cut: the first with which all names differ.
const AHEAD: [f64; 6] = [0.5, 0.7, 0.3, 0.85, 0.15, 1.0];
/// Bold letters over others.
const BOLD: f64 = 1.13;

/// Where and how names are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    /// How wide.
    pub width: f64,
    /// The size of letters of a name that fits on one line.
    pub large: f64,
    /// The size of letters of longer ones.
    pub small: f64,
    /// On how many lines longer ones may stand: one or two.
    pub lines: usize,
    /// Whether letters are bold.
    pub weight: Weight,
}

/// How thick letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// As those of other words.
    Plain,
    /// As those of headings.
    Bold,
}

impl Room {
    /// Above a panel of a drawing.
    pub(crate) const HEADING: Self = Self { width: 384.0, large: 18.0, small: 13.0, lines: 2, weight: Weight::Bold };

    fn takes(&self, words: &str, size: f64) -> bool {
        let factor = if self.weight == Weight::Bold { BOLD } else { 1.0 };
        factor * width_of(words, size) <= self.width
    }
}

/// A name as it stands in a picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Name {
    lines: Vec<String>,
    size: f64,
    weight: Weight,
}

impl Name {
    /// Writes it: one line on the base line `y`, two about it.
    pub(crate) fn draw(&self, svg: &mut String, x: f64, y: f64, anchor: &str, more: &str) {
        let bold = if self.weight == Weight::Bold { r#" font-weight="bold""# } else { "" };
        let style = format!(r#" font-size="{}"{bold}{more}"#, self.size);
        // Below a heading there is less room than above it.
        let higher = if self.weight == Weight::Bold { 5.0 } else { 0.0 };
        let up = if self.lines.len() > 1 { 0.5 * self.size + 1.0 + higher } else { 0.0 };
        for (at, words) in self.lines.iter().enumerate() {
            text(svg, x, y - up + (self.size + 1.0) * at as f64, anchor, &style, words);
        }
    }

    /// About how wide it is.
    pub(crate) fn width(&self) -> f64 {
        let factor = if self.weight == Weight::Bold { BOLD } else { 1.0 };
        self.lines.iter().map(|words| factor * width_of(words, self.size)).fold(0.0, f64::max)
    }
}

/// Two names with a minus between them, on one line or, the second below, on two; the names of many pairs, in their order.
pub(crate) fn differences(pairs: &[(&str, &str)], room: Room) -> Vec<Name> {
    let names: Vec<&str> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
    // The minus stands at the end of the first of two lines.
    let each = Room { width: room.width - width_of(" −", room.small), large: room.small, lines: 1, ..room };
    let cut = fitted(&names, each);
    let joined = pairs.iter().zip(cut.chunks(2)).map(|((a, b), cut)| {
        let whole = format!("{a} − {b}");
        let of = |lines: Vec<String>, size: f64| Name { lines, size, weight: room.weight };
        if room.takes(&whole, room.large) {
            return of(vec![whole], room.large);
        }
        of(vec![format!("{} −", cut[0].lines.concat()), cut[1].lines.concat()], room.small)
    });
    joined.collect()
}

/// Names within a room, in their order.
pub(crate) fn fitted(names: &[&str], room: Room) -> Vec<Name> {
    let mut fitted: Vec<Name> = names.iter().map(|name| fit(name, room, AHEAD[0])).collect();
    for ahead in AHEAD.into_iter().skip(1) {
        let alike = alike(names, &fitted);
        if alike.is_empty() {
            return fitted;
        }
        for at in alike {
            fitted[at] = fit(names[at], room, ahead);
        }
    }
    // Names that differ in one letter of their middle are numbered.
    for (number, at) in alike(names, &fitted).into_iter().enumerate() {
        fitted[at] = fit(&format!("{} ({})", names[at], number + 1), room, AHEAD[0]);
    }
    fitted
}

/// Which of the names look like another one that is a different name.
fn alike(names: &[&str], fitted: &[Name]) -> Vec<usize> {
    let mut by_lines: BTreeMap<&[String], Vec<usize>> = BTreeMap::new();
    for (at, name) in fitted.iter().enumerate() {
        by_lines.entry(&name.lines).or_default().push(at);
    }
    let differ = |group: &Vec<usize>| group.iter().any(|at| names[*at] != names[group[0]]);
    let mut alike: Vec<usize> = by_lines.into_values().filter(differ).flatten().collect();
    alike.sort_unstable();
    alike
}

fn fit(name: &str, room: Room, ahead: f64) -> Name {
    let of = |lines: Vec<String>, size: f64| Name { lines, size, weight: room.weight };
    if room.takes(name, room.large) {
        return of(vec![name.to_owned()], room.large);
    }
    let letters = name.chars().count();
    let shorter = (4..letters.min(MOST_LETTERS)).rev().map(|longest| cut(name, longest, ahead));
    let whole = (letters <= MOST_LETTERS).then(|| name.to_owned());
    let lines = whole.into_iter().chain(shorter).find_map(|words| wrapped(&words, room));
    of(lines.unwrap_or_else(|| vec!["…".to_owned()]), room.small)
}

/// At most so many letters: where there were more, an ellipsis stands for some in the middle, before which stands this share of the rest.
pub(crate) fn cut(name: &str, longest: usize, ahead: f64) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= longest {
        return name.to_owned();
    }
    let kept = longest.saturating_sub(1);
    let head = ((kept as f64 * ahead).ceil() as usize).min(kept);
    let tail = letters.len() - (kept - head);
    letters[..head].iter().copied().chain(['…']).chain(letters[tail..].iter().copied()).collect()
}

/// Words on one line or two, if they fit; broken after a blank or a sign where that leaves no half-empty line.
fn wrapped(words: &str, room: Room) -> Option<Vec<String>> {
    let takes = |words: &str| room.takes(words.trim_end(), room.small);
    if takes(words) {
        return Some(vec![words.to_owned()]);
    }
    if room.lines < 2 {
        return None;
    }
    let ends: Vec<usize> = words.char_indices().map(|(at, letter)| at + letter.len_utf8()).collect();
    let fits = ends.partition_point(|end| takes(&words[..*end]));
    let good = |end: &&usize| words[..**end].ends_with([' ', '-', '_', '/', ':', ',', '…']);
    let soft = ends[fits / 2..fits].iter().rev().find(good);
    let hard = ends[..fits].last();
    soft.into_iter().chain(hard).find_map(|end| {
        let (first, second) = (words[..*end].trim_end(), words[*end..].trim_start());
        takes(second).then(|| vec![first.to_owned(), second.to_owned()])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: Room = Room { width: 160.0, large: 14.0, small: 12.0, lines: 2, weight: Weight::Plain };

    #[test]
    fn short_names_stand_on_one_line_and_longer_ones_on_two_as_they_are() {
        let names = ["ada", "Anthropic: Claude-3-Haiku (zero shot)", "预测者一号"];
        let fitted = fitted(&names, ROW);
        assert_eq!((fitted[0].lines.as_slice(), fitted[0].size), (&["ada".to_owned()][..], 14.0));
        assert_eq!(fitted[1].lines, ["Anthropic: Claude-3-", "Haiku (zero shot)"]);
        assert_eq!(fitted[2].lines, ["预测者一号"]);
    }

    #[test]
    fn names_that_are_too_long_stay_different_wherever_they_differ() {
        let long = "x".repeat(70);
        let at = |place: usize, letter: char| {
            let mut letters: Vec<char> = long.chars().collect();
            letters[place] = letter;
            letters.into_iter().collect::<String>()
        };
        let differing: Vec<String> = [0, 20, 30, 34, 35, 40, 50, 69].map(|place| at(place, 'y')).to_vec();
        let middle: Vec<String> = ["a", "b", "c"].map(|letter| format!("{long}{letter}{long}")).to_vec();
        for list in [differing, middle] {
            let names: Vec<&str> = list.iter().map(String::as_str).collect();
            let fitted = fitted(&names, ROW);
            assert!(alike(&names, &fitted).is_empty(), "{fitted:?}");
            for name in &fitted {
                assert!(name.lines.len() <= 2 && name.width() <= ROW.width, "{name:?}");
            }
        }
        // The same name twice is the same twice.
        let twice = fitted(&[long.as_str(), long.as_str()], ROW);
        assert_eq!(twice[0], twice[1]);
    }

    #[test]
    fn the_middle_is_cut_out() {
        assert_eq!(cut("abcdefghij", 10, 0.5), "abcdefghij");
        assert_eq!(cut("abcdefghij", 7, 0.5), "abc…hij");
        assert_eq!(cut("abcdefghij", 7, 1.0), "abcdef…");
        assert_eq!(cut("ра́сский", 3, 0.5).chars().count(), 3);
    }

    #[test]
    fn a_minus_stands_between_two_names_however_long_they_are() {
        let long = ["a", "b"].map(|letter| letter.repeat(90));
        let names = differences(&[("ada", "bob"), (&long[0], &long[1])], ROW);
        assert_eq!(names[0].lines, ["ada − bob"]);
        assert!(names[1].lines[0].ends_with("a −") && names[1].lines[1].ends_with('b'), "{names:?}");
        assert!(names.iter().all(|name| name.width() <= ROW.width), "{names:?}");
    }

    #[test]
    fn what_fits_nowhere_is_still_drawn() {
        let narrow = Room { width: 1.0, ..ROW };
        let mut svg = String::new();
        fitted(&["name", "name of another"], narrow)[1].draw(&mut svg, 0.0, 0.0, "start", "");
        assert!(svg.starts_with("<text"));
    }
}

//! Curves over time as pictures: chances day by day, with what happened marked.

use super::wording::in_brackets;
use crate::calibrate::svg::{BLUE, COLOURS, GRID, INK, MIDDLE};
use crate::error::Error;
use jiff::civil::Date;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use serde::Serialize;

/// Width of a picture in its own unit; letters can be read where it is shown 340 pixels wide.
const WIDTH: u32 = 420;
/// Its height.
const HEIGHT: u32 = 250;
/// Height of letters.
const LETTERS: u32 = 14;

/// Where the numbers of marks stand.
const ABOVE: i32 = 11;
/// How far what is said of a resolution stands from its line and from the top.
const BESIDE: i32 = 4;
/// Marks nearer to each other than this share a label.
const CLOSE: i32 = 30;

/// How the values of a line are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Drawn {
    /// Straight from one to the next: it was so in between, too, as far as is known.
    Straight,
    /// Each stands until the next one.
    Stands,
    /// Rings about the line before: what was said on those days.
    Rings,
}

/// What became of a question by the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Resolved {
    /// When.
    #[schemars(with = "String")]
    pub day: Date,
    /// What.
    pub answer: String,
}

/// One line of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Line {
    /// Whose.
    pub name: String,
    /// How its values are drawn.
    pub drawn: Drawn,
    /// Day and chance, by day.
    #[schemars(with = "Vec<(String, f64)>")]
    pub points: Vec<(Date, f64)>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Mark {
    /// The number by which the text tells what it is.
    pub number: usize,
    /// When.
    #[schemars(with = "String")]
    pub day: Date,
}

/// The chance of a question day by day.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Curves {
    /// The question's name.
    pub id: String,
    /// In words.
    pub ask: String,
    /// One line or several.
    pub lines: Vec<Line>,
    /// What happened meanwhile.
    pub marks: Vec<Mark>,
    /// What became of it, where the record knows that.
    pub resolved: Option<Resolved>,
}

impl Line {
    /// Whether it is drawn as rings.
    pub(super) fn is_rings(&self) -> bool {
        self.drawn == Drawn::Rings
    }
}

impl Curves {
    /// Each line with the number of its colour.
    pub(super) fn coloured(&self) -> Vec<(&Line, usize)> {
        self.lines.iter().enumerate().map(|(at, line)| (line, self.colour_of(at))).collect()
    }

    /// The number of the colour of a line, from 1: rings have that of the line that they are about.
    fn colour_of(&self, at: usize) -> usize {
        self.lines.iter().take(at + 1).filter(|line| !line.is_rings()).count().max(1)
    }

    /// What became of it and when, within the days of the picture.
    fn resolved_within(&self, first: Date, last: Date) -> Option<&Resolved> {
        self.resolved.as_ref().filter(|resolved| (first..=last).contains(&resolved.day))
    }

    /// First and last day of all lines; nothing if there is no more than one day.
    #[must_use]
    pub fn days(&self) -> Option<(Date, Date)> {
        let days = || self.lines.iter().flat_map(|line| line.points.iter().map(|point| point.0));
        Some((days().min()?, days().max()?)).filter(|(first, last)| first < last)
    }

    /// The end of its axis of chances.
    pub(super) fn top(&self) -> f64 {
        ceiling(self.lines.iter().flat_map(|line| line.points.iter().map(|point| point.1)))
    }

    /// What the picture shows, in a sentence for those who do not see it.
    #[must_use]
    pub fn alt(&self) -> String {
        let line = |line: &Line| {
            let (first, last) = (line.points.first()?, line.points.last()?);
            let (start, end) = (in_brackets(first.1), in_brackets(last.1));
            Some(if start == end {
                format!("{} is at {start} on {} and on {}", line.name, first.0, last.0)
            } else {
                format!("{} moves from {start} on {} to {end} on {}", line.name, first.0, last.0)
            })
        };
        let told: Vec<String> = self.lines.iter().filter_map(line).collect();
        let resolved = self.resolved.as_ref().map_or_else(String::new, |resolved| {
            format!(" By the record it resolved on {}: {}.", resolved.day, resolved.answer)
        });
        format!("{} {}.{resolved}", self.ask, told.join("; "))
    }

    /// The picture, as SVG to stand in a page; nothing where no line has two days.
    ///
    /// Colours are those of [`crate::calibrate`]'s pictures, to which a page gives dark ones.
    ///
    /// # Errors
    /// If it cannot be drawn, which memory does not refuse.
    pub fn picture(&self) -> Result<Option<String>, Error> {
        let Some((first, last)) = self.days() else { return Ok(None) };
        let mut svg = String::new();
        self.draw(&mut svg, first, last)
            .map_err(|problem| Error::environment("the curves cannot be drawn").because(problem.to_string()))?;
        Ok(Some(tidied(&svg, &self.alt())))
    }

    fn draw(
        &self,
        svg: &mut String,
        first: Date,
        last: Date,
    ) -> Result<(), DrawingAreaErrorKind<<SVGBackend<'static> as DrawingBackend>::ErrorType>> {
        let day = |date: Date| f64::from((date - first).get_days());
        let length = day(last);
        let top = self.top();
        let root = SVGBackend::with_string(svg, (WIDTH, HEIGHT)).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin_top(20)
            .margin_right(22)
            .x_label_area_size(26)
            .y_label_area_size(52)
            .build_cartesian_2d(0.0..length, 0.0..top)?;
        let letters = ("sans-serif", LETTERS).into_font().color(&colour(INK));
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(0)
            .y_labels(5)
            .max_light_lines(1)
            .bold_line_style(colour(GRID))
            .axis_style(colour(INK))
            .label_style(letters.clone())
            .y_label_formatter(&|share| format!("{} %", crate::math::round_to(share * 100.0, 1)))
            .draw()?;
        let mut labels: Vec<(i32, usize, usize)> = Vec::new();
        for mark in self.marks.iter().filter(|mark| (first..=last).contains(&mark.day)) {
            let x = day(mark.day);
            let ends = [(x, 0.0), (x, top)];
            chart.draw_series(DashedLineSeries::new(ends, 3, 3, colour(MIDDLE).stroke_width(1)))?;
            let (at, _) = chart.backend_coord(&(x, top));
            match labels.last_mut() {
                Some((before, _, number)) if at - *before < CLOSE => *number = mark.number,
                _ => labels.push((at, mark.number, mark.number)),
            }
        }
        for (at, from, to) in labels {
            let number = ("sans-serif", LETTERS - 2).into_font().color(&colour(INK)).pos(centred());
            let words = if from == to { from.to_string() } else { format!("{from}–{to}") };
            root.draw(&Text::new(words, (at, ABOVE), number))?;
        }
        if let Some(resolved) = self.resolved_within(first, last) {
            let x = day(resolved.day);
            chart.draw_series(LineSeries::new([(x, 0.0), (x, top)], colour(INK).stroke_width(1)))?;
            let (at, below) = chart.backend_coord(&(x, top));
            let beside = if at > WIDTH as i32 / 2 { (HPos::Right, -BESIDE) } else { (HPos::Left, BESIDE) };
            let place = Pos::new(beside.0, VPos::Top);
            let words = ("sans-serif", LETTERS - 2).into_font().color(&colour(INK)).pos(place);
            root.draw(&Text::new(format!("resolved: {}", resolved.answer), (at + beside.1, below + BESIDE), words))?;
        }
        for (at, (line, number)) in self.coloured().into_iter().enumerate() {
            let ink = colour(COLOURS.get(number - 1).copied().unwrap_or(BLUE));
            let place = |(date, share): &(Date, f64)| (day(*date), *share);
            if line.is_rings() {
                chart.draw_series(line.points.iter().map(|point| Circle::new(place(point), 4, ink.stroke_width(2))))?;
                continue;
            }
            chart.draw_series(LineSeries::new(corners(line, day), ink.stroke_width(2)))?;
            let is_ringed = self.lines.get(at + 1).is_some_and(Line::is_rings);
            if line.points.len() <= 40 && !is_ringed {
                chart.draw_series(line.points.iter().map(|point| Circle::new(place(point), 2, ink.filled())))?;
            }
        }
        for (x, words) in ticks(first, last) {
            let (at, below) = chart.backend_coord(&(x, 0.0));
            root.draw(&Text::new(words, (at, below + 15), letters.clone().pos(centred())))?;
        }
        root.present()
    }
}

fn centred() -> Pos {
    Pos::new(HPos::Center, VPos::Center)
}

/// A colour of six hexadecimal digits.
fn colour(hexadecimal: &str) -> RGBColor {
    let channel = |at: usize| u8::from_str_radix(&hexadecimal[at..at + 2], 16).unwrap_or(0);
    RGBColor(channel(1), channel(3), channel(5))
}

/// The points of a line, with the corners of one whose values stand.
fn corners(line: &Line, day: impl Fn(Date) -> f64) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::with_capacity(2 * line.points.len());
    for (date, share) in &line.points {
        if let Some((_, before)) = points.last().copied()
            && line.drawn == Drawn::Stands
        {
            points.push((day(*date), before));
        }
        points.push((day(*date), *share));
    }
    points
}

/// The end of an axis of chances that holds them all: small chances have a picture of their own size.
fn ceiling(shares: impl Iterator<Item = f64>) -> f64 {
    let largest = shares.fold(0.0, f64::max);
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5].into_iter().find(|top| largest <= 0.95 * top).unwrap_or(1.0)
}

/// At most five days along the axis, whole steps apart, with their words.
fn ticks(first: Date, last: Date) -> Vec<(f64, String)> {
    let length = (last - first).get_days();
    let step = [1, 2, 7, 14, 28, 56, 91, 182, 365].into_iter().find(|step| length / step <= 4);
    let step = step.unwrap_or((length / 4).max(1));
    let far = length > 300;
    (0..=length / step)
        .filter_map(|at| {
            let day = first.checked_add(jiff::Span::new().try_days(at * step).ok()?).ok()?;
            let words = day.strftime(if far { "%b %Y" } else { "%-d %b" }).to_string();
            Some((f64::from(at * step), words))
        })
        .collect()
}

/// The drawing as part of a page: as wide as there is room, named for those who do not see it, its colours in the letters that the page's style looks for.
fn tidied(svg: &str, alt: &str) -> String {
    let opening = svg.find('>').map_or(0, |at| at + 1);
    let mut body = String::with_capacity(svg.len());
    for part in svg[opening..].split_inclusive('"') {
        // Colours are the only attributes that begin with a hash.
        body.push_str(&if part.starts_with('#') { part.to_ascii_lowercase() } else { part.to_owned() });
    }
    let alt = crate::calibrate::svg::escaped(alt);
    format!(r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{alt}">{body}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curves() -> Curves {
        let day = |month, day| jiff::civil::date(2025, month, day);
        Curves {
            id: "meet".to_owned(),
            ask: "Do \"they\" meet <soon>?".to_owned(),
            lines: vec![Line {
                name: "foretell".to_owned(),
                drawn: Drawn::Stands,
                points: vec![(day(8, 19), 0.202), (day(8, 26), 0.089), (day(9, 30), 0.06)],
            }],
            marks: vec![Mark { number: 1, day: day(8, 22) }, Mark { number: 2, day: day(12, 1) }],
            resolved: None,
        }
    }

    #[test]
    fn what_was_recorded_is_ringed_and_a_resolution_has_its_day() {
        let day = |month, day| jiff::civil::date(2025, month, day);
        let mut both = curves();
        both.lines[0].drawn = Drawn::Straight;
        let recorded =
            Line { name: "said".to_owned(), drawn: Drawn::Rings, points: vec![(day(8, 26), 0.1), (day(9, 2), 0.07)] };
        let other = Line { name: "crowd".to_owned(), drawn: Drawn::Stands, points: vec![(day(8, 26), 0.12)] };
        both.lines.extend([recorded, other]);
        assert_eq!([0, 1, 2].map(|at| both.colour_of(at)), [1, 1, 2]);
        let svg = both.picture().expect("it is drawn").expect("there are days");
        // Two rings, and the dot of the one value that somebody else's line has; none on the line with the rings.
        assert_eq!((svg.matches("r=\"4\"").count(), svg.matches("r=\"2\"").count()), (2, 1), "{svg}");
        assert!(!svg.contains("resolved"));
        both.resolved = Some(Resolved { day: day(9, 9), answer: "no".to_owned() });
        let svg = both.picture().expect("it is drawn").expect("there are days");
        assert!(svg.contains("By the record it resolved on 2025-09-09: no.") && svg.contains("resolved: no"), "{svg}");
        both.resolved = Some(Resolved { day: day(10, 9), answer: "no".to_owned() });
        let svg = both.picture().expect("it is drawn").expect("there are days");
        assert!(!svg.contains("resolved: no"), "it lies after the last day");
    }

    #[test]
    fn a_picture_shows_its_line_its_days_and_the_marks_within_them() {
        let svg = curves().picture().expect("it is drawn").expect("there are days");
        assert!(svg.starts_with("<svg viewBox=") && svg.ends_with("</svg>\n"));
        let alone = svg.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1);
        let tree = roxmltree::Document::parse(&alone).expect("XML");
        let words: Vec<&str> = tree.descendants().filter_map(|node| node.text()).map(str::trim).collect();
        for expected in ["1", "19 Aug", "16 Sep", "0 %", "20 %"] {
            assert!(words.contains(&expected), "{expected}: {words:?}");
        }
        assert!(!words.contains(&"2"), "the second mark lies after the last day");
        let mut close = curves();
        close.marks =
            (1..4).map(|number| Mark { number, day: jiff::civil::date(2025, 8, 21 + number as i8) }).collect();
        assert!(close.picture().expect("it is drawn").expect("there are days").contains("1–3"));
        assert!(svg.contains(BLUE) && !svg.contains(&BLUE.to_ascii_uppercase()));
        assert!(svg.contains("moves from 20 % on 2025-08-19 to 6 % on 2025-09-30"), "{svg}");
        assert_eq!(svg, curves().picture().expect("again").expect("the same"));
    }

    #[test]
    fn one_day_is_no_curve() {
        let mut one = curves();
        one.lines[0].points.truncate(1);
        assert_eq!(one.picture().expect("nothing fails"), None);
    }

    #[test]
    fn a_value_that_stands_has_corners() {
        let line = &curves().lines[0];
        let day = |date: Date| f64::from((date - jiff::civil::date(2025, 8, 19)).get_days());
        let expected = [(0.0, 0.202), (7.0, 0.202), (7.0, 0.089), (42.0, 0.089), (42.0, 0.06)];
        assert_eq!(corners(line, day), expected);
        assert_eq!(
            (ceiling([0.004].into_iter()), ceiling([0.3, 0.97].into_iter()), ceiling([].into_iter())),
            (0.01, 1.0, 0.01)
        );
    }
}

//! The chances of a run as one picture: a line for each question, with where doubt about the inputs leaves it.

use super::wording::in_brackets;
use crate::calibrate::svg::{BAND, BLUE, GRID, disc, escaped, line, opening, shortened, text};
use crate::forecast::Forecast;
use crate::report::run::{QuestionReport, RunReport};
use std::fmt::Write as _;

/// Width of the picture.
const WIDTH: f64 = 760.0;
/// Where the scale begins and ends.
const SCALE: (f64, f64) = (380.0, 680.0);
/// Height of a line.
const LINE: f64 = 24.0;
/// What stands above the lines.
const ABOVE: f64 = 104.0;
/// Letters of a name.
const LETTERS: usize = 48;
/// Letters of the heading.
const HEADING: usize = 76;

/// A line of the picture.
struct Chance {
    name: String,
    ask: String,
    probability: f64,
    doubt: Option<(f64, f64)>,
}

/// Every yes/no question and every option of the others with its chance, 90 % of where doubt about the inputs leaves it as a band, as SVG; nothing
/// where no question has a chance.
#[must_use]
pub fn chances_picture(report: &RunReport) -> Option<String> {
    let chances: Vec<Chance> = report.questions.iter().flat_map(of_question).collect();
    if chances.is_empty() {
        return None;
    }
    let bottom = ABOVE + LINE * chances.len() as f64;
    let mut svg = opening(WIDTH, bottom + 12.0, &format!("{}: chances as of {}", report.scenario, report.as_of));
    let x = |share: f64| SCALE.0 + share * (SCALE.1 - SCALE.0);
    heading(&mut svg, report, chances.iter().any(|chance| chance.doubt.is_some()));
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        line(&mut svg, (x(tick), ABOVE), (x(tick), bottom), &format!(r#"stroke="{GRID}""#));
        text(&mut svg, x(tick), ABOVE - 10.0, "middle", r#" font-size="13""#, &format!("{:.0} %", tick * 100.0));
    }
    for (at, chance) in chances.iter().enumerate() {
        let y = ABOVE + LINE * (at as f64 + 0.5);
        svg.push_str("<g>");
        let told = chance.doubt.map_or_else(String::new, |(low, high)| {
            format!("; doubt about the inputs, 90 %: {} to {}", in_brackets(low), in_brackets(high))
        });
        let told = format!("{} {}{told}", chance.ask, in_brackets(chance.probability));
        // A string takes everything.
        let _ = write!(svg, "<title>{}</title>", escaped(&told));
        text(&mut svg, SCALE.0 - 12.0, y + 4.5, "end", r#" font-size="13""#, &shortened(&chance.name, LETTERS));
        if let Some((low, high)) = chance.doubt {
            let band = format!(r#"stroke="{BAND}" stroke-width="10""#);
            line(&mut svg, (x(low), y), (x(high).max(x(low) + 1.0), y), &band);
        }
        disc(&mut svg, x(chance.probability), y, 4.5, &format!(r#"fill="{BLUE}""#));
        text(&mut svg, WIDTH - 6.0, y + 4.5, "end", r#" font-size="13""#, &in_brackets(chance.probability));
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

/// What the picture is of, and what its marks are.
fn heading(svg: &mut String, report: &RunReport, has_doubt: bool) {
    let small = r#" font-size="13""#;
    text(svg, 12.0, 24.0, "start", r#" font-weight="bold""#, &shortened(&report.scenario, HEADING));
    disc(svg, 17.0, 45.0, 4.5, &format!(r#"fill="{BLUE}""#));
    text(svg, 28.0, 49.5, "start", small, &format!("chance as of {}", report.as_of));
    if has_doubt {
        line(svg, (220.0, 45.0), (250.0, 45.0), &format!(r#"stroke="{BAND}" stroke-width="10""#));
        text(svg, 258.0, 49.5, "start", small, "where doubt about the inputs leaves it in 90 of 100 cases");
    }
    text(svg, f64::midpoint(SCALE.0, SCALE.1), 76.0, "middle", small, "chance");
}

fn of_question(question: &QuestionReport) -> Vec<Chance> {
    let chance = |at: usize, name: String, probability: f64| Chance {
        name,
        ask: question.ask.clone(),
        probability,
        doubt: question.figures.doubt_of(at),
    };
    match &question.figures.forecast {
        Some(Forecast::Binary { probability }) => vec![chance(0, question.id.clone(), *probability)],
        Some(Forecast::Categorical { options, probabilities }) => {
            let all = options.iter().zip(probabilities).enumerate();
            all.map(|(at, (option, probability))| chance(at, format!("{}: {option}", question.id), *probability))
                .collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;
    use crate::plan::{self, Situation};
    use crate::report::run::{Run, report};
    use crate::scenario;
    use crate::simulate::{Settings, simulate};
    use crate::source::Source;

    fn of(text: &str) -> RunReport {
        let source = Source::new("a.toml", text);
        let (model, _) = model::check(&scenario::parse(&source).0);
        let model = model.expect("a scenario without errors has a model");
        let situation = Situation::of_file(&model);
        let plan = plan::compile(&model, &situation);
        let settings = Settings { worlds: 50_000, ..Settings::default() };
        let tally = simulate(&plan, &settings, &|_| ()).expect("nothing is known");
        report(Run { model: &model, hash: "", situation: &situation, plan: &plan, settings: &settings, tally: &tally })
    }

    const SCENARIO: &str = "title = \"A & B\"\nas_of = 2026-01-01\nhorizon = 2026-12-31\n\n[event.deal]\nchance = \"6 of 20\"\n\n\
        [event.order]\none_of = [\"talks\", \"war\"]\nchance = \"25%, 75%\"\n";
    const QUESTIONS: &str = "\n[question.deal]\nask = \"Is there a <deal>?\"\nholds = \"deal\"\ncloses = 2026-12-31\nresolves = \"by the papers\"\n\n\
        [question.order]\nask = \"What comes first?\"\nwhich = \"order\"\ncloses = 2026-12-31\nresolves = \"by the papers\"\n";

    #[test]
    fn each_chance_has_a_line_with_its_doubt_and_its_figure() {
        let report = of(&format!("{SCENARIO}{QUESTIONS}"));
        let svg = chances_picture(&report).expect("three chances");
        let parsed = roxmltree::Document::parse(&svg).expect("the picture is XML");
        let count = |name: &str| parsed.descendants().filter(|node| node.has_tag_name(name)).count();
        // One disc more is that of the key.
        assert_eq!((count("circle"), count("g")), (4, 3));
        let words =
            |text: &str| parsed.descendants().any(|node| node.has_tag_name("text") && node.text() == Some(text));
        assert!(words("A & B") && words("chance as of 2026-01-01") && words("chance"), "{svg}");
        assert!(words("where doubt about the inputs leaves it in 90 of 100 cases"), "{svg}");
        assert!(svg.contains("order: talks") && svg.contains("Is there a &lt;deal&gt;?"), "{svg}");
        // 6 of 20 is Beta(6.5, 14.5), whose mean is 6.5/21; six standard errors of 50,000 worlds.
        let centre: f64 = parsed
            .descendants()
            .find(|node| node.has_tag_name("circle") && node.parent().is_some_and(|group| group.has_tag_name("g")))
            .and_then(|node| node.attribute("cx"))
            .and_then(|x| x.parse().ok())
            .expect("a place");
        let share = (centre - SCALE.0) / (SCALE.1 - SCALE.0);
        assert!((share - 6.5 / 21.0).abs() < 6.0 * 0.0021, "{share}");
        assert_eq!(chances_picture(&of(SCENARIO)), None, "events alone are no questions");
    }
}

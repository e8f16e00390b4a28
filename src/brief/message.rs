//! A brief as Markdown, short enough for a comment on a change: the bottom line, what moved and by what, every question in words.

use super::Brief;
use super::moved::Changes;
use super::page::{finely, points};
use super::wording::in_brackets;
use crate::diagnostic::counted;
use crate::report::plain;
use std::fmt::Write as _;

impl Brief {
    /// As Markdown: what moved stands first, since that is what a reviewer asks.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text =
            format!("## {}\n\nAs of {}, {} {}.\n", plain(&self.title), self.as_of, "words of", self.lexicon.name);
        for warning in &self.warnings {
            let _ = write!(text, "\n> **Warning:** {}\n", plain(warning));
        }
        for paragraph in &self.judgement {
            let _ = write!(text, "\n{}\n", plain(paragraph));
        }
        if !self.bottom_line.is_empty() {
            text.push_str("\n### Bottom line\n\n");
            self.bottom_line.iter().for_each(|line| {
                let _ = writeln!(text, "- {}", plain(line));
            });
        }
        if let Some(changes) = &self.changes {
            let between = changes.between.strip_prefix("From ").unwrap_or(&changes.between);
            let _ = write!(text, "\n### What moved from {}\n\n", plain(between));
            moves_in(&mut text, changes);
        }
        self.say_why_no(&mut text, "changes", "What moved");
        if let Some(stories) = &self.stories {
            text.push_str("\n### Stories\n\n");
            for remark in &stories.remarks {
                let _ = write!(text, "> **Warning:** {}\n\n", plain(remark));
            }
            for story in &stories.stories {
                let share = format!("**{}**{}", in_brackets(story.share), error(story.standard_error));
                let _ = writeln!(text, "- {share} {}", plain(&story.words));
            }
        }
        self.say_why_no(&mut text, "stories", "Stories");
        for group in &self.questions {
            let title = match group.tag.as_str() {
                "" if self.questions.len() == 1 => String::new(),
                "" => ": other".to_owned(),
                tag => format!(": {}", plain(tag)),
            };
            let _ = write!(
                text,
                "\n### Questions{title}\n\n| question | forecast | ± points | doubt 90 % |\n|---|---|--:|---|\n"
            );
            for question in &group.questions {
                for (at, line) in question.lines.iter().enumerate() {
                    let unheard = question.unheard.as_ref().filter(|_| at == 0);
                    let unheard = unheard.map_or_else(String::new, |told| format!(" **{}**", plain(told)));
                    let ask = format!("{}{unheard}", plain(&line.asked(&question.ask)));
                    let doubt = line.doubt_text().unwrap_or_default();
                    let error = line.standard_error.as_ref().map_or_else(String::new, points);
                    let _ = writeln!(text, "| {ask} | {} | {error} | {doubt} |", plain(&line.sentence()));
                }
            }
        }
        if !self.questions.is_empty() {
            let _ = write!(text, "\n{}\n", self.of_blank_doubt());
        }
        if !self.closed.is_empty() {
            text.push_str("\n### Closed\n\n| question | answer |\n|---|---|\n");
            for question in &self.closed {
                let answer = question.outcome.as_deref().unwrap_or("not known here");
                let _ = writeln!(text, "| {} | {} |", plain(&question.ask), plain(answer));
            }
        }
        if let Some(drivers) = &self.drivers {
            let _ = write!(
                text,
                "\n### What it hangs on\n\nFor: {} (with all inputs at their means {})\n\n\
                 | input | at its 5 % | at its 95 % | points | ± s.e. |\n|---|--:|--:|--:|--:|\n",
                plain(&drivers.target),
                finely(&drivers.at_means)
            );
            for row in &drivers.rows {
                let (low, high) = row.at;
                let _ = writeln!(
                    text,
                    "| {} | {} | {} | {:+.1} | {} |",
                    plain(&row.what),
                    finely(&low),
                    finely(&high),
                    100.0 * (high - low),
                    points(&row.standard_error)
                );
            }
            if drivers.others > 0 {
                let _ = write!(text, "\nBy less, or not seen to: {}.\n", counted(drivers.others, "input"));
            }
        }
        self.say_why_no(&mut text, "drivers", "What it hangs on");
        if let Some(watch) = &self.watch {
            let _ = write!(text, "\n### What to watch\n\nFor: {}\n\n", plain(&watch.target));
            for remark in &watch.remarks {
                let _ = write!(text, "> **Warning:** {}\n\n", plain(remark));
            }
            let unit = match watch.mean_in.as_deref() {
                None => " points".to_owned(),
                Some("") => String::new(),
                Some(unit) => format!(" {}", plain(unit)),
            };
            for row in &watch.rows {
                let when = row.when.as_ref().map_or_else(String::new, |when| format!(" (by {when})"));
                let error = Some(watch.error_of(row)).filter(|_| row.standard_error > 0.0);
                let error = error.map_or_else(String::new, |error| format!(" ± {error}"));
                let expected = format!("{}{unit}{error}", watch.moves_by(row));
                let _ = writeln!(text, "- {}{when}, {expected} in the mean: {}", plain(&row.what), plain(&row.moves));
            }
            if watch.others > 0 {
                let _ = write!(text, "\nBy less: {}.\n", counted(watch.others, "finding"));
            }
        }
        self.say_why_no(&mut text, "watch", "What to watch");
        text.push_str("\n### Coherent or not\n\n");
        for line in &self.coherence {
            let _ = writeln!(text, "- {}", plain(line));
        }
        self.record_in(&mut text);
        self.say_why_no(&mut text, "record", "The record");
        text.push_str("\n### Method\n\n");
        for (what, how) in &self.method {
            let _ = writeln!(text, "- {}: {}", plain(what), plain(how));
        }
        text
    }

    /// How forecasts of the past turned out, if that is known.
    fn record_in(&self, text: &mut String) {
        let Some(record) = &self.record else { return };
        let _ = write!(
            text,
            "\n### The record\n\n{}\n\n\
             | forecaster | questions | clusters | Brier score (lower is better) | ± s.e. | said | came true |\n\
             |---|--:|--:|--:|--:|--:|--:|\n",
            plain(&record.what)
        );
        for row in &record.rows {
            let error = row.standard_error.map_or_else(String::new, |error| format!("{error:.4}"));
            let (stated, observed) = row
                .stated_and_observed
                .map_or_else(Default::default, |(stated, observed)| (in_brackets(stated), in_brackets(observed)));
            let _ = writeln!(
                text,
                "| {} | {} | {} | {:.4} | {error} | {stated} | {observed} |",
                plain(&row.forecaster),
                row.questions,
                row.clusters,
                row.brier
            );
        }
        for remark in &record.remarks {
            let _ = write!(text, "\n{}\n", plain(remark));
        }
    }

    /// A section that has nothing to say, with the reason.
    fn say_why_no(&self, text: &mut String, section: &str, title: &str) {
        if let Some(why) = self.why_no(section) {
            let _ = write!(text, "\n### {title}\n\n{}\n", plain(why));
        }
    }
}

/// The error of a share behind it, in percentage points; nothing where there is none.
fn error(standard_error: f64) -> String {
    if standard_error > 0.0 { format!(" ± {}", points(&standard_error)) } else { String::new() }
}

/// What moved and by what, and what is to be said beside it.
fn moves_in(text: &mut String, changes: &Changes) {
    if !changes.moved.is_empty() {
        text.push_str("| question | before | now | moved | ± s.e. | because |\n|---|--:|--:|--:|--:|---|\n");
    }
    for one in &changes.moved {
        let because: Vec<String> =
            one.because.iter().map(|cause| format!("{} ({})", plain(&cause.what), one.effect_of(cause))).collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            plain(&one.ask),
            plain(&one.before()),
            plain(&one.now()),
            plain(&one.moved()),
            one.error().unwrap_or_default(),
            because.join("; ")
        );
    }
    let remarks = changes.remarks().join(" ");
    if remarks.is_empty() {
        return;
    }
    if !changes.moved.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(text, "{}", plain(&remarks));
}

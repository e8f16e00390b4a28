//! Words for chances: a lexicon gives each band of probability its words, in one row or in two that must not be mixed.

use crate::error::Error;
use crate::forecast::tidy::parse_probability;
use serde::{Deserialize, Serialize};

/// A band of probability and its words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Lower end of the band, from 0 to 1.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// One expression for each row of the lexicon; the first is used in sentences.
    pub words: Vec<String>,
}

/// Words for chances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lexicon {
    /// What it is called.
    pub name: String,
    /// Where it is laid down.
    #[serde(default)]
    pub source: String,
    /// From the lowest band to the highest. Bands may leave gaps and share ends; one that is read from a file reaches from 0 to 1.
    pub terms: Vec<Term>,
}

/// What a chance is called.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wording<'a> {
    /// It lies in this band.
    Within(&'a Term),
    /// It lies in a gap between two bands.
    Between(&'a Term, &'a Term),
    /// It lies below the lowest band.
    Below(&'a Term),
    /// It lies above the highest.
    Above(&'a Term),
}

/// The two that everybody knows; others are read from files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownLexicon {
    /// Intelligence Community Directive 203.
    Icd203,
    /// The probability yardstick of the United Kingdom.
    Uk,
}

/// How a lexicon of one's own is written.
const FORM: &str = "it is TOML: name = \"Ours\", then for each band, from the lowest to the highest, [[terms]] with from = 0.2, to = 0.45 (or \"20%\", \"45%\") \
    and words = [\"unlikely\"] of its own";

/// A lexicon as people write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    #[serde(default)]
    source: String,
    terms: Vec<WrittenTerm>,
}

/// A band as people write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTerm {
    from: End,
    to: End,
    words: Vec<String>,
}

/// An end of a band: `0.55` or `"55 %"`.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "an end of a band must be a chance, such as 0.55 or \"55%\"")]
enum End {
    Number(f64),
    Text(String),
}

impl End {
    fn read(&self, lexicon: &str) -> Result<f64, Error> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Text(text) => parse_probability(text)
                .map_err(|why| Error::input(format!("the lexicon `{lexicon}` cannot be used: {why}")).help(FORM)),
        }
    }
}

impl Written {
    fn read(self) -> Result<Lexicon, Error> {
        let mut terms = Vec::with_capacity(self.terms.len());
        for term in self.terms {
            terms.push(Term { from: term.from.read(&self.name)?, to: term.to.read(&self.name)?, words: term.words });
        }
        Ok(Lexicon { name: self.name, source: self.source, terms })
    }
}

const ICD203: [(f64, f64, &[&str]); 7] = [
    (0.0, 0.05, &["almost no chance", "remote"]),
    (0.05, 0.20, &["very unlikely", "highly improbable"]),
    (0.20, 0.45, &["unlikely", "improbable"]),
    (0.45, 0.55, &["roughly even chance", "roughly even odds"]),
    (0.55, 0.80, &["likely", "probable"]),
    (0.80, 0.95, &["very likely", "highly probable"]),
    (0.95, 1.0, &["almost certain", "nearly certain"]),
];

const UK: [(f64, f64, &[&str]); 7] = [
    (0.0, 0.05, &["remote chance"]),
    (0.10, 0.20, &["highly unlikely"]),
    (0.25, 0.35, &["unlikely"]),
    (0.40, 0.50, &["realistic possibility"]),
    (0.55, 0.75, &["likely", "probable"]),
    (0.80, 0.90, &["highly likely"]),
    (0.95, 1.0, &["almost certain"]),
];

impl Lexicon {
    /// One of the known lexicons.
    ///
    /// ```
    /// use foretell::brief::{KnownLexicon, Lexicon};
    ///
    /// let icd = Lexicon::known(KnownLexicon::Icd203);
    /// assert_eq!(icd.say(0.087), "very unlikely");
    /// let uk = Lexicon::known(KnownLexicon::Uk);
    /// assert_eq!(uk.say(0.087), "between remote chance and highly unlikely");
    /// ```
    ///
    /// ICD 203, Analytic Standards (2 January 2015), D.6.e(2)(a), whose outermost bands start at 1 % and end at 99 % and are drawn out here to 0 and 100 %; Professional
    /// Head of Intelligence Assessment, Probability Yardstick, whose bands leave gaps.
    #[must_use]
    pub fn known(which: KnownLexicon) -> Self {
        let (name, source, terms): (_, _, &[(f64, f64, &[&str])]) = match which {
            KnownLexicon::Icd203 => {
                ("ICD 203", "Intelligence Community Directive 203, Analytic Standards (2015)", &ICD203)
            }
            KnownLexicon::Uk => {
                ("UK yardstick", "Professional Head of Intelligence Assessment, Probability Yardstick (2019)", &UK)
            }
        };
        let term = |(from, to, words): &(f64, f64, &[&str])| Term {
            from: *from,
            to: *to,
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        };
        Self { name: name.to_owned(), source: source.to_owned(), terms: terms.iter().map(term).collect() }
    }

    /// Reads a lexicon of one's own, written in TOML: `name`, `source`, and `[[terms]]` with `from`, `to` (`0.2` or `"20%"`) and `words`.
    ///
    /// # Errors
    /// If it cannot be read, has no terms, or its bands overlap, run backwards, leave 0 to 1 or do not reach its ends.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let written: Written = toml::from_str(text).map_err(|problem| {
            let line =
                problem.span().and_then(|span| text.get(..span.start)).map(|before| 1 + before.matches('\n').count());
            let place = line.map_or_else(String::new, |line| format!(" at its line {line}"));
            Error::input(format!("the lexicon cannot be read{place}: {}", problem.message().trim_end())).help(FORM)
        })?;
        let lexicon = written.read()?;
        let wrong =
            |why: String| Err(Error::input(format!("the lexicon `{}` cannot be used: {why}", lexicon.name)).help(FORM));
        if lexicon.terms.is_empty() {
            return wrong("it has no terms".to_owned());
        }
        for term in &lexicon.terms {
            let called = term.words.first().map_or("", String::as_str);
            if term.words.iter().any(|word| word.trim().is_empty()) || term.words.is_empty() {
                return wrong(format!("the band from {} to {} has no words", term.from, term.to));
            }
            let inside = |end: f64| (0.0..=1.0).contains(&end);
            if !(inside(term.from) && inside(term.to) && term.from < term.to) {
                return wrong(format!(
                    "`{called}` must run upwards between 0 and 1, but is {} to {}",
                    term.from, term.to
                ));
            }
        }
        for pair in lexicon.terms.windows(2) {
            if pair[1].from < pair[0].to {
                let (low, high) = (&pair[0].words[0], &pair[1].words[0]);
                return wrong(format!("`{high}` starts at {} before `{low}` ends at {}", pair[1].from, pair[0].to));
            }
        }
        let (first, last) = (&lexicon.terms[0], &lexicon.terms[lexicon.terms.len() - 1]);
        let outside = match (first.from > 0.0, last.to < 1.0) {
            (false, false) => None,
            (true, false) => Some(format!("below {}", first.from)),
            (false, true) => Some(format!("above {}", last.to)),
            (true, true) => Some(format!("below {} and above {}", first.from, last.to)),
        };
        if let Some(outside) = outside {
            return Err(Error::input(format!("the lexicon `{}` has no words for chances {outside}", lexicon.name))
                .help("let its first band start at 0 and its last one end at 1; between bands there may be gaps"));
        }
        let mut all: Vec<String> =
            lexicon.terms.iter().flat_map(|term| &term.words).map(|word| word.to_lowercase()).collect();
        all.sort();
        if let Some([twice, _]) = all.array_windows().find(|[one, next]| one == next) {
            return wrong(format!("`{twice}` stands for two bands"));
        }
        Ok(lexicon)
    }

    /// What a probability is called. On the border of two bands the one nearer to even odds is meant.
    ///
    /// # Panics
    /// If there are no terms, which no lexicon has that was read.
    #[must_use]
    pub fn wording(&self, probability: f64) -> Wording<'_> {
        let within = |term: &&Term| (term.from..=term.to).contains(&probability);
        let inner = if probability < 0.5 { self.terms.iter().rfind(within) } else { self.terms.iter().find(within) };
        if let Some(term) = inner {
            return Wording::Within(term);
        }
        let above = self.terms.iter().position(|term| term.from > probability);
        match above {
            Some(0) => Wording::Below(&self.terms[0]),
            Some(at) => Wording::Between(&self.terms[at - 1], &self.terms[at]),
            None => Wording::Above(&self.terms[self.terms.len() - 1]),
        }
    }

    /// The words for a probability, of the first row.
    #[must_use]
    pub fn say(&self, probability: f64) -> String {
        match self.wording(probability) {
            Wording::Within(term) => term.words[0].clone(),
            Wording::Between(low, high) => format!("between {} and {}", low.words[0], high.words[0]),
            Wording::Below(lowest) => format!("below {}", lowest.words[0]),
            Wording::Above(highest) => format!("above {}", highest.words[0]),
        }
    }

    /// The place of a probability among the terms: 0, 1, …; half-way between where it lies in a gap, and half a step beyond the first or the last where it lies outside of all.
    #[must_use]
    pub fn place(&self, probability: f64) -> f64 {
        let of = |term: &Term| self.terms.iter().position(|one| one == term).unwrap_or(0) as f64;
        match self.wording(probability) {
            Wording::Within(term) => of(term),
            Wording::Between(low, _) => of(low) + 0.5,
            Wording::Below(lowest) => of(lowest) - 0.5,
            Wording::Above(highest) => of(highest) + 0.5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directives_bands_have_the_directives_words() {
        // ICD 203 (2015), the table of D.6.e(2)(a): the middle of each band and the borders between them.
        let icd = Lexicon::known(KnownLexicon::Icd203);
        let middles = [0.03, 0.125, 0.3, 0.5, 0.7, 0.9, 0.97];
        let words = [
            "almost no chance",
            "very unlikely",
            "unlikely",
            "roughly even chance",
            "likely",
            "very likely",
            "almost certain",
        ];
        for (chance, word) in middles.into_iter().zip(words) {
            assert_eq!(icd.say(chance), word);
        }
        assert_eq!((icd.say(0.05), icd.say(0.95)), ("very unlikely".to_owned(), "very likely".to_owned()));
        assert_eq!((icd.say(0.0), icd.say(1.0)), ("almost no chance".to_owned(), "almost certain".to_owned()));
    }

    #[test]
    fn the_yardsticks_gaps_are_said_to_be_gaps() {
        let uk = Lexicon::known(KnownLexicon::Uk);
        assert_eq!(uk.say(0.22), "between highly unlikely and unlikely");
        assert_eq!(uk.say(0.45), "realistic possibility");
        assert_eq!(uk.say(0.52), "between realistic possibility and likely");
        assert_eq!((uk.place(0.03), uk.place(0.07), uk.place(0.15)), (0.0, 0.5, 1.0));
    }

    #[test]
    fn every_probability_has_words() {
        for which in [KnownLexicon::Icd203, KnownLexicon::Uk] {
            let lexicon = Lexicon::known(which);
            let mut last = 0.0;
            for at in 0..=1000 {
                let place = lexicon.place(f64::from(at) / 1000.0);
                assert!(place >= last, "{at}");
                last = place;
            }
            assert_eq!(last, 6.0);
        }
    }

    #[test]
    fn what_lies_outside_of_all_bands_is_not_called_by_the_nearest() {
        let term = Term { from: 0.4, to: 0.5, words: vec!["middling".to_owned()] };
        let middle = Lexicon { name: "middle".to_owned(), source: String::new(), terms: vec![term] };
        assert_eq!(
            [0.37, 0.45, 0.66].map(|chance| middle.say(chance)),
            ["below middling", "middling", "above middling"]
        );
        assert_eq!([0.37, 0.45, 0.66].map(|chance| middle.place(chance)), [-0.5, 0.0, 0.5]);
    }

    #[test]
    fn a_lexicon_of_ones_own_is_read_and_a_crooked_one_refused() {
        let own = "name = \"Ours\"\n[[terms]]\nfrom = 0.0\nto = 0.3\nwords = [\"no\"]\n[[terms]]\nfrom = 0.3\nto = 1.0\nwords = [\"yes\"]\n";
        assert_eq!(Lexicon::from_toml(own).expect("a lexicon").say(0.29), "no");
        let percent =
            own.replace("to = 0.3", "to = '30 %'").replace("from = 0.3", "from = \"30%\"").replace("1.0", "1");
        assert_eq!(Lexicon::from_toml(&percent).expect("a lexicon"), Lexicon::from_toml(own).expect("a lexicon"));
        for (bad, why) in [
            (own.replace("to = 0.3", "to = '30'"), "write 30 percent as `30%`"),
            (own.replace("to = 0.3", "to = = 0.3"), "cannot be read at its line 4"),
            (own.replace("to = 0.3", "to = true"), "an end of a band must be a chance"),
            (own.replace("from = 0.3", "from = 0.2"), "`yes` starts at 0.2 before `no` ends at 0.3"),
            (own.replace("\"yes\"", "\"No\""), "`no` stands for two bands"),
            (own.replace("to = 1.0", "to = 1.5"), "must run upwards between 0 and 1"),
            ("name = \"x\"\nterms = []\n".to_owned(), "it has no terms"),
            (own.replace("words = [\"no\"]", "words = []"), "has no words"),
            (own.replace("name", "nome"), "unknown field `nome`"),
            (own.replace("from = 0.0", "from = 0.01"), "`Ours` has no words for chances below 0.01"),
            (own.replace("to = 1.0", "to = 0.99"), "has no words for chances above 0.99"),
            (own.replace("from = 0.0", "from = 0.1").replace("to = 1.0", "to = 0.9"), "below 0.1 and above 0.9"),
        ] {
            let problem = Lexicon::from_toml(&bad).expect_err(why);
            assert!(problem.to_string().contains(why) && problem.way_out().is_some(), "{problem}");
        }
    }
}

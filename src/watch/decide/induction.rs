//! Backward induction: from what each choice is worth under each pattern of knowledge to the best policy.

/// What each choice is worth, and how likely it is, together with each pattern of what is learned.
///
/// Before decision `k` one of `learned[k]` things is learned, then one of `options[k]` options is chosen. `worth[c * patterns + p]` is the
/// expectation of the utility where pattern `p` occurs, under choice `c` (not divided by the probability of the pattern), and `chance` that
/// probability; later decisions and what is learned later count fastest in `c` and `p`.
#[derive(Debug, Clone, PartialEq)]
pub struct Payoffs {
    /// How many options each decision has.
    pub options: Vec<usize>,
    /// How many things can be learned right before each decision.
    pub learned: Vec<usize>,
    /// `E[U 1{p}]`.
    pub worth: Vec<f64>,
    /// `P(p)`.
    pub chance: Vec<f64>,
}

/// The best that can be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// The expected utility of the best policy.
    pub value: f64,
    /// For each decision, what to do after each history that the policy can come to: what was learned so far, the probability of that, the worth of
    /// each option there (times the probability), and the best option.
    pub rules: Vec<Vec<Choice>>,
}

/// What to do after one history.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What was learned before each decision up to this one.
    pub learned: Vec<usize>,
    /// What was chosen before.
    pub chosen: Vec<usize>,
    /// How likely the history is under the policy.
    pub chance: f64,
    /// What each option is worth, times that probability.
    pub worth: Vec<f64>,
    /// The best; the first of several that are as good.
    pub best: usize,
}

/// The first of the largest values; what differs by rounding is as large.
fn largest(values: &[f64]) -> usize {
    let mut best = 0;
    for (at, value) in values.iter().enumerate().skip(1) {
        let scale = value.abs().max(values[best].abs());
        if *value > values[best] + 1e-12 * scale {
            best = at;
        }
    }
    best
}

impl Payoffs {
    /// All zeros.
    #[must_use]
    pub fn empty(options: Vec<usize>, learned: Vec<usize>) -> Self {
        let cells = options.iter().product::<usize>() * learned.iter().product::<usize>();
        Self { options, learned, worth: vec![0.0; cells], chance: vec![0.0; cells] }
    }

    /// How many patterns there are.
    #[must_use]
    pub fn patterns(&self) -> usize {
        self.learned.iter().product()
    }

    /// How many choices there are.
    #[must_use]
    pub fn choices(&self) -> usize {
        self.options.iter().product()
    }

    /// The options of a choice by its number.
    #[must_use]
    pub fn choice(&self, mut number: usize) -> Vec<usize> {
        let mut options = vec![0; self.options.len()];
        for (option, count) in options.iter_mut().zip(&self.options).rev() {
            *option = number % count;
            number /= count;
        }
        options
    }

    /// What each choice is worth if nothing is learned.
    #[must_use]
    pub fn unconditional(&self) -> Vec<f64> {
        self.worth.chunks(self.patterns().max(1)).map(|worth| worth.iter().sum()).collect()
    }

    /// The same with nothing learned.
    #[must_use]
    pub fn uninformed(&self) -> Self {
        let chance = self.chance.chunks(self.patterns().max(1)).map(|chance| chance.iter().sum()).collect();
        Self {
            options: self.options.clone(),
            learned: vec![1; self.learned.len()],
            worth: self.unconditional(),
            chance,
        }
    }

    /// The best policy, by backward induction.
    ///
    /// ```
    /// use foretell::watch::decide::Payoffs;
    /// // Take or leave an umbrella; a forecast says sunny, cloudy or rainy. E[U 1{forecast}] for each.
    /// let payoffs = Payoffs {
    ///     options: vec![2],
    ///     learned: vec![3],
    ///     worth: vec![12.95, 8.05, 14.0, 49.0, 14.0, 7.0],
    ///     chance: vec![0.535, 0.215, 0.25, 0.535, 0.215, 0.25],
    /// };
    /// assert_eq!(payoffs.solve().value, 77.0);
    /// ```
    #[must_use]
    pub fn solve(&self) -> Solution {
        let mut rules = vec![Vec::new(); self.options.len()];
        let value = self.value(0, 0, 0);
        self.follow(&mut Vec::new(), &mut Vec::new(), (0, 0), &mut rules);
        Solution { value, rules }
    }

    /// What the rest is worth after a history, given by its numbers among the choices and patterns of the decisions so far.
    fn value(&self, at: usize, choice: usize, pattern: usize) -> f64 {
        if at == self.options.len() {
            return self.worth[choice * self.patterns() + pattern];
        }
        (0..self.learned[at])
            .map(|learned| {
                let worth = self.worths(at, choice, pattern * self.learned[at] + learned);
                worth[largest(&worth)]
            })
            .sum()
    }

    /// What each option of a decision is worth, all later ones taken for the best.
    fn worths(&self, at: usize, choice: usize, pattern: usize) -> Vec<f64> {
        (0..self.options[at]).map(|option| self.value(at + 1, choice * self.options[at] + option, pattern)).collect()
    }

    /// How likely a history is: the same whatever is chosen later.
    fn likely(&self, at: usize, choice: usize, pattern: usize) -> f64 {
        let later: usize = self.options[at..].iter().product();
        let rest: usize = self.learned[at + 1..].iter().product();
        let start = choice * later * self.patterns() + pattern * rest;
        self.chance[start..start + rest].iter().sum()
    }

    fn follow(
        &self,
        learned: &mut Vec<usize>,
        chosen: &mut Vec<usize>,
        (choice, pattern): (usize, usize),
        rules: &mut [Vec<Choice>],
    ) {
        let at = chosen.len();
        if at == self.options.len() {
            return;
        }
        for now in 0..self.learned[at] {
            let pattern = pattern * self.learned[at] + now;
            let chance = self.likely(at, choice, pattern);
            if chance <= 0.0 {
                continue;
            }
            let worth = self.worths(at, choice, pattern);
            let best = largest(&worth);
            learned.push(now);
            rules[at].push(Choice { learned: learned.clone(), chosen: chosen.clone(), chance, worth, best });
            chosen.push(best);
            self.follow(learned, chosen, (choice * self.options[at] + best, pattern), rules);
            chosen.pop();
            learned.pop();
        }
    }

    /// What each option of a decision is worth after a history, times how likely that is, and that probability.
    #[must_use]
    pub fn after(&self, history: &Choice) -> (Vec<f64>, f64) {
        let at = history.chosen.len();
        let number = |places: &[usize], counts: &[usize]| {
            places.iter().zip(counts).fold(0, |all, (place, count)| all * count + place)
        };
        let choice = number(&history.chosen, &self.options);
        let pattern = number(&history.learned, &self.learned);
        (self.worths(at, choice, pattern), self.likely(at, choice, pattern))
    }

    /// What the best policy of these payoffs is worth under others of the same shape, such as those of other worlds.
    #[must_use]
    pub fn judged_by(&self, others: &Self) -> f64 {
        self.judge(others, 0, 0, 0)
    }

    fn judge(&self, others: &Self, at: usize, choice: usize, pattern: usize) -> f64 {
        if at == self.options.len() {
            return others.worth[choice * self.patterns() + pattern];
        }
        (0..self.learned[at])
            .map(|learned| {
                let pattern = pattern * self.learned[at] + learned;
                let best = largest(&self.worths(at, choice, pattern));
                self.judge(others, at + 1, choice * self.options[at] + best, pattern)
            })
            .sum()
    }
}

//! A plan together with the one that draws its posterior, if there is one.

use crate::plan::Plan;

/// What is simulated: a plan and, where everything that is known and what it depends on is discrete, the plan that draws the posterior.
/// Made by [`exact::conditioned`](crate::exact::conditioned); a plan by itself will do.
#[derive(Debug, Clone)]
pub struct Conditioned<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) posterior: Option<Posterior>,
}

/// How worlds are drawn from the posterior.
#[derive(Debug, Clone)]
pub(crate) struct Posterior {
    /// The same columns, streams and asks, and more: what is known depends on is drawn given it. What the steps say is known is set, and
    /// changes no weights.
    pub(crate) plan: Plan,
    /// The probability of everything known, or its density.
    pub(crate) evidence: f64,
}

impl<'a> Conditioned<'a> {
    pub(crate) fn new(plan: &'a Plan, posterior: Option<Posterior>) -> Self {
        Self { plan, posterior }
    }

    /// Whether worlds can be drawn from the posterior.
    #[must_use]
    pub fn is_posterior(&self) -> bool {
        self.posterior.is_some()
    }
}

impl<'a> From<&'a Plan> for Conditioned<'a> {
    fn from(plan: &'a Plan) -> Self {
        Self { plan, posterior: None }
    }
}

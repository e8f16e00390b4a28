//! Which recipes made which of the pooled forecasts.

use serde::Serialize;

/// A recipe that made some of the pooled forecasts.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Used {
    /// The recipe, or the pool of quantiles.
    pub recipe: String,
    /// Its share, the rest being the plain mean.
    pub blend: f64,
    /// How many forecasts it made.
    pub forecasts: usize,
}

/// The recipes by which forecasts were made, in the order in which each comes first, and of each forecast the place of its own among them. Each forecast
/// comes with its recipe and the share of that.
pub(super) fn made_by(forecasts: impl Iterator<Item = (String, f64)>) -> (Vec<Used>, Vec<usize>) {
    let mut used: Vec<Used> = Vec::new();
    let mut places = Vec::new();
    for (recipe, blend) in forecasts {
        let known = used.iter().position(|of| of.recipe == recipe && of.blend.to_bits() == blend.to_bits());
        let place = known.unwrap_or_else(|| {
            used.push(Used { recipe, blend, forecasts: 0 });
            used.len() - 1
        });
        used[place].forecasts += 1;
        places.push(place);
    }
    (used, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_forecast_has_the_place_of_its_recipe_and_shares_tell_recipes_apart() {
        let made = [("mean", 1.0), ("stacking", 0.3), ("mean", 1.0), ("stacking", 1.0), ("stacking", 0.3)];
        let (used, places) = made_by(made.into_iter().map(|(recipe, blend)| (recipe.to_owned(), blend)));
        assert_eq!(places, [0, 1, 0, 2, 1]);
        let counts: Vec<(&str, f64, usize)> =
            used.iter().map(|of| (of.recipe.as_str(), of.blend, of.forecasts)).collect();
        assert_eq!(counts, [("mean", 1.0, 2), ("stacking", 0.3, 2), ("stacking", 1.0, 1)]);
    }
}

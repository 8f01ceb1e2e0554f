//! How are rates of few persons made comparable?

use super::SpatialError;

/// Rates as deviations from the overall rate, in standard deviations that grow where few persons
/// stand behind a rate.
///
/// Shape: one number an area; NaN where events or persons are missing. It keeps the rates of small
/// areas, which are large by chance, from making clusters.
///
/// # Errors
///
/// [`SpatialError::NoPopulation`] where persons at risk are 0 or fewer.
///
/// Source: Assunção and Reis (1999), *A new proposal to adjust Moran's I for population density*,
/// Statistics in Medicine 18. Where their variance would be negative, that of a Poisson count is
/// taken, as in PySAL.
pub fn empirical_bayes(events: &[f64], persons: &[f64]) -> Result<Vec<f64>, SpatialError> {
    let is_known = |at: usize| events[at].is_finite() && persons[at].is_finite();
    let known: Vec<usize> = (0..events.len()).filter(|&at| is_known(at)).collect();
    let wrong: Vec<usize> = known.iter().copied().filter(|&at| persons[at] <= 0.0).collect();
    if let Some(first) = wrong.first() {
        return Err(SpatialError::NoPopulation { n: wrong.len(), row: first + 1 });
    }
    let total = |of: &[f64]| known.iter().map(|&at| of[at]).sum::<f64>();
    let (all_events, all_persons) = (total(events), total(persons));
    let mean = all_events / all_persons;
    let square = |at: &usize| persons[*at] * (events[*at] / persons[*at] - mean).powi(2);
    let spread = known.iter().map(square).sum::<f64>() / all_persons;
    let between = spread - mean / (all_persons / known.len() as f64);
    let mut standardised = vec![f64::NAN; events.len()];
    for at in known {
        let by_chance = mean / persons[at];
        let variance = if between + by_chance < 0.0 { by_chance } else { between + by_chance };
        standardised[at] = (events[at] / persons[at] - mean) / variance.sqrt();
    }
    Ok(standardised)
}

//! Money as an integer of minor units; cents were once read as dollars.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An amount in the minor unit of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Currency {
    /// Retell bills in US dollars.
    #[serde(rename = "USD")]
    Usd,
}

impl Money {
    /// Retell's `combined_cost`: US cents as a float. Fractions are rounded half away from zero; what no amount can be
    /// (not a number, beyond ten million dollars) gives nothing.
    pub fn from_cents(cents: f64) -> Option<Self> {
        if !cents.is_finite() || cents.abs() > 1e9 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "bounded just above")]
        let minor = cents.round() as i64;
        Some(Self { minor, currency: Currency::Usd })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lesson_19_cents_stay_cents() {
        let cents = |value| Money::from_cents(value).map(|money| money.minor);
        assert_eq!(cents(2.8), Some(3));
        assert_eq!(cents(0.5), Some(1));
        assert_eq!(cents(70.0), Some(70));
        assert_eq!(cents(f64::NAN), None);
        assert_eq!(cents(1e12), None);
    }
}

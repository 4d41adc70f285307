//! Shares of a number's calls: thousandths here, fractions of 1 at Retell, where they must sum up to 1.

/// A whole, in thousandths.
const WHOLE: u32 = 1000;

/// Fractions that sum up to exactly 1, added in order as floating-point numbers are. Nothing where a share is 0 or all of
/// them are not a whole; nobody at all is fine.
pub(super) fn fractions(shares: &[u32]) -> Option<Vec<f64>> {
    let sum: u64 = shares.iter().map(|share| u64::from(*share)).sum();
    if shares.contains(&0) || (sum != u64::from(WHOLE) && !shares.is_empty()) {
        return None;
    }
    let mut fractions: Vec<f64> = shares.iter().map(|share| f64::from(*share) / f64::from(WHOLE)).collect();
    if let Some((last, others)) = fractions.split_last_mut() {
        let others: f64 = others.iter().sum();
        // Most decimals have no exact binary form; what rounding leaves over goes to the last.
        if (others + *last - 1.0).abs() > 0.0 {
            *last = 1.0 - others;
        }
    }
    Some(fractions)
}

/// Thousandths that sum up to a whole: each is what the rounded running sum grows by. A fraction too small for one is 0.
pub(super) fn thousandths(fractions: &[f64]) -> Vec<u32> {
    let sum: f64 = fractions.iter().sum();
    let (mut running, mut given) = (0.0, 0);
    let share = |fraction: &f64| {
        running += fraction;
        let reached = rounded(running / sum * f64::from(WHOLE));
        let share = reached.saturating_sub(given);
        given = given.max(reached);
        share
    };
    fractions.iter().map(share).collect()
}

/// To the nearest whole number; what is none becomes 0.
fn rounded(thousandths: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 1000, and casts saturate")]
    let whole = thousandths.round().clamp(0.0, f64::from(WHOLE)) as u32;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "the sum must be 1 and not about 1")]
    fn what_is_sent_sums_up_to_exactly_one_and_comes_back_as_it_was() {
        let thirds = [vec![333, 333, 334], vec![334, 333, 333], vec![1, 332, 333, 334]];
        let tenths = [vec![100; 10], vec![700, 100, 200], vec![1; 1000], vec![1000], vec![999, 1], vec![1, 999]];
        for shares in thirds.into_iter().chain(tenths).chain((2..999).map(|share| vec![share, 1, 999 - share])) {
            let fractions = fractions(&shares).unwrap();
            let mut sum = 0.0;
            for fraction in &fractions {
                sum += fraction;
            }
            assert_eq!(sum, 1.0, "{shares:?} as {fractions:?}");
            assert!(fractions.iter().all(|fraction| *fraction > 0.0 && *fraction <= 1.0), "{fractions:?}");
            assert_eq!(thousandths(&fractions), shares);
        }
        assert_eq!(fractions(&[700, 300]), Some(vec![0.7, 0.3]), "decimals as somebody would write them");
    }

    #[test]
    fn shares_that_are_no_whole_are_not_sent() {
        for shares in [vec![999], vec![500, 501], vec![1000, 0], vec![u32::MAX, 1001], vec![0]] {
            assert_eq!(fractions(&shares), None, "{shares:?}");
        }
        assert_eq!(fractions(&[]), Some(vec![]));
    }

    #[test]
    fn whatever_comes_sums_up_to_a_whole() {
        let table = [
            (vec![1.0 / 3.0; 3], vec![333, 334, 333]),
            (vec![0.5, 0.25, 0.25], vec![500, 250, 250]),
            (vec![0.9999, 0.0001], vec![1000, 0]),
            (vec![0.2, 0.2], vec![500, 500]),
            (vec![], vec![]),
            (vec![0.0], vec![0]),
            (vec![f64::NAN], vec![0]),
        ];
        for (fractions, shares) in table {
            assert_eq!(thousandths(&fractions), shares, "{fractions:?}");
        }
    }
}

//! What becomes of a call, by chance; each version of the agent's prompt has its own luck.

use rand::RngExt;
use rand::rngs::StdRng;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plot {
    /// Booked while the caller is on the line.
    Books,
    /// Booked from what the call was found to have said.
    BooksAfterwards,
    /// Said to be booked, and the time was gone.
    Broken,
    /// The calendar said no.
    Fails,
    NoTimeFits,
    Price,
    Undecided,
    HangsUp,
    Asks,
    Cancels,
    WantsPerson,
    Voicemail,
}

impl Plot {
    pub fn draw(dice: &mut StdRng, version: usize) -> Self {
        let booked = BOOKED.get(version).copied().unwrap_or_default();
        let mut left = dice.random_range(0..100);
        for (plot, share) in [(Self::Books, booked), (Self::BooksAfterwards, 8)].into_iter().chain(OTHERS) {
            if left < share {
                return plot;
            }
            left = (left - share) % 100;
        }
        Self::Asks
    }

    pub fn leads_to_a_callback(self) -> bool {
        matches!(self, Self::Broken | Self::Fails | Self::WantsPerson)
    }

    /// For a booking.
    pub fn asks(self) -> bool {
        matches!(self, Self::Books | Self::BooksAfterwards | Self::Broken | Self::Fails)
    }
}

/// Of a hundred calls, by version.
const BOOKED: [u32; 6] = [32, 35, 33, 39, 43, 46];

const OTHERS: [(Plot, u32); 9] = [
    (Plot::Broken, 1),
    (Plot::Fails, 4),
    (Plot::NoTimeFits, 9),
    (Plot::Price, 3),
    (Plot::Undecided, 6),
    (Plot::HangsUp, 4),
    (Plot::Cancels, 5),
    (Plot::WantsPerson, 4),
    (Plot::Voicemail, 3),
];

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn later_versions_book_more_and_every_plot_comes_about() {
        let mut dice = StdRng::seed_from_u64(1);
        let mut count = |version, wanted: Plot| (0..2_000).filter(|_| Plot::draw(&mut dice, version) == wanted).count();
        assert!(count(0, Plot::Books) < count(5, Plot::Books));
        for (plot, _) in OTHERS {
            assert!(count(3, plot) > 0, "{plot:?}");
        }
        assert!(count(0, Plot::Asks) > 0);
    }
}

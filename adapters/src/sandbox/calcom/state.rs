//! Everything the stand-in knows, behind one lock that is never held across an await.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use super::{
    super::{
        Clock, Faults, RateLimit,
        wire::{Limiter, Tally},
    },
    books::Books,
    directory::Directory,
    outbox::Outbox,
    reservations::Reservations,
    webhooks::Webhook,
};

/// How Cal.com answers where it is known to answer in more than one way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quirks {
    pub unique_violation: UniqueViolation,
    /// A taken time of a team event type is answered with a bare 500 in place of the sentence.
    pub team_conflict_is_500: bool,
}

/// The answer to the loser of a race for one identical interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UniqueViolation {
    /// One of the two below, by the seed.
    #[default]
    Either,
    /// `{"statusCode":409,"message":"booking_conflict_error"}`
    Conflict409,
    /// 400, "An error occurred while querying the database."
    Database400,
}

pub(in super::super) struct Front {
    pub(super) clock: Clock,
    pub(super) faults: Faults,
    pub(super) tally: Tally,
    state: Mutex<State>,
    settings: Mutex<Settings>,
}

#[derive(Clone, Copy)]
pub(super) struct Settings {
    pub(super) limit: RateLimit,
    pub(super) race_gap: Duration,
    pub(super) quirks: Quirks,
}

pub(super) struct State {
    pub(super) directory: Directory,
    pub(super) books: Books,
    pub(super) reservations: Reservations,
    pub(super) webhooks: Vec<Webhook>,
    pub(super) outbox: Outbox,
    pub(super) meetings_told_until: Timestamp,
    pub(super) limiter: Limiter,
    pub(super) dice: Dice,
}

impl Front {
    pub(super) fn new(clock: Clock, seed: u64) -> Self {
        let minute = Duration::from_mins(1);
        let limit = RateLimit { requests: 120, window: minute, block: minute };
        let state = State {
            directory: Directory::default(),
            books: Books::default(),
            reservations: Reservations::default(),
            webhooks: Vec::new(),
            outbox: Outbox::new(),
            meetings_told_until: clock(),
            limiter: Limiter::default(),
            dice: Dice { random: StdRng::seed_from_u64(seed), last_id: 1000 },
        };
        Self {
            clock,
            faults: Faults::new(),
            tally: Tally::default(),
            state: Mutex::new(state),
            settings: Mutex::new(Settings { limit, race_gap: Duration::ZERO, quirks: Quirks::default() }),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Between check and insert: others may come first here.
    pub(super) async fn race_gap(&self) {
        let gap = self.settings().race_gap;
        if gap.is_zero() {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(gap).await;
        }
    }
}

/// Ids and every other random choice, fixed by the seed.
pub(super) struct Dice {
    random: StdRng,
    last_id: u64,
}

impl Dice {
    pub(super) fn id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn uuid(&mut self) -> Uuid {
        uuid::Builder::from_random_bytes(self.random.random()).into_uuid()
    }

    /// As Cal.com's: a UUID in 22 digits of base 58.
    pub(super) fn uid(&mut self) -> String {
        const DIGITS: &[u8; 58] = b"123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
        let mut number = self.uuid().as_u128();
        let mut digits = Vec::with_capacity(22);
        for _ in 0..22 {
            let digit = usize::try_from(number % 58).ok().and_then(|digit| DIGITS.get(digit));
            digits.push(char::from(*digit.unwrap_or(&b'1')));
            number /= 58;
        }
        digits.iter().rev().collect()
    }

    pub(super) fn key(&mut self) -> String {
        format!("cal_live_{}", self.uuid().simple())
    }

    pub(super) fn coin(&mut self) -> bool {
        self.random.random()
    }
}

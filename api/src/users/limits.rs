//! How often somebody may try to sign in: by the address they come from, and by the account that they try. Each node counts
//! for itself.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// A whole office may stand behind one address.
const BY_ADDRESS: u32 = 60;
const BY_ACCOUNT: u32 = 10;
/// Places that are remembered; beyond it the oldest windows are given up.
const AT_MOST: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Place {
    Address(IpAddr),
    /// A hash of the account's address.
    Account(String),
}

type Tries = HashMap<Place, (Timestamp, u32)>;

#[derive(Default)]
pub struct Limits {
    tries: Mutex<Tries>,
}

impl Limits {
    /// Counts one try from an address alone; the seconds to wait where there have been too many.
    pub fn address_once(&self, from: Option<IpAddr>, now: Timestamp) -> Result<(), u32> {
        let mut tries = self.tries(now);
        from.map_or(Ok(()), |from| one_more(&mut tries, Place::Address(from), BY_ADDRESS, now))
    }

    /// Counts one try; the seconds to wait where there have been too many.
    pub fn try_once(&self, from: Option<IpAddr>, account: &str, now: Timestamp) -> Result<(), u32> {
        let mut tries = self.tries(now);
        let address = from.map(|from| (Place::Address(from), BY_ADDRESS));
        let account = (Place::Account(crate::http::auth::hash(account)), BY_ACCOUNT);
        address.into_iter().chain([account]).try_for_each(|(place, most)| one_more(&mut tries, place, most, now))
    }

    /// What is remembered, with room for one more.
    fn tries(&self, now: Timestamp) -> MutexGuard<'_, Tries> {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= AT_MOST {
            tries.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
        }
        if tries.len() >= AT_MOST {
            tries.clear();
        }
        tries
    }

    /// Whoever came in is not held back by the tries before.
    pub fn succeeded(&self, account: &str) {
        let place = Place::Account(crate::http::auth::hash(account));
        self.tries.lock().unwrap_or_else(PoisonError::into_inner).remove(&place);
    }
}

fn one_more(tries: &mut Tries, place: Place, most: u32, now: Timestamp) -> Result<(), u32> {
    let (since, count) = tries.entry(place).or_insert((now, 0));
    if now.duration_since(*since) >= WINDOW {
        (*since, *count) = (now, 0);
    }
    if *count >= most {
        let left = WINDOW.as_secs() - now.duration_since(*since).as_secs();
        return Err(u32::try_from(left.max(1)).unwrap_or(u32::MAX));
    }
    *count += 1;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_750_000_000 + second).unwrap()
    }

    #[test]
    fn an_account_is_tried_ten_times_in_a_quarter_of_an_hour() {
        let limits = Limits::default();
        for _ in 0..10 {
            assert_eq!(limits.try_once(None, "max@example.com", at(0)), Ok(()));
        }
        assert_eq!(limits.try_once(None, "max@example.com", at(60)), Err(840));
        assert_eq!(limits.try_once(None, "eva@example.com", at(60)), Ok(()));
        assert_eq!(limits.try_once(None, "max@example.com", at(900)), Ok(()));
    }

    #[test]
    fn an_address_tries_only_so_many_accounts() {
        let (limits, from) = (Limits::default(), "192.0.2.7".parse().ok());
        for number in 0..BY_ADDRESS {
            assert_eq!(limits.try_once(from, &number.to_string(), at(0)), Ok(()));
        }
        assert!(limits.try_once(from, "another", at(0)).is_err());
        assert_eq!(limits.try_once("192.0.2.8".parse().ok(), "another", at(0)), Ok(()));
    }

    #[test]
    fn an_address_alone_tries_only_so_often() {
        let (limits, from) = (Limits::default(), "192.0.2.7".parse().ok());
        for _ in 0..BY_ADDRESS {
            assert_eq!(limits.address_once(from, at(0)), Ok(()));
        }
        assert_eq!((limits.address_once(from, at(60)), limits.address_once(None, at(60))), (Err(840), Ok(())));
    }

    #[test]
    fn coming_in_clears_the_account() {
        let limits = Limits::default();
        for _ in 0..30 {
            assert_eq!(limits.try_once(None, "max@example.com", at(0)), Ok(()));
            limits.succeeded("max@example.com");
        }
    }
}

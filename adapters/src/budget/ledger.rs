//! A purse as a database keeps it: which tokens were drawn when, what others use the same key for, and what the provider
//! has said. Whoever draws has the row to himself meanwhile.

use super::{BudgetError, Draw, Drawn, News, Rate, Seen};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Drawn tokens are remembered by the slice of the window in which they were drawn.
const SLICES: i32 = 60;
/// Of a limit that a provider names, one part in so many is never used: requests do not arrive as they were sent.
const HEADROOM: u32 = 12;
/// What is drawn ahead of its use leaves this part of what is free to others.
const PLENTY: u32 = 4;

/// Times are microseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ledger {
    /// Tokens by the end of the slice in which they were drawn. A purse that refills while it empties would let nearly
    /// twice the limit through in one of the provider's windows; this never does.
    drawn: BTreeMap<i64, u32>,
    /// What somebody outside of this installation uses of the same limit.
    others: Option<Others>,
    /// As the provider named it last.
    limit: Option<u32>,
    blocked_until: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Others {
    tokens: u32,
    until: i64,
}

impl Ledger {
    /// Draws from a stored purse; absent: one that was never drawn from. Gives what is to be stored.
    pub(crate) fn draw_stored(stored: Option<&str>, draw: &Draw) -> Result<(String, Drawn), BudgetError> {
        let unreadable = |error: serde_json::Error| BudgetError(error.to_string());
        let mut ledger = stored.map_or_else(|| Ok(Self::default()), serde_json::from_str).map_err(unreadable)?;
        let drawn = ledger.draw(draw);
        Ok((serde_json::to_string(&ledger).map_err(unreadable)?, drawn))
    }

    pub(crate) fn draw(&mut self, draw: &Draw) -> Drawn {
        let now = draw.now.as_microsecond();
        self.forget(now, draw.rate);
        self.hear(&draw.news, draw.rate);
        self.forget(now, draw.rate);
        let limit = self.limit(draw.rate);
        let left = if self.blocked_until.is_some() { 0 } else { limit.saturating_sub(self.taken()) };
        let places = limit.saturating_sub(scaled(draw.kept, limit, draw.rate.requests)).max(1);
        let free = left.min(places.saturating_sub(self.taken()));
        let wished = draw.wish.min(free);
        let tokens = wished + draw.spare.min((free - wished) / PLENTY);
        if tokens > 0 {
            *self.drawn.entry(slice_end(draw.now, draw.rate)).or_default() += tokens;
        }
        let again_at = (wished == 0).then(|| self.free_at(places, draw.rate)).flatten();
        Drawn { tokens, left: left - tokens, limit, again_at }
    }

    /// What the provider named last, less some headroom, else what is assumed.
    fn limit(&self, rate: Rate) -> u32 {
        self.limit.map_or(rate.requests, |named| named - (named / HEADROOM).max(1).min(named)).max(1)
    }

    fn forget(&mut self, now: i64, rate: Rate) {
        let counts = micros(rate.token_counts());
        self.drawn.retain(|end, _| now < end.saturating_add(counts));
        self.others = self.others.filter(|others| now < others.until);
        self.blocked_until = self.blocked_until.filter(|until| now < *until);
    }

    fn hear(&mut self, news: &News, rate: Rate) {
        for (at, tokens) in &news.unused {
            if let Some(drawn) = self.drawn.get_mut(&slice_end(*at, rate)) {
                *drawn = drawn.saturating_sub(*tokens);
            }
        }
        if let Some(seen) = news.seen {
            self.see(seen, rate);
        }
        self.blocked_until = self.blocked_until.max(news.blocked_until.map(Timestamp::as_microsecond));
    }

    /// What the provider has counted and we have not drawn, others have used.
    fn see(&mut self, seen: Seen, rate: Rate) {
        self.limit = seen.limit.or(self.limit);
        let used = self.limit.unwrap_or(rate.requests).saturating_sub(seen.remaining);
        let tokens = used.saturating_sub(self.own());
        self.others = (tokens > 0).then(|| Others { tokens, until: seen.until.as_microsecond() });
    }

    fn own(&self) -> u32 {
        self.drawn.values().sum()
    }

    fn taken(&self) -> u32 {
        self.own().saturating_add(self.others.map_or(0, |others| others.tokens))
    }

    /// When one of so many places becomes free.
    fn free_at(&self, places: u32, rate: Rate) -> Option<Timestamp> {
        let counts = micros(rate.token_counts());
        let mut ends: Vec<_> = self.drawn.iter().map(|(end, tokens)| (end.saturating_add(counts), *tokens)).collect();
        ends.extend(self.others.map(|others| (others.until, others.tokens)));
        ends.sort_unstable();
        let mut taken = self.taken();
        let by_count = ends.into_iter().find_map(|(end, tokens)| {
            taken = taken.saturating_sub(tokens);
            (taken < places).then_some(end)
        });
        let full = self.taken() >= places;
        let at = by_count.filter(|_| full).max(self.blocked_until)?;
        Timestamp::from_microsecond(at).ok()
    }
}

/// The same part of another limit.
fn scaled(part: u32, limit: u32, of: u32) -> u32 {
    let part = u64::from(part) * u64::from(limit) / u64::from(of.max(1));
    u32::try_from(part).unwrap_or(u32::MAX)
}

fn slice_end(at: Timestamp, rate: Rate) -> i64 {
    let slice = micros(rate.window / SLICES).max(1);
    (at.as_microsecond().div_euclid(slice) + 1).saturating_mul(slice)
}

fn micros(span: SignedDuration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: Rate = Rate { requests: 110, window: SignedDuration::from_secs(60) };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_176_000 + seconds).unwrap()
    }

    fn wish(now: Timestamp, wish: u32) -> Draw {
        Draw { now, rate: MINUTE, wish, spare: 0, kept: 0, news: News::default() }
    }

    fn background(now: Timestamp, tokens: u32) -> Draw {
        Draw { kept: 30, ..wish(now, tokens) }
    }

    fn hearing(now: Timestamp, news: News) -> Draw {
        Draw { news, ..wish(now, 0) }
    }

    fn seen(limit: Option<u32>, remaining: u32, until: Timestamp) -> News {
        News { seen: Some(Seen { limit, remaining, until }), ..News::default() }
    }

    #[test]
    fn what_was_drawn_is_free_again_when_the_provider_counts_it_no_more() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.draw(&wish(at(0), 100)).tokens, 100);
        assert_eq!(ledger.draw(&wish(at(30), 100)).tokens, 10);
        let empty = ledger.draw(&wish(at(40), 1));
        // To the end of its second, then a window, the time that a token may be used, and what clocks may differ.
        assert_eq!((empty.tokens, empty.left, empty.again_at), (0, 0, Some(at(66) + SignedDuration::from_millis(500))));
        assert_eq!(ledger.draw(&wish(at(66), 1)).tokens, 0);
        assert_eq!(ledger.draw(&wish(at(67), 200)).tokens, 100);
    }

    #[test]
    fn work_in_the_background_leaves_its_part_to_callers() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.draw(&background(at(0), 100)).tokens, 80);
        assert_eq!(ledger.draw(&background(at(1), 1)).again_at, Some(at(66) + SignedDuration::from_millis(500)));
        let callers = ledger.draw(&wish(at(1), 100));
        assert_eq!((callers.tokens, callers.left, callers.again_at), (30, 0, None));
    }

    #[test]
    fn what_is_drawn_ahead_leaves_most_to_others() {
        let mut ledger = Ledger::default();
        let ahead = |tokens, spare| Draw { spare, ..wish(at(0), tokens) };
        assert_eq!(ledger.draw(&ahead(50, 100)).tokens, 50 + 15);
        assert_eq!(ledger.draw(&ahead(45, 100)).tokens, 45);
    }

    #[test]
    fn what_was_not_used_comes_back() {
        let mut ledger = Ledger::default();
        ledger.draw(&wish(at(0), 110));
        let unused = News { unused: vec![(at(0), 7), (at(-100), 50)], ..News::default() };
        assert_eq!(ledger.draw(&hearing(at(5), unused)).left, 7);
    }

    #[test]
    fn the_provider_names_its_limit() {
        let mut ledger = Ledger::default();
        for (limit, usable) in [(120, 110), (200, 184), (30, 28), (1, 1), (0, 1)] {
            let drawn = ledger.draw(&hearing(at(0), seen(Some(limit), limit, at(60))));
            assert_eq!((drawn.limit, drawn.left), (usable, usable));
        }
        // The part that is kept for callers goes with it.
        ledger.draw(&hearing(at(0), seen(Some(30), 30, at(60))));
        assert_eq!(ledger.draw(&background(at(0), 100)).tokens, 28 - 7);
    }

    #[test]
    fn what_others_use_of_the_key_is_left_to_them() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.draw(&wish(at(0), 20)).tokens, 20);
        // We have sent 20, and the provider has counted 90.
        let drawn = ledger.draw(&hearing(at(1), seen(Some(120), 30, at(30))));
        assert_eq!(drawn.left, 20);
        assert_eq!(ledger.draw(&wish(at(2), 50)).tokens, 20);
        assert_eq!(ledger.draw(&wish(at(2), 50)).again_at, Some(at(30)));
        assert_eq!(ledger.draw(&wish(at(30), 100)).tokens, 70);
        // Without a limit in the headers the one that is assumed counts.
        let drawn = Ledger::default().draw(&hearing(at(0), seen(None, 2, at(20))));
        assert_eq!((drawn.left, drawn.limit), (2, 110));
    }

    #[test]
    fn who_is_blocked_draws_nothing_until_it_is_over() {
        let mut ledger = Ledger::default();
        let blocked = News { blocked_until: Some(at(60)), ..News::default() };
        assert_eq!(ledger.draw(&hearing(at(0), blocked)).left, 0);
        let shorter = News { blocked_until: Some(at(10)), ..News::default() };
        ledger.draw(&hearing(at(1), shorter));
        let drawn = ledger.draw(&wish(at(59), 1));
        assert_eq!((drawn.tokens, drawn.again_at), (0, Some(at(60))));
        assert_eq!(ledger.draw(&wish(at(60), 1)).tokens, 1);
    }

    #[test]
    fn it_is_stored_as_text_and_read_again() {
        let (stored, first) = Ledger::draw_stored(None, &wish(at(0), 100)).unwrap();
        let (_, second) = Ledger::draw_stored(Some(&stored), &wish(at(0), 100)).unwrap();
        assert_eq!((first.tokens, second.tokens), (100, 10));
        assert!(Ledger::draw_stored(Some("[]"), &wish(at(0), 1)).is_err());
    }

    proptest! {
        /// However nodes draw and with clocks half a second apart, tokens that are used as late as they may be never make
        /// more requests in any window than the limit.
        #[test]
        fn no_window_ever_holds_more_than_the_limit(
            draws in prop::collection::vec((0_i64..4_000, -250_i64..250, 0_u32..12, 0_u32..6, 0_u32..3, 0_i64..=5_000), 1..400)
        ) {
            let rate = Rate { requests: 20, ..MINUTE };
            let (mut ledger, mut now) = (Ledger::default(), at(0));
            let mut sent: Vec<Timestamp> = Vec::new();
            for (pause, skew, wish, spare, unused, used_after) in draws {
                now += SignedDuration::from_millis(pause);
                let seen_as = now + SignedDuration::from_millis(skew);
                let draw = |wish, spare, unused: Vec<_>| Draw {
                    now: seen_as, rate, wish, spare, kept: 0, news: News { unused, ..News::default() },
                };
                let got = ledger.draw(&draw(wish, spare, vec![])).tokens;
                let unused = unused.min(got);
                ledger.draw(&draw(0, 0, vec![(seen_as, unused)]));
                let used_at = now + SignedDuration::from_millis(used_after);
                sent.extend((unused..got).map(|_| used_at));
            }
            sent.sort_unstable();
            for window in sent.windows(21) {
                prop_assert!(window[20].duration_since(window[0]) >= rate.window);
            }
        }
    }
}

//! Tokens that this node has drawn, until they are used or lapse, and what it will tell when it draws again.

use super::limiter::Priority;
use crate::budget::{Drawn, News, Rate, Seen};
use jiff::Timestamp;

#[derive(Debug, Clone, Copy)]
struct Lease {
    drawn_at: Timestamp,
    tokens: u32,
    /// Callers may use what was drawn for the background, but not the other way round.
    drawn_for: Priority,
}

#[derive(Debug, Default)]
pub(super) struct Pool {
    leases: Vec<Lease>,
    news: News,
    /// Used since the last draw: so many may follow soon.
    used: u32,
    /// Requests that wait, by priority.
    callers: u32,
    background: u32,
    /// Until then it is not worth asking, by priority.
    no_caller_until: Option<Timestamp>,
    no_background_until: Option<Timestamp>,
    blocked_until: Option<Timestamp>,
    last: Option<(Timestamp, Drawn)>,
}

/// What comes of wanting to send a request now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    Token,
    /// There is none, and there will be none before that time.
    NotBefore(Timestamp),
    /// The budget may have some.
    Draw,
}

impl Pool {
    pub(super) fn take(&mut self, now: Timestamp, rate: Rate, priority: Priority) -> Taken {
        self.forget(now, rate);
        if let Some(until) = self.resting(priority) {
            return Taken::NotBefore(until);
        }
        let fits = |lease: &&mut Lease| priority == Priority::Caller || lease.drawn_for == Priority::Background;
        let Some(lease) = self.leases.iter_mut().find(fits) else { return Taken::Draw };
        lease.tokens -= 1;
        self.used += 1;
        self.leases.retain(|lease| lease.tokens > 0);
        Taken::Token
    }

    /// Until when nothing would be sent for such a request, as far as is known here.
    pub(super) fn resting(&self, priority: Priority) -> Option<Timestamp> {
        let none = match priority {
            Priority::Caller => self.no_caller_until,
            Priority::Background => self.no_background_until.max(self.no_caller_until),
        };
        none.max(self.blocked_until)
    }

    /// Tokens that lapsed are given back.
    pub(super) fn forget(&mut self, now: Timestamp, rate: Rate) {
        let over = |lease: &Lease| lease.drawn_at.saturating_add(rate.token_lasts()).is_ok_and(|at| at <= now);
        let lapsed = self.leases.extract_if(.., |lease| over(lease));
        self.news.unused.extend(lapsed.map(|lease| (lease.drawn_at, lease.tokens)));
        for until in [&mut self.no_caller_until, &mut self.no_background_until, &mut self.blocked_until] {
            *until = until.filter(|until| now < *until);
        }
    }

    /// How many to ask for: those that wait, and those that may follow.
    pub(super) fn wishes(&mut self, priority: Priority) -> (u32, u32, News) {
        let waiting = match priority {
            Priority::Caller => self.callers,
            Priority::Background => self.background,
        };
        (waiting, std::mem::take(&mut self.used), std::mem::take(&mut self.news))
    }

    pub(super) fn fill(&mut self, drawn_at: Timestamp, drawn_for: Priority, drawn: Drawn) {
        if drawn.tokens > 0 {
            self.leases.push(Lease { drawn_at, tokens: drawn.tokens, drawn_for });
        }
        match drawn_for {
            Priority::Caller => self.no_caller_until = drawn.again_at,
            Priority::Background => self.no_background_until = drawn.again_at,
        }
        self.last = Some((drawn_at, drawn));
    }

    /// What could not be told is told the next time. Tokens are not: whether they came back is not known.
    pub(super) fn keep_news(&mut self, untold: &News) {
        self.news.seen = self.news.seen.or(untold.seen);
        self.news.blocked_until = self.news.blocked_until.max(untold.blocked_until);
    }

    /// Takes in what the provider says is left. Where that is little, nothing that was drawn before counts any more.
    pub(super) fn see(&mut self, seen: Seen) {
        self.news.seen = Some(seen);
        if seen.remaining <= self.tokens() {
            self.give_back();
        }
    }

    pub(super) fn block(&mut self, until: Timestamp) {
        self.blocked_until = self.blocked_until.max(Some(until));
        self.news.blocked_until = self.blocked_until;
        self.give_back();
    }

    pub(super) fn waiting(&mut self, priority: Priority) -> &mut u32 {
        match priority {
            Priority::Caller => &mut self.callers,
            Priority::Background => &mut self.background,
        }
    }

    /// How many requests a caller could still send now, as far as is known here.
    pub(super) fn remaining(&self, now: Timestamp, rate: Rate) -> u32 {
        if self.blocked_until.is_some() {
            return 0;
        }
        let recent = self.last.filter(|(at, _)| now.duration_since(*at) < rate.token_counts());
        let limit = self.last.map_or(rate.requests, |(_, drawn)| drawn.limit);
        recent.map_or(limit, |(_, drawn)| drawn.left.saturating_add(self.tokens()))
    }

    fn tokens(&self) -> u32 {
        self.leases.iter().map(|lease| lease.tokens).sum()
    }

    fn give_back(&mut self) {
        let all = std::mem::take(&mut self.leases);
        self.news.unused.extend(all.into_iter().map(|lease| (lease.drawn_at, lease.tokens)));
    }
}

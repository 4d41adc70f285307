//! How everything stands: breakers and remaining requests of the company, and what is still to be done for it; for owners,
//! for all.

use super::super::visit::Visit;
use crate::gauges::{age, word};
use crate::metrics::{Latency, names};
use crate::problem::Problem;
use crate::runners::Standing;
use ringbuch_projections::backlog::Backlog;
use ringbuch_projections::{booking_todo, deliveries};

/// Routes that are listed; those that are asked most.
const ROUTES: usize = 10;

pub struct State {
    pub providers: Vec<Provider>,
    pub waiting: Vec<Waiting>,
    /// Read models that are behind, rest, or could not take something.
    pub behind: Vec<Standing>,
    /// Of the node that answers, since it began.
    pub routes: Vec<Took>,
    pub requests: Vec<Took>,
}

pub struct Provider {
    pub name: &'static str,
    /// `closed`, `half_open` or `open`.
    pub breaker: &'static str,
    /// Requests that may be sent now, where that is known.
    pub remaining: Option<u32>,
}

pub struct Waiting {
    pub text: &'static str,
    pub count: i64,
    pub seconds: u64,
}

pub struct Took {
    pub what: String,
    pub count: u64,
    /// Seconds.
    pub p50: f64,
    pub p95: f64,
}

impl State {
    pub async fn look(visit: &Visit) -> Result<Self, Problem> {
        let (app, rows, now) = (&visit.app, visit.rows(), visit.now());
        let waiting =
            |text, backlog: &Backlog| Waiting { text, count: backlog.count, seconds: age(backlog, now).as_secs() };
        let standings = app.projector.standing().await?;
        let busy = |it: &Standing| it.lag > 0 || it.set_aside > 0 || it.activity != crate::runners::Activity::Following;
        let mut routes = took(&app.metrics.latencies(names::HTTP_REQUEST, &["method", "route"]), &["method", "route"]);
        routes.sort_by_key(|it| std::cmp::Reverse(it.count));
        routes.truncate(ROUTES);
        let requests = app.metrics.latencies(names::PROVIDER_REQUEST, &["provider", "operation"]);
        Ok(Self {
            providers: providers(visit),
            waiting: vec![
                waiting("overview.intake", &deliveries::backlog(rows, visit.part()).await?),
                waiting("overview.booking", &booking_todo::backlog(rows, visit.part()).await?),
            ],
            behind: standings.into_iter().filter(busy).collect(),
            routes,
            requests: took(&requests, &["provider", "operation"]),
        })
    }
}

fn providers(visit: &Visit) -> Vec<Provider> {
    let (app, directory) = (&visit.app, visit.app.directory.known());
    let limits = app.providers.rate_limits_remaining(&directory);
    let mine = app.providers.breakers(&directory).into_iter().filter(|(company, ..)| company == visit.company());
    mine.map(|(company, provider, state)| {
        let limit = limits.iter().find(|(of, to, _)| *of == company && *to == provider);
        let remaining = limit.map(|(.., remaining)| *remaining);
        Provider { name: provider.as_str(), breaker: word(state).as_str(), remaining }
    })
    .collect()
}

fn took(latencies: &[Latency], labels: &[&str]) -> Vec<Took> {
    let name = |it: &Latency| {
        let parts: Vec<&str> = labels.iter().filter_map(|label| it.labels.get(*label).map(String::as_str)).collect();
        parts.join(" ")
    };
    latencies.iter().map(|it| Took { what: name(it), count: it.count, p50: it.p50, p95: it.p95 }).collect()
}

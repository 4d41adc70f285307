//! The budget of requests to a provider: what all nodes send together stays below its limits.

use super::database::Database;
use async_trait::async_trait;
use futures_util::future::join_all;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ringbuch_adapters::budget::{Draw, Drawn, KeyHash, News, Purse, Rate, Seen};
use ringbuch_adapters::calcom::{Api, ApiVersions, Calcom, CalcomOptions, CalcomSettings, CompanySettings};
use ringbuch_adapters::outbound::{Loopback, Outbound, OutboundSettings};
use ringbuch_adapters::provider::Around;
use ringbuch_adapters::sandbox::calcom::NewUser;
use ringbuch_adapters::sandbox::{RateLimit, Sandbox, SandboxOptions};
use ringbuch_adapters::store::Store;
use ringbuch_api::clock::SteppedClock;
use ringbuch_domain::diary::ProviderRef;
use ringbuch_domain::ids::CompanyId;
use ringbuch_domain::ports::{Calendar, CalendarFailure, Clock};
use ringbuch_domain::webhook::Provider;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;

const RATE: Rate = Rate { requests: 110, window: SignedDuration::from_secs(60) };

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_176_000 + seconds).unwrap()
}

fn purse(key: &str, class: &'static str) -> Purse {
    Purse { provider: Provider::Calcom, key: KeyHash::of(key), class }
}

fn wish(now: Timestamp, wish: u32) -> Draw {
    Draw { now, rate: RATE, wish, spare: 0, kept: 0, news: News::default() }
}

async fn drawn(store: &Store, purse: &Purse, draw: Draw) -> Drawn {
    store.budgets.draw(purse, draw).await.unwrap()
}

pub async fn all_nodes_together_draw_no_more_than_the_limit(database: &Database) {
    let stores = [database.store().await, database.store().await, database.store().await];
    let purse = purse("cal_test_1", "all");
    let draws = (0..60).map(|nth| drawn(&stores[nth % 3], &purse, wish(at(0), 3)));
    let got = join_all(draws).await;
    assert_eq!(got.iter().map(|drawn| drawn.tokens).sum::<u32>(), RATE.requests);
    assert_eq!(drawn(&stores[0], &purse, wish(at(60), 1)).await.tokens, 0);
    assert_eq!(drawn(&stores[1], &purse, wish(at(67), 200)).await.tokens, RATE.requests);
}

pub async fn every_key_and_class_has_a_purse_of_its_own(database: &Database) {
    let store = database.store().await;
    let voice = Purse { provider: Provider::Retell, ..purse("cal_test_1", "all") };
    for purse in [purse("cal_test_1", "all"), purse("cal_test_2", "all"), purse("cal_test_1", "lists"), voice] {
        assert_eq!(drawn(&store, &purse, wish(at(0), 200)).await.tokens, RATE.requests, "{purse:?}");
    }
}

pub async fn what_one_node_was_told_holds_for_all(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    let purse = purse("cal_test_1", "all");
    let tells = |now, news| Draw { news, ..wish(now, 0) };
    let seen = Seen { limit: Some(240), remaining: 30, until: at(40) };
    drawn(&here, &purse, tells(at(0), News { seen: Some(seen), ..News::default() })).await;
    // Of 240 a twelfth is headroom, and 210 were used by somebody else.
    let few = drawn(&there, &purse, wish(at(1), 50)).await;
    assert_eq!((few.tokens, few.limit), (10, 220));
    assert_eq!(drawn(&there, &purse, wish(at(41), 50)).await.tokens, 50);

    drawn(&here, &purse, tells(at(42), News { unused: vec![(at(41), 50)], ..News::default() })).await;
    drawn(&here, &purse, tells(at(42), News { blocked_until: Some(at(100)), ..News::default() })).await;
    assert_eq!(drawn(&there, &purse, wish(at(43), 1)).await.again_at, Some(at(100)));
    assert_eq!(drawn(&there, &purse, wish(at(100), 300)).await.tokens, 220, "what was not used came back");
}

struct OneKey {
    base_url: String,
    api_key: SecretString,
}

#[async_trait]
impl CompanySettings for OneKey {
    async fn calcom(&self, _: &CompanyId) -> Option<CalcomSettings> {
        let (base_url, api_key) = (self.base_url.clone(), self.api_key.clone());
        Some(CalcomSettings { base_url, api_key, api: Api::V2, versions: ApiVersions::default() })
    }
}

/// A node's client of the calendar. Nobody waits: what cannot be sent now is not sent.
fn node(store: &Store, clock: Arc<SteppedClock>, keys: OneKey) -> Calcom {
    let settings = OutboundSettings { loopback: Loopback::Allowed, ..OutboundSettings::default() };
    let around = Around { clock, budgets: Arc::clone(&store.budgets), watch: Arc::new(()) };
    let mut options = CalcomOptions { read_total: Duration::from_mins(1), ..CalcomOptions::default() };
    options.limit.caller_waits = Duration::ZERO;
    options.limit.background_waits = Duration::ZERO;
    Calcom::new(Outbound::new(settings).unwrap(), Arc::new(keys), around, options)
}

/// Asks for something that is not there; true where it was sent.
async fn sends(calcom: &Calcom, company: &str) -> bool {
    let nowhere = ProviderRef { uid: "nowhere".to_owned(), number: 1 };
    match calcom.get(&CompanyId::new(company).unwrap(), &nowhere).await {
        Err(CalendarFailure::Refused { .. }) => true,
        Err(CalendarFailure::NotSent { reason, .. }) if reason == "rate_limited" => false,
        met => panic!("{met:?}"),
    }
}

/// Cal.com's own limits: 120 requests in a minute, and a minute's silence for whoever goes beyond.
pub async fn lesson_16_two_nodes_with_one_key_never_go_beyond_its_limit(database: &Database) {
    let clock = Arc::new(SteppedClock::at(at(0)));
    let theirs = Arc::clone(&clock);
    let options = SandboxOptions { clock: Arc::new(move || theirs.now()), seed: 16, calcom_port: 0, retell_port: 0 };
    let sandbox = Sandbox::start(options).await.unwrap();
    let account = sandbox.calcom().add_account(NewUser::new("Max Mustermann", "max", TimeZone::UTC));
    let minute = Duration::from_mins(1);
    sandbox.calcom().set_rate_limit(RateLimit { requests: 120, window: minute, block: minute });
    let keys = || OneKey { base_url: sandbox.calcom_url(), api_key: account.api_key.clone().into() };
    let stores = [database.store().await, database.store().await];
    let nodes = stores.each_ref().map(|store| node(store, Arc::clone(&clock), keys()));
    let (mut callers, mut background) = (0, 0);
    for step in 0..200 {
        // Work in the background always wants more than there is; now and then somebody is on the phone.
        let works = nodes.each_ref().map(Calcom::in_the_background);
        background += count(works.iter().flat_map(|node| (0..4).map(move |_| sends(node, "salon")))).await;
        let calls = if step % 10 == 0 { 2 } else { 0 };
        let sent = count(nodes.iter().flat_map(|node| (0..calls).map(move |_| sends(node, "other")))).await;
        assert_eq!(sent, 2 * calls, "somebody on the phone had to wait at step {step}");
        callers += sent;
        clock.advance(SignedDuration::from_millis(1_300));
    }
    assert_eq!(sandbox.calcom().too_many_sent(), 0);
    // 260 seconds: what callers left of the background's part was used.
    assert!(callers == 80 && background > 200, "{callers} for callers, {background} behind them");
    sandbox.shutdown().await;
}

async fn count(sending: impl Iterator<Item = impl Future<Output = bool>>) -> usize {
    join_all(sending).await.into_iter().filter(|sent| *sent).count()
}

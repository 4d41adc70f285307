//! The rate limits of both providers, on the sandbox's clock.

use std::time::Duration;

use super::super::{Operation, RateLimit};
use super::harness::Town;

pub fn plenty() -> RateLimit {
    RateLimit { requests: 100_000, window: Duration::from_mins(1), block: Duration::from_mins(1) }
}

#[tokio::test]
async fn over_the_limit_a_key_is_blocked() {
    let town = Town::open().await;
    for left in (0..120).rev() {
        let reply = town.get("/v2/me", "").await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("x-ratelimit-remaining-default"), left.to_string());
        assert_eq!(reply.header("x-ratelimit-limit-default"), "120");
    }
    let refused = town.get("/v2/me", "").await;
    assert_eq!((refused.status, &refused.body["error"]["code"]), (429, &"ThrottlerException".into()));
    assert_eq!(refused.header("x-ratelimit-reset-default"), "60");
    assert!(!refused.header("x-request-id").is_empty());
    // Another key has a limit of its own.
    assert_eq!(town.ask("GET", "/v2/me", "", &town.ben.api_key, None).await.status, 200);
    town.pass(Duration::from_secs(59));
    assert_eq!(town.get("/v2/me", "").await.status, 429);
    town.pass(Duration::from_secs(1));
    assert_eq!(town.get("/v2/me", "").await.status, 200);
    assert_eq!(town.calcom.too_many_sent(), 2);
    assert_eq!(town.calcom.requests()[&Operation::GetMe], 124);
}

#[tokio::test]
async fn the_limit_can_be_set() {
    let town = Town::open().await;
    let limit = RateLimit { requests: 1, window: Duration::from_mins(1), block: Duration::from_secs(5) };
    town.calcom.set_rate_limit(limit);
    let mut statuses = Vec::new();
    for _ in 0..2 {
        statuses.push(town.get("/v2/me", "").await.status);
    }
    town.pass(Duration::from_secs(5));
    statuses.push(town.get("/v2/me", "").await.status);
    assert_eq!(statuses, [200, 429, 200]);
}

#[tokio::test]
async fn retell_limits_its_lists_by_account_apart_from_everything_else() {
    let town = Town::open().await;
    let retell = town.retell();
    retell.add_account("Salon", "key_a");
    retell.add_account("Praxis", "key_b");
    let url = town.sandbox.retell_url();
    let list = async |key: &str, path: &str| {
        let request = town.http.post(format!("{url}{path}")).bearer_auth(key).body("{}");
        super::harness::reply(request).await
    };
    for _ in 0..30 {
        assert_eq!(list("key_a", "/v3/list-calls").await.status, 200);
    }
    let refused = list("key_a", "/v3/list-calls").await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.message(), "Account rate limited, please throttle your requests.");
    assert_eq!(list("key_b", "/v3/list-calls").await.status, 200);
    assert_eq!(list("key_a", "/v2/list-agents").await.status, 429, "all lists are one class");
    let key = town.http.get(format!("{url}/get-api-key-info")).bearer_auth("key_a");
    assert_eq!(super::harness::reply(key).await.status, 200);
    town.pass(Duration::from_secs(10));
    assert_eq!(list("key_a", "/v3/list-calls").await.status, 200);
    assert_eq!(retell.too_many_sent(), 2);
}

use super::*;
use crate::testing::{Log, Tenant, projected, time};
use ringbuch_domain::access::{KeyIssued, KeyRevoked};
use ringbuch_domain::ids::derived;

fn issued(tenant: &Tenant, name: &str, expires_at: Option<&str>) -> KeyIssued {
    KeyIssued {
        key: KeyId(derived(&["key", tenant.company.as_str(), name])),
        company: tenant.company.clone(),
        name: name.into(),
        role: Role::Operator,
        hash: format!("hash-of-{name}"),
        scopes: vec!["calls:read".into()],
        expires_at: expires_at.map(time),
        by: "cli".into(),
    }
}

#[tokio::test]
async fn a_key_is_found_by_its_hash_alone() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    log.access(&salon.company, issued(&salon, "first", None));
    let rows = projected(&log).await;
    let key = by_hash(&*rows, "hash-of-first").await.unwrap().unwrap();
    assert_eq!(
        (key.company, key.role, key.scopes.as_slice()),
        (salon.company, Role::Operator, &["calls:read".into()][..])
    );
    assert_eq!(key.issued_at, log.now);
    assert_eq!(by_hash(&*rows, "hash-of-none").await.unwrap(), None);
}

#[tokio::test]
async fn a_key_ends_when_it_expires_or_is_revoked() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    let expiring = issued(&salon, "expiring", Some("2025-07-02T00:00:00Z"));
    let revoked = issued(&salon, "revoked", None);
    let revocation = KeyRevoked { key: revoked.key, company: salon.company.clone(), by: "cli".into() };
    log.access(&salon.company, expiring).access(&salon.company, revoked);
    log.at("2025-07-01T12:00:00Z").access(&salon.company, revocation);
    let rows = projected(&log).await;

    let expiring = by_hash(&*rows, "hash-of-expiring").await.unwrap().unwrap();
    assert!(expiring.is_usable(time("2025-07-01T23:59:59Z")));
    assert!(!expiring.is_usable(time("2025-07-02T00:00:00Z")));
    let revoked = by_hash(&*rows, "hash-of-revoked").await.unwrap().unwrap();
    assert_eq!(revoked.revoked_at, Some(time("2025-07-01T12:00:00Z")));
    assert!(!revoked.is_usable(time("2025-07-01T23:59:59Z")));
}

#[tokio::test]
async fn another_company_cannot_revoke_or_see_a_key() {
    let (salon, praxis) = (Tenant::new("salon", 1), Tenant::new("praxis", 2));
    let mut log = Log::new();
    let own = issued(&salon, "own", None);
    let key = own.key;
    let foreign = KeyRevoked { key, company: praxis.company.clone(), by: "cli".into() };
    log.access(&salon.company, own).access(&praxis.company, foreign);
    let rows = projected(&log).await;
    let (inside, outside) = (Scope::Company(&salon.company), Scope::Company(&praxis.company));
    assert_eq!(find(&*rows, inside, key).await.unwrap().unwrap().revoked_at, None);
    assert_eq!(find(&*rows, outside, key).await.unwrap(), None);
    assert_eq!(list(&*rows, inside).await.unwrap().len(), 1);
    assert!(list(&*rows, outside).await.unwrap().is_empty());
}

#[tokio::test]
async fn no_answer_tells_the_hash() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    log.access(&salon.company, issued(&salon, "first", None));
    let keys = list(&*projected(&log).await, Scope::All).await.unwrap();
    assert!(!serde_json::to_string(&keys).unwrap().contains("hash"));
}

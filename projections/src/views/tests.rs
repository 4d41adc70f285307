use super::*;
use crate::testing::{Log, Tenant, projected, read_models, time};
use std::collections::BTreeSet;

const LONG_AGO: &str = "2020-01-01T00:00:00Z";

#[tokio::test]
async fn every_view_reads_its_columns_from_its_table() {
    let (rows, salon) = (read_models().await, Tenant::new("salon", 1));
    for view in ALL {
        let found = newest(view, &*rows, Scope::Company(&salon.company), time(LONG_AGO), 10).await.unwrap();
        assert!(found.is_empty(), "{}", view.name);
        let names: BTreeSet<_> = view.columns.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), view.columns.len(), "{}", view.name);
    }
}

#[tokio::test]
async fn nothing_of_a_person_and_nothing_of_another_company_is_in_it() {
    let (salon, praxis) = (Tenant::new("salon", 1), Tenant::new("praxis", 2));
    let mut log = Log::new();
    for tenant in [&salon, &praxis] {
        log.webhook(&tenant.delivery("a"), tenant.webhook_received("a", "call_ended"));
        tenant.booked_call(&mut log, "1", "max", "b");
    }
    let rows = projected(&log).await;
    let card = format!("{:?}", salon.card("max"));
    let theirs: Vec<_> = card.split('"').filter(|word| word.len() > 3 && !word.contains("Some(")).collect();
    assert!(!theirs.is_empty(), "{card}");
    let mut told = 0;
    for view in ALL {
        let found = newest(view, &*rows, Scope::Company(&salon.company), time(LONG_AGO), 10).await.unwrap();
        let text = format!("{found:?}");
        told += found.len();
        assert!(!text.contains("praxis"), "{}: {text}", view.name);
        for word in theirs.iter().copied().chain([salon.staff.as_str(), &salon.caller_number()]) {
            assert!(!text.contains(word), "{} tells {word}: {text}", view.name);
        }
        assert!(found.iter().all(|row| row.0.len() == view.columns.len()), "{}", view.name);
    }
    assert!(told >= 2, "calls and appointments are there");
}

#[tokio::test]
async fn only_so_many_of_the_newest_are_read() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    for call in ["1", "2", "3", "4"] {
        tenant_call(&salon, &mut log, call);
    }
    let rows = projected(&log).await;
    let calls = ALL.iter().find(|view| view.name == "calls").unwrap();
    let scope = Scope::Company(&salon.company);
    assert_eq!(newest(calls, &*rows, scope, time(LONG_AGO), 2).await.unwrap().len(), 3);
    assert_eq!(newest(calls, &*rows, scope, time("2030-01-01T00:00:00Z"), 2).await.unwrap().len(), 0);
}

fn tenant_call(tenant: &Tenant, log: &mut Log, call: &str) {
    log.call(&tenant.company, &tenant.call(call), tenant.received(call, "2025-07-01T08:00:00Z"));
}

//! Sessions and links, on every node alike.

use super::database::Database;
use super::write::noon;
use futures_util::future::join_all;
use jiff::SignedDuration;
use ringbuch_adapters::tickets::{Ticket, TicketKind};
use ringbuch_domain::ids::UserId;
use uuid::Uuid;

fn ticket(hash: &str, kind: TicketKind, user: u128) -> Ticket {
    let (hash, user, hour) = (hash.to_owned(), UserId(Uuid::from_u128(user)), SignedDuration::from_hours(1));
    Ticket { hash, kind, user, made_at: noon(), seen_at: noon(), expires_at: noon() + hour }
}

pub async fn a_ticket_is_found_under_its_kind_until_somebody_takes_it(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    let session = ticket("a", TicketKind::Session, 1);
    here.tickets.put(session.clone()).await.unwrap();
    assert_eq!(there.tickets.find(TicketKind::Session, "a").await.unwrap(), Some(session));
    assert_eq!(there.tickets.find(TicketKind::Link, "a").await.unwrap(), None);
    let (later, earlier) = (noon() + SignedDuration::from_mins(9), noon() + SignedDuration::from_mins(5));
    there.tickets.seen("a", later).await.unwrap();
    here.tickets.seen("a", earlier).await.unwrap();
    let seen = here.tickets.find(TicketKind::Session, "a").await.unwrap().unwrap().seen_at;
    assert_eq!(seen, later, "a node whose clock is behind takes nothing back");
    assert!(there.tickets.take("a").await.unwrap());
    assert_eq!(here.tickets.find(TicketKind::Session, "a").await.unwrap(), None);
}

pub async fn of_many_who_take_a_ticket_one_gets_it(database: &Database) {
    let (here, there) = (database.store().await, database.store().await);
    here.tickets.put(ticket("a", TicketKind::Link, 1)).await.unwrap();
    let takes = (0..10).map(|nth| if nth % 2 == 0 { &here } else { &there }).map(|store| store.tickets.take("a"));
    assert_eq!(join_all(takes).await.into_iter().filter(|taken| *taken.as_ref().unwrap()).count(), 1);
}

pub async fn a_users_sessions_end_together(database: &Database) {
    let store = database.store().await;
    let (session, link) = (TicketKind::Session, TicketKind::Link);
    for one in [ticket("a", session, 1), ticket("b", session, 1), ticket("c", link, 1), ticket("d", session, 2)] {
        store.tickets.put(one).await.unwrap();
    }
    store.tickets.take_all(session, UserId(Uuid::from_u128(1))).await.unwrap();
    for (kind, hash, stays) in [(session, "a", false), (session, "b", false), (link, "c", true), (session, "d", true)] {
        assert_eq!(store.tickets.find(kind, hash).await.unwrap().is_some(), stays, "{hash}");
    }
}

pub async fn what_has_expired_is_swept(database: &Database) {
    let store = database.store().await;
    let later = noon() + SignedDuration::from_hours(2);
    store.tickets.put(ticket("a", TicketKind::Session, 1)).await.unwrap();
    let new = Ticket { made_at: later, expires_at: later, ..ticket("b", TicketKind::Session, 2) };
    store.tickets.put(new).await.unwrap();
    assert_eq!(store.tickets.find(TicketKind::Session, "a").await.unwrap(), None);
    assert!(store.tickets.find(TicketKind::Session, "b").await.unwrap().is_some());
}

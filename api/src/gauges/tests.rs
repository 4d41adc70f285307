//! Ages of to-do lists, of rows that are put there for it.

use super::*;
use crate::http::v1::tests::world::World;
use jiff::SignedDuration;
use ringbuch_domain::ports::Clock;
use ringbuch_projections::rows::Statement;

/// One row of each list, due at a time.
const DUE: [&str; 5] = [
    "INSERT INTO intake_todo (delivery, due_at, attempt, position) VALUES ('d', $1, 0, 1)",
    "INSERT INTO booking_todo (company, booking, page, stage, due_at, attempt, position)
     VALUES ('salon', 'b', '2025-07-01', 'book', $1, 0, 1)",
    "INSERT INTO holds (company, holder, page, branch, event_type, start_at, end_at, staff, held_at, until_at, due_at,
                        position)
     VALUES ('salon', 'call:1', '2025-07-01', 'mitte', 1, $1, $1, '[]', $1, $1, $1, 1)",
    "INSERT INTO alert_todo (company, alert, task, kind, subject, measured, threshold, fired_at, news, correlation,
                             due_at, attempt, position)
     VALUES ('salon', 'a', 'team', 'silence', '', 1, 1, $1, 'n', 'c', $1, 0, 1)",
    "INSERT INTO mail_todo (company, booking, occasion, page, news, correlation, happened_at, due_at, attempt, position)
     VALUES ('salon', 'b', 'news', '2025-07-01', 'n', 'c', $1, $1, 0, 1)",
];

#[tokio::test]
async fn whichever_list_nobody_works_on_its_age_is_told() {
    let world = World::new().await;
    let now = world.clock.now();
    let statements = DUE.map(|sql| Statement { sql, args: vec![now.into()] });
    world.app.store.rows.execute(&statements).await.unwrap();
    world.clock.advance(SignedDuration::from_secs(40));
    look(&world.app).await.unwrap();
    for process in ["intake", "booking", "holds", "alerts", "mail"] {
        let age = world.measured(&format!("ringbuch_backlog_age_seconds{{process=\"{process}\"}}"));
        assert_eq!(age, 40, "{process}");
    }
    assert_eq!(world.measured("ringbuch_holds_active"), 1);
}

#[test]
fn only_what_is_due_has_an_age() {
    let at = |second| Timestamp::from_second(second).unwrap();
    let due = |oldest_due| Backlog { count: 1, oldest_due };
    assert_eq!(age(&due(Some(at(10))), at(25)), Duration::from_secs(15));
    assert_eq!(age(&due(Some(at(30))), at(25)), Duration::ZERO);
    assert_eq!(age(&due(None), at(25)), Duration::ZERO);
}

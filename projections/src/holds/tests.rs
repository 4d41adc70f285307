use super::*;
use crate::testing::{Log, PAGE, Tenant, projected, time};
use jiff::civil::date;
use ringbuch_domain::diary::{HoldExpired, HoldReleased};

const NEXT_PAGE: Date = date(2025, 7, 3);
const NOW: &str = "2025-07-01T08:00:00Z";
const UNTIL: &str = "2025-07-01T09:00:00Z";

struct Story {
    salon: Tenant,
    log: Log,
}

impl Story {
    fn new() -> Self {
        Self { salon: Tenant::new("salon", 1), log: Log::new() }
    }

    fn caller(&self) -> Holder {
        Holder::Call(self.salon.call("1"))
    }

    fn keeps(&mut self, page: Date, start: &str) -> &mut Self {
        let held = SlotHeld {
            holder: self.caller(),
            branch: self.salon.branch.clone(),
            event_type: EventTypeId(7),
            slot: Tenant::slot(start),
            staff: vec![self.salon.staff.clone()],
            until: time(UNTIL),
        };
        self.log.diary(&self.salon.company, page, held);
        self
    }

    /// Pages with when each is to be let go.
    async fn rows(&self) -> Vec<(Date, String)> {
        let rows = projected(&self.log).await;
        let kept = list(&*rows, Scope::Company(&self.salon.company)).await.unwrap();
        kept.into_iter().map(|it| (it.page, it.due_at.to_string())).collect()
    }
}

#[tokio::test]
async fn what_is_kept_is_let_go_when_its_time_is_over() {
    let mut story = Story::new();
    story.keeps(PAGE, "2025-07-02T09:00:00Z");
    assert_eq!(story.rows().await, [(PAGE, UNTIL.to_owned())]);
    let rows = projected(&story.log).await;
    assert_eq!(next_due(&*rows, time(NOW)).await.unwrap(), Some(time(UNTIL)));
    assert!(due(&*rows, time(NOW), 9).await.unwrap().is_empty());
    let [kept] = &due(&*rows, time(UNTIL), 9).await.unwrap()[..] else { panic!("one is due") };
    assert_eq!((kept.holder(), kept.until_at), (Some(story.caller()), time(UNTIL)));
    assert_eq!(backlog(&*rows, Scope::All).await.unwrap().count, 1);
}

#[tokio::test]
async fn whoever_hangs_up_chooses_another_day_or_books_keeps_nothing_else() {
    let mut hung_up = Story::new();
    hung_up.keeps(PAGE, "2025-07-02T09:00:00Z");
    let ended = hung_up.salon.ended("1", "max");
    hung_up.log.call(&hung_up.salon.company, &hung_up.salon.call("1"), ended);
    assert_eq!(hung_up.rows().await, [(PAGE, NOW.to_owned())]);

    let mut chose = Story::new();
    chose.keeps(PAGE, "2025-07-02T09:00:00Z").keeps(NEXT_PAGE, "2025-07-03T09:00:00Z");
    assert_eq!(chose.rows().await, [(PAGE, NOW.to_owned()), (NEXT_PAGE, UNTIL.to_owned())]);
    chose.keeps(PAGE, "2025-07-02T10:00:00Z");
    assert_eq!(chose.rows().await, [(PAGE, UNTIL.to_owned()), (NEXT_PAGE, NOW.to_owned())]);

    let mut booked = Story::new();
    booked.keeps(NEXT_PAGE, "2025-07-03T09:00:00Z");
    let request = booked.salon.requested(Some("1"), "max", "b");
    booked.log.diary(&booked.salon.company, PAGE, request);
    assert_eq!(booked.rows().await, [(NEXT_PAGE, NOW.to_owned())]);
}

#[tokio::test]
async fn what_was_let_go_is_gone() {
    let mut released = Story::new();
    let holder = released.caller();
    released.keeps(PAGE, "2025-07-02T09:00:00Z");
    released.log.diary(&released.salon.company, PAGE, HoldReleased { holder: holder.clone() });
    assert!(released.rows().await.is_empty());
    let mut expired = Story::new();
    expired.keeps(PAGE, "2025-07-02T09:00:00Z");
    expired.log.diary(&expired.salon.company, PAGE, HoldExpired { holder });
    assert!(expired.rows().await.is_empty());
}

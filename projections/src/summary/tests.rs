use super::*;
use crate::testing::{Log, PAGE, Tenant, projected};
use ringbuch_domain::call::Refusal;
use ringbuch_domain::diary::{Act, BookingCancelled};

#[tokio::test]
async fn the_summary_tells_what_came_of_everything() {
    let salon = Tenant::new("salon", 1);
    let company = &salon.company;
    let mut log = Log::new();
    log.webhook(&salon.delivery("a"), salon.webhook_received("a", "call_ended"))
        .webhook(&salon.delivery("a"), salon.webhook_processed("a", "call_ended", log_time()));
    salon.booked_call(&mut log, "1", "max", "b");
    salon.booked_call(&mut log, "2", "eva", "c");
    log.call(company, &salon.call("3"), salon.refused("3", "max", "r", Refusal::InThePast))
        .diary(company, PAGE, BookingCancelled { booking: salon.booking("c"), by: "api".into() })
        .diary(company, PAGE, salon.requested(None, "max", "d"))
        .diary(company, PAGE, salon.unknown("d", Act::Book, 1, "2025-07-01T08:01:00Z"));
    let found = summary(&*projected(&log).await, Scope::Company(company)).await.unwrap();
    let bookings =
        BookingSummary { requested: 3, confirmed: 2, refused: 1, failed: 0, unknown: 1, cancelled: 1, moved: 0 };
    assert_eq!(found.bookings, bookings);
    assert_eq!(found.webhooks, WebhookTotals { received: 1, processed: 1, ..WebhookTotals::default() });
}

fn log_time() -> jiff::Timestamp {
    crate::testing::time("2025-07-01T08:00:00Z")
}

//! The appointment book.

use crate::browser::Stage;
use jiff::tz::TimeZone;

pub async fn appointments(stage: &Stage) {
    let path = stage.of_the_salon("/appointments");
    for page in ["", "?span=day", "/list", "/new"] {
        stage.looks_right(&format!("{path}{page}")).await;
    }
    let before = stage.events("BookingConfirmed").await.len();
    stage.fills_named("name", "Max Mustermann").await;
    // A browser takes a local time as its keys would write it; what it holds is the same.
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let day = stage.app.now().to_zoned(zone).tomorrow().unwrap().date();
    stage.asks(&format!("document.querySelector('[name=start]').value = '{day}T15:00'")).await;
    stage.clicks_text("Book").await;
    stage.reads("The appointment stands in the book; Cal.com is being asked.").await;
    stage.app.settle().await;
    stage.has_events("BookingConfirmed", before + 1).await;
    let booked = stage.comes_to(&format!("{path}/")).await;
    stage.looks_right(&booked).await;
    stage.clicks_text("Cancel it").await;
    stage.reads("The appointment is being cancelled.").await;
    stage.app.settle().await;
    stage.goes_to(&booked).await;
    stage.reads("Cancelled").await;
}

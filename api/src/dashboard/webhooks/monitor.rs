//! The last 24 hours as a picture: a column an hour, what went well below, what did not above it.

use jiff::tz::TimeZone;
use ringbuch_projections::webhook_stats::WebhookHour;

/// Sizes in the picture's own units.
const HEIGHT: i64 = 100;
const STEP: i64 = 24;
const BROAD: i64 = 18;

pub struct Column {
    pub x: i64,
    /// The hour's beginning in the company's zone: `14:00`.
    pub hour: String,
    pub count: i64,
    pub success: i64,
    pub failed: i64,
    pub parts: Vec<Part>,
}

/// One piece of a column; `tone` is its class.
pub struct Part {
    pub tone: &'static str,
    pub y: i64,
    pub height: i64,
}

pub struct Picture {
    pub columns: Vec<Column>,
    /// What the tallest column stands for.
    pub most: i64,
    /// The hours at both ends.
    pub first: String,
    pub last: String,
    pub width: i64,
    pub height: i64,
    pub broad: i64,
}

pub fn columns(hours: &[WebhookHour], zone: &TimeZone) -> Picture {
    let most = hours.iter().map(|hour| hour.count).max().unwrap_or(0);
    let columns: Vec<Column> = hours.iter().zip(0..).map(|(hour, nth)| column(hour, nth, most, zone)).collect();
    let hour = |column: Option<&Column>| column.map(|column| column.hour.clone()).unwrap_or_default();
    let (first, last) = (hour(columns.first()), hour(columns.last()));
    let width = i64::try_from(columns.len()).unwrap_or(0) * STEP;
    Picture { columns, most, first, last, width, height: HEIGHT, broad: BROAD }
}

fn column(hour: &WebhookHour, nth: i64, most: i64, zone: &TimeZone) -> Column {
    let waiting = hour.count - hour.success_count - hour.failed_count;
    let (mut parts, mut top) = (Vec::new(), HEIGHT);
    for (tone, count) in [("good", hour.success_count), ("warn", waiting), ("bad", hour.failed_count)] {
        // What is there is to be seen, be it ever so little.
        let height = if count > 0 { (count * HEIGHT / most.max(1)).max(2) } else { 0 };
        top -= height;
        parts.extend((height > 0).then_some(Part { tone, y: top.max(0), height }));
    }
    Column {
        x: nth * STEP + (STEP - BROAD) / 2,
        hour: hour.hour.to_zoned(zone.clone()).strftime("%H:%M").to_string(),
        count: hour.count,
        success: hour.success_count,
        failed: hour.failed_count,
        parts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_as_high_as_its_share_of_the_tallest() {
        let hour = |hour: &str, count, success_count, failed_count| {
            let hour = hour.parse().unwrap();
            WebhookHour { hour, count, success_count, failed_count }
        };
        let hours = [hour("2026-07-01T08:00:00Z", 10, 6, 2), hour("2026-07-01T09:00:00Z", 5, 5, 0)];
        let shown = columns(&hours, &TimeZone::get("Europe/Berlin").unwrap());
        assert_eq!((shown.most, shown.width), (10, 48));
        let parts = |nth: usize| -> Vec<_> {
            shown.columns[nth].parts.iter().map(|part| (part.tone, part.y, part.height)).collect()
        };
        assert_eq!(parts(0), [("good", 40, 60), ("warn", 20, 20), ("bad", 0, 20)]);
        assert_eq!(parts(1), [("good", 50, 50)]);
        assert_eq!(shown.columns[0].hour, "10:00");
    }
}

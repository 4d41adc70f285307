//! People who called or were booked for, by company, with how often.

use crate::columns::position;
use crate::page::{Page, Paging};
use crate::projection::Projection;
use crate::record::record;
use crate::rows::{ReadModels, Rows, RowsError, Value, text};
use crate::scope::Scope;
use crate::select::Select;
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::call::CallEvent;
use ringbuch_domain::customer::{Card, CustomerEvent};
use ringbuch_domain::diary::DiaryEvent;
use ringbuch_domain::ids::{BookingId, CompanyId, CustomerId};
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::Recorded;

pub const PROJECTION: Projection = Projection {
    name: "customers",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS customers (
            company TEXT NOT NULL, customer TEXT NOT NULL, position BIGINT NOT NULL, name TEXT, phone TEXT, email TEXT,
            anonymous BIGINT NOT NULL DEFAULT 0, calls BIGINT NOT NULL DEFAULT 0,
            appointments BIGINT NOT NULL DEFAULT 0, first_seen_at BIGINT NOT NULL, last_seen_at BIGINT NOT NULL,
            erased BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (company, customer))",
        "CREATE INDEX IF NOT EXISTS customers_time ON customers (company, first_seen_at, position)",
        "CREATE INDEX IF NOT EXISTS customers_time_of_all ON customers (first_seen_at, position)",
        "CREATE INDEX IF NOT EXISTS customers_phone ON customers (company, phone)",
        "CREATE TABLE IF NOT EXISTS customer_bookings (
            company TEXT NOT NULL, booking TEXT NOT NULL, customer TEXT NOT NULL, PRIMARY KEY (company, booking))",
    ],
    tables: &["customers", "customer_bookings"],
    project,
};

record! {
    pub struct Customer {
        pub company: CompanyId,
        pub customer: CustomerId,
        pub name: Option<String>,
        /// E.164.
        pub phone: Option<String>,
        pub email: Option<String>,
        pub anonymous: bool,
        pub calls: i64,
        /// Confirmed and not cancelled.
        pub appointments: i64,
        pub first_seen_at: Timestamp,
        pub last_seen_at: Timestamp,
        pub erased: bool,
    }
}

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let Some(company) = &event.company else { return };
    match &event.data {
        AnyEvent::Customer(CustomerEvent::CustomerRegistered(it)) => {
            seen(event, company, it.customer, it.anonymous, 0, rows);
            write_card(company, it.customer, &it.private, rows);
        }
        AnyEvent::Customer(CustomerEvent::CustomerChanged(it)) => write_card(company, it.customer, &it.private, rows),
        AnyEvent::Customer(CustomerEvent::CustomerErased(it)) => rows.execute(
            "UPDATE customers SET name = NULL, phone = NULL, email = NULL, erased = 1
             WHERE company = $1 AND customer = $2",
            [text(company), text(&it.customer)],
        ),
        AnyEvent::Call(CallEvent::CustomerIdentified(it)) => {
            seen(event, company, it.customer, it.anonymous, 1, rows);
        }
        AnyEvent::Diary(DiaryEvent::BookingConfirmed(it)) => project_confirmed(company, it.customer, it.booking, rows),
        AnyEvent::Diary(DiaryEvent::BookingImported(it)) if it.standing.is_at_the_calendar() => {
            project_confirmed(company, it.customer, it.booking, rows);
        }
        AnyEvent::Diary(DiaryEvent::BookingCancelled(it)) => project_cancelled(company, it.booking, rows),
        _ => {}
    }
}

/// A sign of the person, with as many calls as it stands for.
fn seen(
    event: &Recorded<AnyEvent>,
    company: &CompanyId,
    customer: CustomerId,
    anonymous: bool,
    calls: i64,
    rows: &mut Rows,
) {
    rows.execute(
        "INSERT INTO customers (company, customer, position, anonymous, calls, first_seen_at, last_seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (company, customer) DO UPDATE
         SET calls = customers.calls + excluded.calls, anonymous = excluded.anonymous,
             last_seen_at = CASE WHEN excluded.last_seen_at > customers.last_seen_at THEN excluded.last_seen_at
                                 ELSE customers.last_seen_at END",
        [text(company), text(&customer), position(event), anonymous.into(), calls.into(), event.time.into()],
    );
}

fn write_card(company: &CompanyId, customer: CustomerId, private: &Private<Card>, rows: &mut Rows) {
    let card = private.known();
    let column = |read: fn(&Card) -> Option<&str>| -> Value { card.and_then(read).into() };
    rows.execute(
        "UPDATE customers SET name = $3, phone = $4, email = $5 WHERE company = $1 AND customer = $2",
        [
            text(company),
            text(&customer),
            column(|card| card.name.as_deref()),
            column(|card| card.phone.as_deref()),
            column(|card| card.email.as_deref()),
        ],
    );
}

/// Counted once, however often a booking is confirmed: it is again after each move.
fn project_confirmed(company: &CompanyId, customer: CustomerId, booking: BookingId, rows: &mut Rows) {
    rows.execute(
        "UPDATE customers SET appointments = appointments + 1
         WHERE company = $1 AND customer = $2
           AND NOT EXISTS (SELECT 1 FROM customer_bookings b WHERE b.company = $1 AND b.booking = $3)",
        [text(company), text(&customer), text(&booking)],
    );
    rows.execute(
        "INSERT INTO customer_bookings (company, customer, booking) VALUES ($1, $2, $3)
         ON CONFLICT (company, booking) DO NOTHING",
        [text(company), text(&customer), text(&booking)],
    );
}

fn project_cancelled(company: &CompanyId, booking: BookingId, rows: &mut Rows) {
    rows.execute(
        "UPDATE customers SET appointments = appointments - 1
         WHERE company = $1
           AND customer = (SELECT b.customer FROM customer_bookings b WHERE b.company = $1 AND b.booking = $2)",
        [text(company), text(&booking)],
    );
    rows.execute("DELETE FROM customer_bookings WHERE company = $1 AND booking = $2", [text(company), text(&booking)]);
}

/// Newest acquaintance first; with a phone number (E.164), only whoever has exactly that one.
pub async fn list(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    phone: Option<&str>,
    paging: Paging,
) -> Result<Page<Customer>, RowsError> {
    Select::from("customers", scope).only("phone", phone).page(rows, "first_seen_at", paging).await
}

pub async fn find(
    rows: &dyn ReadModels,
    scope: Scope<'_>,
    customer: CustomerId,
) -> Result<Option<Customer>, RowsError> {
    Select::from("customers", scope).only("customer", Some(text(&customer))).one(rows).await
}

#[cfg(test)]
mod tests;

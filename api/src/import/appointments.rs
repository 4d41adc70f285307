//! Appointments, as they stood. Those that are ahead occupy the diary, and are met again at Cal.com by their uid.

use super::calls::only_branch;
use super::report::{Fault, Part};
use super::table::{Row, Shape};
use super::{Happening, ImportError, Importer, Taken, value};
use crate::intake::correlation_of_call;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ringbuch_domain::booking::{Person, contact, via_telephone};
use ringbuch_domain::company::{Company, CompanyRegistered};
use ringbuch_domain::customer::{Card, Customer};
use ringbuch_domain::diary::{BookingImported, Command, Contact, Diary, ProviderRef, Slot, Standing, TakenOver};
use ringbuch_domain::ids::{BookingId, CompanyId, CustomerId, EventTypeId, derived};
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::{Scope, appointments};

const APPOINTMENTS: Shape = Shape {
    files: &["appointments"],
    columns: &[
        &["id", "appointment_id"],
        &["company_id"],
        &["branch_id"],
        &["customer_id"],
        &["call_id"],
        &["staff_id"],
        &["calcom_event_type_id", "event_type_id", "service_id"],
        &["starts_at", "start_time", "start", "start_at"],
        &["ends_at", "end_time", "end", "end_at"],
        &["status"],
        &["calcom_booking_uid", "calcom_v2_booking_uid", "calcom_uid", "calcom_v2_booking_id"],
        &["calcom_booking_id"],
        &["name", "customer_name"],
        &["phone", "customer_phone"],
        &["email", "customer_email"],
        &["notes", "description"],
        &["created_at"],
    ],
};

impl Importer<'_> {
    /// Which calls the appointments name.
    pub(super) fn note_wanted_calls(&mut self) -> Result<(), ImportError> {
        let Some(mut table) = self.open(&APPOINTMENTS)? else { return Ok(()) };
        while let Some(row) = table.next() {
            if let Some(call) = row.ok().as_ref().and_then(|row| row.text("call_id")) {
                self.known.want_call(call);
            }
        }
        Ok(())
    }

    pub(super) async fn take_appointments(
        &mut self,
        watch: &mut (dyn FnMut(Happening<'_>) + Send),
    ) -> Result<Option<Part>, ImportError> {
        let Some(table) = self.open(&APPOINTMENTS)? else { return Ok(None) };
        self.load_companies().await?;
        let this = &*self;
        let part =
            this.each(table, watch, |row: Row| async move { (row.line, this.take_appointment(&row).await) }).await?;
        Ok(Some(part))
    }

    /// What later rows need of every company, looked up once.
    pub(super) async fn load_companies(&mut self) -> Result<(), ImportError> {
        for company in self.known.companies() {
            match self.company(&company).await {
                Ok(_) | Err(super::Trouble::Row(_)) => {}
                Err(super::Trouble::Broken(error)) => return Err(error),
            }
        }
        Ok(())
    }

    async fn take_appointment(&self, row: &Row) -> Taken {
        let old = row.needed("id")?;
        let company = self.known.company_of(row)?;
        let set_up = self.companies.get(&company).ok_or_else(|| Fault::of("company_id", "is not set up"))?;
        let profile = set_up.profile.as_ref().ok_or_else(|| Fault::of("company_id", "is not set up"))?;
        let booking = BookingId(derived(&["import", "booking", company.as_str(), old]));
        let (slot, event_type) = self.when(row, &company, set_up)?;
        let page = TimeZone::get(&profile.zone).map_err(|_| Fault::of("company_id", "has no usable zone"))?;
        let stream = StreamId::diary(&company, page.to_datetime(slot.start).date());
        self.stands_where_it_stood(&company, booking, &stream).await?;
        let standing = standing(row)?;
        let provider = provider(row, standing, slot.start, self.app.clock.now())?;
        let (customer, private) = self.whose(row, profile, old).await?;
        let call = row.text("call_id").and_then(|old| self.known.call(old));
        let correlation = match &call {
            Some(call) => correlation_of_call(&profile.account, call.as_str()),
            None => booking.0,
        };
        let branch = self.known.branch_at(row, &company)?.map_or_else(|| only_branch(set_up), Ok)?;
        let imported = BookingImported {
            booking,
            customer,
            call,
            branch,
            event_type,
            team: set_up.event_types.get(&event_type).and_then(|service| service.team),
            slot,
            staff: self.known.staff_at(row, "staff_id", &company)?,
            standing,
            zone: profile.zone.clone(),
            language: profile.language.clone(),
            requested_at: value::time(row, "created_at", &self.order.clock)?.unwrap_or(slot.start),
            private: Private::Known(TakenOver { contact: private, provider }),
        };
        let cause = Self::cause(correlation, "appointments", row);
        self.tell::<Diary>(&stream, &company, cause, Command::Import(Box::new(imported))).await
    }

    fn when(&self, row: &Row, company: &CompanyId, set_up: &Company) -> Result<(Slot, EventTypeId), Fault> {
        let old = row.needed("calcom_event_type_id")?;
        let event_type = self.known.service(old, company);
        let event_type = event_type
            .ok_or_else(|| Fault::of("calcom_event_type_id", "names no service of calcom_event_types.csv"))?;
        row.needed("starts_at")?;
        let start = value::time(row, "starts_at", &self.order.clock)?;
        let start = start.ok_or_else(|| Fault::of("starts_at", "is empty"))?;
        let minutes = set_up.event_types.get(&event_type).map_or(30, |service| service.minutes);
        let end = match value::time(row, "ends_at", &self.order.clock)? {
            Some(end) => end,
            None => start + SignedDuration::from_mins(i64::from(minutes)),
        };
        if end <= start {
            return Err(Fault::of("ends_at", "is not after starts_at"));
        }
        Ok((Slot { start, end, buffer_before_minutes: 0, buffer_after_minutes: 0 }, event_type))
    }

    /// A booking that has been taken over stands on one page; where an export says another day, Cal.com is asked instead.
    async fn stands_where_it_stood(
        &self,
        company: &CompanyId,
        booking: BookingId,
        stream: &StreamId,
    ) -> Result<(), super::Trouble> {
        let known = appointments::find(&*self.app.store.rows, Scope::Company(company), booking).await?;
        match known {
            Some(known) if StreamId::diary(company, known.page) != *stream => {
                let told =
                    "was moved to another day since it was taken over; `reconcile` brings its new time from Cal.com";
                Err(Fault::of("starts_at", told).into())
            }
            _ => Ok(()),
        }
    }

    async fn whose(
        &self,
        row: &Row,
        profile: &CompanyRegistered,
        old: &str,
    ) -> Result<(CustomerId, Contact), super::Trouble> {
        let said = Card {
            name: row.text("name").map(str::to_owned),
            phone: value::phone(row, "phone"),
            email: row.text("email").map(str::to_owned),
        };
        let named = row.text("customer_id").filter(|_| !self.order.dry_run);
        let customer = match named {
            Some(old) => {
                let known = self.known.customer(old);
                known.ok_or_else(|| Fault::of("customer_id", "names nobody of customers.csv"))?
            }
            None => self.meet(&profile.company, &format!("appointment.{old}"), said.clone(), row).await?.customer,
        };
        let known = self.app.journal.load::<Customer>(&StreamId::customer(customer)).await?;
        let person = Person {
            customer,
            card: known.aggregate.card.known(),
            said_name: said.name.as_deref(),
            said_email: said.email.as_deref(),
            said_phone: said.phone.as_deref(),
        };
        Ok((customer, contact(person, profile, &[Some(via_telephone(&profile.language)), row.text("notes")])))
    }
}

fn standing(row: &Row) -> Result<Standing, Fault> {
    Ok(match row.needed("status")?.to_ascii_lowercase().as_str() {
        "confirmed" | "accepted" | "booked" | "scheduled" => Standing::Confirmed,
        "pending" | "requested" => Standing::Pending,
        "cancelled" | "canceled" | "rejected" => Standing::Cancelled,
        "completed" | "done" => Standing::Completed,
        "no_show" | "no-show" | "noshow" => Standing::NoShow,
        "failed" | "error" => Standing::Failed,
        _ => {
            let known = "is none of confirmed, pending, cancelled, completed, no_show, failed";
            return Err(Fault::of("status", known));
        }
    })
}

/// How Cal.com calls it. What is ahead must be known by its uid, or Cal.com's own copy would be taken for somebody else's
/// and the time would be occupied twice.
fn provider(row: &Row, standing: Standing, start: Timestamp, now: Timestamp) -> Result<Option<ProviderRef>, Fault> {
    let number: Option<i64> = row.parsed("calcom_booking_id", "number")?;
    let uid = row.text("calcom_booking_uid").map(str::to_owned);
    if uid.is_none() && standing.is_live() && start > now {
        let told = "is empty though the appointment is ahead; export the uid as well, or leave the row out: `reconcile` \
                    sees Cal.com's bookings";
        return Err(Fault::of("calcom_booking_uid", told));
    }
    Ok(uid.map(|uid| ProviderRef { uid, number: number.unwrap_or_default() }))
}

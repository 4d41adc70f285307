//! What comparing the providers' own lists with the log has found, newest first.

use crate::columns::{json, opt_text, position, size};
use crate::page::{Page, Paging};
use crate::projection::Projection;
use crate::record::record;
use crate::rows::{ReadModels, Rows, RowsError};
use crate::scope::Scope;
use crate::select::Select;
use crate::words::words;
use jiff::Timestamp;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::comparison::{Compared, ComparisonEvent, List};
use ringbuch_domain::ids::{AccountId, CompanyId};
use ringbuch_domain::recorded::Recorded;
use serde_json::Value as Json;

pub const PROJECTION: Projection = Projection {
    name: "comparisons",
    version: 1,
    ddl: &[
        "CREATE TABLE IF NOT EXISTS comparisons (
            position BIGINT PRIMARY KEY, company TEXT, account TEXT, list TEXT NOT NULL, compared_at BIGINT NOT NULL,
            from_at BIGINT NOT NULL, to_at BIGINT NOT NULL, listed BIGINT NOT NULL, found BIGINT NOT NULL,
            findings TEXT NOT NULL)",
        "CREATE INDEX IF NOT EXISTS comparisons_time ON comparisons (company, compared_at, position)",
        "CREATE INDEX IF NOT EXISTS comparisons_time_of_all ON comparisons (compared_at, position)",
    ],
    tables: &["comparisons"],
    project,
};

words! {
    pub enum ListKind ("list") {
        /// Of the voice provider; one for each account.
        Calls = "calls",
        /// One for each company.
        Calendar = "calendar",
    }
}

record! {
    /// One comparison; those that found nothing are told twice a day only.
    pub struct Comparison {
        pub list: ListKind,
        /// Absent for an account's list of calls, which may be of several companies.
        pub company: Option<CompanyId>,
        pub account: Option<AccountId>,
        pub compared_at: Timestamp,
        /// What had changed at the provider from then …
        pub from_at: Timestamp,
        /// … until then was compared.
        pub to_at: Timestamp,
        /// Entries that the list had.
        pub listed: i64,
        pub found: i64,
        /// What was found, and what was done about each.
        pub findings: Json,
    }
}

fn project(event: &Recorded<AnyEvent>, rows: &mut Rows) {
    let AnyEvent::Comparison(ComparisonEvent::Compared(it)) = &event.data else { return };
    let Compared { list, from, to, listed, findings } = it;
    let (kind, account) = match list {
        List::Calls(account) => (ListKind::Calls, Some(account)),
        List::Calendar(_) => (ListKind::Calendar, None),
    };
    rows.execute(
        "INSERT INTO comparisons (position, company, account, list, compared_at, from_at, to_at, listed, found,
                                  findings)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (position) DO NOTHING",
        [
            position(event),
            opt_text(event.company.as_ref()),
            opt_text(account),
            kind.into(),
            event.time.into(),
            (*from).into(),
            (*to).into(),
            size(*listed),
            size(findings.len() as u64),
            json(findings),
        ],
    );
}

/// Newest first.
pub async fn list(rows: &dyn ReadModels, scope: Scope<'_>, paging: Paging) -> Result<Page<Comparison>, RowsError> {
    Select::from("comparisons", scope).page(rows, "compared_at", paging).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Log, Tenant, projected, time};
    use ringbuch_domain::comparison::{Done, Finding, What};

    fn compared(list: List, findings: Vec<Finding>) -> Compared {
        Compared { list, from: time("2025-07-01T00:00:00Z"), to: time("2025-07-02T00:00:00Z"), listed: 3, findings }
    }

    #[tokio::test]
    async fn a_company_sees_its_calendar_and_an_owner_all() {
        let (one, two) = (Tenant::new("one", 1), Tenant::new("two", 2));
        let finding = Finding { what: What::BookingGone, done: Done::Filed, call: None, booking: None, at: None };
        let mut log = Log::new();
        log.at("2025-07-02T06:00:00Z");
        log.comparison(compared(List::Calendar(one.company.clone()), vec![finding]));
        log.comparison(compared(List::Calendar(two.company.clone()), vec![]));
        log.comparison(compared(List::Calls(one.account.clone()), vec![]));
        let rows = projected(&log).await;
        let own = list(&*rows, Scope::Company(&one.company), Paging::default()).await.unwrap();
        let [own] = &own.items[..] else { panic!("{own:?}") };
        assert_eq!((own.list, own.company.as_ref(), own.found), (ListKind::Calendar, Some(&one.company), 1));
        assert_eq!((own.listed, own.compared_at), (3, log.now));
        assert_eq!(own.findings[0]["what"], "booking_gone");
        let all = list(&*rows, Scope::All, Paging::default()).await.unwrap().items;
        assert_eq!((all.len(), all[0].list, all[0].account.as_ref()), (3, ListKind::Calls, Some(&one.account)));
    }
}

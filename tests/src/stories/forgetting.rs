//! Somebody asks to be forgotten: nothing of them is left in any file, nothing brings them back, and the log still holds.

use super::rebuilding::{build_all_anew, rows};
use crate::app::{Caller, Said, TestApp};
use crate::contract::chain::verified;
use crate::contract::database::Database;
use ringbuch_api::privacy::{EraseError, Erasing, Report, export};
use ringbuch_api::reconcile::{Scan, reconcile};
use ringbuch_domain::ids::CustomerId;
use ringbuch_projections::engine::control;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Somebody whose name and number stand nowhere but in one story: PostgreSQL has one log of changes for all of them.
pub struct Somebody {
    first_name: &'static str,
    name: &'static str,
    number: &'static str,
}

const ADELHEID: Somebody = Somebody { first_name: "Adelheid", name: "Adelheid Musterfrau", number: "+491713920091" };
pub const EDELTRAUD: Somebody =
    Somebody { first_name: "Edeltraud", name: "Edeltraud Musterfrau", number: "+491713920094" };
pub const GERTRUD: Somebody = Somebody { first_name: "Gertrud", name: "Gertrud Musterfrau", number: "+491713920095" };
const BRUNHILDE: Somebody = Somebody { first_name: "Brunhilde", name: "Brunhilde Musterfrau", number: "+491713920092" };
const KUNIGUNDE: Somebody = Somebody { first_name: "Kunigunde", name: "Kunigunde Musterfrau", number: "+491713920093" };

const IRMGARD: Somebody = Somebody { first_name: "Irmgard", name: "Irmgard Musterfrau", number: "+491713920096" };

impl Somebody {
    pub fn calls<'a>(&self, app: &'a TestApp, call: &str) -> Caller<'a> {
        app.caller(self.name).from(self.number).under(call)
    }

    /// By which the person would be found.
    pub fn marks(&self) -> [&'static str; 2] {
        [self.first_name, self.number.trim_start_matches("+49")]
    }

    /// What a transaction that still runs may see is not taken away yet, so it is looked for more than once.
    pub async fn is_in_no_file(&self, app: &TestApp) {
        let mut found = Vec::new();
        for _ in 0..40 {
            app.app().store.leave_no_trace(true).await.unwrap();
            app.database().checkpoint().await;
            found = self.in_files(app.database()).await;
            if found.is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        panic!("still found in {found:?}");
    }

    /// The files of the database in which a name or the number stands.
    async fn in_files(&self, database: &Database) -> Vec<PathBuf> {
        let marks = self.marks();
        let holds = |file: &PathBuf| {
            // A file may go while it is looked for; then nothing stands in it.
            let bytes = std::fs::read(file).unwrap_or_default();
            marks.iter().any(|mark| bytes.windows(mark.len()).any(|part| part == mark.as_bytes()))
        };
        database.files().await.into_iter().filter(holds).collect()
    }
}

pub async fn erase(app: &TestApp, customer: CustomerId, keep_appointments: bool) -> Result<Report, EraseError> {
    let (by, company) = ("test".to_owned(), app.salon.id.clone());
    Erasing { app: app.app(), company, customer, by, keep_appointments }.run(&|_| ()).await
}

async fn customer_of(app: &TestApp, caller: &Caller<'_>) -> CustomerId {
    app.call(&caller.call_id()).await.call.customer.expect("the caller is known")
}

async fn statistics(app: &TestApp) -> BTreeMap<&'static str, Vec<String>> {
    rows(app.rows())
        .await
        .into_iter()
        .filter(|(table, _)| ["_hours", "_totals", "_states", "_shares"].iter().any(|kind| table.ends_with(kind)))
        .collect()
}

pub async fn a_forgotten_person_leaves_nothing_behind(database: Database) {
    let app = TestApp::start(database).await;
    let (adelheid, ben) = (ADELHEID.calls(&app, "call_a1"), app.caller("Ben"));
    adelheid.books("11:00").await;
    ben.books("12:00").await;
    app.retell().record_call(app.salon.retell_account, adelheid.kept(Said::Books("11:00"))).unwrap();
    let customer = customer_of(&app, &adelheid).await;
    assert!(!ADELHEID.in_files(app.database()).await.is_empty(), "the marks would be found");
    let document = export(app.app(), &app.salon.id, customer, &|_| ()).await.unwrap();
    assert_eq!((document.name.as_deref(), document.phone.as_deref()), (Some(ADELHEID.name), Some(ADELHEID.number)));
    assert_eq!(document.deliveries.len(), 3, "all that Retell has sent");
    let uid = app.live(adelheid.booking())[0].uid.clone();
    let told = serde_json::to_string(&document).unwrap();
    assert!(told.contains("BookingConfirmed") && !told.contains(&uid), "a uid of the calendar is not told");

    app.cancel(adelheid.booking()).await.unwrap();
    app.settle().await;
    let counted = statistics(&app).await;
    assert!(counted.values().any(|rows| !rows.is_empty()));
    let report = erase(&app, customer, false).await.unwrap();
    assert_eq!((report.calls, report.deliveries, report.appointments), (1, 3, 1));
    assert_eq!(report.deleted_at_provider, 1);
    assert!(app.retell().told_of_calls(app.salon.retell_account, |_| ()).is_empty(), "Retell has deleted it");
    let remains: Vec<_> = report.remaining.iter().map(|it| (it.provider, it.id.as_str())).collect();
    assert_eq!(remains, [("calcom", adelheid.booking().to_string().as_str())]);
    app.settle().await;

    assert_eq!(statistics(&app).await, counted, "what was counted stays counted");
    let known = app.customer(customer).await;
    assert!(known.erased && known.name.is_none() && known.phone.is_none());
    let document = export(app.app(), &app.salon.id, customer, &|_| ()).await.unwrap();
    let nothing = document.events.iter().all(|event| event.private.is_none()) && document.deliveries.is_empty();
    assert!(document.erased && nothing, "{document:?}");
    let ben_known = app.call(&ben.call_id()).await;
    assert_eq!(ben_known.more.extracted_name.as_deref(), Some("Ben"), "nobody else is forgotten");

    ADELHEID.is_in_no_file(&app).await;
    assert!(verified(&app.app().store).await.unwrap() > 0, "the chain holds");

    // Read models that are built anew know as little.
    let before = rows(app.rows()).await;
    build_all_anew(&app).await;
    let after = rows(app.rows()).await;
    for (table, rows) in &before {
        assert_eq!(&after[table], rows, "{table}");
    }
    ADELHEID.is_in_no_file(&app).await;
    app.finish().await;
}

pub async fn what_arrives_of_the_forgotten_is_forgotten_too(database: Database) {
    let mut app = TestApp::start(database).await;
    let adelheid = BRUNHILDE.calls(&app, "call_a1");
    adelheid.send(&adelheid.ended(Said::Nothing)).await;
    app.settle().await;
    let customer = customer_of(&app, &adelheid).await;
    erase(&app, customer, false).await.unwrap();

    // The analysis comes late, Retell has kept the call all the same, and somebody replays what had come.
    adelheid.send(&adelheid.analyzed(Said::Books("11:00"))).await;
    app.settle().await;
    app.retell().record_call(app.salon.retell_account, adelheid.kept(Said::Books("11:00"))).unwrap();
    app.advance(jiff::SignedDuration::from_hours(1)).await;
    let found = reconcile(app.app(), Scan::usual(app.now())).await.unwrap();
    assert_eq!((found.missing, found.healed), (0, 0), "{found:?}");
    app.settle().await;
    let call = app.call(&adelheid.call_id()).await;
    assert_eq!(
        (call.call.caller_number, call.call.summary, call.call.outcome.to_string()),
        (None, None, "none".into())
    );
    let document = export(app.app(), &app.salon.id, customer, &|_| ()).await.unwrap();
    assert!(document.deliveries.is_empty(), "{document:?}");
    BRUNHILDE.is_in_no_file(&app).await;

    // Asked again it finds nothing more to do, in another process as well.
    app.restart().await;
    let again = erase(&app, customer, false).await.unwrap();
    assert_eq!((again.calls, again.remaining.len()), (1, 0));

    // Whoever has that number next is somebody new.
    let next = BRUNHILDE.calls(&app, "call_a2");
    next.books("15:00").await;
    let newcomer = customer_of(&app, &next).await;
    assert_ne!(newcomer, customer);
    assert_eq!(app.customer(newcomer).await.phone.as_deref(), Some(BRUNHILDE.number));
    app.finish().await;
}

pub async fn nobody_is_forgotten_who_is_still_expected(database: Database) {
    let app = TestApp::start(database).await;
    let adelheid = KUNIGUNDE.calls(&app, "call_a1");
    adelheid.books("11:00").await;
    let customer = customer_of(&app, &adelheid).await;
    let refused = erase(&app, customer, false).await.unwrap_err();
    let told = refused.to_string();
    assert!(matches!(refused, EraseError::StillStanding(_)));
    assert!(told.contains(&adelheid.booking().to_string()) && !told.contains(KUNIGUNDE.name), "{told}");
    assert_eq!(app.customer(customer).await.name.as_deref(), Some(KUNIGUNDE.name), "nothing was done");

    let report = erase(&app, customer, true).await.unwrap();
    assert_eq!(report.remaining.len(), 1);
    app.settle().await;
    let kept = app.appointment(adelheid.booking()).await;
    assert_eq!((kept.status.as_str(), kept.name), ("confirmed", None), "it stands, for nobody");
    // What it is called at Cal.com was forgotten, so it can be cancelled there only.
    app.cancel(adelheid.booking()).await.unwrap();
    app.settle().await;
    let kept = app.appointment(adelheid.booking()).await;
    assert_eq!((kept.status.as_str(), kept.last_trouble.as_deref()), ("confirmed", Some("erased")));
    let unknown = erase(&app, CustomerId(uuid::Uuid::nil()), false).await.unwrap_err();
    assert!(matches!(unknown, EraseError::Unknown));
    app.finish().await;
}

pub async fn a_read_model_that_rests_is_named_until_it_has_forgotten_too(database: Database) {
    let app = TestApp::start(database).await;
    let irmgard = IRMGARD.calls(&app, "call_a1");
    irmgard.books("11:00").await;
    let customer = customer_of(&app, &irmgard).await;
    app.rows().execute(&[control::pause("customers", true)]).await.unwrap();
    // It is obeyed within two seconds.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let report = erase(&app, customer, true).await.unwrap();
    let here: Vec<_> = report.remaining.iter().filter(|it| it.provider == "ringbuch").collect();
    assert_eq!(here.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["customers"]);
    assert!(here[0].why.contains("ringbuch projections resume customers"), "{}", here[0].why);
    assert_eq!(app.customer(customer).await.name.as_deref(), Some(IRMGARD.name), "as the report says");

    app.rows().execute(&[control::pause("customers", false)]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    app.settle().await;
    assert_eq!(app.customer(customer).await.name, None);
    let again = erase(&app, customer, true).await.unwrap();
    assert!(again.remaining.iter().all(|it| it.provider != "ringbuch"), "{again:?}");
    app.finish().await;
}

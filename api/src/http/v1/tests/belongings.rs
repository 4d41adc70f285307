//! What a company has of everything that an address can name, told apart from anything that another company has, so that
//! a word of it in a wrong answer is found.

use super::world::{World, number_of, wants};
use crate::alerts::evaluate;
use crate::setup::SetUp;
use crate::users::{Invitation, Users};
use jiff::Timestamp;
use jiff::civil::date;
use ringbuch_domain::access::Role;
use ringbuch_domain::company::{BranchOpened, Command, EventTypeSynced, Plan, StaffSynced, SyncRun, SyncScope};
use ringbuch_domain::diary::{DiaryEvent, OverlapSeen};
use ringbuch_domain::ids::{BranchId, CompanyId, EventTypeId, StaffId};
use ringbuch_domain::recorded::{Cause, StreamId};
use serde_json::{Value, json};
use uuid::Uuid;

pub struct Belongings {
    pub company: CompanyId,
    call: String,
    callback: String,
    customer: String,
    booking: String,
    delivery: String,
    user: String,
    key: String,
    alert: String,
    run: String,
    position: String,
}

impl Belongings {
    /// Furnishes a company: two calls (one booked, one to be called back), and one of every other kind.
    pub async fn of(world: &World, company: &str) -> Self {
        let id: CompanyId = company.parse().unwrap();
        set_up(world, &id).await;
        let delivery = world.call(company, 41, &said("11:00")).await.to_string();
        world.call(company, 42, &said("20:00")).await;
        let user = invited(world, &id).await;
        let alert = alarmed(world, &id).await;
        let run = synced(world, &id).await;
        let admin = world.key(company, Role::Admin).await;
        let made = json!({ "name": "Kasse im Westend", "role": "viewer" });
        let made = world.post(&admin, "/api/v1/keys", made).await.ok();
        let channel = Some(json!({ "to": ["alarm@westend.example.com"] }));
        world.ask(http::Method::PUT, &admin, "/api/v1/alerts/channels/first-email", channel).await.ok();
        let call = world.get(&admin, "/api/v1/calls/call_41").await.ok();
        let stream = format!("/api/v1/events?stream=call-{company}-call_41&limit=1");
        let first = &world.get(&admin, &stream).await.ok()["items"][0]["position"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            call: "call_41".into(),
            callback: "call_42".into(),
            customer: text(&call["customer"]),
            booking: text(&call["booking"]),
            key: text(&made["key_id"]),
            position: first.to_string(),
            company: id,
            delivery,
            user,
            alert,
            run,
        }
    }

    /// What an address under that heading names; nothing where it names nothing of a company.
    pub fn id_among(&self, heading: &str) -> Option<String> {
        Some(match heading {
            "calls" => self.call.clone(),
            "callbacks" => self.callback.clone(),
            "customers" => self.customer.clone(),
            "appointments" => self.booking.clone(),
            "webhooks" => self.delivery.clone(),
            "users" => self.user.clone(),
            "keys" => self.key.clone(),
            "alerts" => self.alert.clone(),
            "runs" => self.run.clone(),
            "events" => self.position.clone(),
            "streams" => format!("call-{}-call_41", self.company),
            "agents" => format!("agent_{}", self.company),
            "phone-numbers" | "numbers" => number_of(self.company.as_str()).into(),
            "branches" | "holidays" => "westend".into(),
            "staff" => "xaver".into(),
            "event-types" | "services" => "77".into(),
            "channels" => "first-email".into(),
            "rules" => "silence".into(),
            _ => return None,
        })
    }

    /// The same for parameters of a query, by their names.
    pub fn named(&self, parameter: &str) -> Option<String> {
        self.id_among(match parameter {
            "call" => "calls",
            "customer" => "customers",
            "stream" => "streams",
            "agent" => "agents",
            "branch" => "branches",
            "staff" => "staff",
            "event_type" | "service" => "event-types",
            "number" => "phone-numbers",
            "phone" => return Some("+491713920041".into()),
            _ => return None,
        })
    }

    /// Words that stand in no answer about another company.
    pub fn words(&self) -> Vec<String> {
        let ids = ["calls", "callbacks", "customers", "appointments", "webhooks", "users", "keys", "alerts", "runs"];
        let ids = ids.iter().filter_map(|heading| self.id_among(heading));
        let number = number_of(self.company.as_str()).trim_start_matches('+');
        let (small, large) = (self.company.to_string(), self.company.as_str().to_uppercase());
        let names =
            ["Westend", "westend", "Xaver", "xaver", "Dauerwelle", "Wilhelmine", "Heidi", "heidi@", "4917139200"];
        ids.chain(names.map(str::to_owned)).chain([number.to_owned(), small, large]).collect()
    }

    /// The words that an answer tells although the question did not.
    pub fn told_in(&self, answer: &str, question: &str) -> Vec<String> {
        self.words()
            .into_iter()
            .filter(|word| answer.contains(word.as_str()) && !question.contains(word.as_str()))
            .collect()
    }

    /// Fails where something was written about the company, or for it, since that position.
    pub async fn is_untouched_since(&self, world: &World, position: u64, by: &str) {
        let written = world.app.journal.log().read_all(position, 10_000).await.unwrap();
        let theirs = written.iter().filter(|event| event.company.as_ref() == Some(&self.company));
        let theirs: Vec<_> = theirs.map(|event| (&event.kind, &event.stream)).collect();
        assert!(theirs.is_empty(), "{by}: {theirs:?}");
    }
}

fn said(time: &str) -> Value {
    let mut said = wants(time);
    said["name"] = json!("Wilhelmine Nord");
    said
}

async fn set_up(world: &World, company: &CompanyId) {
    let set_up = SetUp::new(&world.app, "test");
    let (branch, staff) = (BranchId::new("westend").unwrap(), StaffId::new("xaver").unwrap());
    let opened = BranchOpened { branch: branch.clone(), name: "Westend".into(), default_event_type: None };
    let name = "Xaver Huber".to_owned();
    let hired = StaffSynced { staff: staff.clone(), name, host: Some(3), branches: vec![branch] };
    let service = EventTypeSynced {
        event_type: EventTypeId(77),
        title: "Dauerwelle".into(),
        aliases: vec![],
        minutes: 120,
        buffer_before: 0,
        buffer_after: 0,
        notice_minutes: 0,
        horizon_days: Some(60),
        team: None,
        branches: vec![],
        staff: vec![staff],
    };
    for command in [Command::OpenBranch(opened), Command::SyncStaff(hired), Command::SyncEventType(service)] {
        set_up.change(company, command).await.unwrap();
    }
    world.app.catch_up().await.unwrap();
}

async fn invited(world: &World, company: &CompanyId) -> String {
    let (name, email) = (Some("Heidi Muster".to_owned()), format!("heidi@{company}.example.com"));
    let invitation = Invitation { company: company.clone(), role: Role::Viewer, email, name, by: "test".into() };
    let (user, _) = Users::new(&world.app).invite(invitation).await.unwrap();
    world.app.catch_up().await.unwrap();
    user.to_string()
}

/// Two appointments of one person meet, which fires an alert.
async fn alarmed(world: &World, company: &CompanyId) -> String {
    let overlap = OverlapSeen { booking: None, start: Timestamp::MIN, end: Timestamp::MAX };
    let (cause, stream) = (Cause::first(Uuid::now_v7()), StreamId::diary(company, date(2025, 8, 1)));
    world.app.journal.begin(&stream, Some(company), cause, &DiaryEvent::from(overlap)).await.unwrap();
    world.app.catch_up().await.unwrap();
    evaluate(&world.app).await.unwrap();
    let viewer = world.key(company.as_str(), Role::Viewer).await;
    let fired = world.get(&viewer, "/api/v1/alerts").await.ok();
    fired["items"][0]["alert"].as_str().unwrap().to_owned()
}

async fn synced(world: &World, company: &CompanyId) -> String {
    let run = Uuid::now_v7();
    let applied = SyncRun { run, scope: SyncScope::Retell, by: "test".into(), plan: Plan::default() };
    SetUp::new(&world.app, "test").change(company, Command::ApplySync(applied)).await.unwrap();
    world.app.catch_up().await.unwrap();
    run.to_string()
}

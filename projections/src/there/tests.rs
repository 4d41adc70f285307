use super::*;
use crate::testing::{Log, Tenant, projected};
use ringbuch_domain::company::*;
use uuid::Uuid;

const RUN: Uuid = Uuid::from_u128(0xa1);

fn agent(version: u32) -> AgentSynced {
    AgentSynced {
        agent: "agent_1".into(),
        name: "Empfang".into(),
        version,
        published: None,
        voice: "11labs-Lina".into(),
        language: None,
        webhook_url: None,
        webhook_events: None,
        engine: "custom".into(),
        engine_id: None,
        max_call_ms: None,
    }
}

fn run() -> SyncFinished {
    let tally = Tally { kind: SyncKind::Agents, found: 1, added: 1, changed: 0, gone: 0, failed: 0 };
    let (by, failures) = ("cli".into(), vec!["Beratung: unklar".into()]);
    SyncFinished { run: RUN, scope: SyncScope::Retell, by, tallies: vec![tally], failures, changes: 1 }
}

#[tokio::test]
async fn an_agent_keeps_its_row_when_it_is_gone_and_comes_back() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    log.company(&salon.company, agent(1)).company(&salon.company, AgentGone { agent: "agent_1".into() });
    let scope = Scope::Company(&salon.company);
    let found = agents(&*projected(&log).await, scope).await.unwrap();
    assert_eq!((found.len(), found[0].gone, &found[0].details["version"]), (1, true, &serde_json::json!(1)));
    log.company(&salon.company, agent(2));
    let found = agents(&*projected(&log).await, scope).await.unwrap();
    assert_eq!((found[0].gone, &found[0].details["version"]), (false, &serde_json::json!(2)));
    let stranger = CompanyId::new("stranger").unwrap();
    assert!(agents(&*projected(&log).await, Scope::Company(&stranger)).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_changed_from_here_shows_before_it_is_read_again() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    let (by, why, words) =
        (|| "key admin".to_owned(), || "neue Ansage".to_owned(), || "Du bist der Empfang.".to_owned());
    let drafted =
        |version| PromptDrafted { agent: "agent_1".into(), version, base: None, prompt: words(), by: by(), why: why() };
    let published = |version| PromptPublished { agent: "agent_1".into(), version, by: by(), why: why() };
    let (number, nickname) = (|| salon.number.clone(), Some("Mitte".to_owned()));
    let synced = PhoneNumberSynced { number: number(), nickname, inbound: vec![], inbound_webhook_url: None };
    let inbound = vec![BoundAgent { agent: "agent_1".into(), version: Some("2".into()), weight: 1000 }];
    let bound = NumberBound { number: number(), before: vec![], inbound: inbound.clone(), by: by(), why: why() };
    log.company(&salon.company, AgentSynced { published: Some(1), ..agent(1) }).company(&salon.company, drafted(3));
    log.company(&salon.company, published(2)).company(&salon.company, published(0));
    log.company(&salon.company, synced.clone()).company(&salon.company, bound);
    let scope = Scope::Company(&salon.company);
    let rows = projected(&log).await;
    let told = agents(&*rows, scope).await.unwrap();
    let versions = (&told[0].details["version"], &told[0].details["published"]);
    assert_eq!(versions, (&serde_json::json!(3), &serde_json::json!(2)), "the newest of each");
    let told = numbers(&*rows, scope).await.unwrap();
    assert_eq!(told[0].details["inbound"], serde_json::json!(inbound));
    assert_eq!(told[0].details["nickname"], "Mitte");
    let of = changes_of(&*rows, scope, "agent_1", Paging::default()).await.unwrap().items;
    assert_eq!(of.len(), 3, "and none of the number");

    log.company(&salon.company, agent(7)).company(&salon.company, synced);
    let rows = projected(&log).await;
    let told = agents(&*rows, scope).await.unwrap();
    assert_eq!((&told[0].details["version"], &told[0].details["published"]), (&7.into(), &serde_json::Value::Null));
    assert_eq!(numbers(&*rows, scope).await.unwrap()[0].details["inbound"], serde_json::json!([]));
}

#[tokio::test]
async fn a_run_is_listed_with_what_it_found_and_who_took_it_back() {
    let (salon, praxis) = (Tenant::new("salon", 1), Tenant::new("praxis", 2));
    let mut log = Log::new();
    log.company(&salon.company, run()).company(&praxis.company, run());
    log.company(&salon.company, SyncUndone { run: RUN, by: "key admin".into(), changes: 1, left: vec![] });
    let rows = projected(&log).await;
    let id = RUN.to_string();
    let parts = super::run(&*rows, Scope::All, &id).await.unwrap();
    assert_eq!(parts.iter().map(|part| part.company.as_str()).collect::<Vec<_>>(), ["praxis", "salon"]);
    let own = runs(&*rows, Scope::Company(&salon.company), Paging::default()).await.unwrap();
    assert_eq!((own.items.len(), own.next), (1, None));
    assert_eq!(own.items[0].undone_by.as_deref(), Some("key admin"));
    assert_eq!((own.items[0].scope.as_str(), &own.items[0].failures[..]), ("retell", &["Beratung: unklar".into()][..]));
    assert_eq!(own.items[0].tallies[0]["added"], 1);
    assert_eq!(parts[0].undone_at, None);
}

#[tokio::test]
async fn who_changed_what_at_a_provider_is_listed_newest_first() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    let (by, why) = (|| "key admin".to_owned(), || "neue Ansage".to_owned());
    let (agent, prompt) = (|| "agent_1".to_owned(), "Du bist der Empfang.".into());
    log.company(
        &salon.company,
        PromptDrafted { agent: agent(), version: 7, base: Some(6), prompt, by: by(), why: why() },
    )
    .company(&salon.company, PromptPublished { agent: agent(), version: 7, by: by(), why: why() })
    .company(
        &salon.company,
        NumberBound { number: salon.number.clone(), before: vec![], inbound: vec![], by: by(), why: why() },
    )
    .company(&salon.company, HoursPushed { staff: salon.staff.clone(), schedule: 5, by: by(), why: why() });
    let rows = projected(&log).await;
    let found = changes(&*rows, Scope::Company(&salon.company), Paging::default()).await.unwrap().items;
    let what: Vec<_> = found.iter().map(|it| (it.what.as_str(), it.version)).collect();
    assert_eq!(
        what,
        [("hours_pushed", None), ("number_bound", None), ("prompt_published", Some(7)), ("prompt_drafted", Some(7)),]
    );
    assert!(found.iter().all(|it| it.by_whom == "key admin" && it.why == "neue Ansage"));
}

#[tokio::test]
async fn rules_of_a_service_read_back() {
    let salon = Tenant::new("salon", 1);
    let mut log = Log::new();
    let synced = EventTypeRulesSynced {
        event_type: salon.event_type,
        slug: "beratung".into(),
        lengths: vec![30, 60],
        slot_interval: None,
        window: Some(BookingWindow::CalendarDays { days: 60, rolling: true }),
        limits: vec![],
        requires_confirmation: true,
        hidden: false,
        bookable: true,
        fields: vec![],
        schedule: None,
    };
    log.company(&salon.company, synced);
    let found = rules(&*projected(&log).await, Scope::Company(&salon.company)).await.unwrap();
    assert_eq!((found[0].event_type, &found[0].rules["lengths"]), (salon.event_type, &serde_json::json!([30, 60])));
}

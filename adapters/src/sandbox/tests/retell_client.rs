//! Ringbuch's own client at the stand-in: every request it sends and every answer it gets has Retell's shape.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use ringbuch_domain::{
    company::BoundAgent,
    ids::AccountId,
    ports::{
        AgentSetUp, AgentThere, Clock, Engine, VersionRef, VoiceAgents,
        VoiceAgentsFailure::{self, NotFound, Unavailable},
    },
};
use secrecy::SecretString;
use serde_json::json;

use super::super::{
    Fault, Operation,
    retell::{NewAgent, NewPhoneNumber},
};
use super::harness::{Town, TownClock};
use super::witness::{Requests, Witness};
use crate::{
    outbound::fake::local,
    provider::Around,
    retell::{AccountSettings, Retell as Client, RetellOptions, RetellSettings},
};

const NUMBER: &str = "+493023125000";

struct Desk {
    town: Town,
    witness: Witness,
    client: Client,
    account: AccountId,
    /// The account at the stand-in.
    there: u64,
    agent: String,
}

struct One(String);

#[async_trait]
impl AccountSettings for One {
    async fn retell(&self, _: &AccountId) -> Option<RetellSettings> {
        Some(RetellSettings { base_url: self.0.clone(), api_key: SecretString::from("key_a") })
    }
}

fn client(url: String, clock: TownClock, total: Duration) -> Client {
    let options = RetellOptions { get_total: total, list_total: total, ..RetellOptions::default() };
    Client::new(local(), Arc::new(One(url)), Around::alone(Arc::new(clock)), options)
}

impl Desk {
    async fn open() -> Self {
        let town = Town::open().await;
        let retell = town.retell();
        let there = retell.add_account("Salon Mitte", "key_a");
        let agent = retell.add_agent(there, NewAgent::new("Empfang", "Du bist der Empfang."));
        retell.add_phone_number(there, NewPhoneNumber::new(NUMBER, "Mitte", &agent));
        let witness = Witness::before(town.sandbox.retell_url(), Requests::AllRight).await;
        let client = client(witness.url(), town.clock(), Duration::from_mins(1));
        Self { town, witness, client, account: AccountId::new("main").unwrap(), there, agent }
    }

    async fn agent(&self, version: VersionRef) -> AgentThere {
        self.client.agent(&self.account, &self.agent, version).await.unwrap()
    }

    async fn prompt(&self, engine: &Engine) -> String {
        self.client.prompt(&self.account, engine).await.unwrap()
    }

    fn bound(&self, version: Option<&str>, weight: u32) -> BoundAgent {
        BoundAgent { agent: self.agent.clone(), version: version.map(str::to_owned), weight }
    }
}

fn published() -> VoiceAgentsFailure {
    VoiceAgentsFailure::Refused { reason: "published".into() }
}

#[tokio::test]
async fn a_prompt_is_drafted_published_and_brought_back() {
    let desk = Desk::open().await;
    let (client, account, agent) = (&desk.client, &desk.account, desk.agent.as_str());
    let first = desk.agent(VersionRef::LatestPublished).await;
    assert_eq!((first.version, first.published, first.name.as_str()), (0, true, "Empfang"));
    assert_eq!(client.put_prompt(account, &first.engine, "Anders.").await, Err(published()));

    let draft = client.new_draft(account, agent, 0).await.unwrap();
    assert_eq!((draft.version, draft.published, draft.base_version), (1, false, Some(0)));
    client.put_prompt(account, &draft.engine, "Du bist kurz.").await.unwrap();
    let url = "https://ringbuch.example.com/api/mcp/retell/webhook";
    let events = ["call_started", "call_ended", "call_analyzed"];
    let hooked = client.put_webhook(account, agent, 1, url, &events).await.unwrap();
    assert_eq!(hooked.webhook_url.as_deref(), Some(url));
    assert_eq!(hooked.webhook_events.as_deref(), Some(&events.map(str::to_owned)[..]));
    client.publish(account, agent, 1, "Kurz").await.unwrap();
    assert_eq!(client.put_webhook(account, agent, 1, url, &events).await, Err(published()));
    assert_eq!(desk.agent(VersionRef::LatestPublished).await.version, 1);

    let back = client.new_draft(account, agent, 0).await.unwrap();
    assert_eq!(desk.prompt(&back.engine).await, "Du bist der Empfang.");
    assert_eq!(desk.prompt(&hooked.engine).await, "Du bist kurz.");
    let versions = client.versions(account, agent).await.unwrap();
    let rows: Vec<_> = versions.iter().map(|row| (row.version, row.published, row.title.as_deref())).collect();
    assert_eq!(rows, [(2, false, None), (1, true, Some("Kurz")), (0, true, None)]);
}

#[tokio::test]
async fn flows_and_servers_of_their_own() {
    let desk = Desk::open().await;
    let retell = desk.town.retell();
    let flow = retell.add_agent(desk.there, NewAgent::flow("Ablauf", "Du führst durch den Tag."));
    let own = retell.add_agent(desk.there, NewAgent::custom("Eigen", "wss://words.example.com"));
    let there = desk.client.agent(&desk.account, &flow, VersionRef::Latest).await.unwrap();
    assert_eq!(desk.prompt(&there.engine).await, "Du führst durch den Tag.");
    assert_eq!(desk.client.put_prompt(&desk.account, &there.engine, "Anders.").await, Err(published()));
    let draft = desk.client.new_draft(&desk.account, &flow, 0).await.unwrap();
    desk.client.put_prompt(&desk.account, &draft.engine, "Anders.").await.unwrap();
    assert_eq!(desk.prompt(&draft.engine).await, "Anders.");
    let there = desk.client.agent(&desk.account, &own, VersionRef::Latest).await.unwrap();
    assert_eq!(there.engine, Engine::Custom);
}

#[tokio::test]
async fn a_number_is_answered_by_several() {
    let desk = Desk::open().await;
    desk.town.retell().add_agent_version(desk.there, &desk.agent, "Du bist kurz.", true);
    let inbound = [desk.bound(Some("0"), 333), desk.bound(Some("1"), 333), desk.bound(Some("latest"), 334)];
    let number = desk.client.bind(&desk.account, NUMBER, &inbound).await.unwrap();
    assert_eq!(number.inbound, inbound);
    assert_eq!(desk.client.number(&desk.account, NUMBER).await.unwrap(), number);
    assert_eq!(desk.client.numbers(&desk.account).await.unwrap(), [number]);
    let nobody = desk.client.bind(&desk.account, NUMBER, &[]).await.unwrap();
    assert_eq!(nobody.inbound, []);
}

/// There is no condition that a change could carry: whoever writes reads first, and sees what somebody else did.
#[tokio::test]
async fn what_somebody_else_did_meanwhile_is_seen() {
    let desk = Desk::open().await;
    let draft = desk.client.new_draft(&desk.account, &desk.agent, 0).await.unwrap();
    let before = desk.client.number(&desk.account, NUMBER).await.unwrap();
    desk.town.pass(Duration::from_mins(1));
    let retell = desk.town.retell();
    assert!(retell.edit_prompt(desk.there, &desk.agent, 1, "Von Hand."));
    retell.change_phone_number(desk.there, NUMBER, |number| number.inbound_agents.clear());
    assert_eq!(desk.prompt(&draft.engine).await, "Von Hand.");
    let after = desk.client.number(&desk.account, NUMBER).await.unwrap();
    assert_ne!((before.inbound, before.modified_at), (after.inbound, after.modified_at));
    assert!(retell.publish_version(desk.there, &desk.agent, 1));
    assert_eq!(desk.client.put_prompt(&desk.account, &draft.engine, "Anders.").await, Err(published()));
}

#[tokio::test]
async fn every_page_of_every_list() {
    let desk = Desk::open().await;
    let retell = desk.town.retell();
    let sketch = NewAgent::new("", "Du bist der Empfang.");
    let agents = retell.add_agents(desk.there, (0..1000).map(|nth| sketch.named(&format!("Empfang {nth}"))));
    let number = |nth: usize| NewPhoneNumber::new(&format!("+493023{nth:05}"), "Filiale", &agents[nth]);
    retell.add_phone_numbers(desk.there, (0..1000).map(number));
    for nth in 0..1001 {
        let call = json!({
            "call_id": format!("call_{nth}"), "agent_id": desk.agent, "agent_version": 0, "call_status": "ended",
            "call_type": "phone_call", "direction": "inbound", "from_number": "anonymous", "to_number": NUMBER,
            "start_timestamp": 1_751_270_400_000_i64 + nth,
        });
        retell.record_call(desk.there, call).unwrap();
    }
    assert_eq!(desk.client.agents(&desk.account).await.unwrap().len(), 1001);
    assert_eq!(desk.client.numbers(&desk.account).await.unwrap().len(), 1001);
    assert_eq!(desk.client.list_calls(&desk.account, Timestamp::UNIX_EPOCH).await.unwrap().len(), 1001);
    let requests = retell.requests();
    for operation in [Operation::ListAgents, Operation::ListPhoneNumbers, Operation::ListCalls] {
        assert_eq!(requests[&operation], 2, "{operation}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let desk = Desk::open().await;
    let (client, account, agent) = (&desk.client, &desk.account, desk.agent.as_str());
    let llm = |version| Engine::Llm { id: "llm_nobody".into(), version };
    let nobody = [BoundAgent { agent: "agent_nobody".into(), version: None, weight: 1000 }];
    assert_eq!(client.agent(account, "agent_nobody", VersionRef::Latest).await, Err(NotFound));
    assert_eq!(client.agent(account, agent, VersionRef::Number(7)).await, Err(NotFound));
    assert_eq!(client.versions(account, "agent_nobody").await, Err(NotFound));
    assert_eq!(client.prompt(account, &llm(None)).await, Err(NotFound));
    assert_eq!(client.put_prompt(account, &llm(Some(1)), "Guten Tag").await, Err(NotFound));
    assert_eq!(client.new_draft(account, agent, 7).await, Err(NotFound));
    assert_eq!(client.publish(account, agent, 7, "").await, Err(NotFound));
    assert_eq!(client.number(account, "+493023125999").await, Err(NotFound));
    assert_eq!(client.bind(account, NUMBER, &nobody).await, Err(NotFound));
    assert_eq!(client.get_call(account, "call_nobody").await, Err(NotFound));
    assert_eq!(client.delete_call(account, "call_nobody").await, Err(NotFound));
}

/// Each operation that there is passes the witness at least once.
#[tokio::test]
async fn the_whole_reference_is_walked() {
    let desk = Desk::open().await;
    let (client, account, agent) = (&desk.client, &desk.account, desk.agent.as_str());
    let retell = desk.town.retell();
    let flow = retell.add_agent(desk.there, NewAgent::flow("Ablauf", "Du führst durch den Tag."));
    let call = json!({
        "call_id": "call_1", "agent_id": agent, "agent_version": 0, "call_status": "ended", "call_type": "web_call",
        "access_token": "made-up",
    });
    retell.record_call(desk.there, call).unwrap();

    assert_eq!(client.key_info(account).await.unwrap().organization, "Salon Mitte");
    assert!(client.voices(account).await.unwrap().iter().any(|voice| voice.voice == "retell-Cimo"));
    client.agents(account).await.unwrap();
    for agent in [agent, &flow] {
        let draft = client.new_draft(account, agent, 0).await.unwrap();
        let prompt = client.prompt(account, &draft.engine).await.unwrap();
        client.put_prompt(account, &draft.engine, &prompt).await.unwrap();
    }
    client.agent(account, agent, VersionRef::LatestPublished).await.unwrap();
    client.versions(account, agent).await.unwrap();
    client.put_webhook(account, agent, 1, "https://ringbuch.example.com", &["call_ended"]).await.unwrap();
    client.publish(account, agent, 1, "").await.unwrap();
    client.numbers(account).await.unwrap();
    client.bind(account, NUMBER, &client.number(account, NUMBER).await.unwrap().inbound).await.unwrap();
    client.list_calls(account, Timestamp::UNIX_EPOCH).await.unwrap();
    client.get_call(account, "call_1").await.unwrap();
    client.delete_call(account, "call_1").await.unwrap();
    assert_eq!(desk.witness.operations(), desk.witness.all_operations());
}

/// What a failure leaves open is only whether it was done; the versions, the prompt and the number tell.
#[tokio::test]
async fn whatever_goes_wrong_it_is_known_what_is_known() {
    let desk = Desk::open().await;
    let retell = desk.town.retell();
    let direct = client(desk.town.sandbox.retell_url(), desk.town.clock(), Duration::from_millis(500));
    let (account, agent) = (&desk.account, desk.agent.as_str());
    let faults = [
        (Fault::CutBefore, false),
        (Fault::CutAfter, true),
        (Fault::ServerErrorBefore, false),
        (Fault::ServerErrorAfter, true),
        (Fault::TimedOutBefore, false),
        (Fault::Malformed, true),
    ];
    for (fault, done) in faults {
        let versions = || retell.agent(desk.there, agent).unwrap().versions;
        let before = versions().len();
        retell.faults().next(Operation::CreateAgentVersion, fault);
        assert!(matches!(direct.new_draft(account, agent, 0).await, Err(Unavailable(_))), "{fault:?}");
        assert_eq!(versions().len() == before + 1, done, "{fault:?}");

        let draft = direct.new_draft(account, agent, 0).await.unwrap();
        retell.faults().next(Operation::UpdateLlm, fault);
        let put = direct.put_prompt(account, &draft.engine, "Du bist kurz.").await;
        // What the answer to a change says is not needed, so a torn one does no harm.
        assert_eq!(put.is_ok(), fault == Fault::Malformed, "{fault:?}");
        let prompt = direct.prompt(account, &draft.engine).await.unwrap();
        assert_eq!(prompt == "Du bist kurz.", done, "{fault:?}");

        retell.change_phone_number(desk.there, NUMBER, |number| number.inbound_agents.clear());
        retell.faults().next(Operation::UpdatePhoneNumber, fault);
        let inbound = [desk.bound(None, 1000)];
        assert!(matches!(direct.bind(account, NUMBER, &inbound).await, Err(Unavailable(_))), "{fault:?}");
        assert_eq!(retell.phone_number(desk.there, NUMBER).unwrap().inbound_agents.len() == 1, done, "{fault:?}");
    }
}

/// Near the limit it waits and does not go beyond; nothing is lost and nothing is done twice.
#[tokio::test]
async fn at_the_limit_it_waits_for_the_next_window() {
    let desk = Desk::open().await;
    let retell = desk.town.retell();
    let begun = desk.town.clock().now();
    for _ in 0..31 {
        desk.client.voices(&desk.account).await.unwrap();
    }
    for _ in 0..101 {
        desk.client.new_draft(&desk.account, &desk.agent, 0).await.unwrap();
    }
    assert_eq!(retell.agent(desk.there, &desk.agent).unwrap().versions.len(), 102);
    assert_eq!(retell.too_many_sent(), 0);
    assert!(desk.town.clock().now().duration_since(begun).as_secs() >= 20);
}

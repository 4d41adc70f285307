//! A voice provider with one agent and one number, in the test's hands: whatever somebody does in its own dashboard
//! meanwhile is done to what it holds.

use crate::http::v1::tests::world::{SALON, World, number_of};
use async_trait::async_trait;
use ringbuch_domain::company::BoundAgent;
use ringbuch_domain::ids::AccountId;
use ringbuch_domain::ports::{
    AgentSetUp, AgentSummary, AgentThere, AgentVersion, Engine, KeyInfo, NumberThere, VersionRef, Voice,
    VoiceAgentsFailure as Failure,
};
use std::sync::{Arc, Mutex};

pub const AGENT: &str = "agent_salon";
pub const FIRST: &str = "Du bist der Empfang.\nBegrüße den Anrufer.\nFrage nach dem Wunsch.\n";

#[derive(Default)]
pub struct Held {
    /// Its number is its place.
    pub versions: Vec<Words>,
    pub inbound: Vec<BoundAgent>,
    pub outbound: Vec<BoundAgent>,
    /// Nothing answers any more.
    pub away: bool,
    /// Nothing answers, and nothing says so.
    pub silent: bool,
}

pub struct Words {
    pub prompt: String,
    pub published: bool,
    base: Option<u32>,
}

/// What the provider holds.
#[derive(Clone, Default)]
pub struct Voices(Arc<Mutex<Held>>);

impl Voices {
    /// An installation whose provider this is.
    pub async fn world() -> (Self, World) {
        let voices = Self::default();
        voices.change(|held| {
            held.versions.push(Words { prompt: FIRST.into(), published: true, base: None });
            held.inbound.push(BoundAgent { agent: AGENT.into(), version: None, weight: 1000 });
        });
        let agents = Arc::new(voices.clone());
        (
            voices,
            World::with(|app| {
                app.agents = Arc::clone(&agents) as _;
                app.agents_in_the_background = agents;
            })
            .await,
        )
    }

    pub fn change<T>(&self, change: impl FnOnce(&mut Held) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }

    pub fn prompt_of(&self, version: usize) -> (String, bool) {
        self.change(|held| (held.versions[version].prompt.clone(), held.versions[version].published))
    }

    /// Returns once it is not silent any more.
    async fn speaks(&self) {
        while self.change(|held| held.silent) {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    fn ask<T>(&self, answer: impl FnOnce(&mut Held) -> Result<T, Failure>) -> Result<T, Failure> {
        self.change(|held| if held.away { Err(Failure::Unavailable("no connection".into())) } else { answer(held) })
    }
}

fn there(held: &Held, version: usize) -> Result<AgentThere, Failure> {
    let words = held.versions.get(version).ok_or(Failure::NotFound)?;
    let number = u32::try_from(version).unwrap();
    Ok(AgentThere {
        agent: AGENT.into(),
        name: "Empfang".into(),
        version: number,
        published: words.published,
        base_version: words.base,
        voice: "retell-Cimo".into(),
        language: Some("de-DE".into()),
        webhook_url: None,
        webhook_events: None,
        max_call_ms: None,
        engine: Engine::Llm { id: "llm".into(), version: Some(number) },
        modified_at: None,
    })
}

fn number(held: &Held) -> NumberThere {
    NumberThere {
        number: number_of(SALON).into(),
        nickname: Some("Mitte".into()),
        inbound: held.inbound.clone(),
        outbound: held.outbound.clone(),
        inbound_webhook_url: None,
        modified_at: None,
    }
}

fn place(engine: &Engine) -> usize {
    let Engine::Llm { version: Some(version), .. } = engine else { panic!("{engine:?}") };
    usize::try_from(*version).unwrap()
}

#[async_trait]
impl AgentSetUp for Voices {
    async fn key_info(&self, _: &AccountId) -> Result<KeyInfo, Failure> {
        Err(Failure::NotFound)
    }
    async fn agents(&self, _: &AccountId) -> Result<Vec<AgentSummary>, Failure> {
        Ok(vec![])
    }
    async fn agent(&self, _: &AccountId, agent: &str, version: VersionRef) -> Result<AgentThere, Failure> {
        assert_eq!(agent, AGENT);
        self.speaks().await;
        self.ask(|held| {
            let published = || held.versions.iter().rposition(|it| it.published).ok_or(Failure::NotFound);
            match version {
                VersionRef::Number(number) => there(held, usize::try_from(number).unwrap()),
                VersionRef::Latest => there(held, held.versions.len() - 1),
                VersionRef::LatestPublished => there(held, published()?),
            }
        })
    }
    async fn versions(&self, _: &AccountId, _: &str) -> Result<Vec<AgentVersion>, Failure> {
        self.speaks().await;
        let row = |(nth, it): (usize, &Words)| AgentVersion {
            version: u32::try_from(nth).unwrap(),
            published: it.published,
            base_version: it.base,
            title: None,
            modified_at: None,
        };
        self.ask(|held| Ok(held.versions.iter().enumerate().rev().map(row).collect()))
    }
    async fn prompt(&self, _: &AccountId, engine: &Engine) -> Result<String, Failure> {
        self.ask(|held| Ok(held.versions[place(engine)].prompt.clone()))
    }
    async fn put_prompt(&self, _: &AccountId, engine: &Engine, prompt: &str) -> Result<(), Failure> {
        self.ask(|held| {
            let words = &mut held.versions[place(engine)];
            if words.published {
                return Err(Failure::Refused { reason: "published".into() });
            }
            prompt.clone_into(&mut words.prompt);
            Ok(())
        })
    }
    async fn new_draft(&self, _: &AccountId, _: &str, base: u32) -> Result<AgentThere, Failure> {
        self.ask(|held| {
            let prompt = held.versions[usize::try_from(base).unwrap()].prompt.clone();
            held.versions.push(Words { prompt, published: false, base: Some(base) });
            there(held, held.versions.len() - 1)
        })
    }
    async fn publish(&self, _: &AccountId, _: &str, version: u32, _: &str) -> Result<(), Failure> {
        self.ask(|held| {
            held.versions[usize::try_from(version).unwrap()].published = true;
            Ok(())
        })
    }
    async fn put_webhook(&self, _: &AccountId, _: &str, _: u32, _: &str, _: &[&str]) -> Result<AgentThere, Failure> {
        Err(Failure::NotFound)
    }
    async fn numbers(&self, _: &AccountId) -> Result<Vec<NumberThere>, Failure> {
        self.ask(|held| Ok(vec![number(held)]))
    }
    async fn number(&self, _: &AccountId, _: &str) -> Result<NumberThere, Failure> {
        self.ask(|held| Ok(number(held)))
    }
    async fn bind(&self, _: &AccountId, _: &str, inbound: &[BoundAgent]) -> Result<NumberThere, Failure> {
        self.ask(|held| {
            if inbound.iter().any(|it| it.version.as_deref() == Some("99")) {
                return Err(Failure::Refused { reason: "invalid".into() });
            }
            held.inbound = inbound.to_vec();
            Ok(number(held))
        })
    }
    async fn bind_outbound(&self, _: &AccountId, _: &str, outbound: &[BoundAgent]) -> Result<NumberThere, Failure> {
        self.ask(|held| {
            held.outbound = outbound.to_vec();
            Ok(number(held))
        })
    }
    async fn voices(&self, _: &AccountId) -> Result<Vec<Voice>, Failure> {
        Ok(vec![])
    }
}

//! What a look at all companies costs: the reads of one minute, counted.

use super::evaluate;
use crate::app::{App, Parts, open_store};
use crate::clock::SteppedClock;
use crate::http::v1::tests::world::NOW;
use crate::providers::ProviderSettings;
use crate::setup::SetUp;
use async_trait::async_trait;
use jiff::SignedDuration;
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_adapters::store::Store;
use ringbuch_domain::account::{AccountOpened, SignatureForm};
use ringbuch_domain::booking::Patience;
use ringbuch_domain::company::{BreakerOpened, CalendarApi, Command, CompanyRegistered};
use ringbuch_domain::ids::{AccountId, CompanyId};
use ringbuch_domain::ports::{Append, AppendError, Appended, Clock, EventLog, LogError};
use ringbuch_domain::recorded::{Envelope, StreamId};
use ringbuch_domain::webhook::Provider;
use ringbuch_projections::alerts::{AlertStatus, list};
use ringbuch_projections::rows::{ReadModels, Row, RowsError, Statement, Step, Value};
use ringbuch_projections::{Paging, Scope};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// A store that counts what is asked of it.
struct Asked<P: ?Sized> {
    inner: Arc<P>,
    times: Arc<AtomicUsize>,
}

impl<P: ?Sized> Asked<P> {
    fn of(inner: &Arc<P>, times: &Arc<AtomicUsize>) -> Arc<Self> {
        Arc::new(Self { inner: Arc::clone(inner), times: Arc::clone(times) })
    }

    fn counted(&self) -> &P {
        self.times.fetch_add(1, Ordering::SeqCst);
        &self.inner
    }
}

#[async_trait]
impl ReadModels for Asked<dyn ReadModels> {
    async fn prepare(&self, ddl: &[&'static str]) -> Result<(), RowsError> {
        self.inner.prepare(ddl).await
    }
    async fn checkpoint(&self, projection: &str, version: u32) -> Result<u64, RowsError> {
        self.inner.checkpoint(projection, version).await
    }
    async fn commit(&self, steps: &[Step]) -> Result<(), RowsError> {
        self.inner.commit(steps).await
    }
    async fn execute(&self, statements: &[Statement]) -> Result<(), RowsError> {
        self.inner.execute(statements).await
    }
    async fn query(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, RowsError> {
        self.counted().query(sql, args).await
    }
}

#[async_trait]
impl EventLog for Asked<dyn EventLog> {
    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.inner.append(append).await
    }
    async fn read_stream(&self, stream: &StreamId, after: u64) -> Result<Vec<Envelope>, LogError> {
        self.counted().read_stream(stream, after).await
    }
    async fn read_all(&self, after: u64, limit: usize) -> Result<Vec<Envelope>, LogError> {
        self.counted().read_all(after, limit).await
    }
    async fn head(&self) -> Result<u64, LogError> {
        self.inner.head().await
    }
    async fn wait_for_news(&self, position: u64) -> Result<(), LogError> {
        self.inner.wait_for_news(position).await
    }
}

struct Installation {
    app: App,
    clock: Arc<SteppedClock>,
    asked: Arc<AtomicUsize>,
    _folder: TempDir,
}

impl Installation {
    async fn open() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("ringbuch.db").display());
        Store::migrate(&url, false).await.unwrap();
        let (clock, asked) = (Arc::new(SteppedClock::at(NOW.parse().unwrap())), Arc::<AtomicUsize>::default());
        let mut store = open_store(&url).await.unwrap();
        store.rows = Asked::of(&store.rows, &asked);
        store.log = Asked::of(&store.log, &asked);
        let master = Arc::new(MasterKeys::parse(&MasterKeys::generate().unwrap()).unwrap());
        let (patience, providers) = (Patience::default(), ProviderSettings::default());
        let parts = Parts { store, master, clock: Arc::clone(&clock) as _, patience, providers };
        let app = App::start(parts).await.unwrap();
        let account = AccountId::new("main").unwrap();
        let opened = AccountOpened { account, name: "main".into(), signature: SignatureForm::Combined, base_url: None };
        SetUp::new(&app, "test").account(opened).await.unwrap();
        Self { app, clock, asked, _folder: folder }
    }

    async fn company(&self, id: &str) -> CompanyId {
        let company = CompanyId::new(id).unwrap();
        let profile = CompanyRegistered {
            company: company.clone(),
            account: AccountId::new("main").unwrap(),
            name: id.into(),
            zone: "Europe/Berlin".into(),
            language: "de".into(),
            placeholder_domain: "anruf.example.com".into(),
        };
        SetUp::new(&self.app, "test").company(profile, None, CalendarApi::V2).await.unwrap();
        company
    }

    /// One look, and how often something was read for it.
    async fn look(&self) -> usize {
        self.app.catch_up().await.unwrap();
        self.asked.store(0, Ordering::SeqCst);
        evaluate(&self.app).await.unwrap();
        self.asked.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_look_costs_no_more_with_a_hundred_quiet_companies() {
    let installation = Installation::open().await;
    let troubled = installation.company("salon").await;
    let alone = installation.look().await;
    assert!(alone > 0, "nothing was read");
    for number in 0..100 {
        installation.company(&format!("quiet{number}")).await;
    }
    assert_eq!(installation.look().await, alone, "quiet companies cost nothing");

    let opened = BreakerOpened { provider: Provider::Calcom, until: installation.clock.now() };
    let set_up = SetUp::new(&installation.app, "test");
    set_up.change(&troubled, Command::NoteBreakerOpened(opened)).await.unwrap();
    installation.clock.advance(SignedDuration::from_mins(2));
    assert!(installation.look().await <= alone + 2, "one company's stream is read besides");
    installation.app.catch_up().await.unwrap();
    let rows = &*installation.app.store.rows;
    let fired = list(rows, Scope::All, Some(AlertStatus::Open), Paging::default()).await.unwrap().items;
    assert_eq!(fired.iter().map(|it| &it.company).collect::<Vec<_>>(), [&troubled]);
}

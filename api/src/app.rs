//! Everything wired together, once: what stands behind the ports, what runs beside the requests, what answers them.

use crate::alerts::AlertErrands;
use crate::booking::BookingErrands;
use crate::cache::CachedSlots;
use crate::desk::HoldErrands;
use crate::directory::LiveDirectory;
use crate::intake::{CalendarIntake, IntakeErrands};
use crate::journal::{Journal, SNAPSHOT_EVERY};
use crate::live::Live;
use crate::mail::MailErrands;
use crate::metrics::Metrics;
use crate::providers::{self, ProviderSettings, Providers};
use crate::runners::{Errands, Leadership, Projector, ProjectorError, Rush, TodoList};
use crate::tally::Tally;
use crate::timed::Timed;
use crate::views::Views;
use ringbuch_adapters::mail::{Mailer, MailerUnusable};
use ringbuch_adapters::sealing::{
    self, CheckFault, IndexKey, IndexKeyFault, MasterKeys, SealedPeople, SealingCodec, Secrets,
};
use ringbuch_adapters::store::{OpenError, Options, ServeLockError, Store};
use ringbuch_domain::booking::Patience;
use ringbuch_domain::ports::{AgentSetUp, Calendar, CalendarSetUp, Clock, People, VoiceAgents};
use ringbuch_projections::{alerts, booking_todo, directory, holds, intake_todo, mail_todo, rows::RowsError};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a start waits for another node to bring the read models on. They come on without it, too.
const PATIENCE: Duration = Duration::from_secs(2);

/// What an installation is made of.
pub struct Parts {
    pub store: Store,
    pub master: Arc<MasterKeys>,
    pub clock: Arc<dyn Clock>,
    pub patience: Patience,
    pub providers: ProviderSettings,
}

#[derive(Debug, Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] OpenError),
    #[error(transparent)]
    Lock(#[from] ServeLockError),
    #[error(transparent)]
    MasterKey(#[from] CheckFault),
    #[error(transparent)]
    IndexKey(#[from] IndexKeyFault),
    #[error("the read models cannot be prepared: {0}")]
    Projector(#[from] ProjectorError),
    #[error("the read models cannot be read: {0}")]
    Rows(#[from] RowsError),
    #[error("the provider clients cannot be made: {0}")]
    Providers(#[from] providers::BuildError),
    #[error(transparent)]
    Mailer(#[from] MailerUnusable),
    #[error("metrics cannot be kept: {0}")]
    Metrics(#[from] crate::metrics::BuildError),
}

/// An installation at work. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub store: Store,
    pub journal: Arc<Journal>,
    pub directory: Arc<LiveDirectory>,
    pub secrets: Arc<Secrets>,
    /// What the key that signs checkpoints is wrapped with.
    pub master: Arc<MasterKeys>,
    pub index: IndexKey,
    pub people: Arc<dyn People>,
    pub calendar: Arc<dyn Calendar>,
    /// The same for callers on the phone, who come first.
    pub calendar_on_the_line: Arc<dyn Calendar>,
    pub slots: Arc<CachedSlots>,
    pub voice: Arc<dyn VoiceAgents>,
    pub calendar_set_up: Arc<dyn CalendarSetUp>,
    pub agents: Arc<dyn AgentSetUp>,
    /// The same for work that nobody waits for.
    pub agents_in_the_background: Arc<dyn AgentSetUp>,
    pub providers: Arc<Providers>,
    pub metrics: Metrics,
    pub tally: Arc<Tally>,
    pub clock: Arc<dyn Clock>,
    pub projector: Arc<Projector>,
    pub rush: Rush,
    pub intake: Arc<TodoList<IntakeErrands>>,
    pub bookings: Arc<TodoList<BookingErrands>>,
    pub booking_errands: BookingErrands,
    /// What the calendar tells, understood.
    pub heeding: CalendarIntake,
    pub holds: Arc<TodoList<HoldErrands>>,
    pub live: Live,
    pub views: Arc<Views>,
    /// What is still being written down behind answers that went out.
    pub notes: TaskTracker,
    /// Who has still to be told of troubles, and which customers of their appointments.
    pub alerts: Arc<TodoList<AlertErrands>>,
    pub mails: Arc<TodoList<MailErrands>>,
    pub alert_errands: AlertErrands,
    pub mail_errands: MailErrands,
    /// Who works on the to-do lists.
    lists: Arc<Leadership>,
}

impl App {
    /// Opens everything and brings the read models up to date; nothing runs yet.
    pub async fn start(parts: Parts) -> Result<Self, StartError> {
        let Parts { store, master, clock, patience, providers } = parts;
        sealing::check(&*store.keys, &master).await?;
        let index = IndexKey::load(&*store.keys, &master).await?;
        let codec = SealingCodec::new(Arc::clone(&store.keys), Arc::clone(&master), Arc::clone(&clock));
        let secrets = Arc::new(Secrets::new(Arc::clone(&store.keys), Arc::clone(&master), Arc::clone(&clock)));
        let people: Arc<dyn People> = Arc::new(SealedPeople::new(Arc::clone(&store.keys), index.clone()));
        let metrics = Metrics::new()?;
        let journal = Journal::new(Arc::clone(&store.log), Arc::new(codec), Arc::clone(&clock), metrics.clone());
        let journal = Arc::new(journal.with_snapshots(Arc::clone(&store.snapshots), SNAPSHOT_EVERY));
        let rush = Rush::default();
        let projector = caught_up(&journal, &store, &rush).await?;
        let directory = Arc::new(LiveDirectory::new(Arc::clone(&journal), Arc::clone(&store.rows)));
        directory.reload().await?;
        let (mailer, outbound) = (providers.smtp.as_ref().map(Mailer::new).transpose()?, providers.outbound()?);
        let (opened, sealed, budgets) = (Arc::clone(&journal), Arc::clone(&secrets), Arc::clone(&store.budgets));
        let providers = Arc::new(Providers::build(providers, opened, sealed, budgets, Arc::clone(&clock))?);
        let calendar = Timed::calendar(providers.calendar(), &metrics);
        let slots = Timed::slots(providers.slots(), &metrics);
        let slots = Arc::new(CachedSlots::new(slots, Arc::clone(&clock), metrics.clone()));
        let calendar_on_the_line = Timed::calendar(providers.calendar_on_the_line(), &metrics);
        let voice = Timed::voice(providers.voice(), &metrics);
        let heeding = CalendarIntake {
            journal: Arc::clone(&journal),
            rows: Arc::clone(&store.rows),
            calendar: Arc::clone(&calendar),
            index: index.clone(),
            metrics: metrics.clone(),
            patience,
            turns: Arc::default(),
        };
        let intake = IntakeErrands {
            journal: Arc::clone(&journal),
            rows: Arc::clone(&store.rows),
            directory: Arc::clone(&directory),
            people: Arc::clone(&people),
            metrics: metrics.clone(),
            calendar: heeding.clone(),
        };
        let booking_errands = BookingErrands {
            journal: Arc::clone(&journal),
            rows: Arc::clone(&store.rows),
            calendar: Arc::clone(&calendar),
            metrics: metrics.clone(),
            patience,
            pages: Arc::default(),
        };
        let hold_errands = HoldErrands { journal: Arc::clone(&journal), rows: Arc::clone(&store.rows) };
        let alert_errands = AlertErrands::new(&journal, &store.rows, &secrets, &directory, (outbound, mailer.clone()));
        let mail_errands = MailErrands { journal: Arc::clone(&journal), rows: Arc::clone(&store.rows), mailer };
        let of_calls = [intake.name(), booking_errands.name(), hold_errands.name(), crate::reconcile::LEASE];
        let of_messages = [alert_errands.name(), mail_errands.name(), crate::alerts::LEASE];
        let names = of_calls.into_iter().chain(of_messages).map(str::to_owned);
        let lists = Arc::new(Leadership::new(Arc::clone(&store.leases), names));
        let at_work = AtWork { clock: &clock, projector: &projector, rush: &rush, leaders: &lists, metrics: &metrics };
        let intake = at_work.on(intake, intake_todo::PROJECTION.name);
        let bookings = at_work.on(booking_errands.clone(), booking_todo::PROJECTION.name);
        let holds = at_work.on(hold_errands, holds::PROJECTION.name);
        let alerts = at_work.on(alert_errands.clone(), alerts::PROJECTION.name);
        let mails = at_work.on(mail_errands.clone(), mail_todo::PROJECTION.name);
        Ok(Self {
            intake,
            bookings,
            holds,
            live: Live::default(),
            views: Arc::default(),
            notes: TaskTracker::new(),
            alerts,
            mails,
            alert_errands,
            mail_errands,
            lists,
            tally: Arc::new(Tally::new(Arc::clone(&store.counters), Arc::clone(&clock))),
            booking_errands,
            heeding,
            store,
            journal,
            directory,
            secrets,
            master,
            index,
            people,
            calendar,
            calendar_on_the_line,
            slots,
            voice,
            calendar_set_up: Timed::calendar_set_up(providers.calendar_set_up(), &metrics),
            agents: Timed::agents(providers.agents(), &metrics),
            agents_in_the_background: Timed::agents(providers.agents_in_the_background(), &metrics),
            providers,
            metrics,
            clock,
            projector,
            rush,
        })
    }

    /// Starts what runs beside the requests; all of it ends when told to, having finished what it had begun.
    pub fn work(&self, shutdown: &CancellationToken) -> JoinSet<()> {
        let mut runners = JoinSet::new();
        let (app, token) = (self.clone(), shutdown.clone());
        // The lists come to rest before the read models do, so that what they have told is still absorbed.
        let lists_done = CancellationToken::new();
        let (followed, rested) = (lists_done.clone(), lists_done);
        let projector = Arc::clone(&app.projector);
        runners.spawn(async move { projector.run(followed).await });
        let (intake, bookings, holds) = (Arc::clone(&app.intake), Arc::clone(&app.bookings), Arc::clone(&app.holds));
        let (alerts, mails, messages_token) = (Arc::clone(&app.alerts), Arc::clone(&app.mails), token.clone());
        let (lists, lists_token, leading) = (Arc::clone(&app.lists), token.clone(), rested.clone());
        runners.spawn(async move { lists.run(leading).await });
        runners.spawn(async move {
            let messages = async { tokio::join!(alerts.run(messages_token.clone()), mails.run(messages_token)) };
            let lists = async { tokio::join!(bookings.run(lists_token.clone()), holds.run(lists_token.clone())) };
            tokio::join!(intake.run(lists_token.clone()), lists, messages);
            rested.cancel();
        });
        let (live, changed) = (Arc::clone(&app.directory), app.projector.directory_changed());
        runners.spawn(live.follow(changed, token.clone()));
        let (slots, log, followed) = (Arc::clone(&app.slots), Arc::clone(&app.store.log), token.clone());
        runners.spawn(async move { slots.follow(&*log, followed).await });
        let (notes, watched) = (app.providers.breaker_notes(), token.clone());
        let (journal, directory) = (Arc::clone(&app.journal), Arc::clone(&app.directory));
        runners.spawn(async move { notes.run(&journal, &directory, watched).await });
        let tally = Arc::clone(&app.tally);
        runners.spawn(async move { tally.run(token).await });
        runners
    }

    /// Of several nodes, this one does the work of that name.
    pub fn leads(&self, name: &str) -> bool {
        self.lists.fence(name).is_some()
    }

    /// Returns once the read models show what has been written until now.
    pub async fn shown(&self) {
        if let Ok(head) = self.journal.log().head().await {
            self.projector.absorbed(head).await;
        }
    }

    /// Lists and read models are up to date with the log.
    pub async fn catch_up(&self) -> Result<(), StartError> {
        self.projector.catch_up().await?;
        self.directory.reload().await?;
        Ok(())
    }
}

/// Reads into every read model what the log holds already.
async fn caught_up(journal: &Arc<Journal>, store: &Store, rush: &Rush) -> Result<Arc<Projector>, StartError> {
    let projector = Projector::new(
        Arc::clone(journal),
        (Arc::clone(&store.rows), Arc::clone(&store.builds), Arc::clone(&store.leases)),
        ringbuch_projections::all(),
        directory::PROJECTION.name,
        rush.clone(),
    );
    projector.prepare().await?;
    projector.catch_up_unless(PATIENCE).await?;
    Ok(Arc::new(projector))
}

/// What every to-do list works with.
struct AtWork<'a> {
    clock: &'a Arc<dyn Clock>,
    projector: &'a Projector,
    rush: &'a Rush,
    leaders: &'a Arc<Leadership>,
    metrics: &'a Metrics,
}

impl AtWork<'_> {
    fn on<E: Errands>(&self, errands: E, list: &str) -> Arc<TodoList<E>> {
        let (clock, progress) = (Arc::clone(self.clock), self.projector.progress_of(list));
        let (rush, leaders, metrics) = (self.rush.clone(), Arc::clone(self.leaders), self.metrics.clone());
        Arc::new(TodoList::new(errands, clock, progress, rush, leaders, metrics))
    }
}

/// How a store is opened for use.
pub async fn open_store(url: &str) -> Result<Store, OpenError> {
    Store::open(url, Options::default()).await
}

/// The same with the log in a KurrentDB, where one is named.
pub async fn open_store_with_log(url: &str, event_store: Option<&str>) -> Result<Store, OpenError> {
    let store = open_store(url).await?;
    match event_store {
        Some(event_store) => store.with_log_at(event_store).await,
        None => store.with_own_log().await,
    }
}

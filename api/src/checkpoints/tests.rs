use super::*;
use crate::clock::SystemClock;
use ringbuch_adapters::sealing::MasterKeys;
use ringbuch_adapters::store::{Options, Store};
use ringbuch_domain::ports::{Append, Expected};
use ringbuch_domain::recorded::{Cause, NewEvent, StreamId};
use secrecy::SecretString;
use tempfile::TempDir;
use uuid::Uuid;

struct Place {
    store: Store,
    master: MasterKeys,
    database: TempDir,
}

impl Place {
    async fn new() -> Self {
        let database = TempDir::new().unwrap();
        let url = format!("sqlite:{}", database.path().join("log.db").display());
        Store::migrate(&url, false).await.unwrap();
        let store = Store::open(&url, Options::default()).await.unwrap();
        let master = SecretString::from("main:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
        Self { store, master: MasterKeys::parse(&master).unwrap(), database }
    }

    /// As a server that has just started has it.
    async fn schedule(&self) -> Schedule {
        let key = SigningKey::of(&*self.store.keys, &self.master).await.unwrap();
        Schedule::new(self.folder(), Duration::from_hours(1), key)
    }

    async fn grow(&self) {
        let event = NewEvent { id: Uuid::now_v7(), kind: "Noted", version: 1, public: b"{}".to_vec(), private: None };
        let append = Append {
            stream: StreamId::from_stored("s"),
            expected: Expected::Any,
            cause: Cause::first(Uuid::now_v7()),
            company: None,
            time: SystemClock.now(),
            events: vec![event],
        };
        self.store.log.append(append).await.unwrap();
    }

    fn folder(&self) -> PathBuf {
        self.database.path().join("elsewhere")
    }

    /// The text of the one file that is there.
    fn text(&self) -> String {
        let files: Vec<_> = fs::read_dir(self.folder()).unwrap().map(|it| it.unwrap().path()).collect();
        let [file] = &files[..] else { panic!("one file: {files:?}") };
        fs::read_to_string(file).unwrap()
    }

    async fn write(&self, schedule: &Schedule, day: &str) -> Result<(), String> {
        let now = format!("{day}T10:00:00Z").parse().unwrap();
        schedule.write(&self.store, now).await.map_err(|fault| fault.to_string())
    }
}

const DAY: &str = "2026-03-01";

#[tokio::test]
async fn only_what_is_new_is_signed_whoever_writes() {
    let place = Place::new().await;
    fs::create_dir(place.folder()).unwrap();
    let schedule = place.schedule().await;
    place.write(&schedule, DAY).await.unwrap();
    assert_eq!(fs::read_dir(place.folder()).unwrap().count(), 0, "an empty log says nothing");
    place.grow().await;
    place.write(&schedule, DAY).await.unwrap();
    place.write(&schedule, DAY).await.unwrap();
    place.write(&place.schedule().await, DAY).await.unwrap();
    assert_eq!(place.text().lines().count(), 1);
    place.grow().await;
    place.write(&place.schedule().await, DAY).await.unwrap();
    let head = place.store.log.read_all(1, 1).await.unwrap().remove(0);
    let text = place.text();
    let signed: Vec<Checkpoint> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(signed.iter().map(|it| it.position).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(signed[1].check(Some(&schedule.key.public())), Ok((2, head.hash)));
}

#[tokio::test]
async fn each_day_has_its_file_and_what_was_cut_off_stays_apart() {
    let place = Place::new().await;
    fs::create_dir(place.folder()).unwrap();
    let schedule = place.schedule().await;
    place.grow().await;
    place.write(&schedule, DAY).await.unwrap();
    let file = place.folder().join("checkpoints-2026-03-01.jsonl");
    let whole = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{whole}{{\"position\":")).unwrap();
    place.write(&schedule, DAY).await.unwrap();
    let lines: Vec<String> = fs::read_to_string(&file).unwrap().lines().map(str::to_owned).collect();
    assert_eq!((lines.len(), lines[1].as_str(), &lines[0]), (3, "{\"position\":", &lines[2]));
    place.grow().await;
    place.write(&schedule, "2026-03-02").await.unwrap();
    place.write(&schedule, "2026-03-03").await.unwrap();
    let mut names: Vec<_> = fs::read_dir(place.folder()).unwrap().map(|it| it.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["checkpoints-2026-03-01.jsonl", "checkpoints-2026-03-02.jsonl"]);
}

#[tokio::test]
async fn a_folder_that_is_away_is_told_by_name_until_it_is_back() {
    let place = Place::new().await;
    place.grow().await;
    let schedule = place.schedule().await;
    assert!(schedule.checkpoint(&place.store, &SystemClock).await.is_err());
    let trouble = schedule.trouble().unwrap();
    assert!(trouble.contains("elsewhere") && trouble.contains("No such file"), "{trouble}");
    fs::create_dir(place.folder()).unwrap();
    schedule.checkpoint(&place.store, &SystemClock).await.unwrap();
    assert_eq!((schedule.trouble(), place.text().lines().count()), (None, 1));
}

//! A command is decided on what its node remembers, and never stands on that where another node knew better.

use super::database::Database;
use super::snapshots::{Process, grown, salon, stream};
use ringbuch_adapters::store::Store;
use ringbuch_api::journal::{ExecuteError, Executed};
use ringbuch_domain::company::{Command, Company, Rejection};
use ringbuch_domain::ids::BranchId;
use ringbuch_domain::ports::Appended;
use ringbuch_domain::recorded::Cause;
use uuid::Uuid;

type Outcome = Result<Executed<Company>, ExecuteError<Rejection>>;

/// A node that knows the stream as it is now.
async fn node(store: &Store) -> Process {
    let process = Process::without_snapshots(store);
    process.company().await;
    process
}

async fn does(process: &Process, command: Command) -> Outcome {
    let cause = Cause::first(Uuid::new_v4());
    process.journal.execute::<Company>(&stream(), Some(&salon()), cause, command).await
}

/// The revision that it led to.
fn revision(outcome: Outcome) -> Option<u64> {
    outcome.unwrap().appended.map(|appended| appended.revision)
}

fn branch(nth: usize) -> BranchId {
    BranchId::new(&format!("b{nth}")).unwrap()
}

pub async fn nothing_is_read_where_nobody_else_writes(database: &Database) {
    let store = database.store().await;
    grown(&store).await;
    let here = node(&store).await;
    let before = here.read();
    for nth in 12..20 {
        assert!(here.open_branch(nth, Uuid::new_v4()).await.is_some());
    }
    assert_eq!(here.read(), before);
}

pub async fn what_another_node_did_counts_before_anything_is_decided(database: &Database) {
    let store = database.store().await;
    grown(&store).await;
    let [here, refuses, sees_nothing, repeats] = [(); 4].map(|()| node(&store));
    let (here, refuses, sees_nothing, repeats) = (here.await, refuses.await, sees_nothing.await, repeats.await);
    let there = node(&store).await;
    assert_eq!(revision(does(&there, Command::DeactivateBranch { branch: branch(1) }).await), Some(13));
    assert_eq!(there.open_branch(12, Uuid::new_v4()).await.map(|it| it.revision), Some(14));

    // What it would write is written behind what it had missed.
    assert_eq!(here.open_branch(13, Uuid::new_v4()).await.map(|it| it.revision), Some(15));
    // By what it remembers there is no such branch, there is nothing to do, and there is something to do.
    assert_eq!(revision(does(&refuses, Command::DeactivateBranch { branch: branch(12) }).await), Some(16));
    assert_eq!(revision(does(&sees_nothing, Command::ActivateBranch { branch: branch(1) }).await), Some(17));
    assert_eq!(revision(does(&repeats, Command::DeactivateBranch { branch: branch(12) }).await), None);
    let unknown = does(&repeats, Command::DeactivateBranch { branch: branch(99) }).await;
    assert!(matches!(unknown, Err(ExecuteError::Rejected(Rejection::BranchUnknown { .. }))), "{unknown:?}");
    assert_eq!(node(&store).await.company().await.revision, 17);
}

pub async fn a_command_that_another_node_carried_out_gets_its_first_result(database: &Database) {
    let store = database.store().await;
    grown(&store).await;
    let (same, other, there) = (node(&store).await, node(&store).await, node(&store).await);
    let command = Uuid::new_v4();
    let first = there.open_branch(12, command).await.unwrap();
    there.open_branch(13, Uuid::new_v4()).await;
    // The same command leads to the same event here, or to another one.
    assert_eq!(same.open_branch(12, command).await, Some(Appended { repeated: true, ..first }));
    assert_eq!(other.open_branch(14, command).await, Some(Appended { repeated: true, ..first }));
    assert_eq!(node(&store).await.company().await.revision, 14);
}

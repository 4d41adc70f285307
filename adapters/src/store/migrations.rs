//! The numbered SQL under `migrations/`, embedded, and what of it a database lacks.

use refinery::{Migration, Runner};

mod for_sqlite {
    refinery::embed_migrations!("../migrations/sqlite");
}

mod for_postgres {
    refinery::embed_migrations!("../migrations/postgres");
}

pub(crate) fn sqlite() -> Runner {
    tolerant(for_sqlite::migrations::runner())
}

pub(crate) fn postgres() -> Runner {
    tolerant(for_postgres::migrations::runner())
}

/// What the database has and this program does not know is told by `missing`, with what to do about it. A change and the
/// note that it was made are one transaction only where all of them are: killed in between, or looked at in between by
/// another process, a database would otherwise be asked for the same change again.
fn tolerant(runner: Runner) -> Runner {
    runner.set_abort_missing(false).set_grouped(true)
}

/// The names of those that were not applied yet, or what is wrong with those that were.
pub(crate) fn missing(runner: &Runner, applied: &[Migration]) -> Result<Vec<String>, String> {
    let mut lacking = Vec::new();
    for migration in runner.get_migrations() {
        match applied.iter().find(|there| there.version() == migration.version()) {
            None => lacking.push(migration.clone()),
            Some(there) if there != migration => {
                return Err(format!("{there} was applied with another text than this program holds as {migration}"));
            }
            Some(_) => {}
        }
    }
    let known = |there: &&Migration| runner.get_migrations().iter().any(|known| known.version() == there.version());
    if let Some(newer) = applied.iter().find(|there| !known(there)) {
        return Err(format!("{newer} was applied by a newer Ringbuch; use that one, or a backup from before it"));
    }
    lacking.sort();
    Ok(names(&lacking))
}

/// `V1__event_log`, ….
pub(crate) fn names(migrations: &[Migration]) -> Vec<String> {
    migrations.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_have_the_same_numbers_and_names() {
        let names_of = |runner: &Runner| missing(runner, &[]).unwrap();
        assert_eq!(names_of(&sqlite()), names_of(&postgres()));
        assert_eq!(names_of(&sqlite()).first().map(String::as_str), Some("V1__event_log"));
    }
}

//! What settings lead to, beyond being readable.

use super::{Config, DatabaseUrl};
use serde::Serialize;
use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Ok,
    /// It works, but somebody should know.
    Note,
    /// `serve` would not start, or would not do what is wanted.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub level: Level,
    pub key: &'static str,
    /// What is found and, if it is a problem, what to do.
    pub text: String,
}

pub(super) fn check(config: &Config) -> Vec<Finding> {
    vec![
        database(config),
        event_store(config),
        master_key(config),
        listen(config),
        metrics(config),
        loopback(config),
        log_folder(config),
        mail(config),
    ]
    .into_iter()
    .chain(checkpoints(config))
    .chain(oidc(config))
    .collect()
}

fn finding(level: Level, key: &'static str, text: impl Into<String>) -> Finding {
    Finding { level, key, text: text.into() }
}

fn database(config: &Config) -> Finding {
    let DatabaseUrl::Sqlite(path) = &config.database else {
        return finding(Level::Ok, "database_url", "PostgreSQL");
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() {
        return finding(Level::Ok, "database_url", format!("SQLite in {}", path.display()));
    }
    finding(Level::Problem, "database_url", format!("the folder {} does not exist; make it", folder.display()))
}

fn event_store(config: &Config) -> Finding {
    let (level, text) = match (&config.event_store, &config.database) {
        (None, _) => (Level::Ok, "the log is kept in the database"),
        (Some(_), DatabaseUrl::Postgres(_)) => (Level::Ok, "the log is kept in a KurrentDB"),
        (Some(_), DatabaseUrl::Sqlite(_)) => (
            Level::Note,
            "the log is kept in a KurrentDB; keys and read models lie in one file, which one server can use",
        ),
    };
    finding(level, "event_store_url", text)
}

fn master_key(config: &Config) -> Finding {
    match config.master_keys.len() {
        0 => finding(
            Level::Problem,
            "master_key",
            "none is set and `serve` does not start without one; make one with \
             `echo \"main:$(head -c 32 /dev/urandom | base64)\"`, keep a copy apart from the database",
        ),
        1 => finding(Level::Ok, "master_key", "one key"),
        several => finding(Level::Ok, "master_key", format!("{several} keys; the first seals")),
    }
}

fn listen(config: &Config) -> Finding {
    let how = if config.listen.ip().is_loopback() { "from this machine only" } else { "without encryption" };
    finding(Level::Note, "listen", format!("{} is reached {how}; put a proxy with TLS in front", config.listen))
}

fn metrics(config: &Config) -> Finding {
    match config.metrics_token {
        Some(_) => finding(Level::Ok, "metrics_token", "/api/metrics asks for the token"),
        None => finding(Level::Note, "metrics_token", "none is set; /api/metrics answers this machine only"),
    }
}

fn loopback(config: &Config) -> Finding {
    if config.allow_loopback {
        let text = "providers may be on loopback; leave this to demonstrations and tests";
        return finding(Level::Note, "allow_loopback", text);
    }
    finding(Level::Ok, "allow_loopback", "providers cannot be on loopback")
}

fn log_folder(config: &Config) -> Finding {
    match &config.log.folder {
        Some(folder) if folder.exists() && !folder.is_dir() => {
            finding(Level::Problem, "log_dir", format!("{} is not a folder", folder.display()))
        }
        Some(folder) => {
            let (name, days) = (folder.display(), config.log.days);
            finding(Level::Ok, "log_dir", format!("the log goes into {name}, a file a day, kept for {days} days"))
        }
        None => finding(Level::Ok, "log_dir", "the log goes to stderr"),
    }
}

fn mail(config: &Config) -> Finding {
    match &config.smtp {
        Some(smtp) => finding(Level::Ok, "smtp_host", format!("mail goes to {} on port {}", smtp.host, smtp.port)),
        None => finding(Level::Note, "smtp_host", "none is set; nobody is written to"),
    }
}

fn checkpoints(config: &Config) -> Option<Finding> {
    let folder = config.checkpoint_folder.as_ref()?;
    let (name, minutes) = (folder.display(), config.checkpoint_every.as_secs() / 60);
    Some(if folder.is_dir() {
        let text = format!("the log is signed every {minutes} minutes in {name}");
        finding(Level::Ok, "audit_checkpoint_dir", text)
    } else {
        let text = format!("{name} is not a folder, so that no checkpoint can be written; make it, or mount it");
        finding(Level::Problem, "audit_checkpoint_dir", text)
    })
}

fn oidc(config: &Config) -> Option<Finding> {
    let settings = config.oidc.as_ref()?;
    Some(if config.reach.0.is_empty() {
        let text =
            "people who sign in there cannot be sent back here; set RINGBUCH_PUBLIC_URL to this server's address";
        finding(Level::Problem, "oidc_issuer", text)
    } else {
        let text = format!("people may sign in with {} ({})", settings.name, settings.issuer);
        finding(Level::Ok, "oidc_issuer", text)
    })
}

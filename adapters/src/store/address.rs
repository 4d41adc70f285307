//! The address of a database: `sqlite:PATH` or `postgres://…`. What is refused is shown without its password.

use super::OpenError;
use std::path::PathBuf;
use std::str::FromStr;

/// The setting that holds the address.
pub const KEY: &str = "RINGBUCH_DATABASE_URL";
const ALLOWED: &str = "sqlite:PATH and postgres://USER:PASSWORD@HOST[:PORT]/DATABASE[?sslmode=disable|prefer|require]";

#[derive(Debug)]
pub(crate) enum Address {
    Sqlite(PathBuf),
    Postgres(Box<tokio_postgres::Config>),
}

impl Address {
    pub fn parse(url: &str) -> Result<Self, OpenError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return sqlite(url, path.strip_prefix("//").unwrap_or(path));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return tokio_postgres::Config::from_str(url)
                .map(|config| Self::Postgres(Box::new(config)))
                .map_err(|error| unusable(url, &reason(&error)));
        }
        Err(unusable(url, "it starts with neither sqlite: nor postgres://"))
    }
}

fn sqlite(url: &str, path: &str) -> Result<Address, OpenError> {
    if path.is_empty() {
        return Err(unusable(url, "the path is empty"));
    }
    if path.contains(":memory:") {
        return Err(unusable(url, "a log in memory is lost with the process; name a file"));
    }
    if path.contains(['?', '#']) {
        return Err(unusable(url, "a SQLite path takes no parameters"));
    }
    Ok(Address::Sqlite(PathBuf::from(path)))
}

fn unusable(url: &str, why: &str) -> OpenError {
    OpenError::Unusable { key: KEY, value: without_password(url), why: why.to_owned(), allowed: ALLOWED }
}

/// The parser's own word; its outer error only says that parsing failed.
fn reason(error: &tokio_postgres::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

/// The address with whatever may be a password replaced. A malformed address loses rather more than too little.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let place = match place.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:***@{host}"),
            None => format!("{user}@{host}"),
        },
        None => place.to_owned(),
    };
    if parameters.is_empty() { format!("{scheme}://{place}") } else { format!("{scheme}://{place}?***") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_by_their_path() {
        for (url, path) in [
            ("sqlite:./ringbuch.db", "./ringbuch.db"),
            ("sqlite:/var/lib/ringbuch.db", "/var/lib/ringbuch.db"),
            ("sqlite:///var/lib/ringbuch.db", "/var/lib/ringbuch.db"),
            ("sqlite://ringbuch.db", "ringbuch.db"),
        ] {
            let Ok(Address::Sqlite(parsed)) = Address::parse(url) else { panic!("{url}") };
            assert_eq!(parsed, PathBuf::from(path), "{url}");
        }
    }

    #[test]
    fn what_cannot_be_used_names_the_setting_the_value_and_what_is_allowed() {
        for url in ["", "mysql://root@db/x", "sqlite:", "sqlite::memory:", "sqlite:a.db?mode=rwc", "./ringbuch.db"] {
            let said = Address::parse(url).unwrap_err().to_string();
            assert!(said.contains(KEY) && said.contains(&format!("'{url}'")) && said.contains(ALLOWED), "{said}");
        }
    }

    #[test]
    fn a_refused_address_does_not_show_its_password() {
        for url in [
            "postgres://ringbuch:geheim@db:70000/x",
            "postgres://ringbuch:ge@heim@db/x?sslmode=maybe",
            "postgres://db/x?password=geheim&sslmode=maybe",
            "mysql://ringbuch:geheim@db/x",
        ] {
            let said = Address::parse(url).unwrap_err().to_string();
            assert!(!said.contains("geheim") && !said.contains("heim@"), "{said}");
            assert!(said.contains("db"), "{said}");
        }
    }
}

//! Query parameters, read so that a mistake is told and never ignored: a filter with a typing error must not list all.

use crate::problem::Problem;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;
use warp::filters::BoxedFilter;
use warp::{Filter, Rejection};

/// The parameters of one request; every name occurs once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

/// Understood wherever a key is asked for, so no endpoint has to list it.
const EVERYWHERE: &str = "company";

/// Hands the parameters to a handler. A name that is not listed, or that occurs twice, is a problem.
pub fn query(allowed: &'static [&'static str]) -> BoxedFilter<(Query,)> {
    warp::query::<Vec<(String, String)>>()
        .and_then(move |pairs| async move { Query::new(pairs, allowed).map_err(Rejection::from) })
        .boxed()
}

impl Query {
    pub fn new(pairs: Vec<(String, String)>, allowed: &[&str]) -> Result<Self, Problem> {
        let mut seen = BTreeSet::new();
        for (name, value) in &pairs {
            if name != EVERYWHERE && !allowed.contains(&name.as_str()) {
                return Err(Problem::query(format!(
                    "There is no parameter '{}' here. {}",
                    cut(name),
                    listing(allowed)
                )));
            }
            if !seen.insert(name) {
                return Err(Problem::query(format!("The parameter '{name}' is given twice.")));
            }
            // No database keeps one in a text, so nothing can be found by it.
            if value.contains('\0') {
                return Err(Problem::query(format!("The parameter '{name}' holds a NUL character.")));
            }
        }
        Ok(Self { pairs })
    }

    /// The value, unless it is empty: `?status=` asks for everything, as a form with an empty field does.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The value as something that says itself what is wrong with it.
    pub fn get<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, Problem> {
        let read = |value: &str| value.parse().map_err(|why| unusable(name, value, &format!("{why}")));
        self.text(name).map(read).transpose()
    }

    /// A time, RFC 3339.
    pub fn time(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        let allowed = "a time such as 2026-03-01T09:00:00Z is expected";
        self.text(name).map(|value| time(value).ok_or_else(|| unusable(name, value, allowed))).transpose()
    }

    /// One of the words listed.
    pub fn word<'w>(&self, name: &str, words: &[&'w str]) -> Result<Option<&'w str>, Problem> {
        let Some(value) = self.text(name) else { return Ok(None) };
        match words.iter().find(|word| **word == value) {
            Some(word) => Ok(Some(word)),
            None => Err(unusable(name, value, &format!("{} is expected", words.join(" or ")))),
        }
    }

    /// `true` or `false`; false where it is absent.
    pub fn flag(&self, name: &str) -> Result<bool, Problem> {
        Ok(self.word(name, &["true", "false"])? == Some("true"))
    }
}

fn unusable(name: &str, value: &str, why: &str) -> Problem {
    Problem::query(format!("The parameter '{name}' cannot be '{}': {why}.", cut(value)))
}

fn listing(allowed: &[&str]) -> String {
    match allowed {
        [] => "This address takes none.".into(),
        _ => format!("Allowed: {}.", allowed.join(", ")),
    }
}

/// What comes back in an answer is bounded.
fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}

/// A `+` in a query means a space, so an offset that was not encoded arrives as one.
fn time(value: &str) -> Option<Timestamp> {
    value.parse().ok().or_else(|| {
        let (time, offset) = value.rsplit_once(' ')?;
        format!("{time}+{offset}").parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Query, Problem> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Query::new(pairs, &["since", "status", "dry_run", "limit"])
    }

    fn told<T: std::fmt::Debug>(result: Result<T, Problem>) -> String {
        result.unwrap_err().detail.unwrap()
    }

    #[test]
    fn names_that_mean_nothing_are_told() {
        assert_eq!(
            told(read(&[("stauts", "failed")])),
            "There is no parameter 'stauts' here. Allowed: since, status, dry_run, limit."
        );
        assert_eq!(told(read(&[("limit", "1"), ("limit", "2")])), "The parameter 'limit' is given twice.");
        assert_eq!(told(read(&[("status", "a\0b")])), "The parameter 'status' holds a NUL character.");
    }

    #[test]
    fn values_are_told_with_what_is_expected() {
        let query = read(&[("since", "yesterday"), ("status", "odd"), ("dry_run", "1"), ("limit", "x")]).unwrap();
        assert!(told(query.time("since")).contains("'yesterday': a time such as"));
        assert!(told(query.word("status", &["failed", "dead"])).contains("'odd': failed or dead is expected"));
        assert!(told(query.flag("dry_run")).contains("true or false"));
        assert!(told(query.get::<u32>("limit")).contains("'limit' cannot be 'x'"));
    }

    #[test]
    fn times_are_read_with_and_without_an_encoded_plus() {
        let expected: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        for text in ["2026-03-01T09:00:00Z", "2026-03-01T10:00:00+01:00", "2026-03-01T10:00:00 01:00"] {
            assert_eq!(read(&[("since", text)]).unwrap().time("since").unwrap(), Some(expected), "{text}");
        }
    }

    #[test]
    fn an_empty_value_is_no_value() {
        let query = read(&[("status", "")]).unwrap();
        assert_eq!(query.text("status"), None);
        assert_eq!(query.word("status", &["failed"]).unwrap(), None);
    }
}

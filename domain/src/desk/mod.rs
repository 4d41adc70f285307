//! The desk, where the agent asks for something while the caller is on the line: which times are offered, to whom an
//! appointment is told, what is done where nothing can be done, and in which words all of it is said.

mod arguments;
mod days;
mod disclosure;
mod offer;
mod ranking;
mod rules;
mod search;
mod sentences;
#[cfg(test)]
mod tests;
mod when;

pub use arguments::{Arguments, is_placeholder};
pub use days::{coming_days, day, hours, language_of, moment, one_of};
pub use disclosure::{Evidence, GUESSES_AT_MOST, OnRecord, may_be_told};
pub use offer::Offer;
pub use ranking::{Candidate, OFFERS_AT_MOST, Wanted, ranked};
pub use rules::{DeskRules, Detail, Fallback, RuleUnusable, RulesChange};
pub use search::{Search, bookable};
pub use sentences::Sentence;
pub use when::{When, when};

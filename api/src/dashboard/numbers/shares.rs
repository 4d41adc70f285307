//! Who answers a number, as a form has it: a row an agent, its part of the calls in percent.

use crate::dashboard::agents::{Known, version};
use crate::dashboard::form::Form;
use ringbuch_domain::company::BoundAgent;

/// Rows beside those that are filled, for whoever adds an agent.
const SPARE: usize = 2;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Share {
    /// Empty in a row that nobody filled.
    pub agent: String,
    /// Empty: what the provider takes by itself.
    pub version: String,
    pub percent: String,
}

/// Who answers, as pages show it.
pub struct Part {
    pub agent: String,
    pub name: String,
    /// As a stored word, see the texts; else a version or a tag.
    pub version: String,
    /// Of 1.
    pub share: f64,
    /// The company does not know it; choosing it is refused with a sentence.
    pub strange: bool,
}

pub fn parts(inbound: &[BoundAgent], agents: &[Known]) -> Vec<Part> {
    let part = |it: &BoundAgent| {
        let known = agents.iter().find(|known| known.agent == it.agent);
        Part {
            agent: it.agent.clone(),
            name: known.map_or_else(|| it.agent.clone(), |known| known.name().to_owned()),
            version: version(it).to_owned(),
            share: f64::from(it.weight) / 1000.0,
            strange: known.is_none(),
        }
    };
    inbound.iter().map(part).collect()
}

/// What a form sent, row by row.
pub fn sent(form: &Form) -> Vec<Share> {
    let (versions, weights) = (form.all("version"), form.all("weight"));
    let rows = form.all("agent").zip(versions).zip(weights);
    let share = |((agent, version), percent): ((&str, &str), &str)| {
        let [agent, version, percent] = [agent, version, percent].map(|text| text.trim().to_owned());
        Share { agent, version, percent }
    };
    rows.map(share).filter(|share| !share.agent.is_empty()).collect()
}

/// With rows to fill.
pub fn rows(mut shares: Vec<Share>) -> Vec<Share> {
    shares.resize(shares.len() + SPARE, Share::default());
    shares
}

pub fn of(inbound: &[BoundAgent]) -> Vec<Share> {
    let share = |it: &BoundAgent| Share {
        agent: it.agent.clone(),
        version: it.version.clone().unwrap_or_default(),
        percent: percent(it.weight),
    };
    inbound.iter().map(share).collect()
}

/// Why a form does not say who answers.
#[derive(Debug, PartialEq, Eq)]
pub enum Unusable {
    /// A part is no percentage above 0 with at most one digit behind the point.
    Percent,
    /// Together they are not a whole but so many thousandths.
    Sum(u32),
}

pub fn bound(shares: &[Share]) -> Result<Vec<BoundAgent>, Unusable> {
    let bound = |it: &Share| {
        let weight = thousandths(&it.percent).filter(|weight| *weight > 0).ok_or(Unusable::Percent)?;
        let version = Some(it.version.clone()).filter(|version| !version.is_empty());
        Ok(BoundAgent { agent: it.agent.clone(), version, weight })
    };
    let bound: Vec<BoundAgent> = shares.iter().map(bound).collect::<Result<_, _>>()?;
    match bound.iter().fold(0, |sum: u32, it| sum.saturating_add(it.weight)) {
        1000 => Ok(bound),
        sum => Err(Unusable::Sum(sum)),
    }
}

/// `12.5` of 125 thousandths.
pub fn percent(thousandths: u32) -> String {
    match thousandths % 10 {
        0 => (thousandths / 10).to_string(),
        rest => format!("{}.{rest}", thousandths / 10),
    }
}

fn thousandths(percent: &str) -> Option<u32> {
    let (whole, tenths) = percent.split_once(['.', ',']).unwrap_or((percent, "0"));
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let usable = digits(whole) && digits(tenths) && whole.len() <= 3 && tenths.len() == 1;
    usable.then(|| Some(whole.parse::<u32>().ok()? * 10 + tenths.parse::<u32>().ok()?)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_thousandths_and_back() {
        for (text, whole) in [("100", 1000), ("12.5", 125), ("12,5", 125), ("0.1", 1), ("0", 0)] {
            assert_eq!(thousandths(text), Some(whole), "{text}");
            assert_eq!(percent(whole), text.replace(',', "."));
        }
        for text in ["", "-1", "1.25", ".5", "5.", "1e2", "1000000000000", "ten"] {
            assert_eq!(thousandths(text), None, "{text}");
        }
    }

    #[test]
    fn rows_that_nobody_filled_are_left_out() {
        let text = b"agent=a&version=7&weight=75&agent=b&version=&weight=25&agent=&version=&weight=";
        let shares = sent(&Form::read(text).unwrap());
        let inbound = bound(&shares).unwrap();
        assert_eq!(of(&inbound), shares);
        assert_eq!(
            inbound.iter().map(|it| (it.version.as_deref(), it.weight)).collect::<Vec<_>>(),
            [(Some("7"), 750), (None, 250)]
        );
        assert_eq!(rows(shares).len(), 4);
        let wrong = |text: &[u8]| bound(&sent(&Form::read(text).unwrap()));
        assert_eq!(wrong(b"agent=a&version=&weight=99.9"), Err(Unusable::Sum(999)));
        assert_eq!(wrong(b"agent=a&version=&weight=0&agent=b&version=&weight=100"), Err(Unusable::Percent));
        assert_eq!(wrong(b""), Err(Unusable::Sum(0)), "somebody has to answer");
    }
}

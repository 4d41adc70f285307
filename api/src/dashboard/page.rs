//! What every page knows: who looks, in which language and theme, where they are, and how times and words are shown.
//! Templates call its methods.

use super::html::{Badge, Icon, Time, Told, tone};
use super::language::Language;
use super::request::Asked;
use super::texts::{self, Sentence};
use super::theme::Theme;
use super::{assets, nav};
use crate::http::auth::session::cookie_of;
use crate::http::auth::{Caller, Permission};
use crate::http::page::cursor;
use crate::http::v1::sentence;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ringbuch_domain::ids::CompanyId;
use ringbuch_projections::Cursor;
use std::borrow::Borrow;
use std::fmt::Display;

/// Hyphens stand for themselves everywhere in an address; ids are most of what a long list weighs.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-');

pub const FLASH: &str = "ringbuch-flash";

/// Whoever is signed in, as pages show them.
#[derive(Debug, Clone)]
pub struct Member {
    pub caller: Caller,
    /// Their name, or the address that they sign in with.
    pub name: String,
    pub company_name: String,
    pub zone: TimeZone,
    /// All companies by id and name, for an owner; otherwise empty.
    pub companies: Vec<(CompanyId, String)>,
    /// What forms of this page carry.
    pub csrf: String,
}

#[derive(Debug, Clone)]
pub struct Page {
    pub title: String,
    pub language: Language,
    pub theme: Theme,
    /// Absent on pages for those who are not signed in.
    pub member: Option<Member>,
    /// Address of this page with its parameters.
    pub here: String,
    /// What the request before has led to, by its key.
    flash: Option<String>,
}

/// One link of the navigation.
pub struct NavLink {
    pub href: String,
    pub text: Sentence,
    pub icon: Icon,
    pub current: bool,
}

impl Page {
    pub fn new(asked: &Asked, member: Option<Member>) -> Self {
        Self {
            title: String::new(),
            language: Language::of(&asked.headers),
            theme: Theme::of(&asked.headers),
            member,
            here: asked.here(),
            flash: cookie_of(&asked.headers, FLASH).filter(|key| !key.is_empty()),
        }
    }

    /// The same page with a title, by its key.
    pub fn titled(&self, title: &str) -> Self {
        Self { title: self.say(title).to_string(), ..self.clone() }
    }

    /// A text of the catalogue. `page.say("webhooks.more").with("count", count)` fills a place.
    pub fn say(&self, key: &str) -> Sentence {
        texts::say(self.language, key)
    }

    /// Why something was refused, in the reader's language; absent where it can be told in English alone.
    pub fn explained(&self, english: &str) -> Option<String> {
        let english = sentence(&english);
        match self.language {
            Language::English => Some(english),
            language @ Language::German => {
                texts::translated(language, texts::REFUSALS, &english).map(|text| text.to_string())
            }
        }
    }

    /// The same for places where something has to be said.
    pub fn refusal(&self, english: &str) -> String {
        self.explained(english).unwrap_or_else(|| self.say("errors.unusable_meaning").to_string())
    }

    /// What the doctor found or advises, in the reader's language as far as the catalogue goes.
    pub fn finding(&self, english: &str) -> String {
        let known = texts::translated(self.language, texts::FINDINGS, english);
        known.map_or_else(|| english.to_owned(), |text| text.to_string())
    }

    /// What was noted in English when something went wrong, in the reader's language as far as the catalogue goes; what goes
    /// beyond it is marked as English.
    pub fn told(&self, english: &str) -> Told {
        let capital = sentence(&english);
        let known = match self.language {
            Language::English => Some(english.to_owned()),
            language @ Language::German => {
                let ways = [(texts::TROUBLES, english), (texts::FINDINGS, english), (texts::REFUSALS, &capital)];
                let mut known = ways.into_iter().filter_map(|(texts, said)| texts::translated(language, texts, said));
                known.next().map(|text| text.to_string())
            }
        };
        // A stable word is no English.
        Told { in_english: known.is_none() && english.contains(' '), text: known.unwrap_or_else(|| english.to_owned()) }
    }

    /// A stored word as people read it: of the group `calls.outcome` the text `calls.outcome_booked`. A word that has none
    /// is shown as it is stored.
    pub fn word(&self, group: &str, word: impl Display) -> String {
        let word = word.to_string();
        texts::known(self.language, &format!("{group}_{word}")).map_or(word, |text| text.to_string())
    }

    /// The same in colour.
    pub fn badge(&self, group: &str, word: impl Display) -> Badge {
        let word = word.to_string();
        Badge { text: self.word(group, &word), tone: tone(&word) }
    }

    pub fn icon(&self, name: &'static str) -> Icon {
        Icon(name)
    }

    /// The id of the company that the page is about.
    pub fn company(&self) -> &str {
        self.member.as_ref().map_or("", |member| member.caller.company.as_str())
    }

    /// An address of this company: `page.url("/calls")`.
    pub fn url(&self, path: &str) -> String {
        match &self.member {
            Some(member) => format!("/c/{}{path}", member.caller.company),
            None => path.to_owned(),
        }
    }

    /// `page.link("/calls", id)`: an address that ends in an id, encoded.
    pub fn link(&self, path: &str, id: impl Display) -> String {
        format!("{}/{}", self.url(path), utf8_percent_encode(&id.to_string(), ENCODED))
    }

    /// Whether the page is that company's.
    pub fn is_of(&self, company: &CompanyId) -> bool {
        self.member.as_ref().is_some_and(|member| member.caller.company == *company)
    }

    pub fn languages(&self) -> &'static [Language] {
        &Language::ALL
    }

    pub fn themes(&self) -> &'static [Theme] {
        &Theme::ALL
    }

    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// Whether whoever looks may `operate`, `administer`, …; for what a page offers.
    pub fn may(&self, scope: &str) -> bool {
        let permission = Permission::ALL.iter().find(|it| it.scope == scope);
        let caller = self.member.as_ref().map(|member| &member.caller);
        permission.zip(caller).is_some_and(|(permission, caller)| caller.may(permission))
    }

    /// The hidden field's value of every form that changes something.
    pub fn csrf(&self) -> &str {
        self.member.as_ref().map_or("", |member| &member.csrf)
    }

    pub fn zone(&self) -> TimeZone {
        self.member.as_ref().map_or(TimeZone::UTC, |member| member.zone.clone())
    }

    /// Day and time.
    pub fn time(&self, at: impl Borrow<Timestamp>) -> Time {
        self.formatted(*at.borrow(), ["%d.%m.%Y, %H:%M %Z", "%-d %b %Y, %H:%M %Z"])
    }

    /// Day and time to the second.
    pub fn exact_time(&self, at: impl Borrow<Timestamp>) -> Time {
        self.formatted(*at.borrow(), ["%d.%m.%Y, %H:%M:%S %Z", "%-d %b %Y, %H:%M:%S %Z"])
    }

    pub fn day(&self, at: impl Borrow<Timestamp>) -> Time {
        self.formatted(*at.borrow(), ["%d.%m.%Y", "%-d %b %Y"])
    }

    fn formatted(&self, at: Timestamp, [german, english]: [&'static str; 2]) -> Time {
        let format = if self.language == Language::German { german } else { english };
        Time { at, zone: self.zone(), format }
    }

    /// How a day of this year is written in few letters, as jiff's `strftime` takes it.
    pub fn short_day(&self) -> &'static str {
        if self.language == Language::German { "%-d.%-m." } else { "%-d %b" }
    }

    /// How long something took: `120 ms`, `1,4 s`.
    pub fn took(&self, seconds: impl Borrow<f64>) -> String {
        let seconds = *seconds.borrow();
        match self.language {
            _ if seconds < 1.0 => format!("{:.0} ms", seconds * 1000.0),
            Language::German => format!("{seconds:.1} s").replace('.', ","),
            Language::English => format!("{seconds:.1} s"),
        }
    }

    /// Minutes and seconds: `1:35 min`.
    pub fn duration(&self, milliseconds: impl Borrow<f64>) -> String {
        let seconds = (milliseconds.borrow() / 1000.0).round();
        format!("{:.0}:{:02.0} min", (seconds / 60.0).floor(), seconds % 60.0)
    }

    /// Cents as people write dollars, which is what the voice provider charges.
    pub fn dollars(&self, cents: impl Borrow<f64>) -> String {
        match self.language {
            Language::German => format!("{:.2} $", cents.borrow() / 100.0).replace('.', ","),
            Language::English => format!("${:.2}", cents.borrow() / 100.0),
        }
    }

    /// A share as people write it: `87,5 %`.
    pub fn percent(&self, share: impl Borrow<f64>) -> String {
        match self.language {
            Language::German => format!("{:.1} %", share.borrow() * 100.0).replace('.', ","),
            Language::English => format!("{:.1}%", share.borrow() * 100.0),
        }
    }

    /// An amount in minor units as people write it: `1,25 USD`.
    pub fn money(&self, minor: i64, currency: &str) -> String {
        let point = if self.language == Language::German { ',' } else { '.' };
        format!("{}{point}{:02} {currency}", minor / 100, minor % 100)
    }

    /// A time span as people write it: `1,25 s`.
    pub fn seconds(&self, seconds: impl Borrow<f64>) -> String {
        let text = format!("{:.2} s", seconds.borrow());
        if self.language == Language::German { text.replace('.', ",") } else { text }
    }

    /// This page from another place of its list on; the filters stay.
    pub fn next(&self, place: &Cursor) -> String {
        self.onwards(&cursor(&place.to_string()))
    }

    /// The same with a place as a list gives it.
    pub fn onwards(&self, cursor: &str) -> String {
        let (path, query) = self.here.split_once('?').unwrap_or((&self.here, ""));
        let place = format!("cursor={cursor}");
        let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
        let pairs: Vec<_> = kept.chain([place.as_str()]).collect();
        format!("{path}?{}", pairs.join("&"))
    }

    /// What the form before has led to.
    pub fn flash(&self) -> Option<Sentence> {
        texts::known(self.language, self.flash.as_deref()?)
    }

    /// Whether something is to be forgotten once it was shown.
    pub fn has_flash(&self) -> bool {
        self.flash.is_some()
    }

    pub fn nav(&self) -> Vec<NavLink> {
        let Some(member) = &self.member else { return vec![] };
        let path = self.here.split('?').next().unwrap_or_default();
        let own = format!("/c/{}", member.caller.company);
        let link = |entry: &nav::Entry| {
            let href = format!("{own}{}", entry.path);
            let below = !entry.path.is_empty() && path.strip_prefix(&href).is_some_and(|rest| rest.starts_with('/'));
            NavLink { current: path == href || below, href, text: self.say(entry.text), icon: Icon(entry.icon) }
        };
        nav::entries(&member.caller).map(link).collect()
    }
}

//! What a page's test stands on: an installation with a morning's calls in it, and a browser in which its owner is signed in.

use super::axe;
use super::chromium::{Chromium, waits_for};
use super::looks::Look;
use crate::app::{Business, NEIGHBOUR, Said, TestApp};
use crate::contract::database::Database;
use fantoccini::Locator;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use jiff::SignedDuration;
use ringbuch_api::users::{Invitation, Users};
use ringbuch_domain::AnyEvent;
use ringbuch_domain::access::Role;
use ringbuch_domain::recorded::Recorded;
use secrecy::SecretString;
use serde_json::{Value, json};

pub const PASSWORD: &str = "a sentence that nobody knows";
pub const OWNER: &str = "owner@example.com";

pub struct Stage {
    pub app: TestApp,
    pub chromium: Chromium,
}

impl Stage {
    pub async fn open() -> Self {
        let app = TestApp::start(Database::sqlite().await).await;
        let neighbour = app.open(&NEIGHBOUR).await;
        a_morning(&app, &neighbour).await;
        invited(&app, OWNER, Role::Owner).await;
        let stage = Self { chromium: Chromium::start().await, app };
        Look::USUAL.put_on(&stage.chromium).await;
        stage.sign_in(OWNER).await;
        stage
    }

    pub async fn close(self) {
        self.chromium.end().await;
        self.app.finish().await;
    }

    pub async fn sign_in(&self, email: &str) {
        self.goes_to("/login").await;
        self.fills("email", email).await;
        self.fills("password", PASSWORD).await;
        self.clicks("button.main").await;
        self.is_at("/c/salon_morgenrot").await;
    }

    /// An address of the salon's: `stage.of_the_salon("/calls")`.
    pub fn of_the_salon(&self, path: &str) -> String {
        format!("/c/{}{path}", self.app.salon.id)
    }

    /// Looks at a page in every look: its language, nothing wider than the screen, no complaint of the browser and none of
    /// axe-core. Leaves the usual look on.
    pub async fn looks_right(&self, path: &str) {
        for look in Look::ALL {
            look.put_on(&self.chromium).await;
            self.chromium.complaints().await;
            self.goes_to(path).await;
            assert_eq!(self.asks("return document.documentElement.lang").await, look.language, "{path}");
            self.keeps_out_nobody(path, look).await;
            self.keeps_picture(path, look).await;
        }
        Look::USUAL.put_on(&self.chromium).await;
        self.goes_to(path).await;
    }

    /// Looks at a page in the look that is on.
    pub async fn is_sound(&self, path: &str) {
        self.chromium.complaints().await;
        self.goes_to(path).await;
        self.keeps_out_nobody(path, Look::USUAL).await;
    }

    async fn keeps_out_nobody(&self, path: &str, look: Look) {
        let wider = self.asks(TOO_WIDE).await;
        assert_eq!(wider, Value::Array(vec![]), "{path} in {look:?} is wider than the screen");
        let violations = axe::violations(&self.chromium.client).await;
        assert!(violations.is_empty(), "{path} in {look:?}: {violations:#?}");
        let complaints = self.chromium.complaints().await;
        assert!(complaints.is_empty(), "{path} in {look:?}: {complaints:#?}");
    }

    pub async fn looks_like_a_telephone_in_german(&self) {
        let look = Look::ALL.into_iter().find(|look| look.language == "de" && look.width < 600);
        look.expect("there is such a look").put_on(&self.chromium).await;
    }

    /// Goes from one thing to the next by the tabulator, until one of these is reached.
    pub async fn tabs_to(&self, css: &str) {
        for _ in 0..200 {
            self.presses(Key::Tab).await;
            if self.asks(&format!("return document.activeElement.matches('{css}')")).await == true {
                return;
            }
        }
        panic!("no key leads to {css}");
    }

    pub async fn presses_enter(&self) {
        self.presses(Key::Enter).await;
    }

    async fn presses(&self, key: Key) {
        let keyboard = KeyActions::new("keys".into());
        let keyboard = keyboard.then(KeyAction::Down { value: key.into() }).then(KeyAction::Up { value: key.into() });
        self.chromium.client.perform_actions(keyboard).await.unwrap();
    }

    /// Waits until it is so.
    pub async fn comes_about(&self, is_so: impl AsyncFn() -> bool) {
        let came = waits_for(async || is_so().await.then_some(())).await;
        assert!(came.is_some(), "it did not come about: {}", self.text().await);
    }

    /// Where somebody wants to see what was looked at: `RINGBUCH_TEST_PICTURES` names a folder.
    async fn keeps_picture(&self, path: &str, look: Look) {
        let Ok(folder) = std::env::var("RINGBUCH_TEST_PICTURES") else { return };
        let page = path.rsplit('/').next().unwrap_or_default();
        let name = format!("{page}-{}-{}-{}.png", look.language, look.width, look.theme);
        let picture = self.chromium.client.screenshot().await.unwrap();
        std::fs::write(std::path::Path::new(&folder).join(name), picture).unwrap();
    }

    pub async fn goes_to(&self, path: &str) {
        self.chromium.client.goto(&format!("{}{path}", self.app.url())).await.unwrap();
    }

    async fn here(&self) -> url::Url {
        waits_for(async || self.chromium.client.current_url().await.ok()).await.expect("the browser is somewhere")
    }

    /// Waits until the browser has come to a path.
    pub async fn is_at(&self, path: &str) {
        let arrived = waits_for(async || (self.here().await.path() == path).then_some(())).await;
        assert!(arrived.is_some(), "{path} was expected, and this is {}: {}", self.here().await, self.text().await);
    }

    /// Waits until the browser has come to a path that begins like this and goes on; tells the whole path.
    pub async fn comes_to(&self, beginning: &str) -> String {
        let path = async || Some(self.here().await.path().to_owned()).filter(|path| path.starts_with(beginning));
        waits_for(path).await.unwrap_or_else(|| panic!("{beginning}… was expected"))
    }

    pub async fn clicks(&self, css: &str) {
        self.chromium.clicks(Locator::Css(css)).await;
    }

    /// Clicks what says exactly this.
    pub async fn clicks_text(&self, text: &str) {
        let path = format!("//*[self::a or self::button or self::summary][normalize-space()='{text}']");
        self.chromium.clicks(Locator::XPath(&path)).await;
    }

    /// Writes into a field, by its id; what stood there goes.
    pub async fn fills(&self, id: &str, text: &str) {
        let field = self.finds(&format!("#{id}")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses of a list, by its id and the value.
    pub async fn chooses(&self, id: &str, value: &str) {
        self.choose_in(&format!("#{id}"), value).await;
    }

    /// The same by the name that the field is sent under.
    pub async fn fills_named(&self, name: &str, text: &str) {
        let field = self.finds(&format!("main [name={name}]")).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub async fn chooses_named(&self, name: &str, value: &str) {
        self.choose_in(&format!("main select[name={name}]"), value).await;
    }

    pub async fn choose_in(&self, css: &str, value: &str) {
        self.finds(css).await.select_by_value(value).await.unwrap();
    }

    /// Waits until the address has these parameters.
    pub async fn is_asked(&self, query: &str) {
        let arrived = waits_for(async || self.here().await.as_str().ends_with(query).then_some(())).await;
        assert!(arrived.is_some(), "{query} was expected: {}", self.text().await);
    }

    pub async fn finds(&self, css: &str) -> Element {
        self.chromium.finds(Locator::Css(css)).await
    }

    /// Waits until the page says something.
    pub async fn reads(&self, words: &str) {
        let said = waits_for(async || self.text().await.contains(words).then_some(())).await;
        assert!(said.is_some(), "'{words}' is not on the page: {}", self.text().await);
    }

    /// All words of the page as people see them.
    pub async fn text(&self) -> String {
        let text = self.asks("return document.body ? document.body.innerText : ''").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    pub async fn asks(&self, script: &str) -> Value {
        // A page that is just being left answers nothing.
        let told = waits_for(async || self.chromium.client.execute(script, vec![]).await.ok()).await;
        told.unwrap_or_else(|| panic!("no answer to {script}"))
    }

    /// Waits until so many events of a kind are there; what a page says may be read while its form is still on the way.
    pub async fn has_events(&self, kind: &str, wanted: usize) {
        waits_for(async || (self.events(kind).await.len() >= wanted).then_some(())).await;
        assert_eq!(self.events(kind).await.len(), wanted, "{kind}");
    }

    /// The events of a kind, in their order.
    pub async fn events(&self, kind: &str) -> Vec<Recorded<AnyEvent>> {
        let all = self.app.events().await;
        all.into_iter().filter(|event| event.data.encode().unwrap().kind == kind).collect()
    }
}

/// What reaches beyond the screen without a frame of its own that scrolls.
const TOO_WIDE: &str = "
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('main *, header *')]
        .filter(it => it.getBoundingClientRect().right > width + 1 && !it.closest('.table, pre, .silent'))
        .map(it => it.outerHTML.slice(0, 120)).slice(0, 5).concat('scrolls');";

/// Two booked appointments, one that was cancelled, one that was refused, somebody who wants to be called back, a call
/// that goes on, and one of the neighbour.
async fn a_morning(app: &TestApp, neighbour: &Business) {
    app.caller("Anna").asks_for("Beratung").books("11:00").await;
    let ben = app.caller("Ben").asks_for("Haarschnitt");
    ben.books("12:00").await;
    let cancelled = app.caller("Cem").asks_for("Maniküre");
    cancelled.books("14:00").await;
    app.cancel(cancelled.booking()).await.unwrap();
    app.caller("Dora").books("03:00").await;
    let eva = app.caller("Eva");
    eva.asks("request_callback", &json!({ "name": "Eva", "anliegen": "Bitte nach 16 Uhr." })).await;
    let frieda = app.caller("Frieda");
    frieda.send(&frieda.started()).await;
    let gustav = app.caller("Gustav").of(neighbour);
    for webhook in gustav.webhooks(Said::Books("10:00")) {
        gustav.send(&webhook).await;
    }
    app.settle().await;
    // Figures are told up to now.
    app.advance(SignedDuration::from_mins(10)).await;
}

async fn invited(app: &TestApp, email: &str, role: Role) {
    let users = Users::new(app.app());
    let (company, email, by) = (app.salon.id.clone(), email.to_owned(), "story".to_owned());
    let (_, link) = users.invite(Invitation { company, role, email, name: None, by }).await.unwrap();
    app.settle().await;
    users.choose_password(&link, SecretString::from(PASSWORD)).await.unwrap();
    app.settle().await;
}

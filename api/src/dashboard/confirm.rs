//! A question before something is done that cannot be taken back: a page of its own, so that it works without a script.

use super::page::Page;
use askama::Template;

#[derive(Template)]
#[template(path = "confirm.html")]
pub struct Confirm {
    pub page: Page,
    pub question: String,
    /// What will be so afterwards.
    pub consequence: Option<String>,
    /// Where yes is sent, with these values.
    pub action: String,
    pub values: Vec<(&'static str, String)>,
    /// What the button says.
    pub yes: String,
    pub dangerous: bool,
    /// Where no leads.
    pub back: String,
}

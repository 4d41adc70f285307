//! From templates to answers, and the small pieces that many pages show.

use super::assets;
use crate::http::UNBUFFERED;
use crate::problem::Problem;
use askama::Template;
use askama::filters::HtmlSafe;
use futures_util::stream::{self, StreamExt};
use http::{HeaderValue, header};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::convert::Infallible;
use std::fmt;
use tokio::sync::mpsc::UnboundedReceiver;
use warp::reply::{Reply, Response, with_header};

/// A page loads from its own host alone and runs nothing that stands in it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Where a page that is sent piece by piece goes on.
pub const HERE: &str = "<!-- here -->";

/// A page as an answer.
pub fn html(template: &impl Template) -> Result<Response, Problem> {
    Ok(page(warp::reply::html(rendered(template)?)))
}

/// A page whose pieces are sent as they come about, in the place that it leaves for them.
pub fn html_by_pieces(template: &impl Template, mut pieces: UnboundedReceiver<String>) -> Result<Response, Problem> {
    let frame = rendered(template)?;
    let Some((before, after)) = frame.split_once(HERE) else {
        tracing::error!("a page that comes in pieces leaves no place for them");
        return Err(Problem::internal());
    };
    let (before, after) = (before.to_owned(), after.to_owned());
    let pieces = stream::poll_fn(move |context| pieces.poll_recv(context));
    let whole = stream::iter([before]).chain(pieces).chain(stream::iter([after])).map(Ok::<_, Infallible>);
    let mut response = page(warp::reply::stream(whole));
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().extend([(header::CONTENT_TYPE, html), UNBUFFERED]);
    Ok(response)
}

/// A piece of a page.
pub fn rendered(template: &impl Template) -> Result<String, Problem> {
    template.render().map_err(|error| {
        tracing::error!(%error, "a page cannot be rendered");
        Problem::internal()
    })
}

fn page(body: impl Reply) -> Response {
    let page = with_header(body, header::CONTENT_SECURITY_POLICY, POLICY);
    with_header(page, header::VARY, "Cookie, Accept-Language").into_response()
}

/// A time in the company's zone, which is shown with it.
#[derive(Debug, Clone)]
pub struct Time {
    pub at: Timestamp,
    pub zone: TimeZone,
    /// As jiff's `strftime` takes it.
    pub format: &'static str,
}

impl HtmlSafe for Time {}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.at.to_zoned(self.zone.clone());
        let shown = local.strftime(self.format);
        write!(f, r#"<time datetime="{}" title="{}">{shown}</time>"#, self.at, local.strftime("%Y-%m-%d %H:%M:%S %Z"))
    }
}

/// A stored word as people read it, coloured by what it means.
#[derive(Debug, Clone)]
pub struct Badge {
    pub text: String,
    pub tone: &'static str,
}

impl HtmlSafe for Badge {}

impl fmt::Display for Badge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, r#"<span class="badge {}">{}</span>"#, self.tone, Escaped(&self.text))
    }
}

/// A text that may have to stand in English on a page of another language; whoever listens hears it as such.
#[derive(Debug, Clone)]
pub struct Told {
    pub text: String,
    pub in_english: bool,
}

impl HtmlSafe for Told {}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Escaped(&self.text);
        if self.in_english { write!(f, r#"<span lang="en">{text}</span>"#) } else { write!(f, "{text}") }
    }
}

/// What a stored word means for whoever looks: all is well, somebody has to look, something broke, or none of these.
pub fn tone(word: &str) -> &'static str {
    match word {
        "processed" | "confirmed" | "completed" | "booked" | "closed" | "done" | "active" | "success" | "ok" => "good",
        "failed" | "dead" | "quarantined" | "error" | "rejected" | "open_breaker" | "unknown" => "bad",
        "received" | "pending" | "postponed" | "open" | "half_open" | "requested" | "retrying" | "refused" => "warn",
        _ => "calm",
    }
}

/// One of the icons; it says nothing to those who listen, the text beside it does.
#[derive(Debug, Clone, Copy)]
pub struct Icon(pub &'static str);

impl HtmlSafe for Icon {}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sprite = assets::address("icons.svg");
        write!(
            f,
            r#"<svg class="icon" aria-hidden="true" width="20" height="20"><use href="{sprite}#{}"/></svg>"#,
            self.0
        )
    }
}

pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '&' => f.write_str("&amp;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            c => fmt::Write::write_char(f, c),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_local_and_says_its_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let time = Time { at: "2026-07-01T08:30:00Z".parse().unwrap(), zone, format: "%d.%m.%Y, %H:%M %Z" };
        let expected =
            r#"<time datetime="2026-07-01T08:30:00Z" title="2026-07-01 10:30:00 CEST">01.07.2026, 10:30 CEST</time>"#;
        assert_eq!(time.to_string(), expected);
    }

    #[test]
    fn a_badge_cannot_smuggle_markup() {
        let badge = Badge { text: "<b>&\"'".into(), tone: tone("failed") };
        assert_eq!(badge.to_string(), r#"<span class="badge bad">&lt;b&gt;&amp;&quot;&#39;</span>"#);
        let told = Told { text: "<b>".into(), in_english: true };
        assert_eq!(told.to_string(), r#"<span lang="en">&lt;b&gt;</span>"#);
    }
}

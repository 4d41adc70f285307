//! The ways on which somebody is told. Where one leads can be set and is shown to nobody; a message sent through it says
//! whether it arrives.

use super::set_up;
use crate::alerts::{AlertSetUp, Leads};
use crate::dashboard::html::html;
use crate::dashboard::page::Page;
use crate::dashboard::visit::Visit;
use crate::dashboard::{Confirm, Form};
use crate::problem::Problem;
use crate::setup::SetUpError;
use askama::Template;
use http::StatusCode;
use ringbuch_domain::alerts::{Channel, Means, Tier};
use secrecy::SecretString;
use warp::reply::Response;

/// One of the six, whether or not it leads anywhere yet.
pub struct Way {
    pub channel: Channel,
    pub set: bool,
}

impl Way {
    pub fn tier(&self) -> &'static str {
        match self.channel.tier {
            Tier::First => "first",
            Tier::Second => "second",
        }
    }

    pub fn means(&self) -> &'static str {
        match self.channel.means {
            Means::Slack => "slack",
            Means::Email => "email",
            Means::Webhook => "webhook",
        }
    }
}

pub async fn ways(set_up: &AlertSetUp<'_>) -> Result<Vec<Way>, SetUpError> {
    let known = set_up.channels().await?;
    let way = |channel| Way { channel, set: known.contains(&channel) };
    Ok(Channel::ALL.into_iter().map(way).collect())
}

#[derive(Template)]
#[template(path = "alert_channel.html")]
struct ChannelPage {
    page: Page,
    way: Way,
    said: Said,
}

/// What the request before has led to.
enum Said {
    Nothing,
    /// The webhook's signing secret, drawn now; nobody sees it again.
    Drawn(String),
    Arrived,
    /// A stable word.
    Lost(String),
    Refused(String),
}

pub async fn edit(visit: Visit) -> Result<Response, Problem> {
    page(&visit, Said::Nothing).await
}

async fn page(visit: &Visit, said: Said) -> Result<Response, Problem> {
    let channel = channel(visit)?;
    let all = ways(&set_up(visit)).await?;
    let way = all.into_iter().find(|way| way.channel == channel).ok_or_else(|| Problem::not_found("channel"))?;
    let refused = matches!(said, Said::Refused(_));
    let mut response = html(&ChannelPage { page: visit.page("alerts.channel"), way, said })?;
    if refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn channel(visit: &Visit) -> Result<Channel, Problem> {
    visit.id("channel")
}

/// What cannot be followed is told on the page; addresses and secrets are not repeated there.
pub async fn set(visit: Visit, form: Form) -> Result<Response, Problem> {
    let channel = channel(&visit)?;
    match set_up(&visit).set_channel(channel, leads(channel, &form)?).await {
        Ok(Some(secret)) => page(&visit, Said::Drawn(secret.reveal().to_owned())).await,
        Ok(None) => Ok(visit.redirect_saying(&format!("/alerts/channels/{channel}"), "alerts.channel_set")),
        Err(SetUpError::Refused(why)) => page(&visit, Said::Refused(visit.page.refusal(&why))).await,
        Err(error) => Err(error.into()),
    }
}

fn leads(channel: Channel, form: &Form) -> Result<Leads, Problem> {
    let secret = |text: &str| SecretString::from(text.to_owned());
    Ok(match channel.means {
        Means::Slack => Leads::Slack(secret(form.needed("url")?)),
        Means::Webhook => Leads::Webhook(secret(form.needed("url")?), form.text("secret").map(secret)),
        Means::Email => {
            let to = form.needed("to")?.split([',', ';', '\n']).map(str::trim).filter(|address| !address.is_empty());
            Leads::Email(to.map(str::to_owned).collect())
        }
    })
}

pub async fn test(visit: Visit, _: Form) -> Result<Response, Problem> {
    let said = match set_up(&visit).test(channel(&visit)?).await {
        Ok(None) => Said::Arrived,
        Ok(Some(failure)) => Said::Lost(failure),
        Err(SetUpError::Refused(why)) => Said::Refused(visit.page.refusal(&why)),
        Err(error) => return Err(error.into()),
    };
    page(&visit, said).await
}

pub async fn remove(visit: Visit, form: Form) -> Result<Response, Problem> {
    let channel = channel(&visit)?;
    if form.text("sure").is_none() {
        let page = visit.page("alerts.remove");
        let here = page.link("/alerts/channels", channel);
        return html(&Confirm {
            question: page.say("alerts.remove_question").to_string(),
            consequence: Some(page.say("alerts.remove_consequence").to_string()),
            action: format!("{here}/remove"),
            values: vec![("sure", "yes".to_owned())],
            yes: page.say("alerts.remove").to_string(),
            dangerous: true,
            back: here,
            page,
        });
    }
    set_up(&visit).remove_channel(channel).await?;
    Ok(visit.redirect_saying("/alerts", "alerts.removed"))
}

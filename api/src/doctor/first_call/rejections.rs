//! Requests that proved nothing while the call is waited for. They are counted and stored nowhere, so the counts tell.

use super::{FollowError, Step};
use crate::app::App;
use jiff::Timestamp;
use ringbuch_domain::ids::CompanyId;
use std::collections::BTreeMap;

pub(super) struct Rejections {
    since: Timestamp,
    /// The company and its account, where only theirs are meant. A request that names nobody may be anybody's.
    scopes: Option<[String; 2]>,
    known: BTreeMap<String, u64>,
}

impl Rejections {
    pub async fn begin(app: &App, company: Option<&CompanyId>) -> Result<Self, FollowError> {
        let directory = app.directory.known();
        let account = company.and_then(|it| directory.company(it)).map(|it| it.account.to_string());
        let scopes = company.map(|company| [company.to_string(), account.unwrap_or_default()]);
        let mut rejections = Self { since: app.clock.now(), scopes, known: BTreeMap::new() };
        rejections.known = rejections.counted(app).await?;
        Ok(rejections)
    }

    /// Those that came since the last look, each reason once.
    pub async fn look(&mut self, app: &App) -> Result<Vec<Step>, FollowError> {
        let counted = self.counted(app).await?;
        let more = |(name, count): &(&String, &u64)| self.known.get(*name).is_none_or(|before| before < count);
        let now = app.clock.now();
        let told = counted.iter().filter(more).map(|(name, _)| told(now, name)).collect();
        self.known = counted;
        Ok(told)
    }

    async fn counted(&self, app: &App) -> Result<BTreeMap<String, u64>, FollowError> {
        let mut counted = BTreeMap::new();
        for it in app.tally.since(self.since).await? {
            if self.concerns(&it.scope) && REASONS.iter().any(|(reason, _)| it.name == rejected(reason)) {
                *counted.entry(it.name).or_default() += it.count;
            }
        }
        Ok(counted)
    }

    fn concerns(&self, scope: &str) -> bool {
        scope.is_empty() || self.scopes.as_ref().is_none_or(|ours| ours.iter().any(|it| it == scope))
    }
}

fn rejected(reason: &str) -> String {
    format!("rejected:{reason}")
}

fn told(now: Timestamp, name: &str) -> Step {
    let reason = name.strip_prefix("rejected:").unwrap_or(name);
    let step = Step::new(now, name, format!("a request has arrived and was turned away: {reason}"));
    match REASONS.iter().find(|(known, _)| *known == reason) {
        Some((_, advice)) => step.advising(*advice),
        None => step,
    }
}

/// Why a webhook is turned away, and what helps.
const REASONS: [(&str, &str); 11] = [
    ("signature_missing", "it was not signed: somebody else than Retell, or a proxy that drops X-Retell-Signature"),
    ("no_secret_there", "give Cal.com's webhook a secret with `company webhook`"),
    ("signature_unreadable", "the account may sign in another form: `account add` takes --signature"),
    ("signature_wrong", "store the key that carries the webhook badge at Retell, with `secret set retell`"),
    ("signature_stale", "the clock of this machine is ahead, or the request was held up on its way"),
    ("signature_early", "the clock of this machine is behind"),
    ("no_hint", "assign the dialled number with `number assign`, or name the company in the webhook's address"),
    ("company_unknown", "the address names a company that is not here; `company list` shows those that are"),
    ("no_key", "store the account's key with `secret set retell`"),
    ("body_too_large", "it has more than 4 MiB, which no webhook of Retell's has"),
    ("body_incomplete", "it broke off on its way; look at the proxy's time-outs"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::RejectReason;

    #[test]
    fn every_reason_has_its_advice() {
        let known: Vec<&str> = RejectReason::ALL.iter().map(|it| it.as_str()).collect();
        assert_eq!(REASONS.map(|(reason, _)| reason).to_vec(), known);
    }
}

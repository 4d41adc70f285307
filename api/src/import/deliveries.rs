//! Webhook deliveries, as the old system received them and what it made of them: to be looked at and, one by one, to be
//! replayed; none of them is worked on by itself.

use super::report::{Fault, Part};
use super::table::{Row, Shape};
use super::{Happening, ImportError, Importer, Taken, Trouble, value};
use crate::intake::{CalendarSketch, Label, Sketch, correlation_of_call};
use ringbuch_domain::ids::{CallId, CompanyId};
use ringbuch_domain::phone;
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::StreamId;
use ringbuch_domain::webhook::{Body, Command, Dealt, Delivered, Provider, Verdict, Webhook, WebhookReceived};

const DELIVERIES: Shape = Shape {
    files: &["webhook_events"],
    columns: &[
        &["id"],
        &["company_id"],
        &["branch_id"],
        &["provider"],
        &["event_type", "event"],
        &["payload", "body"],
        &["status"],
        &["created_at", "received_at"],
        &["processed_at"],
    ],
};

impl Importer<'_> {
    pub(super) async fn take_deliveries(
        &mut self,
        watch: &mut (dyn FnMut(Happening<'_>) + Send),
    ) -> Result<Option<Part>, ImportError> {
        let Some(table) = self.open(&DELIVERIES)? else { return Ok(None) };
        self.load_companies().await?;
        let this = &*self;
        let part =
            this.each(table, watch, |row: Row| async move { (row.line, this.take_delivery(&row).await) }).await?;
        Ok(Some(part))
    }

    async fn take_delivery(&self, row: &Row) -> Taken {
        let provider = provider(row)?;
        let payload = row.needed("payload")?;
        let (company, label) = self.whose_delivery(row, provider, payload)?;
        let profile = self.companies.get(&company).and_then(|known| known.profile.as_ref());
        let account = profile.map(|profile| profile.account.clone());
        let account = account.ok_or_else(|| Fault::of("company_id", "is not set up"))?;
        let delivery = self.app.index.delivery(provider.as_str(), &account, payload.as_bytes());
        let delivery = delivery.map_err(|unusable| ImportError::Unnamed(unusable.to_string()))?;
        let received_at = match value::time(row, "created_at", &self.order.clock)? {
            Some(at) => Some(at),
            None => value::time(row, "processed_at", &self.order.clock)?,
        };
        let event = row.text("event_type").map_or(label.event, |named| named.chars().take(40).collect());
        let received = WebhookReceived {
            delivery: delivery.clone(),
            provider,
            account: account.clone(),
            company: Some(company.clone()),
            event,
            call: label.call.clone(),
            bytes: payload.len() as u64,
            verdict: Verdict::Imported,
            received_at: received_at.ok_or_else(|| Fault::of("created_at", "is empty, and so is processed_at"))?,
            private: Private::Known(Delivered { headers: vec![], body: Body::Text(payload.to_owned()) }),
        };
        let dealt = dealt(row, &company, label.call.as_deref())?;
        let of_call = label.call.as_deref().map(|call| correlation_of_call(&account, call));
        let cause =
            Self::cause(of_call.or(label.booking.map(|booking| booking.0)).unwrap_or(self.run), "webhooks", row);
        let command = Command::Import(Box::new(received), dealt);
        self.tell::<Webhook>(&StreamId::webhook(&delivery), &company, cause, command).await
    }

    /// The company that the row names, or whose number or agent the payload names.
    fn whose_delivery(&self, row: &Row, provider: Provider, payload: &str) -> Result<(CompanyId, Label), Trouble> {
        let sketch = Sketch::of(payload.as_bytes());
        let label = match provider {
            Provider::Retell => sketch.label(),
            Provider::Calcom => CalendarSketch::of(payload.as_bytes()).label(),
        };
        if row.text("company_id").is_some() || row.text("branch_id").is_some() {
            return Ok((self.known.company_of(row)?, label));
        }
        let number = sketch.our_number().and_then(phone::normalise);
        let by_number = number.and_then(|number| self.known.company_of_number(&number));
        let by_agent = || sketch.agent().and_then(|agent| self.of_agent(agent));
        let company = by_number.or_else(by_agent);
        let told = "is missing, and neither a number nor an agent in the payload tells whose it is";
        Ok((company.ok_or_else(|| Fault::of("company_id", told))?, label))
    }

    /// The one company that an agent answers for.
    fn of_agent(&self, agent: &str) -> Option<CompanyId> {
        let mut of_it = self.companies.iter().filter(|(_, known)| known.agents.contains_key(agent));
        let first = of_it.next()?;
        of_it.next().is_none().then(|| first.0.clone())
    }
}

fn provider(row: &Row) -> Result<Provider, Fault> {
    match row.needed("provider")?.to_ascii_lowercase().as_str() {
        "retell" | "retell.ai" | "retellai" => Ok(Provider::Retell),
        "calcom" | "cal.com" => Ok(Provider::Calcom),
        _ => Err(Fault::of("provider", "is neither retell nor calcom")),
    }
}

fn dealt(row: &Row, company: &CompanyId, call: Option<&str>) -> Result<Dealt, Fault> {
    let call = call.and_then(|call| CallId::new(call).ok());
    match row.needed("status")?.to_ascii_lowercase().as_str() {
        "success" | "processed" | "completed" | "done" => Ok(Dealt::Processed { company: company.clone(), call }),
        "failed" | "error" => Ok(Dealt::Failed { error: "it failed in the system before".into() }),
        "pending" | "processing" | "received" => {
            Ok(Dealt::Failed { error: "the system before never got to it".into() })
        }
        _ => Err(Fault::of("status", "is none of success, failed, pending")),
    }
}

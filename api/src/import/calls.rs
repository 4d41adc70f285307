//! Calls, with what was said and how they ended. Their wishes were dealt with where they come from.

use super::report::{Fault, Part};
use super::table::{Row, Shape};
use super::{Happening, ImportError, Importer, Taken, Trouble, value};
use crate::intake::correlation_of_call;
use ringbuch_domain::call::{
    Analysis, Call, CallAnalyzed, CallEnded, CallReceived, Command, Direction, Facts, Rank, Spoken,
};
use ringbuch_domain::company::Company;
use ringbuch_domain::customer::Card;
use ringbuch_domain::ids::{BranchId, CallId, CompanyId, CustomerId};
use ringbuch_domain::money::Money;
use ringbuch_domain::private::Private;
use ringbuch_domain::recorded::StreamId;

const CALLS: Shape = Shape {
    files: &["calls"],
    columns: &[
        &["id"],
        &["call_id", "retell_call_id"],
        &["company_id"],
        &["branch_id"],
        &["customer_id"],
        &["from_number", "caller", "from"],
        &["to_number", "to"],
        &["direction"],
        &["agent_id", "retell_agent_id"],
        &["agent_version"],
        &["call_status", "status"],
        &["disconnection_reason"],
        &["started_at", "start_timestamp", "called_at", "created_at"],
        &["ended_at", "end_timestamp"],
        &["duration_ms"],
        &["duration_sec", "duration_seconds", "duration"],
        &["cost_cents", "combined_cost"],
        &["transcript"],
        &["recording_url"],
        &["summary", "call_summary"],
        &["sentiment", "user_sentiment"],
        &["call_successful", "successful"],
        &["appointment_requested"],
    ],
};

impl Importer<'_> {
    pub(super) async fn take_calls(
        &mut self,
        watch: &mut (dyn FnMut(Happening<'_>) + Send),
    ) -> Result<Option<Part>, ImportError> {
        self.note_wanted_calls()?;
        let Some(table) = self.open(&CALLS)? else { return Ok(None) };
        self.note_calls()?;
        self.load_companies().await?;
        let this = &*self;
        let part = this.each(table, watch, |row: Row| async move { (row.line, this.take_call(&row).await) }).await?;
        Ok(Some(part))
    }

    /// Which calls the appointments name, by the old system's id: only those are kept in memory.
    fn note_calls(&mut self) -> Result<(), ImportError> {
        let Some(mut table) = self.open(&CALLS)? else { return Ok(()) };
        while let Some(row) = table.next() {
            let Ok(row) = row else { continue };
            let Some(Ok(call)) = row.text("call_id").map(CallId::new) else { continue };
            self.known.add_call(call.as_str(), call.clone());
            if let Some(old) = row.text("id") {
                self.known.add_call(old, call);
            }
        }
        Ok(())
    }

    async fn take_call(&self, row: &Row) -> Taken {
        let call = CallId::new(row.needed("call_id")?);
        let call = call.map_err(|_| Fault::of("call_id", "holds other signs than A-Z, a-z, 0-9, _, - and ."))?;
        let company = self.known.company_of(row)?;
        let set_up = self.companies.get(&company).ok_or_else(|| Fault::of("company_id", "is not set up"))?;
        let branch = match self.known.branch_at(row, &company)? {
            Some(branch) => branch,
            None => only_branch(set_up)?,
        };
        let (customer, anonymous) = self.caller(row, &company, &call).await?;
        let facts = self.facts(row, set_up, branch, call.clone(), customer, anonymous)?;
        let account = facts.received.account.clone();
        let cause = Self::cause(correlation_of_call(&account, call.as_str()), "calls", row);
        self.tell::<Call>(&StreamId::call(&company, &call), &company, cause, Command::Import(Box::new(facts))).await
    }

    async fn caller(&self, row: &Row, company: &CompanyId, call: &CallId) -> Result<(CustomerId, bool), Trouble> {
        if let Some(old) = row.text("customer_id")
            && !self.order.dry_run
        {
            let known = self.known.customer(old);
            let customer = known.ok_or_else(|| Fault::of("customer_id", "names nobody of customers.csv"))?;
            return Ok((customer, value::phone(row, "from_number").is_none()));
        }
        let card = Card { name: None, phone: value::phone(row, "from_number"), email: None };
        let met = self.meet(company, &format!("call.{call}"), card, row).await?;
        Ok((met.customer, met.anonymous))
    }

    fn facts(
        &self,
        row: &Row,
        set_up: &Company,
        branch: BranchId,
        call: CallId,
        customer: CustomerId,
        anonymous: bool,
    ) -> Result<Facts, Fault> {
        let profile = set_up.profile.as_ref().ok_or_else(|| Fault::of("company_id", "is not set up"))?;
        let direction = direction(row)?;
        let [ours, theirs] = match direction {
            Direction::Outbound => ["from_number", "to_number"],
            Direction::Inbound | Direction::Web => ["to_number", "from_number"],
        };
        let started_at = value::time(row, "started_at", &self.order.clock)?;
        let received = CallReceived {
            call: call.clone(),
            account: profile.account.clone(),
            branch,
            direction,
            our_number: value::phone(row, ours),
            agent: row.text("agent_id").map(str::to_owned),
            agent_version: row.parsed("agent_version", "number")?,
            started_at,
        };
        Ok(Facts {
            received,
            company: profile.company.clone(),
            customer,
            anonymous,
            caller: value::phone(row, theirs),
            ended: Some(self.ended(row, call.clone(), customer)?),
            analyzed: analyzed(row, call, customer)?,
            wish: None,
        })
    }

    fn ended(&self, row: &Row, call: CallId, customer: CustomerId) -> Result<CallEnded, Fault> {
        let seconds: Option<i64> = row.parsed("duration_sec", "number of seconds")?;
        let cents: Option<f64> = row.parsed("cost_cents", "amount in cents")?;
        Ok(CallEnded {
            call,
            customer,
            // Nothing that still comes of it knows more.
            rank: Rank::Analyzed,
            status: row.text("call_status").unwrap_or("ended").to_owned(),
            disconnection: row.text("disconnection_reason").map(str::to_owned),
            started_at: value::time(row, "started_at", &self.order.clock)?,
            ended_at: value::time(row, "ended_at", &self.order.clock)?,
            latency: None,
            duration_ms: row
                .parsed("duration_ms", "number of milliseconds")?
                .or(seconds.map(|it| it.saturating_mul(1000))),
            cost: cents.and_then(Money::from_cents),
            private: Private::Known(Spoken {
                transcript: row.text("transcript").map(str::to_owned),
                recording_url: row.text("recording_url").map(str::to_owned),
            }),
        })
    }
}

fn direction(row: &Row) -> Result<Direction, Fault> {
    match row.text("direction").map(str::to_ascii_lowercase).as_deref() {
        None | Some("inbound") => Ok(Direction::Inbound),
        Some("outbound") => Ok(Direction::Outbound),
        Some("web" | "web_call") => Ok(Direction::Web),
        Some(_) => Err(Fault::of("direction", "is none of inbound, outbound, web")),
    }
}

fn analyzed(row: &Row, call: CallId, customer: CustomerId) -> Result<Option<CallAnalyzed>, Fault> {
    let analyzed = CallAnalyzed {
        call,
        customer,
        rank: Rank::Analyzed,
        sentiment: row.text("sentiment").map(str::to_lowercase),
        successful: row.flag("call_successful")?,
        voicemail: None,
        appointment_requested: row.flag("appointment_requested")?,
        private: Private::Known(Analysis { summary: row.text("summary").map(str::to_owned) }),
    };
    let says = analyzed.sentiment.is_some()
        || analyzed.successful.is_some()
        || analyzed.appointment_requested.is_some()
        || row.text("summary").is_some();
    Ok(says.then_some(analyzed))
}

/// A company with one branch needs none to be named.
pub(super) fn only_branch(company: &Company) -> Result<BranchId, Fault> {
    let mut branches = company.branches.keys();
    match (branches.next(), branches.next()) {
        (Some(one), None) => Ok(one.clone()),
        _ => Err(Fault::of("branch_id", "is empty, and the company has not just one branch")),
    }
}

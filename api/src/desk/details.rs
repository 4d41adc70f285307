//! What has to be known of a caller before anything is booked for them, and how they become known.

use super::Desk;
use super::answer::{Answer, Stop};
use super::line::Line;
use crate::journal::{Chain, ExecuteError, Loaded};
use ringbuch_domain::call::{self, Call};
use ringbuch_domain::customer::{self, Card, Customer};
use ringbuch_domain::desk::{Arguments, Detail, Sentence};
use ringbuch_domain::ids::{CallId, CustomerId, derived};
use ringbuch_domain::intake::{Whose, facts};
use ringbuch_domain::recorded::{Cause, StreamId};
use std::sync::Arc;

impl Desk {
    /// The call with its person. A function may come before the call's first webhook, and then tells of the call itself.
    pub(super) async fn recorded(&self, line: &Line, call: &CallId) -> Result<(Arc<Loaded<Call>>, CustomerId), Stop> {
        let known = Arc::clone(line.goes_on()?);
        if let (Some(_), Some(customer)) = (&known.aggregate.received, known.aggregate.customer) {
            return Ok((known, customer));
        }
        let unknown = || Answer::no("call_unknown", line.says(&Sentence::CallUnknown));
        let reading = line.reading.as_ref().ok_or_else(unknown)?;
        let customer = self.app.people.find_or_create(&line.company, &reading.caller()).await?;
        let whose = Whose {
            account: line.account.clone(),
            company: line.company.clone(),
            branch: line.branch.clone(),
            customer,
        };
        let record = call::Command::Record(Box::new(facts(reading, whose, line.set_up(), line.now)));
        let command = derived(&["desk", line.company.as_str(), call.as_str()]);
        let cause = Cause { command, ..line.chain(call).next() };
        let stream = line.call_stream(call);
        match self.app.journal.execute::<Call>(&stream, Some(&line.company), cause, record).await {
            Ok(_) => {}
            Err(ExecuteError::Rejected(_)) => return Err(unknown().into()),
            Err(ExecuteError::Failed(error)) => return Err(error.into()),
        }
        let known = self.app.journal.load::<Call>(&stream).await?;
        let customer = known.aggregate.customer.ok_or_else(unknown)?;
        let chain = line.chain(call);
        chain.saw(known.newest());
        self.meet(line, &chain, customer, &Arguments::default()).await?;
        Ok((known, customer))
    }

    /// What the caller says of themselves is noted on their card.
    pub(super) async fn meet(
        &self,
        line: &Line,
        chain: &Chain,
        customer: CustomerId,
        arguments: &Arguments,
    ) -> Result<(), Stop> {
        let number = line.caller();
        let anonymous = number.is_none();
        let Arguments { name, email, phone, .. } = arguments;
        let card = Card { name: name.clone(), phone: number.or_else(|| phone.clone()), email: email.clone() };
        let meet = customer::Command::Meet { customer, anonymous, card };
        let stream = StreamId::customer(customer);
        match self.app.journal.execute::<Customer>(&stream, Some(&line.company), chain.next(), meet).await {
            Ok(executed) => chain.saw(executed.newest),
            // Who was erased stays unknown.
            Err(ExecuteError::Rejected(_)) => {}
            Err(ExecuteError::Failed(error)) => return Err(error.into()),
        }
        Ok(())
    }

    /// Asks for what the company wants to know and nobody has said yet.
    pub(super) async fn details(&self, line: &Line, customer: CustomerId, arguments: &Arguments) -> Result<(), Stop> {
        let loaded = self.app.journal.load::<Customer>(&StreamId::customer(customer)).await?;
        let card = loaded.aggregate.card.known().cloned().unwrap_or_default();
        let ask =
            |reason, sentence: &Sentence<'_>, next| Stop::from(Answer::no(reason, line.says(sentence)).then(next));
        if arguments.said_phone.is_some() && arguments.phone.is_none() {
            return Err(ask("phone_unreadable", &Sentence::AskNumberAgain, "ask_phone"));
        }
        if arguments.said_email.is_some() && arguments.email.is_none() {
            return Err(ask("email_unreadable", &Sentence::AskAddressAgain, "ask_email"));
        }
        for detail in &line.set_up().desk.ask_for {
            match detail {
                Detail::Name if arguments.name.is_none() && card.name.is_none() => {
                    return Err(ask("name_missing", &Sentence::AskName, "ask_name"));
                }
                Detail::Phone if arguments.phone.is_none() && card.phone.is_none() => {
                    return Err(ask("phone_missing", &Sentence::AskPhone, "ask_phone"));
                }
                Detail::Email if arguments.email.is_none() && card.email.is_none() => {
                    return Err(ask("email_missing", &Sentence::AskEmail, "ask_email"));
                }
                Detail::Name | Detail::Phone | Detail::Email => {}
            }
        }
        Ok(())
    }
}

//! People: found or registered by their number, as a call would; whoever has none is known by their old id.

use super::report::{Fault, Part, Took};
use super::table::{Row, Shape};
use super::{Happening, ImportError, Importer, Trouble, conclude, value};
use ringbuch_domain::customer::{Card, Command, Customer};
use ringbuch_domain::ids::{CallId, CompanyId, CustomerId, derived};
use ringbuch_domain::ports::Caller;
use ringbuch_domain::recorded::StreamId;
use ringbuch_projections::{Paging, Scope, customers};

const CUSTOMERS: Shape = Shape {
    files: &["customers"],
    columns: &[
        &["id", "customer_id"],
        &["company_id"],
        &["name", "full_name"],
        &["phone", "phone_number"],
        &["email", "e_mail"],
    ],
};

/// Who somebody is.
pub(super) struct Met {
    pub customer: CustomerId,
    /// Nothing but the row tells who it is.
    pub anonymous: bool,
    pub took: Took,
}

impl Importer<'_> {
    pub(super) async fn take_people(
        &mut self,
        watch: &mut (dyn FnMut(Happening<'_>) + Send),
    ) -> Result<Option<Part>, ImportError> {
        let Some(mut table) = self.open(&CUSTOMERS)? else { return Ok(None) };
        let mut part = super::part_of(&table);
        let mut rows = vec![];
        loop {
            while rows.len() < super::AT_ONCE
                && let Some(row) = table.next()
            {
                match row {
                    Ok(row) => rows.push(row),
                    Err(fault) => super::leave(&mut part, fault, watch),
                }
            }
            if rows.is_empty() {
                return Ok(Some(part));
            }
            // Their ids are noted between two batches, since whoever comes later asks for them.
            let met = futures_util::future::join_all(rows.iter().map(|row| self.take_person(row))).await;
            for (row, met) in rows.drain(..).zip(met) {
                let taken = met.map(|(old, met)| {
                    self.known.add_customer(&old, met.customer);
                    met.took
                });
                conclude(&mut part, row.line, taken, watch)?;
            }
            watch(Happening::Read { file: &part.file, at: table.position(), of: table.bytes });
        }
    }

    async fn take_person(&self, row: &Row) -> Result<(String, Met), Trouble> {
        let old = row.needed("id")?.to_owned();
        let company = self.known.company_of(row)?;
        let card = Card {
            name: row.text("name").map(str::to_owned),
            phone: value::phone(row, "phone"),
            email: row.text("email").map(str::to_owned),
        };
        let met = self.meet(&company, &format!("customer.{old}"), card, row).await?;
        Ok((old, met))
    }

    /// Finds somebody by the card's number, or by what the old system called them; and notes what the card says.
    pub(super) async fn meet(&self, company: &CompanyId, old: &str, card: Card, row: &Row) -> Result<Met, Trouble> {
        if self.order.dry_run {
            return self.would_meet(company, &card).await;
        }
        let anonymous = card.phone.is_none();
        let caller = match &card.phone {
            Some(number) => Caller::Number(number.clone()),
            None => Caller::Anonymous(unnamed(company, old)?),
        };
        let customer = self.app.people.find_or_create(company, &caller).await?;
        let command = Command::Meet { customer, anonymous, card };
        let cause = Self::cause(self.run, "people", row);
        match self.tell::<Customer>(&StreamId::customer(customer), company, cause, command).await {
            Ok(took) => Ok(Met { customer, anonymous, took }),
            // Who was erased stays unknown.
            Err(Trouble::Row(_)) => Ok(Met { customer, anonymous, took: Took::Nothing }),
            Err(trouble) => Err(trouble),
        }
    }

    /// Nobody is registered in a dry run; whoever has a number can be looked for.
    async fn would_meet(&self, company: &CompanyId, card: &Card) -> Result<Met, Trouble> {
        let mut news = true;
        if let Some(number) = &card.phone {
            let one = Paging { after: None, limit: 1 };
            let rows = &*self.app.store.rows;
            news = customers::list(rows, Scope::Company(company), Some(number), one).await?.items.is_empty();
        }
        let customer = CustomerId(derived(&["nobody"]));
        Ok(Met { customer, anonymous: card.phone.is_none(), took: Took::of(news) })
    }
}

/// What stands for the number of somebody who has none; the same whenever it is asked for.
fn unnamed(company: &CompanyId, old: &str) -> Result<CallId, Fault> {
    let id = derived(&["import", "person", company.as_str(), old]);
    CallId::new(&format!("import-{}", id.simple())).map_err(|unusable| Fault::of_row(unusable.to_string()))
}

//! Companies, branches, staff, services and numbers. What is known here already is left as it is: the calendar and the
//! voice provider, who are asked by a sync, know better than an old export.

use super::report::{Fault, Part, Took};
use super::table::{Row, Shape};
use super::{Happening, ImportError, Importer, Taken, conclude, leave, part_of, value};
use crate::journal::ExecuteError;
use ringbuch_domain::account::{self, Account, AccountOpened, SignatureForm};
use ringbuch_domain::company::{BranchOpened, Command, Company, CompanyRegistered, EventTypeSynced, StaffSynced};
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId, EventTypeId, StaffId, derived};
use ringbuch_domain::number::{self, Number};
use ringbuch_domain::recorded::{Cause, StreamId};
use std::collections::HashMap;
use std::sync::Arc;

const COMPANIES: Shape = Shape {
    files: &["companies", "tenants"],
    columns: &[
        &["id", "company_id"],
        &["name"],
        &["slug"],
        &["timezone", "time_zone", "zone"],
        &["language", "locale"],
        &["placeholder_domain"],
        &["account", "retell_account"],
    ],
};

const BRANCHES: Shape = Shape {
    files: &["branches"],
    columns: &[
        &["id", "branch_id", "uuid"],
        &["company_id"],
        &["name"],
        &["slug"],
        &["is_active", "active"],
        &["calcom_event_type_id", "event_type_id"],
        &["retell_agent_id", "agent_id"],
        &["phone_number", "phone"],
    ],
};

const STAFF: Shape = Shape {
    files: &["staff"],
    columns: &[
        &["id", "staff_id", "uuid"],
        &["company_id"],
        &["branch_id", "home_branch_id"],
        &["name"],
        &["calcom_user_id"],
        &["is_active", "active"],
    ],
};

const SERVICES: Shape = Shape {
    files: &["calcom_event_types", "event_types"],
    columns: &[
        &["id"],
        &["company_id"],
        &["calcom_numeric_event_type_id", "calcom_event_type_id", "calcom_id"],
        &["team_id"],
        &["title", "name"],
        &["duration_minutes", "length", "duration"],
    ],
};

const HOSTS: Shape =
    Shape { files: &["staff_event_types"], columns: &[&["staff_id"], &["event_type_id", "calcom_event_type_id"]] };

const NUMBERS: Shape = Shape {
    files: &["phone_numbers", "numbers"],
    columns: &[
        &["id"],
        &["phone_number", "number"],
        &["branch_id"],
        &["company_id"],
        &["retell_agent_id", "agent_id"],
        &["is_active", "active"],
    ],
};

/// What a branch's row says beyond the branch itself, taken in when services and numbers are known.
struct Loose {
    row: Row,
    company: CompanyId,
    branch: BranchId,
}

type Watch<'w> = &'w mut (dyn FnMut(Happening<'_>) + Send);

impl Importer<'_> {
    pub(super) async fn take_set_up(&mut self, watch: Watch<'_>) -> Result<Vec<Part>, ImportError> {
        let mut parts = vec![];
        let mut loose = vec![];
        if let Some(mut table) = self.open(&COMPANIES)? {
            let mut part = part_of(&table);
            while let Some(row) = rows(&mut table, &mut part, watch) {
                let taken = self.take_company(&row).await;
                conclude(&mut part, row.line, taken, watch)?;
            }
            parts.push(part);
        }
        let mut branches = None;
        if let Some(mut table) = self.open(&BRANCHES)? {
            let mut part = part_of(&table);
            while let Some(row) = rows(&mut table, &mut part, watch) {
                match self.take_branch(&row).await {
                    Ok((took, branch)) => loose.push((took, branch)),
                    Err(trouble) => conclude(&mut part, row.line, Err(trouble), watch)?,
                }
            }
            branches = Some(part);
        }
        if let Some(mut table) = self.open(&STAFF)? {
            let mut part = part_of(&table);
            while let Some(row) = rows(&mut table, &mut part, watch) {
                let taken = self.take_staff(&row).await;
                conclude(&mut part, row.line, taken, watch)?;
            }
            parts.push(part);
        }
        parts.extend(self.take_services(watch).await?);
        // A branch's service, number and agent can be told only now.
        if let Some(mut part) = branches {
            for (took, branch) in &loose {
                let more = self.take_loose(branch).await.map(|more| took.either(more));
                conclude(&mut part, branch.row.line, more, watch)?;
            }
            parts.insert(usize::from(!parts.is_empty()), part);
        }
        if let Some(mut table) = self.open(&NUMBERS)? {
            let mut part = part_of(&table);
            while let Some(row) = rows(&mut table, &mut part, watch) {
                let taken = self.take_number(&row).await;
                conclude(&mut part, row.line, taken, watch)?;
            }
            parts.push(part);
        }
        Ok(parts)
    }

    async fn take_company(&mut self, row: &Row) -> Taken {
        let old = row.needed("id")?;
        let named = row.text("slug").map(|slug| slug.to_ascii_lowercase().replace('-', "_"));
        let company = CompanyId::new(&named.unwrap_or_else(|| format!("company_{}", old.to_ascii_lowercase())));
        let company =
            company.map_err(|_| Fault::of("id", "cannot be part of a name; add a column slug of a-z, 0-9, _"))?;
        if self.company(&company).await?.profile.is_some() {
            self.known.add_company(old, company);
            return Ok(Took::Nothing);
        }
        let account = match row.text("account").map(AccountId::new) {
            Some(named) => named.map_err(|_| Fault::of("account", "is no name of a-z, 0-9 and _"))?,
            None => self.account_of(&company)?,
        };
        let zone = row.text("timezone").unwrap_or("Europe/Berlin").to_owned();
        let language = row.text("language").and_then(|it| it.get(..2)).unwrap_or("de").to_ascii_lowercase();
        let domain = row.text("placeholder_domain").unwrap_or("anruf.example.com").to_owned();
        let profile = CompanyRegistered {
            company: company.clone(),
            account: account.clone(),
            name: row.needed("name")?.to_owned(),
            zone,
            language,
            placeholder_domain: domain,
        };
        self.open_account(&account).await?;
        let took = self.change(&company, "companies", row, Command::Register(profile)).await?;
        self.change(&company, "companies", row, Command::NoteImported { source: old.to_owned(), run: self.run })
            .await?;
        self.known.add_company(old, company);
        Ok(took)
    }

    fn account_of(&self, company: &CompanyId) -> Result<AccountId, Fault> {
        let named = self.order.account.clone().map(Ok);
        named.unwrap_or_else(|| AccountId::new(company.as_str())).map_err(|_| Fault::of("slug", "is too long"))
    }

    /// Accounts carry no personal data and no secret; the key is stored apart.
    async fn open_account(&self, account: &AccountId) -> Result<(), super::Trouble> {
        let stream = StreamId::account(account);
        let known = self.app.journal.load::<Account>(&stream).await?;
        if known.aggregate.opened.is_some() || self.order.dry_run {
            return Ok(());
        }
        let opened = AccountOpened {
            account: account.clone(),
            name: account.to_string(),
            signature: SignatureForm::default(),
            base_url: None,
        };
        let cause = Cause::joining(self.run, derived(&["import", "account", account.as_str()]));
        match self.app.journal.execute::<Account>(&stream, None, cause, account::Command::Open(opened)).await {
            Ok(_) => Ok(()),
            Err(ExecuteError::Rejected(rejection)) => Err(Fault::of_row(rejection.to_string()).into()),
            Err(ExecuteError::Failed(error)) => Err(error.into()),
        }
    }

    async fn take_branch(&mut self, row: &Row) -> Result<(Took, Loose), super::Trouble> {
        let old = row.needed("id")?;
        let company = self.known.company_of(row)?;
        let branch = BranchId::new(&row.text("slug").unwrap_or(old).to_ascii_lowercase());
        let branch = branch.map_err(|_| Fault::of("id", "cannot be a name; add a column slug of a-z, 0-9, _ and -"))?;
        let mut took = Took::Nothing;
        if !self.company(&company).await?.branches.contains_key(&branch) {
            let name = row.needed("name")?.to_owned();
            let opened = BranchOpened { branch: branch.clone(), name, default_event_type: None };
            took = self.change(&company, "branches", row, Command::OpenBranch(opened)).await?;
            if row.flag("is_active")? == Some(false) {
                self.change(&company, "branches", row, Command::DeactivateBranch { branch: branch.clone() }).await?;
            }
        }
        self.known.add_branch(old, company.clone(), branch.clone());
        Ok((took, Loose { row: row.clone(), company, branch }))
    }

    async fn take_staff(&mut self, row: &Row) -> Taken {
        let old = row.needed("id")?;
        let company = self.known.company_of(row)?;
        let host: Option<i64> = row.parsed("calcom_user_id", "number")?;
        let known = self.company(&company).await?;
        let of_host = |it: &StaffId| host.is_some() && known.staff.get(it).is_some_and(|one| one.details.host == host);
        // Whom the calendar has named already keeps that name.
        let staff = match known.staff.keys().find(|it| of_host(it)) {
            Some(staff) => staff.clone(),
            None => StaffId::new(&old.to_ascii_lowercase())
                .map_err(|_| Fault::of("id", "is longer than 64 or holds other signs than a-z, 0-9, _ and -"))?,
        };
        self.known.add_staff(old, company.clone(), staff.clone());
        if known.staff.contains_key(&staff) {
            return Ok(Took::Nothing);
        }
        let branches = self.known.branch_at(row, &company)?.into_iter().collect();
        let details = StaffSynced { staff, name: row.needed("name")?.to_owned(), host, branches };
        self.change(&company, "staff", row, Command::SyncStaff(details)).await
    }

    async fn take_services(&mut self, watch: Watch<'_>) -> Result<Vec<Part>, ImportError> {
        let mut parts = vec![];
        let mut hosts: HashMap<String, Vec<Row>> = HashMap::new();
        if let Some(mut table) = self.open(&HOSTS)? {
            let mut part = part_of(&table);
            while let Some(row) = rows(&mut table, &mut part, watch) {
                match row.needed("event_type_id").map(str::to_owned) {
                    Ok(service) => {
                        part.count(Took::Nothing);
                        hosts.entry(service).or_default().push(row);
                    }
                    Err(fault) => leave(&mut part, fault.at(row.line), watch),
                }
            }
            parts.push(part);
        }
        if let Some(mut table) = self.open(&SERVICES)? {
            let mut part = part_of(&table);
            while let Some(row) = rows(&mut table, &mut part, watch) {
                let taken = self.take_service(&row, &hosts).await;
                conclude(&mut part, row.line, taken, watch)?;
            }
            parts.push(part);
        }
        Ok(parts)
    }

    async fn take_service(&mut self, row: &Row, hosts: &HashMap<String, Vec<Row>>) -> Taken {
        let company = self.known.company_of(row)?;
        let number: Option<i64> = row.parsed("calcom_numeric_event_type_id", "number")?;
        let number = number.ok_or_else(|| {
            Fault::of("calcom_numeric_event_type_id", "is missing; without it nothing can be booked at Cal.com")
        })?;
        let event_type = EventTypeId(number);
        let old = row.text("id").map_or_else(|| number.to_string(), str::to_owned);
        self.known.add_service(&old, company.clone(), event_type);
        self.known.add_service(&number.to_string(), company.clone(), event_type);
        if self.company(&company).await?.event_types.contains_key(&event_type) {
            return Ok(Took::Nothing);
        }
        let of_it = [&old, &number.to_string()].into_iter().find_map(|id| hosts.get(id));
        let mut staff = vec![];
        for host in of_it.into_iter().flatten() {
            staff.extend(self.known.staff_at(host, "staff_id", &company)?);
        }
        let synced = EventTypeSynced {
            event_type,
            title: row.needed("title")?.to_owned(),
            aliases: vec![],
            minutes: row.parsed("duration_minutes", "number of minutes")?.unwrap_or(30),
            buffer_before: 0,
            buffer_after: 0,
            notice_minutes: 0,
            horizon_days: None,
            team: row.parsed("team_id", "number")?,
            branches: vec![],
            staff,
        };
        self.change(&company, "calcom_event_types", row, Command::SyncEventType(synced)).await
    }

    /// The branch's default service, and what the oldest exports kept at the branch: its number and its agent.
    async fn take_loose(&mut self, loose: &Loose) -> Taken {
        let Loose { row, company, branch } = loose;
        let mut took = Took::Nothing;
        let known = self.company(company).await?;
        if known.branches.get(branch).is_some_and(|it| it.default_event_type.is_none())
            && let Some(old) = row.text("calcom_event_type_id")
        {
            let event_type = self.known.service(old, company);
            let event_type = event_type
                .ok_or_else(|| Fault::of("calcom_event_type_id", "names no service of calcom_event_types.csv"))?;
            let command = Command::SetDefault { branch: branch.clone(), event_type };
            took = self.change(company, "branches", row, command).await?;
        }
        took = took.either(self.take_agent(row, company, branch).await?);
        match value::phone(row, "phone_number") {
            Some(number) => Ok(took.either(self.assign(row, &number, company, branch).await?)),
            None => Ok(took),
        }
    }

    async fn take_number(&mut self, row: &Row) -> Taken {
        row.needed("phone_number")?;
        let number = value::phone(row, "phone_number");
        let number = number.ok_or_else(|| Fault::of("phone_number", "is no telephone number"))?;
        let company = self.known.company_of(row)?;
        let branch = self.known.branch_at(row, &company)?;
        let branch = branch.ok_or_else(|| Fault::of("branch_id", "is empty, so nobody knows where it is answered"))?;
        let took = self.take_agent(row, &company, &branch).await?;
        if row.flag("is_active")? == Some(false) {
            return Ok(took);
        }
        Ok(took.either(self.assign(row, &number, &company, &branch).await?))
    }

    async fn take_agent(&mut self, row: &Row, company: &CompanyId, branch: &BranchId) -> Taken {
        let Some(agent) = row.text("retell_agent_id").map(str::to_owned) else { return Ok(Took::Nothing) };
        if self.company(company).await?.agents.contains_key(&agent) {
            return Ok(Took::Nothing);
        }
        self.change(company, "agents", row, Command::AssignAgent { agent, branch: branch.clone() }).await
    }

    /// A number that is assigned here already stays where it is.
    async fn assign(&mut self, row: &Row, number: &str, company: &CompanyId, branch: &BranchId) -> Taken {
        self.known.add_number(number, company.clone());
        let stream = StreamId::number(number);
        let known = self.app.journal.load::<Number>(&stream).await?;
        match &known.aggregate.assigned {
            Some(assigned) if assigned.company == *company => Ok(Took::Nothing),
            _ => {
                let (number, company_id) = (number.to_owned(), company.clone());
                let command = number::Command::Assign { number, company: company_id, branch: branch.clone() };
                self.tell::<Number>(&stream, company, Self::cause(self.run, "numbers", row), command).await
            }
        }
    }

    /// The company as it stands, or in a dry run as it would stand by now.
    pub(super) async fn company(&mut self, company: &CompanyId) -> Result<Arc<Company>, super::Trouble> {
        if let Some(known) = self.companies.get(company) {
            return Ok(Arc::clone(known));
        }
        let loaded = self.app.journal.load::<Company>(&StreamId::company(company)).await?;
        let known = Arc::new(loaded.aggregate.clone());
        self.companies.insert(company.clone(), Arc::clone(&known));
        Ok(known)
    }

    async fn change(&mut self, company: &CompanyId, table: &str, row: &Row, command: Command) -> Taken {
        let known = self.company(company).await?;
        let events = known.decide(command.clone()).map_err(|rejection| Fault::of_row(rejection.to_string()))?;
        if events.is_empty() {
            return Ok(Took::Nothing);
        }
        let mut now = (*known).clone();
        for event in events {
            cqrs_es::Aggregate::apply(&mut now, event);
        }
        self.companies.insert(company.clone(), Arc::new(now));
        if self.order.dry_run {
            return Ok(Took::News);
        }
        let kind = format!("{table} {}", command_name(&command));
        let cause = Self::cause(self.run, &kind, row);
        let stream = StreamId::company(company);
        self.tell::<Company>(&stream, company, cause, command).await.map(|_| Took::News)
    }
}

/// One row leads to several commands, each with an id of its own.
fn command_name(command: &Command) -> &'static str {
    match command {
        Command::Register(_) => "register",
        Command::NoteImported { .. } => "imported",
        Command::OpenBranch(_) => "open",
        Command::DeactivateBranch { .. } => "deactivate",
        Command::SetDefault { .. } => "default",
        Command::AssignAgent { .. } => "agent",
        _ => "synced",
    }
}

/// The next row that can be read; others are left out at once.
fn rows(table: &mut super::Table, part: &mut Part, watch: Watch<'_>) -> Option<Row> {
    loop {
        match table.next()? {
            Ok(row) => return Some(row),
            Err(fault) => leave(part, fault, watch),
        }
    }
}

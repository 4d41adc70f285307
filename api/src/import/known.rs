//! What the old system's ids stand for here. Of the long tables only hashes of the ids are kept, so that a million rows
//! fit into little memory.

use super::report::Fault;
use super::table::Row;
use ringbuch_domain::ids::{BranchId, CallId, CompanyId, CustomerId, EventTypeId, StaffId};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

#[derive(Default)]
pub struct Known {
    companies: BTreeMap<String, CompanyId>,
    branches: HashMap<String, (CompanyId, BranchId)>,
    services: HashMap<String, (CompanyId, EventTypeId)>,
    staff: HashMap<String, (CompanyId, StaffId)>,
    numbers: HashMap<String, CompanyId>,
    customers: HashMap<u64, CustomerId>,
    calls: HashMap<u64, CallId>,
    /// Calls that an appointment names.
    wanted: HashSet<u64>,
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

impl Known {
    pub fn companies(&self) -> Vec<CompanyId> {
        self.companies.values().cloned().collect()
    }

    pub fn add_company(&mut self, old: &str, company: CompanyId) {
        self.companies.insert(old.to_owned(), company);
    }

    pub fn add_branch(&mut self, old: &str, company: CompanyId, branch: BranchId) {
        self.branches.insert(old.to_owned(), (company, branch));
    }

    pub fn add_service(&mut self, old: &str, company: CompanyId, service: EventTypeId) {
        self.services.insert(old.to_owned(), (company, service));
    }

    pub fn add_number(&mut self, number: &str, company: CompanyId) {
        self.numbers.insert(number.to_owned(), company);
    }

    pub fn company_of_number(&self, number: &str) -> Option<CompanyId> {
        self.numbers.get(number).cloned()
    }

    pub fn add_staff(&mut self, old: &str, company: CompanyId, staff: StaffId) {
        self.staff.insert(old.to_owned(), (company, staff));
    }

    pub fn add_customer(&mut self, old: &str, customer: CustomerId) {
        self.customers.insert(hash(old), customer);
    }

    pub fn want_call(&mut self, old: &str) {
        self.wanted.insert(hash(old));
    }

    /// Keeps the call if an appointment names it.
    pub fn add_call(&mut self, old: &str, call: CallId) {
        let id = hash(old);
        if self.wanted.contains(&id) {
            self.calls.insert(id, call);
        }
    }

    pub fn customer(&self, old: &str) -> Option<CustomerId> {
        self.customers.get(&hash(old)).copied()
    }

    pub fn call(&self, old: &str) -> Option<CallId> {
        self.calls.get(&hash(old)).cloned()
    }

    /// The company that a row names, or that its branch belongs to.
    pub fn company_of(&self, row: &Row) -> Result<CompanyId, Fault> {
        if let Some(old) = row.text("company_id") {
            let known = self.companies.get(old).cloned();
            return known.ok_or_else(|| Fault::of("company_id", "names no company of companies.csv"));
        }
        match self.branch_of(row)? {
            Some((company, _)) => Ok(company),
            None => Err(Fault::of("company_id", "is missing, and no branch tells whose the row is")),
        }
    }

    pub fn branch_of(&self, row: &Row) -> Result<Option<(CompanyId, BranchId)>, Fault> {
        let Some(old) = row.text("branch_id") else { return Ok(None) };
        let known = self.branches.get(old).cloned();
        known.map(Some).ok_or_else(|| Fault::of("branch_id", "names no branch of branches.csv"))
    }

    /// The branch that a row names, which must be the company's.
    pub fn branch_at(&self, row: &Row, company: &CompanyId) -> Result<Option<BranchId>, Fault> {
        match self.branch_of(row)? {
            Some((of, branch)) if of == *company => Ok(Some(branch)),
            Some(_) => Err(Fault::of("branch_id", "names a branch of another company")),
            None => Ok(None),
        }
    }

    /// The service that a row names by the old system's id.
    pub fn service(&self, old: &str, company: &CompanyId) -> Option<EventTypeId> {
        self.services.get(old).filter(|(of, _)| of == company).map(|(_, service)| *service)
    }

    pub fn staff_at(&self, row: &Row, column: &'static str, company: &CompanyId) -> Result<Option<StaffId>, Fault> {
        let Some(old) = row.text(column) else { return Ok(None) };
        match self.staff.get(old) {
            Some((of, staff)) if of == company => Ok(Some(staff.clone())),
            Some(_) => Err(Fault::of(column, "names somebody of another company")),
            None => Err(Fault::of(column, "names nobody of staff.csv")),
        }
    }
}

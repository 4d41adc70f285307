//! The whole directory in memory, as intake resolves deliveries by it. Who reads it asks for a fresh one when the
//! projection's checkpoint has moved.

use super::{Account, Branch, Company, accounts, agents, branches, companies, phone_numbers};
use crate::rows::{ReadModels, RowsError};
use crate::scope::Scope;
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId};
use std::collections::HashMap;

/// Where a number or an agent leads. A delivery may only take it if the account that signed is this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub account: AccountId,
    pub company: CompanyId,
    pub branch: BranchId,
}

#[derive(Debug, Clone, Default)]
pub struct Directory {
    accounts: HashMap<AccountId, Account>,
    companies: HashMap<CompanyId, Company>,
    branches: HashMap<(CompanyId, BranchId), Branch>,
    numbers: HashMap<String, (CompanyId, BranchId)>,
    agents: HashMap<String, Vec<(CompanyId, BranchId)>>,
}

impl Directory {
    /// Reads all of it; set-up is small.
    pub async fn load(rows: &dyn ReadModels) -> Result<Self, RowsError> {
        let mut answering: HashMap<String, Vec<_>> = HashMap::new();
        for it in agents(rows, Scope::All).await? {
            answering.entry(it.agent).or_default().push((it.company, it.branch));
        }
        let accounts = accounts(rows, Scope::All).await?;
        let companies = companies(rows, Scope::All).await?;
        let branches = branches(rows, Scope::All).await?;
        let numbers = phone_numbers(rows, Scope::All).await?;
        Ok(Self {
            accounts: accounts.into_iter().map(|it| (it.account.clone(), it)).collect(),
            companies: companies.into_iter().map(|it| (it.company.clone(), it)).collect(),
            branches: branches.into_iter().map(|it| ((it.company.clone(), it.branch.clone()), it)).collect(),
            numbers: numbers.into_iter().map(|it| (it.number, (it.company, it.branch))).collect(),
            agents: answering,
        })
    }

    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.get(id)
    }

    /// With it its account, zone and language.
    pub fn company(&self, id: &CompanyId) -> Option<&Company> {
        self.companies.get(id)
    }

    /// All of them, by id.
    pub fn companies(&self) -> Vec<&Company> {
        let mut all: Vec<_> = self.companies.values().collect();
        all.sort_by(|a, b| a.company.cmp(&b.company));
        all
    }

    /// The companies that an account serves, by id.
    pub fn companies_of(&self, account: &AccountId) -> Vec<&Company> {
        let mut served: Vec<_> = self.companies.values().filter(|it| it.account == *account).collect();
        served.sort_by(|a, b| a.company.cmp(&b.company));
        served
    }

    pub fn branch(&self, company: &CompanyId, branch: &BranchId) -> Option<&Branch> {
        self.branches.get(&(company.clone(), branch.clone()))
    }

    /// Where a business number (E.164) leads.
    pub fn by_number(&self, number: &str) -> Option<Route> {
        self.numbers.get(number).and_then(|(company, branch)| self.route(company, branch))
    }

    /// Every place that an agent answers for; one agent may stand in several companies.
    pub fn by_agent(&self, agent: &str) -> Vec<Route> {
        let places = self.agents.get(agent).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|(company, branch)| self.route(company, branch)).collect()
    }

    fn route(&self, company: &CompanyId, branch: &BranchId) -> Option<Route> {
        let account = self.companies.get(company)?.account.clone();
        Some(Route { account, company: company.clone(), branch: branch.clone() })
    }
}

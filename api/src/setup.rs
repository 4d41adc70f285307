//! Setting a company up: what the command line and the demo do, through the same rules.

use crate::app::App;
use crate::http::auth::ApiKey;
use crate::intake::RETELL_KEY;
use crate::journal::{ExecuteError, JournalError, Stored};
use crate::views;
use jiff::Timestamp;
use ringbuch_adapters::sealing::{SecretFault, account_owner, company_owner};
use ringbuch_domain::access::{self, Access, KeyIssued, KeyRevoked, PersonalDataViewed, Role};
use ringbuch_domain::account::{self, Account, AccountOpened};
use ringbuch_domain::company::{self, CalendarApi, Company, CompanyRegistered, Holidays, HolidaysChange};
use ringbuch_domain::desk::{DeskRules, RulesChange};
use ringbuch_domain::ids::{AccountId, BranchId, CompanyId, KeyId, derived};
use ringbuch_domain::number::{self, Number};
use ringbuch_domain::phone;
use ringbuch_domain::recorded::{Cause, StreamId};
use secrecy::SecretString;
use thiserror::Error;
use uuid::Uuid;

/// Why nothing was set up.
#[derive(Debug, Error)]
pub enum SetUpError {
    #[error("{0}")]
    Refused(String),
    #[error("'{0}' is no telephone number; write it like +493023125001")]
    NotANumber(String),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Secret(#[from] SecretFault),
    #[error("this machine gives no randomness for a key: {0}")]
    NoRandomness(String),
}

impl<E: std::error::Error> From<ExecuteError<E>> for SetUpError {
    fn from(error: ExecuteError<E>) -> Self {
        match error {
            ExecuteError::Rejected(rejection) => Self::Refused(rejection.to_string()),
            ExecuteError::Failed(error) => Self::Journal(error),
        }
    }
}

/// Somebody who sets things up.
pub struct SetUp<'a> {
    app: &'a App,
    by: String,
    /// All that is set up in one go belongs together.
    correlation: Uuid,
}

impl<'a> SetUp<'a> {
    pub fn new(app: &'a App, by: impl Into<String>) -> Self {
        Self { app, by: by.into(), correlation: Uuid::now_v7() }
    }

    async fn tell<A: Stored>(
        &self,
        stream: &StreamId,
        company: Option<&CompanyId>,
        command: A::Command,
    ) -> Result<bool, SetUpError> {
        let cause = Cause::joining(self.correlation, Uuid::now_v7());
        let executed = self.app.journal.execute::<A>(stream, company, cause, command).await?;
        Ok(!executed.events.is_empty())
    }

    /// Opens an account; false where it was open already.
    pub async fn account(&self, opened: AccountOpened) -> Result<bool, SetUpError> {
        let stream = StreamId::account(&opened.account);
        self.tell::<Account>(&stream, None, account::Command::Open(opened)).await
    }

    /// Registers a company under an account that exists.
    pub async fn company(
        &self,
        profile: CompanyRegistered,
        calendar_url: Option<String>,
        api: CalendarApi,
    ) -> Result<bool, SetUpError> {
        let account = self.app.journal.load::<Account>(&StreamId::account(&profile.account)).await?;
        if account.aggregate.opened.is_none() {
            return Err(SetUpError::Refused(format!(
                "there is no account '{0}'; add it first with `account add {0}`",
                profile.account
            )));
        }
        let company = profile.company.clone();
        let mut changed = self.change(&company, company::Command::Register(profile)).await?;
        if calendar_url.is_some() || api != CalendarApi::default() {
            changed |= self.change(&company, company::Command::ConnectCalendar { base_url: calendar_url, api }).await?;
        }
        Ok(changed)
    }

    /// Changes a company's set-up; false where it stood so already.
    pub async fn change(&self, company: &CompanyId, command: company::Command) -> Result<bool, SetUpError> {
        self.tell::<Company>(&StreamId::company(company), Some(company), command).await
    }

    /// Changes what the desk does for callers, and says what it does then.
    pub async fn desk_rules(&self, company: &CompanyId, change: RulesChange) -> Result<DeskRules, SetUpError> {
        let known = self.app.journal.load::<Company>(&StreamId::company(company)).await?;
        let rules = change.applied_to(&known.aggregate.desk);
        self.change(company, company::Command::SetDeskRules(rules.clone())).await?;
        Ok(rules)
    }

    /// Changes which holidays a branch keeps; gives them as they are then, and whether that is anything new.
    pub async fn holidays(
        &self,
        company: &CompanyId,
        branch: BranchId,
        change: HolidaysChange,
    ) -> Result<(Holidays, bool), SetUpError> {
        let known = self.app.journal.load::<Company>(&StreamId::company(company)).await?;
        let kept = known.aggregate.branches.get(&branch).map(|known| known.holidays.clone()).unwrap_or_default();
        let wanted = change.applied_to(&kept).map_err(|why| SetUpError::Refused(why.to_string()))?;
        let set = company::Command::SetHolidays { branch: branch.clone(), holidays: wanted };
        let changed = self.change(company, set).await?;
        let now = self.app.journal.load::<Company>(&StreamId::company(company)).await?;
        let kept = now.aggregate.branches.get(&branch).map(|known| known.holidays.clone()).unwrap_or_default();
        Ok((kept, changed))
    }

    /// Says at which branch a number is answered.
    pub async fn number(&self, company: &CompanyId, number: &str, branch: BranchId) -> Result<bool, SetUpError> {
        let number = phone::normalise(number).ok_or_else(|| SetUpError::NotANumber(number.to_owned()))?;
        let set_up = self.app.journal.load::<Company>(&StreamId::company(company)).await?;
        if !set_up.aggregate.branches.contains_key(&branch) {
            return Err(SetUpError::Refused(format!("the company has no branch '{branch}'; add it first")));
        }
        let stream = StreamId::number(&number);
        let command = number::Command::Assign { number, company: company.clone(), branch };
        self.tell::<Number>(&stream, Some(company), command).await
    }

    /// Lets a number go, so that another company can have it.
    pub async fn release_number(&self, company: &CompanyId, number: &str) -> Result<bool, SetUpError> {
        let number = phone::normalise(number).ok_or_else(|| SetUpError::NotANumber(number.to_owned()))?;
        let command = number::Command::Release { company: company.clone() };
        self.tell::<Number>(&StreamId::number(&number), Some(company), command).await
    }

    /// Stores the key of an account at Retell, which also proves its webhooks.
    pub async fn retell_key(&self, account: &AccountId, key: SecretString) -> Result<(), SetUpError> {
        let stream = StreamId::account(account);
        let noted = account::Command::NoteSecret { secret: RETELL_KEY.into() };
        self.tell::<Account>(&stream, None, noted).await?;
        self.app.secrets.set(&account_owner(account), RETELL_KEY, key, self.app.clock.now()).await?;
        Ok(())
    }

    /// Stores a secret of a company.
    pub async fn company_secret(
        &self,
        company: &CompanyId,
        name: &str,
        secret: SecretString,
    ) -> Result<(), SetUpError> {
        self.change(company, company::Command::NoteSecret { secret: name.into() }).await?;
        self.app.secrets.set(&company_owner(company), name, secret, self.app.clock.now()).await?;
        Ok(())
    }

    /// Makes an API key; its text is known to nobody afterwards.
    pub async fn issue_key(
        &self,
        company: &CompanyId,
        name: &str,
        role: Role,
        scopes: Vec<String>,
        expires_at: Option<Timestamp>,
    ) -> Result<(KeyId, ApiKey), SetUpError> {
        let set_up = self.app.journal.load::<Company>(&StreamId::company(company)).await?;
        if set_up.aggregate.profile.is_none() {
            return Err(SetUpError::Refused(format!("there is no company '{company}'; add it first")));
        }
        let text = ApiKey::generate().map_err(|error| SetUpError::NoRandomness(error.to_string()))?;
        let key = KeyId(Uuid::now_v7());
        let issued = KeyIssued {
            key,
            company: company.clone(),
            name: name.to_owned(),
            role,
            hash: text.hash(),
            scopes,
            expires_at,
            by: self.by.clone(),
        };
        let command = access::Command::IssueKey(Box::new(issued));
        self.tell::<Access>(&StreamId::access(company), Some(company), command).await?;
        Ok((key, text))
    }

    /// Notes that somebody looked at what belongs to a person. Whoever looks at the same again within the same ten minutes
    /// repeats the first command, so that opening a page anew fills no log.
    pub async fn note_view(&self, company: &CompanyId, what: &str, id: &str) -> Result<(), SetUpError> {
        let period = views::period(self.app.clock.now());
        let command = derived(&["view", company.as_str(), &self.by, what, id, &period.to_string()]);
        if self.app.views.hold(command) {
            return Ok(());
        }
        let (what, id) = (what.to_owned(), id.to_owned());
        let viewed = PersonalDataViewed { company: company.clone(), by: self.by.clone(), what, id };
        let told = access::Command::NoteView(viewed);
        let cause = Cause::first(command);
        self.app.journal.execute::<Access>(&StreamId::access(company), Some(company), cause, told).await?;
        self.app.views.keep(period, command);
        Ok(())
    }

    /// Takes a key back; false where it was taken back already.
    pub async fn revoke_key(&self, company: &CompanyId, key: KeyId) -> Result<bool, SetUpError> {
        let revoked = KeyRevoked { key, company: company.clone(), by: self.by.clone() };
        self.tell::<Access>(&StreamId::access(company), Some(company), access::Command::RevokeKey(revoked)).await
    }
}

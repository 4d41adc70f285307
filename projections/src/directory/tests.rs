use super::*;
use crate::testing::{Log, Tenant, projected};
use jiff::civil::{date, time as clock};
use ringbuch_domain::account::AccountOpened;
use ringbuch_domain::company::*;
use ringbuch_domain::number::{NumberAssigned, NumberReleased};

fn opened(account: &AccountId) -> AccountOpened {
    AccountOpened {
        account: account.clone(),
        name: "Main".into(),
        signature: SignatureForm::TwoHeaders,
        base_url: Some("http://127.0.0.1:9000".into()),
    }
}

fn registered(tenant: &Tenant, account: &AccountId) -> CompanyRegistered {
    CompanyRegistered {
        company: tenant.company.clone(),
        account: account.clone(),
        name: "Salon".into(),
        zone: "Europe/Berlin".into(),
        language: "de".into(),
        placeholder_domain: "kein-postfach.example.com".into(),
    }
}

fn branch_opened(tenant: &Tenant) -> BranchOpened {
    let default_event_type = Some(tenant.event_type);
    BranchOpened { branch: tenant.branch.clone(), name: "Mitte".into(), default_event_type }
}

fn assigned(tenant: &Tenant) -> NumberAssigned {
    let (company, branch) = (tenant.company.clone(), tenant.branch.clone());
    NumberAssigned { number: tenant.number.clone(), company, branch }
}

/// Two companies of one account, each with a branch, a number and the same agent.
fn two_companies() -> (Tenant, Tenant, Log) {
    let (salon, praxis) = (Tenant::new("salon", 1), Tenant::new("praxis", 2));
    let mut log = Log::new();
    log.account(opened(&salon.account));
    for tenant in [&salon, &praxis] {
        let agent = AgentAssigned { agent: "agent_shared".into(), branch: tenant.branch.clone() };
        log.company(&tenant.company, registered(tenant, &salon.account))
            .company(&tenant.company, branch_opened(tenant))
            .company(&tenant.company, agent)
            .number(&tenant.company, &tenant.number, assigned(tenant));
    }
    (salon, praxis, log)
}

#[tokio::test]
async fn a_number_leads_to_its_company_branch_and_account() {
    let (salon, praxis, log) = two_companies();
    let directory = Directory::load(&*projected(&log).await).await.unwrap();
    for tenant in [&salon, &praxis] {
        let route = directory.by_number(&tenant.number).unwrap();
        assert_eq!(route.company, tenant.company);
        assert_eq!(route.branch, tenant.branch);
        assert_eq!(route.account, salon.account);
    }
    assert_eq!(directory.by_number("+493023125999"), None);
    let served: Vec<_> = directory.companies_of(&salon.account).into_iter().map(|it| &it.company).collect();
    assert_eq!(served, [&praxis.company, &salon.company]);
    assert_eq!(directory.account(&salon.account).unwrap().signature, SignatureForm::TwoHeaders);
    assert_eq!(directory.company(&salon.company).unwrap().zone, "Europe/Berlin");
}

#[tokio::test]
async fn an_agent_may_stand_in_several_companies() {
    let (salon, praxis, log) = two_companies();
    let directory = Directory::load(&*projected(&log).await).await.unwrap();
    let companies: Vec<_> = directory.by_agent("agent_shared").into_iter().map(|route| route.company).collect();
    assert_eq!(companies, [praxis.company, salon.company]);
    assert!(directory.by_agent("agent_unknown").is_empty());
}

#[tokio::test]
async fn a_released_number_leads_nowhere_and_can_be_assigned_anew() {
    let (salon, praxis, mut log) = two_companies();
    let released = NumberReleased { number: salon.number.clone(), company: salon.company.clone() };
    log.number(&salon.company, &salon.number, released);
    let directory = Directory::load(&*projected(&log).await).await.unwrap();
    assert_eq!(directory.by_number(&salon.number), None);

    let mut moved = assigned(&praxis);
    moved.number.clone_from(&salon.number);
    log.number(&praxis.company, &salon.number, moved);
    let rows = projected(&log).await;
    let found = phone_number(&*rows, Scope::All, &salon.number).await.unwrap().unwrap();
    assert_eq!(found.company, praxis.company);
    assert_eq!(phone_number(&*rows, Scope::Company(&salon.company), &salon.number).await.unwrap(), None);
    assert_eq!(phone_numbers(&*rows, Scope::Company(&praxis.company)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_branch_keeps_its_row_through_its_changes() {
    let (salon, _, mut log) = two_companies();
    let branch_id = || salon.branch.clone();
    log.company(&salon.company, BranchDeactivated { branch: branch_id() })
        .company(&salon.company, BranchDefaultChanged { branch: branch_id(), event_type: EventTypeId(77) });
    let rows = projected(&log).await;
    let scope = Scope::Company(&salon.company);
    let found = branch(&*rows, scope, &salon.branch).await.unwrap().unwrap();
    assert!(!found.active);
    assert_eq!(found.default_event_type, Some(EventTypeId(77)));

    log.company(&salon.company, BranchActivated { branch: branch_id() });
    let rows = projected(&log).await;
    assert!(branches(&*rows, scope).await.unwrap()[0].active);
    let directory = Directory::load(&*rows).await.unwrap();
    assert!(directory.branch(&salon.company, &salon.branch).unwrap().active);
}

#[tokio::test]
async fn a_synced_service_reads_back_whole() {
    let (salon, _, mut log) = two_companies();
    let mut synced = EventTypeSynced {
        event_type: salon.event_type,
        title: "Beratung".into(),
        aliases: vec!["Erstgespräch".into(), "30 Minuten \"kurz\"".into()],
        minutes: 30,
        buffer_before: 5,
        buffer_after: 10,
        notice_minutes: 120,
        horizon_days: Some(60),
        team: Some(39203),
        branches: vec![salon.branch.clone()],
        staff: vec![salon.staff.clone()],
    };
    log.company(&salon.company, synced.clone());
    synced.title = "Beratung lang".into();
    synced.horizon_days = None;
    log.company(&salon.company, synced);
    let rows = projected(&log).await;
    let found = event_type(&*rows, Scope::Company(&salon.company), salon.event_type).await.unwrap().unwrap();
    assert_eq!(found.title, "Beratung lang");
    assert_eq!(found.aliases, ["Erstgespräch", "30 Minuten \"kurz\""]);
    assert_eq!((found.minutes, found.buffer_before, found.buffer_after, found.notice_minutes), (30, 5, 10, 120));
    assert_eq!((found.horizon_days, found.team), (None, Some(39203)));
    assert_eq!((found.branches, found.staff), (vec![salon.branch], vec![salon.staff]));
    assert_eq!(event_types(&*rows, Scope::All).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_gone_is_marked_and_may_come_back() {
    let (salon, _, mut log) = two_companies();
    let named = StaffSynced { staff: salon.staff.clone(), name: "Erika".into(), host: Some(5), branches: vec![] };
    log.company(&salon.company, named.clone()).company(&salon.company, StaffGone { staff: salon.staff.clone() });
    let scope = Scope::Company(&salon.company);
    assert!(staff(&*projected(&log).await, scope).await.unwrap()[0].gone);
    log.company(&salon.company, named);
    assert!(!staff(&*projected(&log).await, scope).await.unwrap()[0].gone);
}

#[tokio::test]
async fn hours_and_names_of_staff_come_in_any_order() {
    let (salon, _, mut log) = two_companies();
    let window = Window { from: clock(9, 0, 0, 0), to: clock(17, 30, 0, 0) };
    let hours = WorkingHoursSynced {
        staff: salon.staff.clone(),
        weekly: vec![WeeklyHours { weekday: 3, window }],
        overrides: vec![DayOverride { date: date(2025, 12, 24), windows: vec![] }],
        schedule: Some(77),
        zone: Some("Europe/Vienna".into()),
    };
    let synced = StaffSynced { staff: salon.staff.clone(), name: "Erika".into(), host: Some(5), branches: vec![] };
    let (_, _, mut other) = two_companies();
    log.company(&salon.company, hours.clone()).company(&salon.company, synced.clone());
    other.company(&salon.company, synced).company(&salon.company, hours.clone());
    let (hours_first, name_first) = (projected(&log).await, projected(&other).await);

    let scope = Scope::Company(&salon.company);
    let found = staff_member(&*hours_first, scope, &salon.staff).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.host), ("Erika", Some(5)));
    assert_eq!((&found.weekly, &found.overrides), (&hours.weekly, &hours.overrides));
    assert_eq!((found.schedule, found.zone.as_deref()), (Some(77), Some("Europe/Vienna")));
    assert_eq!(staff(&*name_first, scope).await.unwrap(), [found]);
}

#[tokio::test]
async fn lists_are_sorted_and_keep_to_their_scope() {
    let (salon, praxis, mut log) = two_companies();
    log.company(
        &salon.company,
        CalendarConnected {
            company: salon.company.clone(),
            base_url: Some("http://127.0.0.1:9001".into()),
            api: CalendarApi::V1,
        },
    );
    let rows = projected(&log).await;
    let all = companies(&*rows, Scope::All).await.unwrap();
    assert_eq!(all.iter().map(|it| &it.company).collect::<Vec<_>>(), [&praxis.company, &salon.company]);
    let own = companies(&*rows, Scope::Company(&salon.company)).await.unwrap();
    assert_eq!(own[0].calcom_base_url.as_deref(), Some("http://127.0.0.1:9001"));
    assert_eq!((own.len(), own[0].calcom_api.as_str()), (1, "v1"));
    assert_eq!(agents(&*rows, Scope::Company(&salon.company)).await.unwrap().len(), 1);
    assert_eq!(accounts(&*rows, Scope::Company(&salon.company)).await.unwrap().len(), 1);
    let stranger = CompanyId::new("stranger").unwrap();
    assert!(accounts(&*rows, Scope::Company(&stranger)).await.unwrap().is_empty());
}

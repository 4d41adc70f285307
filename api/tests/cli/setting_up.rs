//! From an empty folder to a company that could take calls, and what is said to whoever does it wrong.

use crate::installation::Installation;
use serde_json::json;

const NOWHERE: &str = "there is no database at";

#[tokio::test]
async fn a_database_that_was_never_migrated_is_named_with_what_to_do() {
    let installation = Installation::new();
    for line in ["company list", "projections status", "serve --no-migrate", "calls list --json"] {
        let (code, told) = installation.fails(line).await;
        assert!(code == 1 && told.contains(NOWHERE) && told.contains("ringbuch migrate"), "{line}: {told}");
    }
    let pending = installation.json("migrate --dry-run").await;
    assert_eq!((&pending["dry_run"], &pending["migrations"][0]), (&json!(true), &json!("V1__event_log")));
    assert!(installation.fails("company list").await.1.contains(NOWHERE), "a dry run makes nothing");
    assert_eq!(installation.json("migrate").await["migrations"], pending["migrations"]);
    assert_eq!(installation.done("migrate").await, "the database is up to date\n");
    assert_eq!(installation.json("company list").await, json!([]));
}

#[tokio::test]
async fn without_its_master_key_nothing_is_opened() {
    let installation = Installation::migrated().await;
    installation.done("company list").await;
    let without = installation.with("RINGBUCH_MASTER_KEY", "");
    for line in ["company list", "serve"] {
        let (code, told) = without.fails(line).await;
        assert!(code == 1 && told.contains("RINGBUCH_MASTER_KEY"), "{line}: {told}");
        assert!(told.contains("openssl rand -base64 32"), "{line}: {told}");
    }
    let other = without.with("RINGBUCH_MASTER_KEY", "other:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    let (code, told) = other.fails("company list").await;
    assert!(code == 1 && told.contains("'main'") && !told.contains("AAECAw"), "{told}");
}

#[tokio::test]
async fn a_log_in_a_kurrentdb_that_does_not_answer_is_told_by_its_place() {
    let installation = Installation::migrated().await;
    installation.done("company list").await;
    let elsewhere = installation.with("RINGBUCH_EVENT_STORE_URL", "kurrentdb://admin:geheim@127.0.0.1:1?tls=false");
    let (code, told) = elsewhere.fails("company list").await;
    assert!(code == 1 && told.contains("kurrentdb://127.0.0.1:1") && !told.contains("geheim"), "{told}");
}

/// An account, a company and a branch.
async fn founded() -> Installation {
    let installation = Installation::migrated().await;
    installation.done("account add main --name Retell").await;
    installation
        .done("company add salon --account main --name Salon~Mitte --placeholder-domain anruf.example.com")
        .await;
    installation.done("--company salon branch add mitte --name Mitte").await;
    installation
}

#[tokio::test]
async fn a_company_is_set_up_step_by_step() {
    let it = founded().await;
    it.done("--company salon staff add anna --name Anna~Berg --host 7 --hours Mo-Fr~9-18 --hours Sa~9-13").await;
    it.done("--company salon event-type add 2563193 --title Haarschnitt --alias Schnitt --minutes 30 --staff anna")
        .await;
    it.done("--company salon branch default mitte 2563193").await;
    it.done("--company salon number assign 030~23125~001 --branch mitte").await;
    it.done("--company salon agent assign agent_1 --branch mitte").await;

    let again = it.done("--company salon branch add mitte --name Mitte").await;
    assert!(again.contains("as before"), "{again}");
    assert_eq!(
        it.json("company list").await,
        json!([{"company": "salon", "account": "main", "name": "Salon Mitte", "zone": "Europe/Berlin", "language": "de",
                "placeholder_domain": "anruf.example.com", "calcom_base_url": null, "calcom_api": "v2"}])
    );
    let staff = it.json("staff list").await;
    assert_eq!(
        (&staff[0]["staff"], &staff[0]["host"], staff[0]["weekly"].as_array().unwrap().len()),
        (&json!("anna"), &json!(7), 6)
    );
    let services = it.json("event-type list --company salon").await;
    assert_eq!((&services[0]["event_type"], &services[0]["aliases"]), (&json!(2_563_193), &json!(["Schnitt"])));
    let shown = it.json("company show salon").await;
    assert_eq!(shown["branches"][0]["default_event_type"], 2_563_193);
    assert_eq!(shown["phone_numbers"], json!([{"number": "+493023125001", "company": "salon", "branch": "mitte"}]));
    assert_eq!(shown["agents"], json!([{"company": "salon", "agent": "agent_1", "branch": "mitte"}]));
    let table = it.done("company show salon").await;
    assert!(table.contains("Mon-Fri 09:00-18:00; Sat 09:00-13:00") && table.contains("not set"), "{table}");

    let off = it.json("--company salon branch deactivate mitte").await;
    assert_eq!((&off["branch"], &off["active"]), (&json!("mitte"), &json!(false)));
    assert_eq!(it.json("--company salon branch activate mitte").await["active"], true);
}

#[tokio::test]
async fn what_cannot_be_set_up_is_told_and_changes_nothing() {
    let it = founded().await;
    it.done("--company salon number assign +493023125001 --branch mitte").await;
    it.done("company add praxis --account main --name Praxis --placeholder-domain anruf.example.com").await;
    it.done("--company praxis branch add haupt --name Haupt").await;
    let position = it.json("projections status").await[0]["checkpoint"].clone();
    for (line, code, said) in [
        ("--company nix branch add mitte --name Mitte", 1, "there is no company 'nix'; `ringbuch company list`"),
        ("company show nix", 1, "there is no company 'nix'"),
        ("branch add mitte --name Mitte", 2, "say which with --company ID: praxis, salon"),
        ("--company praxis number assign +493023125001 --branch haupt", 1, "belongs to another company"),
        ("--company praxis number assign +493023125002 --branch mitte", 1, "no branch 'mitte'"),
        ("--company praxis number assign hello --branch haupt", 1, "'hello' is no telephone number"),
        ("company add x --account main --name X --placeholder-domain a.example --zone Berlin", 2, "Europe/Berlin"),
        ("company add x --account nix --name X --placeholder-domain a.example", 1, "no account 'nix'"),
        ("company add salon --account main --name X --placeholder-domain a.example --zone UTC", 1, "cannot be changed"),
        ("account add main --signature two-headers", 1, "already with other details"),
        ("account add new --base-url http://127.0.0.1:9", 2, "cannot be the address of a provider"),
        ("account add new --base-url https://10.0.0.1", 2, "only public ones are allowed"),
        ("--company salon event-type add 1 --title X --minutes 30 --staff ben", 1, "no staff 'ben'"),
        ("--company salon staff add ben --name Ben --hours Mo~9-12 --hours Mo~11-13", 2, "the hours of monday overlap"),
        ("--company salon branch default mitte 1", 1, "no event type 1"),
        ("--company salon key issue --name x --role viewer --expires 2020-01-01T00:00:00Z", 2, "expired already"),
        ("key revoke 018f0000-0000-7000-8000-000000000000", 1, "there is no key"),
        ("calls show call_1", 1, "there is no call 'call_1'"),
        ("webhooks show 00", 1, "there is no delivery '00'"),
        ("events show company-nix", 1, "there is no stream 'company-nix'"),
        ("appointments show 018f0000-0000-7000-8000-000000000000", 1, "there is no appointment"),
        ("appointments list --status odd", 2, "requested, unknown, pending"),
        ("projections rebuild nix", 2, "there is no projection 'nix'; there are directory"),
    ] {
        let (ended, told) = it.fails(line).await;
        assert!(ended == code && told.contains(said), "`{line}` ended with {ended}: {told}");
    }
    assert_eq!(it.json("projections status").await[0]["checkpoint"], position, "nothing was written");
}

#[tokio::test]
async fn a_number_that_was_let_go_can_be_another_companys() {
    let it = founded().await;
    it.done("--company salon number assign +493023125001 --branch mitte").await;
    it.done("company add praxis --account main --name Praxis --placeholder-domain anruf.example.com").await;
    it.done("--company praxis branch add haupt --name Haupt").await;
    let (ended, told) = it.fails("--company praxis number release +493023125001").await;
    assert!(ended == 1 && told.contains("belongs to another company"), "{told}");
    assert!(it.done("--company salon number release +493023125001").await.contains("no longer answered"));
    assert!(it.done("--company salon number release +493023125001").await.contains("as before"));
    it.done("--company praxis number assign +493023125001 --branch haupt").await;
}

#[tokio::test]
async fn keys_and_secrets_are_told_once_or_never() {
    let it = founded().await;
    let issued = it.json("--company salon key issue --name till --role operator --scope read").await;
    let (id, text) = (issued["key_id"].as_str().unwrap(), issued["key"].as_str().unwrap());
    assert!(text.starts_with("rb_"));
    let listed = it.json("key list").await;
    assert_eq!(
        (&listed[0]["key_id"], &listed[0]["role"], &listed[0]["revoked_at"]),
        (&json!(id), &json!("operator"), &json!(null))
    );
    assert!(it.json(&format!("key revoke {id}")).await["revoked_at"].is_string());
    assert!(it.done("key list").await.contains("revoked "));

    let secrets = [
        ("secret set retell --account main", "key_made_up_1"),
        ("--company salon secret set calcom", "cal_made_up_2"),
        ("--company salon secret set calcom --kind webhook-secret", "whsec_made_up_3"),
    ];
    for (line, secret) in secrets {
        let run = it.run_with(line, &format!("{secret}\n")).await;
        assert!(run.code == 0 && !run.stdout.contains(secret), "{line}: {}", run.stderr);
    }
    assert_eq!(it.run_with("secret set retell --account main", "\n").await.code, 2, "an empty secret is none");
    assert_eq!(it.run_with("secret set retell --account nix", "key_1\n").await.code, 1);

    let shown = it.json("company show salon").await["secrets"].clone();
    for name in ["retell_api_key", "calcom_api_key", "calcom_webhook_secret"] {
        assert!(shown[name].is_string(), "{name}: {shown}");
    }
    let told =
        [it.done("company show salon").await, it.done("events export").await, it.done("key list").await].concat();
    let stored = std::fs::read(it.folder.path().join("ringbuch.db")).unwrap();
    for secret in [text, "key_made_up_1", "cal_made_up_2", "whsec_made_up_3"] {
        assert!(!told.contains(secret), "{secret} is told");
        assert!(!stored.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret} is stored in the open");
    }
}

/// The guide's commands up to the first call, each in one line, with `~` for spaces inside quotes.
fn guide() -> Vec<String> {
    let guide = include_str!("../../../docs/operator.md").replace("\\\n", " ");
    let (set_up, _) = guide.split_once("## 12.").unwrap();
    let quoted = |line: &str| -> String {
        let parts = line.split('"').enumerate();
        parts.map(|(place, part)| if place % 2 == 1 { part.replace(' ', "~") } else { part.to_owned() }).collect()
    };
    set_up.lines().filter_map(|line| line.strip_prefix("ringbuch ")).map(quoted).collect()
}

#[tokio::test]
async fn the_operators_guide_can_be_followed() {
    let it = Installation::new();
    for key in ["retell.key", "calcom.key"] {
        std::fs::write(it.folder.path().join(key), "made_up\n").unwrap();
    }
    for command in guide() {
        it.done(&command).await;
    }
    let shown = it.json("company show salon").await;
    assert_eq!(shown["branches"][0]["default_event_type"], 2_563_193);
    assert!(shown["secrets"]["retell_api_key"].is_string() && shown["secrets"]["calcom_api_key"].is_string());
    assert!(it.json("config check").await["ok"].as_bool().unwrap());
}

#[tokio::test]
async fn the_desks_rules_are_shown_and_changed() {
    let it = founded().await;
    let rules = it.json("--company salon desk rules show").await;
    assert_eq!((&rules["provider_down"], &rules["answer_within_seconds"]), (&json!("callback"), &json!(8)));
    let (code, told) = it.fails("--company salon desk rules set --provider-down forward").await;
    assert!(code == 1 && told.contains("forward_to"), "{told}");
    assert_eq!(it.fails("--company salon desk rules set").await.0, 2, "nothing is named");
    let changed = it
        .json("--company salon desk rules set --provider-down forward --forward-to 030~23125~009 --ask-for name,phone")
        .await;
    assert_eq!((&changed["forward_to"], &changed["ask_for"]), (&json!("+493023125009"), &json!(["name", "phone"])));
    assert_eq!(it.json("--company salon desk rules show").await, changed);
    assert_eq!(it.json("desk holds").await, json!([]));
    assert_eq!(it.json("callbacks list").await, json!([]));
    let (code, told) = it.fails("callbacks done call_of_nobody").await;
    assert!(code == 1 && told.contains("callbacks list"), "{told}");
}

//! Taking over the replaced system's tables: whole, again, grown, and with rows that are not as they should be.

use crate::installation::Installation;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

const UUID: &str = "9f4d5c1a-0000-4000-8000-000000000001";

fn write(folder: &Path, file: &str, text: &str) {
    std::fs::write(folder.join(file), text).unwrap();
}

/// A salon with one branch, two people, three calls and four appointments, in the shape of the old tables.
fn export() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| write(folder.path(), name, text);
    file("companies.csv", "id,name,slug,timezone,old_flag\n7,Salon Mitte,salon,Europe/Berlin,x\n");
    file(
        "branches.csv",
        &format!("id,company_id,name,is_active,calcom_event_type_id,retell_agent_id\n{UUID},7,Mitte,1,3,agent_1\n"),
    );
    file("staff.csv", &format!("id,company_id,branch_id,name,calcom_user_id\n11,7,{UUID},Anna Muster,501\n"));
    file("staff_event_types.csv", "staff_id,event_type_id\n11,3\n");
    file(
        "calcom_event_types.csv",
        "id,company_id,calcom_numeric_event_type_id,team_id,is_team_event,title,duration_minutes\n\
         3,7,2563193,39203,1,Beratung,30\n",
    );
    file("phone_numbers.csv", &format!("id,phone_number,branch_id,company_id\n1,+493023125100,{UUID},7\n"));
    file(
        "customers.csv",
        "id,company_id,name,phone,email\n\
         21,7,Max Mustermann,0171 3920042,max@example.com\n\
         22,7,Erika Muster,NULL,\n",
    );
    file(
        "calls.csv",
        &format!(
            "id,call_id,branch_id,customer_id,from_number,to_number,agent_id,start_timestamp,end_timestamp,duration_sec,\
             cost_cents,transcript,sentiment\n\
             31,call_a,{UUID},21,+491713920042,+493023125100,agent_1,1750540695000,1750540995000,300,45,\
             \"User: Guten Tag, ein Termin bitte.\",Positive\n\
             32,call_b,{UUID},22,anonymous,+493023125100,agent_1,1750540695000,,,,,\n\
             33,call_c,{UUID},,+491713920043,+493023125100,agent_1,2025-07-02T11:00:00+02:00,,,,,\n"
        ),
    );
    file(
        "appointments.csv",
        &format!(
            "id,branch_id,customer_id,call_id,staff_id,calcom_event_type_id,starts_at,ends_at,status,calcom_booking_uid,\
             calcom_booking_id,created_at\n\
             41,{UUID},21,31,11,3,2025-07-02 11:00:00,2025-07-02 11:30:00,completed,,8727139,2025-06-21T21:20:00Z\n\
             42,{UUID},22,,11,3,2099-07-01 11:00:00,,confirmed,uid-ahead,8727140,2025-06-21T21:20:00Z\n\
             43,{UUID},22,,,3,2025-07-03 11:00:00,,cancelled,uid-gone,8727141,2025-06-21T21:20:00Z\n\
             44,{UUID},21,,11,3,2025-07-04 11:00:00,,no_show,,8727142,2025-06-21T21:20:00Z\n"
        ),
    );
    let payload = r#""{""event"":""call_ended"",""call"":{""call_id"":""call_a"",""to_number"":""+493023125100""}}""#;
    file(
        "webhook_events.csv",
        &format!(
            "id,provider,event_type,payload,status,created_at,processed_at\n\
             51,retell,call_ended,{payload},success,2025-06-21T21:23:00Z,2025-06-21T21:23:01Z\n\
             52,calcom,BOOKING_CREATED,{{}},failed,2025-06-21T21:23:00Z,\n"
        ),
    );
    folder
}

fn line(folder: &TempDir, more: &str) -> String {
    format!("import {} --clock Europe/Berlin --json {more}", folder.path().display())
}

async fn run(it: &Installation, line: &str) -> (i32, Value) {
    let run = it.run(line).await;
    (run.code, serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}{}", run.stdout, run.stderr)))
}

/// Of each file: rows that were news, that were known, and that were left out.
fn counts(report: &Value) -> Vec<(String, [u64; 3])> {
    let files = report["import"]["files"].as_array().unwrap().iter();
    let count = |part: &Value, of: &str| part[of].as_u64().unwrap();
    let of = |part: &Value| ["taken", "as_before", "left_out"].map(|of| count(part, of));
    files.map(|part| (part["file"].as_str().unwrap().trim_end_matches(".csv").to_owned(), of(part))).collect()
}

fn expected(rows: &[(&str, [u64; 3])]) -> Vec<(String, [u64; 3])> {
    rows.iter().map(|(file, counts)| ((*file).to_owned(), *counts)).collect()
}

#[tokio::test]
async fn everything_is_taken_over_once_and_nothing_is_asked_of_a_provider() {
    let (it, folder) = (Installation::migrated().await, export());
    let all = [
        ("companies", [1, 0, 0]),
        ("branches", [1, 0, 0]),
        ("staff", [1, 0, 0]),
        ("staff_event_types", [0, 1, 0]),
        ("calcom_event_types", [1, 0, 0]),
        ("phone_numbers", [1, 0, 0]),
        ("customers", [2, 0, 0]),
        ("calls", [3, 0, 0]),
        ("appointments", [4, 0, 0]),
        ("webhook_events", [1, 0, 1]),
    ];
    let (code, tried) = run(&it, &line(&folder, "--dry-run")).await;
    assert_eq!((code, counts(&tried)), (3, expected(&all)), "{tried}");
    assert_eq!(it.json("company list").await, json!([]), "a dry run writes nothing");

    let (code, report) = run(&it, &line(&folder, "")).await;
    assert_eq!((code, counts(&report)), (3, expected(&all)), "{report}");
    let left = &report["left_out"][0];
    assert_eq!(
        (&left["file"], &left["line"], &left["column"]),
        (&json!("webhook_events.csv"), &json!(3), &json!("company_id"))
    );
    assert_eq!(report["import"]["files"][0]["unused_columns"], json!(["old_flag"]));

    let company = it.json("company show salon").await;
    assert!(company.to_string().contains("+493023125100") && company.to_string().contains("agent_1"), "{company}");
    let appointments = it.json("--company salon appointments list").await;
    let mut stand: Vec<&str> =
        appointments.as_array().unwrap().iter().map(|it| it["status"].as_str().unwrap()).collect();
    stand.sort_unstable();
    assert_eq!(stand, ["cancelled", "completed", "confirmed", "no_show"]);
    assert!(appointments.to_string().contains("2025-07-02T09:00:00Z"), "by the clock of Berlin: {appointments}");
    let call = it.json("--company salon calls show call_a").await;
    assert!(call.to_string().contains("\"confirmed\""), "{call}");
    let again = counts(&run(&it, &line(&folder, "")).await.1);
    assert!(again.iter().all(|(_, [taken, _, _])| *taken == 0), "{again:?}");
    assert!(it.done("audit verify").await.contains("the chain holds"));
}

#[tokio::test]
async fn a_later_export_brings_only_what_is_new() {
    let (it, folder) = (Installation::migrated().await, export());
    run(&it, &line(&folder, "")).await;
    let path = folder.path().join("appointments.csv");
    let text = std::fs::read_to_string(&path).unwrap();
    let more = format!("45,{UUID},21,,11,3,2099-07-02 11:00:00,,confirmed,uid-new,8727150,2025-06-22T21:20:00Z\n");
    std::fs::write(&path, text.replace(",confirmed,uid-ahead", ",cancelled,uid-ahead") + &more).unwrap();
    let (_, report) = run(&it, &line(&folder, "")).await;
    let appointments = counts(&report).into_iter().find(|(file, _)| file == "appointments");
    assert_eq!(appointments.unwrap().1, [2, 3, 0]);
}

#[tokio::test]
async fn rows_that_are_not_as_they_should_be_are_listed_with_what_is_wrong() {
    let (it, folder) = (Installation::migrated().await, export());
    let file = |name: &str, text: &str| write(folder.path(), name, text);
    file(
        "phone_numbers.csv",
        &format!("phone_number,branch_id,company_id\nhallo,{UUID},7\n+493023125101,nix,7\n+493023125102,,7\n"),
    );
    file("customers.csv", "id,company_id,name,phone\n,7,Max Mustermann,\n21,8,Max Mustermann,\n");
    file("calls.csv", &format!("call_id,branch_id,direction\nöäü,{UUID},\ncall_a,{UUID},sideways\n"));
    file(
        "appointments.csv",
        &format!(
            "id,branch_id,calcom_event_type_id,starts_at,ends_at,status,staff_id\n\
             1,{UUID},99,2025-07-02T11:00:00Z,,confirmed,\n\
             2,{UUID},3,gestern,,confirmed,\n\
             3,{UUID},3,2025-10-26 02:30:00,,completed,\n\
             4,{UUID},3,2025-07-02T11:00:00Z,2025-07-02T10:00:00Z,completed,\n\
             5,{UUID},3,2025-07-02T11:00:00Z,,vielleicht,\n\
             6,{UUID},3,2099-07-02T11:00:00Z,,confirmed,\n\
             7,{UUID},3,2025-07-02T11:00:00Z,,completed,99\n"
        ),
    );
    std::fs::remove_file(folder.path().join("webhook_events.csv")).unwrap();
    let rejects = folder.path().join("rejects.csv");
    let (code, report) = run(&it, &line(&folder, &format!("--rejects {}", rejects.display()))).await;
    assert_eq!(code, 3);
    let told = std::fs::read_to_string(&rejects).unwrap();
    for expected in [
        "phone_numbers.csv,2,phone_number,is no telephone number",
        "phone_numbers.csv,3,branch_id,names no branch",
        "phone_numbers.csv,4,branch_id,\"is empty",
        "customers.csv,2,id,is empty",
        "customers.csv,3,company_id,names no company",
        "calls.csv,2,call_id,\"holds other signs",
        "calls.csv,3,direction,\"is none of",
        "appointments.csv,2,calcom_event_type_id,names no service",
        "appointments.csv,3,starts_at,is no time",
        "appointments.csv,4,starts_at,is a time that the clock shows twice",
        "appointments.csv,5,ends_at,is not after",
        "appointments.csv,6,status,\"is none of",
        "appointments.csv,7,calcom_booking_uid,\"is empty",
        "appointments.csv,8,staff_id,names nobody",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    assert!(!told.contains("Mustermann") && !report.to_string().contains("Mustermann"));
    let without_clock = format!("import {} --json", folder.path().display());
    assert!(run(&it, &without_clock).await.1.to_string().contains("--clock UTC"));
    let empty = tempfile::tempdir().unwrap();
    let (code, told) = it.fails(&format!("import {}", empty.path().display())).await;
    assert!(code == 1 && told.contains("holds none of the tables"), "{told}");
}

/// What the reconciler or a late delivery tells of an imported call books nothing.
#[tokio::test]
async fn a_thousand_rows_take_their_time_once() {
    let (it, folder) = (Installation::migrated().await, export());
    let rows: Vec<String> = (0..1_000).map(|at| format!("x{at},7,Person {at},+491713920{:03},\n", at % 100)).collect();
    write(
        folder.path(),
        "customers.csv",
        &format!("id,company_id,name,phone,email\n21,7,Max,,\n22,7,Eva,,\n{}", rows.concat()),
    );
    let (_, report) = run(&it, &line(&folder, "")).await;
    let people = counts(&report).into_iter().find(|(file, _)| file == "customers").unwrap().1;
    assert_eq!(people.iter().sum::<u64>(), 1_002);
    let again = counts(&run(&it, &line(&folder, "")).await.1);
    assert!(again.iter().all(|(_, [taken, ..])| *taken == 0), "{again:?}");
}

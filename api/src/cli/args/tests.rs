//! What can be typed, and what is told about what cannot.

use super::*;
use clap::CommandFactory;
use clap::error::ErrorKind;

fn parse(line: &str) -> Result<Args, clap::Error> {
    Args::try_parse_from(std::iter::once("ringbuch").chain(line.split_whitespace()))
}

#[test]
fn the_definition_holds_together() {
    Args::command().debug_assert();
}

#[test]
fn every_command_of_the_contract_is_understood() {
    for line in [
        "demo --port 0 --calls 2000 --data d --seed 7 --faults harsh --exit --json",
        "serve --no-migrate",
        "migrate --dry-run",
        "account add main --signature two-headers",
        "company add salon --account main --name Salon --placeholder-domain mail.example.com",
        "company list",
        "company show salon",
        "--company salon branch add mitte --name Mitte --default-event-type 2563193",
        "branch activate mitte --company salon",
        "branch deactivate mitte",
        "branch default mitte 2563193",
        "branch holidays mitte",
        "branch holidays mitte --state BE --open-on 2026-10-03 --closed-on 2026-12-24,2026-12-31 --as-usual 2026-05-01",
        "event-type add 2563193 --title Haarschnitt --minutes 30 --alias Schnitt --staff anna --staff ben",
        "event-type list",
        "staff add anna --name Anna --hours Mon-Fri&09:00-18:00 --except 2026-12-25&closed",
        "staff list",
        "number assign +493023125001 --branch mitte",
        "number bind +493023125001 --agent agent_1@7=750 --agent agent_1@6=250 --why trial",
        "number bind-outbound +493023125001 --agent agent_2 --read agent_1@7 --why trial",
        "number bind-outbound +493023125001 --why quiet",
        "agent assign agent_1 --branch mitte",
        "agent webhook agent_1 --url https://ringbuch.example.com",
        "key issue --name claude --role operator --scope mcp:webhook --scope mcp:calcom:create_booking",
        "key issue --name dashboard --role admin --scope read --expires 2027-01-01T00:00:00Z",
        "key list",
        "key revoke 018f0000-0000-7000-8000-000000000000",
        "secret set retell --account main --from-file key.txt",
        "secret set calcom --kind webhook-secret",
        "alert list --status open",
        "alert ack 018f0000-0000-7000-8000-000000000000",
        "alert set booking_failures --threshold 5 --escalate-after 0",
        "alert channel set first-slack --from-file url.txt",
        "alert channel set second-email --to ops@example.com,chef@example.com",
        "alert test first-slack",
        "mail set --on true --calendar-mails false --reminder 24",
        "understand morgen --now 2026-11-18T09:00:00Z --zone Europe/Berlin --lang de",
        "understand - --now 2026-11-18T10:00 --json",
        "doctor",
        "doctor --first-call --wait 30",
        "reconcile --since 24h --dry-run",
        "webhooks list --status failed --since 7d --event call_ended",
        "webhooks show abc",
        "webhooks replay abc def",
        "webhooks replay --status dead --dry-run",
        "calls list --since 24h",
        "calls show call_1",
        "appointments list --from 2026-12-01T00:00:00Z --status confirmed",
        "appointments show 018f0000-0000-7000-8000-000000000000",
        "appointments book --branch mitte --start 2026-12-01T11:00 --name Max",
        "appointments move 018f0000-0000-7000-8000-000000000000 --to 2026-12-01T11:00",
        "appointments cancel 018f0000-0000-7000-8000-000000000000",
        "projections status",
        "projections status calls",
        "projections pause calls",
        "projections resume",
        "projections retry calls",
        "projections rebuild",
        "projections rebuild calls",
        "events tail",
        "events show call-salon-call_1",
        "events export --out log.jsonl",
        "config check",
        "config print --json",
        "healthcheck",
        "completions bash",
    ] {
        // A `&` stands for a space inside one argument.
        let args = line.split_whitespace().map(|arg| arg.replace('&', " "));
        let parsed = Args::try_parse_from(std::iter::once("ringbuch".to_owned()).chain(args));
        assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
    }
}

#[test]
fn what_cannot_be_is_told_with_what_is_expected() {
    for (line, told) in [
        ("company add Salon-Mitte --account main --name x --placeholder-domain a.example", "1 to 40 of a-z, 0-9 and _"),
        ("company add salon --account main --name x --placeholder-domain a.example --zone Berlin", "Europe/Berlin"),
        ("company add salon --account main --name x --placeholder-domain localhost", "callers.example.com"),
        ("staff add anna --name Anna --hours Mon", "Mon-Fri 09:00-18:00"),
        ("key issue --name x --role king", "none of viewer, operator, admin, auditor, owner"),
        ("key issue --name x --role admin --scope all", "read, operate, administer, audit, own"),
        ("key revoke rb_secret", "not the key itself"),
        ("reconcile --since yesterday", "24h"),
        ("webhooks replay", "required"),
        ("webhooks replay abc --status dead", "cannot be used with"),
        ("event-type add one --title x --minutes 30 --staff anna", "such as 2563193"),
        ("appointments book --branch b --start 2026-12-01T11:00 --name Max --email max", "max@example.com"),
        ("appointments cancel 018f0000-0000-7000-8000-000000000000 --reason=", "1 to 500 characters"),
        ("demo --faults some", "none, mild, harsh"),
    ] {
        let error = parse(line).unwrap_err().to_string();
        assert!(error.contains(told), "{line}: {error}");
    }
}

#[test]
fn a_secret_cannot_be_an_argument() {
    let error = parse("secret set retell key_123 --account main").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownArgument);
}

#[test]
fn wrong_usage_has_the_exit_code_of_wrong_usage() {
    assert_eq!(parse("nonsense").unwrap_err().exit_code(), crate::cli::Exit::WrongUsage as i32);
    assert_eq!(parse("--help").unwrap_err().exit_code(), 0);
}

/// Words as a shell reads them: spaces part them, quotes hold them together.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![];
    for (place, part) in line.split('"').enumerate() {
        match place % 2 {
            0 => words.extend(part.split_whitespace().map(str::to_owned)),
            _ => words.push(part.to_owned()),
        }
    }
    words
}

#[test]
fn every_command_of_the_operators_guide_is_understood() {
    let guide = include_str!("../../../../docs/operator.md").replace("\\\n", " ");
    let commands: Vec<&str> = guide.lines().filter(|line| line.starts_with("ringbuch ")).collect();
    assert!(commands.len() > 30, "{commands:?}");
    for command in commands {
        // What the shell takes for itself: where to read from, where to write to, and a comment.
        let own = [" < ", " > ", " # "].iter().fold(command, |own, sign| own.split_once(sign).map_or(own, |it| it.0));
        match Args::try_parse_from(words(own)) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::DisplayVersion => {}
            Err(error) => panic!("{command}: {error}"),
        }
    }
}

//! Mistakes and what is told about them.

use super::*;
use std::path::Path;

fn load(environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::load(&Sources { environment, ..Sources::default() })
}

fn load_file(path: &Path, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::load(&Sources { file: Some(path.to_owned()), environment, ..Sources::default() })
}

fn written(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

#[test]
fn without_anything_the_defaults_hold() {
    let config = load(&[("PATH", "/bin"), ("RINGBUCH_METRICS_TOKEN", "")]).unwrap();
    assert!(matches!(&config.database, DatabaseUrl::Sqlite(path) if path == Path::new("./ringbuch.db")));
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.booking_timeout, Duration::from_secs(10));
    assert_eq!(config.reconcile_every, Some(Duration::from_mins(15)));
    assert!(config.master_keys.is_empty() && config.metrics_token.is_none() && !config.allow_loopback);
}

#[test]
fn the_environment_wins_over_the_file_and_each_value_says_where_it_comes_from() {
    let file = written("listen = \"127.0.0.1:1\"\nallow_loopback = true\nbooking_timeout_ms = 2500\n");
    let config = load_file(file.path(), &[("RINGBUCH_LISTEN", "127.0.0.1:2")]).unwrap();
    assert_eq!(config.listen.port(), 2);
    assert!(config.allow_loopback);
    assert_eq!(config.booking_timeout, Duration::from_millis(2500));
    let rows = config.effective();
    let source = |key| rows.iter().find(|row| row.key == key).unwrap().source.clone();
    assert_eq!(source("listen"), "environment");
    assert_eq!(source("allow_loopback"), format!("file {}", file.path().display()));
    assert_eq!(source("log"), "default");
}

#[test]
fn a_mistake_names_the_key_the_value_and_what_is_allowed() {
    for (variable, value, key, allowed) in [
        ("RINGBUCH_DATABASE_URL", "mysql://db/ringbuch", "database_url", "sqlite:PATH or postgres://"),
        ("RINGBUCH_DATABASE_URL", "postgres://db", "database_url", "postgres://USER:PASSWORD@HOST/DATABASE"),
        ("RINGBUCH_EVENT_STORE_URL", "http://db", "event_store_url", "kurrentdb://HOST"),
        ("RINGBUCH_LISTEN", "8080", "listen", "an address and a port"),
        ("RINGBUCH_LISTEN", "127.0.0.1:99999", "listen", "an address and a port"),
        ("RINGBUCH_RETELL_BASE_URL", "api.example.com", "retell_base_url", "an https address"),
        ("RINGBUCH_RETELL_BASE_URL", "http://api.example.com", "retell_base_url", "an https address"),
        ("RINGBUCH_CALCOM_BASE_URL", "https://[::1]/v2", "calcom_base_url", "RINGBUCH_ALLOW_LOOPBACK=true"),
        ("RINGBUCH_CALCOM_BASE_URL", "https://api.example.com/v2?x=1", "calcom_base_url", "without query"),
        ("RINGBUCH_CALCOM_API_VERSION", "v3", "calcom_api_version", "allowed is v2"),
        ("RINGBUCH_CALCOM_API_VERSION", "booking=new", "calcom_api_version", "the version of booking is not a date"),
        ("RINGBUCH_CALCOM_RATE_PER_MINUTE", "0", "calcom_rate_per_minute", "from 1 to 10000"),
        ("RINGBUCH_ALLOW_LOOPBACK", "yes", "allow_loopback", "true or false"),
        ("RINGBUCH_LOG", "info,hyper=loud", "log", "levels and module=level"),
        ("RINGBUCH_LOG_FORMAT", "xml", "log_format", "pretty or json"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "otel_exporter_otlp_endpoint", "http or https"),
        ("RINGBUCH_BOOKING_TIMEOUT_MS", "10s", "booking_timeout_ms", "from 100 to 120000"),
        ("RINGBUCH_LOOKUP_TIMEOUT_MS", "99", "lookup_timeout_ms", "from 100 to 120000"),
        ("RINGBUCH_SHUTDOWN_SECONDS", "-1", "shutdown_seconds", "from 0 to 600"),
        ("RINGBUCH_ALERT_SECONDS", "3601", "alert_seconds", "from 0 (off) to 3600"),
        ("RINGBUCH_SMTP_HOST", "mail server", "smtp_host", "the name of the mail server"),
        ("RINGBUCH_SMTP_PORT", "0", "smtp_port", "from 1 to 65535"),
        ("RINGBUCH_SMTP_SECURITY", "ssl", "smtp_security", "tls, starttls, or none"),
        ("RINGBUCH_RECONCILE_MINUTES", "1441", "reconcile_minutes", "from 0 (off) to 1440"),
    ] {
        let told = load(&[(variable, value)]).unwrap_err().to_string();
        for part in [key, variable, value, allowed, "environment"] {
            assert!(told.contains(part), "'{part}' is missing in: {told}");
        }
    }
}

#[test]
fn the_mail_server_is_set_as_a_whole_and_no_password_goes_out_in_the_clear() {
    let host = ("RINGBUCH_SMTP_HOST", "mail.example.com");
    let from = ("RINGBUCH_MAIL_FROM", "Salon <termine@example.com>");
    let (user, password) = (("RINGBUCH_SMTP_USER", "ringbuch"), ("RINGBUCH_SMTP_PASSWORD", "hunter2"));
    let open = ("RINGBUCH_SMTP_SECURITY", "none");
    for (settings, why) in [
        (vec![host], "mail needs a sender"),
        (vec![host, ("RINGBUCH_MAIL_FROM", "termine")], "no address"),
        (vec![host, from, user], "there is no password to it"),
        (vec![host, from, password], "there is no user to it"),
        (vec![host, from, open], "readable on its way"),
    ] {
        let told = load(&settings).unwrap_err().to_string();
        assert!(told.contains(why) && !told.contains("hunter2"), "{told}");
    }
    let smtp = load(&[host, from, user, password]).unwrap().smtp.unwrap();
    assert_eq!((smtp.port, smtp.login.is_some()), (465, true));
    assert!(!format!("{smtp:?}").contains("hunter2"));
    let here = load(&[("RINGBUCH_SMTP_HOST", "127.0.0.1"), from, open]).unwrap();
    assert_eq!(here.smtp.unwrap().port, 25);
    assert!(load(&[]).unwrap().smtp.is_none());
}

#[test]
fn the_provider_of_identities_is_set_as_a_whole_and_makes_no_owners() {
    let issuer = ("RINGBUCH_OIDC_ISSUER", "https://id.example.com/");
    let client = ("RINGBUCH_OIDC_CLIENT_ID", "ringbuch");
    let secret = ("RINGBUCH_OIDC_CLIENT_SECRET", "hunter2");
    let with = |more| vec![issuer, client, secret, more];
    let long = "x".repeat(61);
    for (settings, why) in [
        (vec![issuer], "oidc_client_id"),
        (vec![issuer, client], "oidc_client_secret"),
        (vec![secret], "there is a client and no provider"),
        (vec![("RINGBUCH_OIDC_ISSUER", "http://id.example.com"), client, secret], "an https address"),
        (vec![("RINGBUCH_OIDC_ISSUER", "https://id.example.com?x"), client, secret], "no query"),
        (with(("RINGBUCH_OIDC_NEW_USERS", "salon")), "no ':'"),
        (with(("RINGBUCH_OIDC_NEW_USERS", "salon:king")), "is none of"),
        (with(("RINGBUCH_OIDC_NEW_USERS", "salon:owner")), "owners are made by owners"),
        (with(("RINGBUCH_OIDC_NAME", &long)), "too long"),
    ] {
        let told = load(&settings).unwrap_err().to_string();
        assert!(told.contains(why) && !told.contains("hunter2"), "{why}: {told}");
    }
    let config = load(&with(("RINGBUCH_OIDC_NEW_USERS", "salon:viewer"))).unwrap();
    let oidc = config.oidc.clone().unwrap();
    assert_eq!((oidc.issuer.as_str(), oidc.name.as_str()), ("https://id.example.com/", "id.example.com"));
    let shown = format!("{oidc:?} {:?}", config.effective());
    assert!(!shown.contains("hunter2"), "{shown}");
    let found = config.check().into_iter().find(|one| one.key == "oidc_issuer").unwrap();
    assert!(found.level == Level::Problem && found.text.contains("RINGBUCH_PUBLIC_URL"), "{found:?}");
    let reached = load(&with(("RINGBUCH_PUBLIC_URL", "https://ringbuch.example.com"))).unwrap().check();
    assert!(reached.iter().any(|one| one.key == "oidc_issuer" && one.level == Level::Ok));
    let here = [("RINGBUCH_OIDC_ISSUER", "http://127.0.0.1:9/x"), client, secret, ("RINGBUCH_ALLOW_LOOPBACK", "true")];
    assert!(load(&here).is_ok() && load(&here[..3]).is_err());
}

#[test]
fn a_secret_is_never_told() {
    for (variable, value, why) in [
        ("RINGBUCH_MASTER_KEY", "hunter2hunter2", "there is no ':'"),
        ("RINGBUCH_MASTER_KEY", "main:hunter2", "not base64"),
        ("RINGBUCH_MASTER_KEY", "main:aHVudGVyMg==", "has 7 bytes"),
        ("RINGBUCH_MASTER_KEY", &format!("main:{KEY},main:{KEY}"), "key 2: the id occurs twice"),
        ("RINGBUCH_METRICS_TOKEN", "hunter2", "too short"),
        ("RINGBUCH_SENTRY_DSN", "hunter2", "RINGBUCH_SENTRY_DSN"),
        ("RINGBUCH_MASTERKEY", "hunter2", "did you mean RINGBUCH_MASTER_KEY?"),
        ("RINGBUCH_DATABASE_URL", "postgres://me:hunter2@db", "the name of the database is missing"),
    ] {
        let told = load(&[(variable, value)]).unwrap_err().to_string();
        assert!(told.contains(why) && told.contains("(hidden)"), "{told}");
        assert!(!told.contains("hunter2") && !told.contains("aHVu") && !told.contains(KEY), "{told}");
    }
    let secrets = [
        ("RINGBUCH_MASTER_KEY", format!("main:{KEY}")),
        ("RINGBUCH_METRICS_TOKEN", "hunter2-hunter2-hunter2".into()),
        ("RINGBUCH_DATABASE_URL", "postgres://me:hunter2@db/ringbuch".into()),
    ];
    let config = load(&secrets.each_ref().map(|(name, value)| (*name, value.as_str()))).unwrap();
    let shown = format!("{config:?} {:?} {:?}", config.effective(), config.check());
    assert!(!shown.contains("hunter2") && !shown.contains(KEY), "{shown}");
}

#[test]
fn an_unknown_name_is_told_with_the_nearest_that_exists() {
    let told = load(&[("RINGBUCH_LISTN", "127.0.0.1:1")]).unwrap_err().to_string();
    assert!(told.contains("RINGBUCH_LISTN = 127.0.0.1:1") && told.contains("did you mean RINGBUCH_LISTEN?"), "{told}");
    let file = written("shutdown_second = 3\n");
    let told = load_file(file.path(), &[]).unwrap_err().to_string();
    assert!(told.contains("shutdown_second = 3") && told.contains("did you mean shutdown_seconds?"), "{told}");
    let told = load(&[("RINGBUCH_XYZ", "1")]).unwrap_err().to_string();
    assert!(!told.contains("did you mean") && told.contains("allowed are RINGBUCH_DATABASE_URL, "), "{told}");
}

#[test]
fn what_the_test_suites_are_told_is_no_setting() {
    assert!(load(&[("RINGBUCH_TEST_POSTGRES_URL", "postgres://localhost/postgres")]).is_ok());
}

#[test]
fn all_mistakes_are_told_at_once() {
    let told = load(&[("RINGBUCH_LISTEN", "x"), ("RINGBUCH_LOG_FORMAT", "y"), ("RINGBUCH_XYZ", "z")]).unwrap_err();
    assert_eq!(told.problems.len(), 3, "{told}");
}

#[test]
fn a_secret_may_lie_in_a_file_of_its_own() {
    let secret = written(&format!("main:{KEY}\n"));
    let path = secret.path().to_str().unwrap();
    let config = load(&[("RINGBUCH_MASTER_KEY_FILE", path)]).unwrap();
    assert_eq!(config.master_keys[0].id, "main");
    assert_eq!(config.master_keys[0].bytes(), b"01234567890123456789012345678901");
    let from_toml = written(&format!("master_key_file = '{path}'\n"));
    assert_eq!(load_file(from_toml.path(), &[]).unwrap().master_keys.len(), 1);

    let both = [("RINGBUCH_MASTER_KEY_FILE", path), ("RINGBUCH_MASTER_KEY", "x:y")];
    assert!(load(&both).unwrap_err().to_string().contains("are both set; keep one"));
    let missing = load(&[("RINGBUCH_METRICS_TOKEN_FILE", "/nowhere/token")]).unwrap_err().to_string();
    assert!(missing.contains("RINGBUCH_METRICS_TOKEN_FILE = /nowhere/token: cannot be read"), "{missing}");
    assert!(load(&[("RINGBUCH_LISTEN_FILE", path)]).is_err(), "only secrets have a file form");
}

#[test]
fn a_file_that_is_no_toml_or_not_there_is_told_without_its_content() {
    let file = written("master_key = \"main:hunter2\nlisten = 1\n");
    let told = load_file(file.path(), &[]).unwrap_err().to_string();
    assert!(told.contains("is not TOML") && told.contains("line 1") && !told.contains("hunter2"), "{told}");
    let table = written("[listen]\nport = 1\n");
    assert!(load_file(table.path(), &[]).unwrap_err().to_string().contains("single values"));
    assert!(
        load_file(Path::new("/nowhere.toml"), &[]).unwrap_err().to_string().contains("/nowhere.toml cannot be read")
    );
}

#[test]
fn loopback_is_a_provider_only_where_that_is_allowed() {
    let address = ("RINGBUCH_CALCOM_BASE_URL", "http://127.0.0.1:9000/v2/");
    assert!(load(&[address]).is_err());
    let config = load(&[address, ("RINGBUCH_ALLOW_LOOPBACK", "true")]).unwrap();
    assert_eq!(config.calcom_base_url.unwrap().as_str(), "http://127.0.0.1:9000/v2");
}

#[test]
fn a_check_finds_what_would_keep_the_server_from_starting() {
    let levels = |config: &Config| -> Vec<&'static str> {
        config.check().into_iter().filter(|one| one.level == Level::Problem).map(|one| one.key).collect()
    };
    let bare = load(&[("RINGBUCH_DATABASE_URL", "sqlite:/nowhere/at/all.db")]).unwrap();
    assert_eq!(levels(&bare), ["database_url", "master_key"]);
    let ready = load(&[("RINGBUCH_MASTER_KEY", &format!("main:{KEY}"))]).unwrap();
    assert_eq!(levels(&ready), [""; 0]);
}

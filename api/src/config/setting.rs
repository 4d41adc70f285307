//! The list of settings: names, defaults, what is allowed, and how much of a value may be shown.

/// How much of a value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    Open,
    /// An address with a password in it: everything but the password.
    Password,
    Secret,
}

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the file.
    pub key: &'static str,
    /// Its name in the environment.
    pub variable: &'static str,
    pub default: Option<&'static str>,
    pub secrecy: Secrecy,
    /// Completes the sentence "allowed is …".
    pub allowed: &'static str,
}

impl Setting {
    /// The value as it may be shown.
    pub fn show(&self, value: &str) -> String {
        match self.secrecy {
            Secrecy::Open => value.to_owned(),
            Secrecy::Password => without_password(value),
            Secrecy::Secret => "(hidden)".into(),
        }
    }

    /// It may also be given as the name of a file that holds it.
    pub fn has_file_form(&self) -> bool {
        self.secrecy != Secrecy::Open
    }
}

/// `postgres://user:(hidden)@host/db`; also where the address is not well formed.
fn without_password(value: &str) -> String {
    let (address, query) = value.split_once('?').unwrap_or((value, ""));
    let query = if query.is_empty() { "" } else { "?(hidden)" };
    let Some((before, host)) = address.rsplit_once('@') else { return format!("{address}{query}") };
    let (scheme, user) = before.split_once("://").unwrap_or(("", before));
    let user = user.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}:(hidden)@{host}{query}")
}

macro_rules! settings {
    ($( $key:literal $variable:literal $secrecy:ident $default:expr, $allowed:literal; )+) => {
        /// Every setting there is.
        pub static SETTINGS: &[Setting] = &[$( Setting {
            key: $key, variable: $variable, default: $default, secrecy: Secrecy::$secrecy, allowed: $allowed,
        } ),+];
    };
}

settings! {
    "database_url" "RINGBUCH_DATABASE_URL" Password Some("sqlite:./ringbuch.db"),
        "sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE";
    "event_store_url" "RINGBUCH_EVENT_STORE_URL" Password None,
        "kurrentdb://HOST or esdb://HOST, with USER:PASSWORD@ before and ?tls=false behind where needed, or nothing to keep \
         the log in the database";
    "oidc_issuer" "RINGBUCH_OIDC_ISSUER" Open None,
        "the issuer of an OpenID Connect provider, to the letter as it calls itself: an https address without query; http \
         only on loopback with RINGBUCH_ALLOW_LOOPBACK=true";
    "oidc_client_id" "RINGBUCH_OIDC_CLIENT_ID" Open None, "the id that the provider has given this server";
    "oidc_client_secret" "RINGBUCH_OIDC_CLIENT_SECRET" Secret None, "the secret that the provider has given this server";
    "oidc_name" "RINGBUCH_OIDC_NAME" Open None,
        "1 to 60 characters: how the page where people sign in calls the provider; without one, by its host";
    "oidc_new_users" "RINGBUCH_OIDC_NEW_USERS" Open None,
        "COMPANY:ROLE for people whom nobody has invited, the role being viewer, operator, auditor or admin; without it \
         they are not let in";
    "listen" "RINGBUCH_LISTEN" Open Some("127.0.0.1:8080"),
        "an address and a port, such as 127.0.0.1:8080 or [::]:8080";
    "public_url" "RINGBUCH_PUBLIC_URL" Open None,
        "addresses under which clients reach this server, such as https://ringbuch.example.com, separated by commas; without \
         one it answers tools under this machine's own names only";
    "master_key" "RINGBUCH_MASTER_KEY" Secret None,
        "ID:KEY, where KEY is base64 of 32 bytes; several separated by commas, the first seals";
    "retell_base_url" "RINGBUCH_RETELL_BASE_URL" Open None,
        "an https address without query; http and loopback only with RINGBUCH_ALLOW_LOOPBACK=true";
    "calcom_base_url" "RINGBUCH_CALCOM_BASE_URL" Open None,
        "an https address without query; http and loopback only with RINGBUCH_ALLOW_LOOPBACK=true";
    "calcom_api_version" "RINGBUCH_CALCOM_API_VERSION" Open Some("v2"),
        "v2, or a date for single families of its routes, such as booking=2024-08-13,booking_list=2024-08-13";
    "calcom_rate_per_minute" "RINGBUCH_CALCOM_RATE_PER_MINUTE" Open Some("110"),
        "a whole number from 1 to 10000; Cal.com itself blocks a key above 120 unless more was agreed";
    "allow_loopback" "RINGBUCH_ALLOW_LOOPBACK" Open Some("false"), "true or false";
    "metrics_token" "RINGBUCH_METRICS_TOKEN" Secret None, "at least 16 visible characters";
    "log" "RINGBUCH_LOG" Open Some("info"), "levels and module=level, such as info,hyper=warn";
    "log_format" "RINGBUCH_LOG_FORMAT" Open Some("pretty"), "pretty or json";
    "log_dir" "RINGBUCH_LOG_DIR" Open None, "a folder; without one the log goes to stderr";
    "log_days" "RINGBUCH_LOG_DAYS" Open Some("14"), "a whole number from 1 to 3650";
    "sentry_dsn" "RINGBUCH_SENTRY_DSN" Secret None, "the https address that Sentry gives for a project";
    "otel_exporter_otlp_endpoint" "OTEL_EXPORTER_OTLP_ENDPOINT" Open None, "an http or https address";
    "booking_timeout_ms" "RINGBUCH_BOOKING_TIMEOUT_MS" Open Some("10000"), "a whole number from 100 to 120000";
    "lookup_timeout_ms" "RINGBUCH_LOOKUP_TIMEOUT_MS" Open Some("5000"), "a whole number from 100 to 120000";
    "drain_seconds" "RINGBUCH_DRAIN_SECONDS" Open Some("5"), "a whole number from 0 to 600";
    "shutdown_seconds" "RINGBUCH_SHUTDOWN_SECONDS" Open Some("20"), "a whole number from 0 to 600";
    "audit_checkpoint_dir" "RINGBUCH_AUDIT_CHECKPOINT_DIR" Open None,
        "a folder that exists, best of another machine; without one no checkpoints are written";
    "audit_checkpoint_minutes" "RINGBUCH_AUDIT_CHECKPOINT_MINUTES" Open Some("60"), "a whole number from 1 to 10080";
    "reconcile_minutes" "RINGBUCH_RECONCILE_MINUTES" Open Some("15"), "a whole number from 0 (off) to 1440";
    "sync_minutes" "RINGBUCH_SYNC_MINUTES" Open Some("60"), "a whole number from 0 (off) to 10080";
    "alert_seconds" "RINGBUCH_ALERT_SECONDS" Open Some("60"), "a whole number from 0 (off) to 3600";
    "smtp_host" "RINGBUCH_SMTP_HOST" Open None, "the name of the mail server, or nothing to send no mail";
    "smtp_port" "RINGBUCH_SMTP_PORT" Open None,
        "a whole number from 1 to 65535; without one 465 for tls, 587 for starttls, 25 for none";
    "smtp_security" "RINGBUCH_SMTP_SECURITY" Open Some("tls"),
        "tls, starttls, or none for a mail server on this machine";
    "smtp_user" "RINGBUCH_SMTP_USER" Open None, "a name; set RINGBUCH_SMTP_PASSWORD as well";
    "smtp_password" "RINGBUCH_SMTP_PASSWORD" Secret None, "a password; set RINGBUCH_SMTP_USER as well";
    "mail_from" "RINGBUCH_MAIL_FROM" Open None, "an address such as Ringbuch <termine@example.com>";
    "erasures_ledger" "RINGBUCH_ERASURES_LEDGER" Open None, "the path of a file";
}

/// The setting of that name in the file.
pub(super) fn by_key(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

/// The setting of that name in the environment.
pub(super) fn by_variable(variable: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.variable == variable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_never_shown() {
        for (value, shown) in [
            ("sqlite:./ringbuch.db", "sqlite:./ringbuch.db"),
            ("postgres://ringbuch:pass@db/ringbuch", "postgres://ringbuch:(hidden)@db/ringbuch"),
            ("postgres://ringbuch:p@ss@db/ringbuch", "postgres://ringbuch:(hidden)@db/ringbuch"),
            ("postgres://db/ringbuch?password=pass", "postgres://db/ringbuch?(hidden)"),
            ("ringbuch:pass@db", "://ringbuch:(hidden)@db"),
        ] {
            assert_eq!(without_password(value), shown);
        }
    }
}

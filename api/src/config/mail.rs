//! The mail server: its settings belong together, and a password never travels in the clear to another machine.

use super::build::Reader;
use super::values;
use ringbuch_adapters::mail::{Security, SmtpSettings};
use secrecy::SecretString;
use std::net::IpAddr;
use std::time::Duration;

/// For one whole mail; servers that look for spam take their time over it.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The settings, nothing where no server is named. The outer absence means that something is wrong with them.
#[expect(clippy::option_option, reason = "the outer one is a failure that has been noted already")]
pub(super) fn smtp(reader: &mut Reader<'_>) -> Option<Option<SmtpSettings>> {
    let host = reader.maybe("smtp_host", host);
    let security = reader.get("smtp_security", security);
    let port = reader.maybe("smtp_port", |text| values::number(text, 1..=u16::MAX));
    let user = reader.maybe("smtp_user", |text| Ok(text.to_owned()));
    let password = reader.maybe("smtp_password", |text| Ok(SecretString::from(text)));
    let from = reader.maybe("mail_from", |text| Ok(text.to_owned()));
    let (Some(host), security, port) = (host?, security?, port?) else { return Some(None) };
    let port = port.unwrap_or(usual_port(security));
    if security == Security::None && !is_this_machine(&host) {
        return wrong(reader, "smtp_security", "none", "mail to another machine would be readable on its way");
    }
    let login = match (user?, password?) {
        (Some(user), Some(password)) => Some((user, password)),
        (None, None) => None,
        (Some(_), None) => return wrong(reader, "smtp_user", "(set)", "there is no password to it"),
        (None, Some(_)) => return wrong(reader, "smtp_password", "(hidden)", "there is no user to it"),
    };
    let Some(from) = from? else {
        return wrong(reader, "mail_from", "(not set)", "a mail server is named, and mail needs a sender");
    };
    let settings = SmtpSettings { host, port, security, login, from, timeout: TIMEOUT };
    match settings.check() {
        Ok(()) => Some(Some(settings)),
        Err(why) => wrong(reader, "mail_from", &settings.from, &why.to_string()),
    }
}

fn wrong<T>(reader: &mut Reader<'_>, key: &str, shown: &str, why: &str) -> Option<T> {
    let allowed = super::setting::by_key(key).map_or("", |setting| setting.allowed);
    reader.problem(key, shown, allowed, why);
    None
}

fn host(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    if text.is_empty() || text.len() > 253 || !text.chars().all(fits) {
        return Err("that is no name of a machine".into());
    }
    Ok(text.to_owned())
}

fn security(text: &str) -> Result<Security, String> {
    match text {
        "tls" => Ok(Security::Tls),
        "starttls" => Ok(Security::StartTls),
        "none" => Ok(Security::None),
        _ => Err("that is none of them".into()),
    }
}

fn usual_port(security: Security) -> u16 {
    match security {
        Security::Tls => 465,
        Security::StartTls => 587,
        Security::None => 25,
    }
}

fn is_this_machine(host: &str) -> bool {
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    address.map_or(host == "localhost", |address| address.is_loopback())
}

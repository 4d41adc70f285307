//! The address of a KurrentDB: `kurrentdb://[USER:PASSWORD@]HOST[:PORT][,HOST…][?tls=false…]`, or `esdb://…`. What is
//! refused is shown without its password.

use crate::store::{OpenError, without_password};
use kurrentdb::ClientSettings;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// The setting that holds the address.
pub const KEY: &str = "RINGBUCH_EVENT_STORE_URL";
const ALLOWED: &str = "kurrentdb://[USER:PASSWORD@]HOST[:PORT][?tls=false] and esdb://…";
const SCHEMES: [&str; 4] = ["kurrentdb", "kurrentdb+discover", "esdb", "esdb+discover"];

/// Whether the address can be understood, or why not, without anything secret of it.
pub fn check(url: &str) -> Result<(), String> {
    parsed(url).map(|_| ())
}

pub(super) fn settings(url: &str) -> Result<ClientSettings, OpenError> {
    let unusable = |why| OpenError::Unusable { key: KEY, value: without_password(url), why, allowed: ALLOWED };
    let settings = parsed(url).map_err(unusable)?;
    authorities(&settings).map_err(unusable)?;
    Ok(settings)
}

/// The first host, for messages.
pub(super) fn place(settings: &ClientSettings) -> String {
    settings.hosts().first().map_or_else(String::new, |host| format!("kurrentdb://{}:{}", host.host, host.port))
}

fn parsed(url: &str) -> Result<ClientSettings, String> {
    let (scheme, rest) = url.split_once("://").ok_or("the scheme is missing")?;
    if !SCHEMES.contains(&scheme) {
        return Err("the scheme is not known".into());
    }
    let (before, parameters) = rest.split_once('?').map_or((rest, None), |(before, after)| (before, Some(after)));
    let (user, hosts) = before.rsplit_once('@').map_or((None, before), |(user, hosts)| (Some(user), hosts));
    if hosts.is_empty() {
        return Err("the host is missing".into());
    }
    // What is wrong elsewhere is told by the client library in words that may hold the whole address.
    let parameters = parameters.map(|parameters| format!("?{parameters}")).unwrap_or_default();
    let open = format!("{scheme}://{hosts}{parameters}").parse::<ClientSettings>();
    open.map_err(|error| error.error().map_or_else(|| error.message().to_owned(), ToString::to_string))?;
    if user.is_some_and(|user| user.contains(['/', '@', ',', '#', '[', ']'])) {
        return Err("the user and the password must be percent-encoded".into());
    }
    url.parse().map_err(|_| "the user and the password must be percent-encoded".to_owned())
}

/// The client library takes it for granted that the file of certificate authorities can be read.
fn authorities(settings: &ClientSettings) -> Result<(), String> {
    let Some(file) = settings.tls_ca_file() else { return Ok(()) };
    let unreadable = |error| format!("tlsCaFile {file} cannot be read: {error}");
    let certificates = CertificateDer::pem_file_iter(file).map_err(unreadable)?;
    let count = certificates.collect::<Result<Vec<_>, _>>().map_err(unreadable)?.len();
    if count == 0 { Err(format!("tlsCaFile {file} holds no certificate")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_and_clusters_are_understood() {
        for (url, hosts) in [
            ("kurrentdb://localhost:2113?tls=false", 1),
            ("kurrentdb://db", 1),
            ("esdb://admin:changeit@a:2113,b:2113,c:2113?nodePreference=leader", 3),
            ("kurrentdb+discover://admin:p%40ss@cluster.example.com", 1),
        ] {
            assert_eq!(parsed(url).unwrap().hosts().len(), hosts, "{url}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_told_without_the_password() {
        for url in [
            "http://db",
            "db:2113",
            "kurrentdb://",
            "kurrentdb://admin:geheim@",
            "kurrentdb://admin:geheim@db:70000",
            "kurrentdb://admin:geheim@db?tls=maybe",
            "kurrentdb://admin:geheim@db?nodePreference=nearest",
            "kurrentdb://admin:1,geheim@a:2113,b:2113",
            "kurrentdb://admin:ge/heim@db",
            "kurrentdb://admin:geheim@db/path",
            "kurrentdb://admin:geheim@db?tlsCaFile=/nowhere/ca.pem",
        ] {
            let told = settings(url).unwrap_err().to_string();
            assert!(told.contains(KEY) && told.contains(ALLOWED) && !told.contains("heim"), "{told}");
        }
    }
}

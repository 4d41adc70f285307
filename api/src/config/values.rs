//! The types of values, and how each is read from text. What is wrong is told without the value; the caller knows whether
//! it may be shown.

use crate::mcp::{PublicUrl, Reach};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ringbuch_adapters::calcom::ApiVersions;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// Where log and read models are kept.
#[derive(Debug, Clone)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    /// The whole address, password included.
    Postgres(SecretString),
}

/// One of the keys that data keys are sealed under.
#[derive(Debug, Clone)]
pub struct MasterKey {
    pub id: String,
    key: Arc<SecretBox<[u8; 32]>>,
}

impl MasterKey {
    pub fn bytes(&self) -> &[u8; 32] {
        self.key.expose_secret()
    }
}

/// An address of a service that is called, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUrl(String);

impl ServiceUrl {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a value cannot be used; completes "…: ".
type Unusable = String;

/// Addresses separated by commas.
pub(super) fn reach(text: &str) -> Result<Reach, Unusable> {
    text.split(',').map(|url| PublicUrl::parse(url.trim())).collect::<Result<_, _>>().map(Reach)
}

pub(super) fn database(text: &str) -> Result<DatabaseUrl, Unusable> {
    if let Some(path) = text.strip_prefix("sqlite:") {
        // `sqlite://relative` and `sqlite:///absolute` are how others write it.
        let path = path.strip_prefix("//").unwrap_or(path);
        return match path {
            "" => Err("the path is missing".into()),
            _ if path.contains('?') => Err("a path takes no parameters".into()),
            _ => Ok(DatabaseUrl::Sqlite(path.into())),
        };
    }
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        let url = reqwest::Url::parse(text).map_err(|error| error.to_string())?;
        if url.path().trim_matches('/').is_empty() {
            return Err("the name of the database is missing".into());
        }
        return Ok(DatabaseUrl::Postgres(text.into()));
    }
    Err("the scheme is not known".into())
}

/// A setting about what a program was built without would have no effect, and nobody would hear of it.
fn built_with(there: bool, feature: &str) -> Result<(), Unusable> {
    let left_out = || format!("this program was built without it; build it with `--features {feature}`");
    there.then_some(()).ok_or_else(left_out)
}

pub(super) fn event_store(text: &str) -> Result<SecretString, Unusable> {
    built_with(cfg!(feature = "kurrentdb"), "kurrentdb")?;
    #[cfg(feature = "kurrentdb")]
    ringbuch_adapters::kurrent::check(text)?;
    Ok(text.into())
}

pub(super) fn listen(text: &str) -> Result<SocketAddr, Unusable> {
    let with_host = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    with_host.as_deref().unwrap_or(text).parse().map_err(|_| "that is no address with a port".into())
}

pub(super) fn master_keys(text: &str) -> Result<Vec<MasterKey>, Unusable> {
    let mut keys: Vec<MasterKey> = vec![];
    for (place, part) in (1..).zip(text.split(',')) {
        let key = master_key(part.trim()).map_err(|why| format!("key {place}: {why}"))?;
        if keys.iter().any(|known| known.id == key.id) {
            return Err(format!("key {place}: the id occurs twice"));
        }
        keys.push(key);
    }
    Ok(keys)
}

fn master_key(text: &str) -> Result<MasterKey, Unusable> {
    let (id, key) = text.split_once(':').ok_or("there is no ':' between id and key")?;
    if id.is_empty() || id.len() > 16 || !id.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)) {
        return Err("the id takes 1 to 16 of letters, digits, _ and -".into());
    }
    let bytes = STANDARD.decode(key).map_err(|_| "the key is not base64")?;
    let bytes: [u8; 32] =
        bytes.try_into().map_err(|bytes: Vec<u8>| format!("the key has {} bytes and not 32", bytes.len()))?;
    Ok(MasterKey { id: id.to_owned(), key: Arc::new(SecretBox::new(Box::new(bytes))) })
}

pub(super) fn calcom_versions(text: &str) -> Result<ApiVersions, Unusable> {
    text.parse()
}

/// An address that is called. Whether its name leads somewhere forbidden is only known, and checked, when connecting.
pub(super) fn service(text: &str, allow_loopback: bool) -> Result<ServiceUrl, Unusable> {
    let url = reqwest::Url::parse(text).map_err(|error| error.to_string())?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address must not carry a user or a password".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("an address takes no query and no fragment".into());
    }
    match url.scheme() {
        "https" | "http" if allow_loopback => {}
        "https" if !is_loopback(&url) => {}
        "https" => return Err("loopback is not allowed".into()),
        _ => return Err("the address does not start with https://".into()),
    }
    Ok(ServiceUrl(url.as_str().trim_end_matches('/').to_owned()))
}

/// Who vouches for people: to the letter as it was written, since that is how the provider is compared with it, and its
/// host. Without encryption it may stand on this machine only.
pub(super) fn issuer(text: &str, allow_loopback: bool) -> Result<(String, String), Unusable> {
    built_with(cfg!(feature = "oidc"), "oidc")?;
    service(text, allow_loopback)?;
    let url = reqwest::Url::parse(text).map_err(|error| error.to_string())?;
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err("the address does not start with https://".into());
    }
    Ok((text.to_owned(), url.host_str().unwrap_or_default().to_owned()))
}

fn is_loopback(url: &reqwest::Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let address: Option<std::net::IpAddr> = host.parse().ok();
    address.map_or(host == "localhost" || host.ends_with(".localhost"), |address| address.to_canonical().is_loopback())
}

/// A collector of traces usually stands beside the program, so plain http is fine.
pub(super) fn collector(text: &str) -> Result<ServiceUrl, Unusable> {
    built_with(cfg!(feature = "otlp"), "otlp")?;
    service(text, true)
}

pub(super) fn dsn(text: &str) -> Result<SecretString, Unusable> {
    built_with(cfg!(feature = "sentry"), "sentry")?;
    let url = reqwest::Url::parse(text).map_err(|error| error.to_string())?;
    if url.scheme() == "https" { Ok(text.into()) } else { Err("the address does not start with https://".into()) }
}

pub(super) fn truth(text: &str) -> Result<bool, Unusable> {
    text.parse().map_err(|_| "that is neither".into())
}

pub(super) fn token(text: &str) -> Result<SecretString, Unusable> {
    if text.chars().any(|c| !c.is_ascii_graphic()) {
        return Err("it holds a space or another character that cannot be sent".into());
    }
    if text.len() < 16 { Err("it is too short to be safe".into()) } else { Ok(text.into()) }
}

pub(super) fn number<T>(text: &str, allowed: RangeInclusive<T>) -> Result<T, Unusable>
where
    T: FromStr + PartialOrd,
{
    let number = text.parse().map_err(|_| "that is no whole number of this size")?;
    if allowed.contains(&number) { Ok(number) } else { Err("it is out of range".into()) }
}

pub(super) fn milliseconds(text: &str) -> Result<Duration, Unusable> {
    number(text, 100..=120_000).map(Duration::from_millis)
}

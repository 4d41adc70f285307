//! The provider of identities: its settings belong together.

use super::build::Reader;
use super::values;
use crate::oidc::{NewUsers, OidcSettings};
use ringbuch_domain::access::Role;
use secrecy::SecretString;

/// In characters, of the provider's name on a button.
const LONGEST_NAME: usize = 60;

/// The settings, nothing where no provider is named. The outer absence means that something is wrong with them.
#[expect(clippy::option_option, reason = "the outer one is a failure that has been noted already")]
pub(super) fn oidc(reader: &mut Reader<'_>, allow_loopback: bool) -> Option<Option<OidcSettings>> {
    let issuer = reader.maybe("oidc_issuer", |text| values::issuer(text, allow_loopback));
    let client_id = reader.maybe("oidc_client_id", |text| Ok(text.to_owned()));
    let client_secret = reader.maybe("oidc_client_secret", |text| Ok(SecretString::from(text)));
    let name = reader.maybe("oidc_name", name);
    let new_users = reader.maybe("oidc_new_users", new_users);
    let (issuer, client_id, client_secret, name) = (issuer?, client_id?, client_secret?, name?);
    let new_users = new_users?;
    match (issuer, client_id, client_secret) {
        (Some((issuer, host)), Some(client_id), Some(client_secret)) => {
            Some(Some(OidcSettings { issuer, client_id, client_secret, name: name.unwrap_or(host), new_users }))
        }
        (None, None, None) => Some(None),
        (None, ..) => wrong(reader, "oidc_issuer", "there is a client and no provider that knows it"),
        (_, None, _) => wrong(reader, "oidc_client_id", "a provider is named, and it does not know this server"),
        (.., None) => wrong(reader, "oidc_client_secret", "a provider is named, and it does not know this server"),
    }
}

fn wrong<T>(reader: &mut Reader<'_>, key: &str, why: &str) -> Option<T> {
    let allowed = super::setting::by_key(key).map_or("", |setting| setting.allowed);
    reader.problem(key, "(not set)", allowed, why);
    None
}

fn name(text: &str) -> Result<String, String> {
    let fits = (1..=LONGEST_NAME).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control);
    fits.then(|| text.trim().to_owned()).ok_or_else(|| "that is too long, or no name".into())
}

fn new_users(text: &str) -> Result<NewUsers, String> {
    let (company, role) = text.split_once(':').ok_or("there is no ':' between company and role")?;
    let company = company.parse().map_err(|unusable| format!("{unusable}"))?;
    match role.parse()? {
        Role::Owner => Err("owners are made by owners alone".into()),
        role => Ok(NewUsers { company, role }),
    }
}

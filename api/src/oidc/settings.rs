//! What the operator says about the provider.

use ringbuch_domain::access::Role;
use ringbuch_domain::ids::CompanyId;
use secrecy::SecretString;

#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// To the letter as the provider writes it, slash at the end included.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: SecretString,
    /// How the page where people sign in calls it.
    pub name: String,
    /// Where somebody belongs whom nobody has invited; absent: nowhere, and they are not let in.
    pub new_users: Option<NewUsers>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUsers {
    pub company: CompanyId,
    /// Never that of an owner.
    pub role: Role,
}

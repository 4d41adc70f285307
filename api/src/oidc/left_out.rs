//! This program was built without it.

/// There is none.
#[derive(Debug)]
pub enum Oidc {}

impl Oidc {
    pub fn settings(&self) -> &super::OidcSettings {
        match *self {}
    }
}

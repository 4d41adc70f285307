//! What an endpoint asks for: one of a few permissions, each with the roles that have it. A key's scopes are names of
//! permissions and can only take away.

use super::Principal;
use crate::problem::Problem;
use ringbuch_domain::access::Role;

/// Something that a role may do. An owner may do everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// How a key's scope names it.
    pub scope: &'static str,
    roles: &'static [Role],
}

impl Permission {
    /// See calls, appointments and everything else that belongs to the company.
    pub const READ: Self = Self { scope: "read", roles: &[Role::Viewer, Role::Operator, Role::Admin, Role::Auditor] };
    /// Book, move, cancel, replay: the daily work.
    pub const OPERATE: Self = Self { scope: "operate", roles: &[Role::Operator, Role::Admin] };
    /// Change the set-up, its keys and users.
    pub const ADMINISTER: Self = Self { scope: "administer", roles: &[Role::Admin] };
    /// Read the history itself and its proof.
    pub const AUDIT: Self = Self { scope: "audit", roles: &[Role::Auditor, Role::Admin] };
    /// What goes beyond one company: logs, addresses of providers.
    pub const OWN: Self = Self { scope: "own", roles: &[] };

    pub const ALL: &'static [Self] = &[Self::READ, Self::OPERATE, Self::ADMINISTER, Self::AUDIT, Self::OWN];

    pub(super) fn check(&self, principal: &Principal) -> Result<(), Problem> {
        self.check_role(principal)?;
        if !principal.scopes.is_empty() && !principal.scopes.iter().any(|scope| scope == self.scope) {
            return Err(Problem::not_allowed(format!("The key is limited to other scopes than '{}'.", self.scope)));
        }
        Ok(())
    }

    /// Whether the role has it, whatever the key is limited to.
    pub fn check_role(&self, principal: &Principal) -> Result<(), Problem> {
        if principal.role != Role::Owner && !self.roles.contains(&principal.role) {
            let detail = format!(
                "This takes the permission '{}'; the role {} does not have it.",
                self.scope,
                principal.role.as_str()
            );
            return Err(Problem::not_allowed(detail));
        }
        Ok(())
    }
}

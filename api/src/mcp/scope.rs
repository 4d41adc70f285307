//! Scopes of keys for tools: `mcp` for all servers, `mcp:webhook` for one, `mcp:webhook:list_webhooks` for one tool. As
//! everywhere they only take away; a key without any may do what its role may.

use super::parts::PARTS;
use crate::http::auth::Principal;

const ALL: &str = "mcp";

/// The scope of a whole server.
pub fn of_server(server: &str) -> String {
    format!("{ALL}:{server}")
}

/// Whether a key's scopes open anything of a server.
pub fn opens_server(principal: &Principal, server: &str) -> bool {
    let (whole, tool) = (of_server(server), format!("{ALL}:{server}:"));
    opens(principal, |scope| scope == whole || scope.starts_with(&tool))
}

/// Whether they open a server as a whole: what it has to be read by its address is no tool's.
pub fn opens_whole(principal: &Principal, server: &str) -> bool {
    let whole = of_server(server);
    opens(principal, |scope| scope == whole)
}

/// Whether they open one of its tools.
pub fn opens_tool(principal: &Principal, server: &str, tool: &str) -> bool {
    let (whole, one) = (of_server(server), format!("{ALL}:{server}:{tool}"));
    opens(principal, |scope| scope == whole || scope == one)
}

fn opens(principal: &Principal, named: impl Fn(&str) -> bool) -> bool {
    principal.scopes.is_empty() || principal.scopes.iter().any(|scope| scope == ALL || named(scope))
}

/// Whether a scope names a server or a tool that there is.
pub fn is_known(scope: &str) -> bool {
    let mut words = scope.splitn(3, ':');
    if words.next() != Some(ALL) {
        return false;
    }
    let Some(server) = words.next() else { return true };
    let Some(part) = PARTS.iter().find(|part| part.name == server) else { return false };
    words.next().is_none_or(|tool| part.every_tool().any(|known| known.name == tool))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::auth::Who;
    use ringbuch_domain::access::Role;
    use ringbuch_domain::ids::{CompanyId, KeyId};

    fn with(scopes: &[&str]) -> Principal {
        let company = CompanyId::new("salon").unwrap();
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        Principal { who: Who::Key(KeyId(uuid::Uuid::nil())), company, role: Role::Admin, scopes }
    }

    #[test]
    fn a_scope_opens_what_it_names_and_nothing_else() {
        for (scopes, server, tool) in [
            (&[][..], true, true),
            (&["mcp"], true, true),
            (&["mcp:webhook"], true, true),
            (&["mcp:webhook:list_webhooks"], true, true),
            (&["mcp:webhook:get_webhook"], true, false),
            (&["mcp:calcom"], false, false),
            (&["read", "operate"], false, false),
        ] {
            let key = with(scopes);
            assert_eq!(opens_server(&key, "webhook"), server, "{scopes:?}");
            assert_eq!(opens_tool(&key, "webhook", "list_webhooks"), tool, "{scopes:?}");
        }
    }

    #[test]
    fn a_typing_error_is_no_scope() {
        for good in ["mcp", "mcp:database", "mcp:calcom:create_booking", "mcp:calcom:book_appointment"] {
            assert!(is_known(good), "{good}");
        }
        for bad in ["mcp:", "mcp:mail", "mcp:calcom:", "mcp:calcom:create_bokking", "read", "MCP"] {
            assert!(!is_known(bad), "{bad}");
        }
    }
}

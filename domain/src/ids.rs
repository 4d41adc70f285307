//! Names of things. Company and account ids hold no `-`, so that a stream name such as `call-<company>-<call>` reads
//! back in one way only and no tenant's call can name another tenant's stream.

use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;
use uuid::Uuid;

/// An id that was offered does not have the form that its kind asks for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind} '{value}' is not usable: {rule}")]
pub struct UnusableId {
    /// What the id was to name.
    pub kind: &'static str,
    /// The value as it came, cut to 64 characters.
    pub value: String,
    /// What is allowed.
    pub rule: &'static str,
}

fn checked(kind: &'static str, value: &str, max: usize, extra: &str, rule: &'static str) -> Result<String, UnusableId> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || extra.contains(c);
    if value.is_empty() || value.len() > max || !value.chars().all(fits) {
        return Err(UnusableId { kind, value: value.chars().take(64).collect(), rule });
    }
    Ok(value.to_owned())
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $max:literal, $extra:literal, $rule:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Takes the text if it has the form of this id.
            pub fn new(value: &str) -> Result<Self, UnusableId> {
                checked($kind, value, $max, $extra, $rule).map(Self)
            }
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let allowed = concat!("^[a-z0-9", $extra, "]+$");
                schemars::json_schema!({ "type": "string", "minLength": 1, "maxLength": $max, "pattern": allowed })
            }
        }
        impl TryFrom<String> for $name {
            type Error = UnusableId;
            fn try_from(value: String) -> Result<Self, UnusableId> {
                Self::new(&value)
            }
        }
        impl std::str::FromStr for $name {
            type Err = UnusableId;
            fn from_str(value: &str) -> Result<Self, UnusableId> {
                Self::new(value)
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// One tenant, for example `salon_mitte`.
    CompanyId, "company id", 40, "_", "1 to 40 of a-z, 0-9 and _"
);
text_id!(
    /// One account at Retell; it may serve several companies.
    AccountId, "account id", 40, "_", "1 to 40 of a-z, 0-9 and _"
);
text_id!(
    /// One branch of a company.
    BranchId, "branch id", 40, "_-", "1 to 40 of a-z, 0-9, _ and -"
);
text_id!(
    /// One employee of a company.
    StaffId, "staff id", 64, "_-", "1 to 64 of a-z, 0-9, _ and -"
);
text_id!(
    /// One delivery of a webhook: the keyed hash of provider, account and body, in hex.
    DeliveryId, "delivery id", 64, "", "1 to 64 of a-z and 0-9"
);

impl StaffId {
    /// The id of somebody whom nobody has named here yet: always the same for a user number of the calendar.
    pub fn of_host(company: &str, host: i64) -> Self {
        Self(derived(&["staff", company, &host.to_string()]).to_string())
    }
}

/// A call as Retell names it (`call_…`). Letters of both cases occur, and old ids may hold dots.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CallId(String);

impl CallId {
    /// Takes 1 to 128 of A-Z, a-z, 0-9, `_`, `-` and `.`.
    pub fn new(value: &str) -> Result<Self, UnusableId> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        if value.is_empty() || value.len() > 128 || !value.chars().all(fits) {
            let rule = "1 to 128 of A-Z, a-z, 0-9, _, - and .";
            return Err(UnusableId { kind: "call id", value: value.chars().take(64).collect(), rule });
        }
        Ok(Self(value.to_owned()))
    }
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl schemars::JsonSchema for CallId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CallId".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[A-Za-z0-9_.-]+$" })
    }
}
impl TryFrom<String> for CallId {
    type Error = UnusableId;
    fn try_from(value: String) -> Result<Self, UnusableId> {
        Self::new(&value)
    }
}
impl From<CallId> for String {
    fn from(id: CallId) -> String {
        id.0
    }
}
impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[derive(schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(value: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(value).map(Self)
            }
        }
    };
}

uuid_id!(
    /// One person of one company, drawn at random by the key store so that it says nothing about the number.
    CustomerId
);
uuid_id!(
    /// One booking of ours, from the first wish to the last word of the provider.
    BookingId
);
uuid_id!(
    /// One API key.
    KeyId
);
uuid_id!(
    /// One user of the dashboard.
    UserId
);
uuid_id!(
    /// One firing of an alert rule.
    AlertId
);

/// A service as Cal.com numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct EventTypeId(pub i64);

impl fmt::Display for EventTypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

const NAMESPACE: Uuid = Uuid::from_u128(0x5269_6e67_6275_6368_8000_0000_0000_0001);

/// An id that the same parts always give, for commands and bookings that may be asked for again after a crash.
pub fn derived(parts: &[&str]) -> Uuid {
    Uuid::new_v5(&NAMESPACE, parts.join("\u{1f}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_id_holds_no_hyphen_so_streams_cannot_collide() {
        assert!(CompanyId::new("salon_mitte").is_ok());
        for bad in ["", "a-b", "Ä", "A", "a b", &"x".repeat(41)] {
            assert!(CompanyId::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn derived_ids_keep_their_parts_apart() {
        assert_eq!(derived(&["a", "b"]), derived(&["a", "b"]));
        assert_ne!(derived(&["a", "b"]), derived(&["ab"]));
        assert_ne!(derived(&["a", "bc"]), derived(&["ab", "c"]));
    }
}

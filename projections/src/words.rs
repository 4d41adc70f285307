//! Closed sets of words that stand in columns, filters and answers alike.

/// Declares an enum with its stored words.
macro_rules! words {
    ($(#[$doc:meta])* pub enum $name:ident ($what:literal) { $( $(#[$case_doc:meta])* $case:ident = $word:literal ),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $( $(#[$case_doc])* $case ),+ }

        impl $name {
            /// Every case.
            pub const ALL: &'static [Self] = &[$( Self::$case ),+];

            pub fn as_str(self) -> &'static str {
                match self { $( Self::$case => $word ),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;
            fn from_str(value: &str) -> Result<Self, Self::Err> {
                match value {
                    $( $word => Ok(Self::$case), )+
                    _ => Err($crate::words::UnknownWord {
                        what: $what,
                        value: value.chars().take(64).collect(),
                        allowed: &[$( $word ),+],
                    }),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = String::deserialize(deserializer)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": [$( $word ),+] })
            }
        }

        impl From<$name> for $crate::rows::Value {
            fn from(value: $name) -> Self {
                Self::from(value.as_str())
            }
        }
    };
}
pub(crate) use words;

/// A word that is none of its set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} '{value}' is none of {}", allowed.join(", "))]
pub struct UnknownWord {
    pub what: &'static str,
    pub value: String,
    pub allowed: &'static [&'static str],
}

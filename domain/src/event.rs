//! How an event becomes stored bytes and back: a name and a version for ever, a public part, and at most one private
//! part of one subject, kept apart so that it can be sealed without the domain knowing how.

use crate::private::Private;
use crate::recorded::Subject;
use crate::upcast::{self, Upcaster};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use uuid::Uuid;

/// The two parts of an event before sealing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    pub kind: &'static str,
    pub version: u16,
    pub public: Vec<u8>,
    pub private: Option<(Subject, Vec<u8>)>,
}

/// What came back for a private part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened<'a> {
    /// The event was stored without one.
    Absent,
    Known(&'a [u8]),
    Erased,
}

/// A stored event cannot be read as what its name says.
#[derive(Debug, Error)]
pub enum DecodeError {
    #[error("no event type '{kind}' version {version} is known to this program; a newer Ringbuch wrote it")]
    UnknownKind { kind: String, version: u16 },
    #[error("event '{kind}' version {version} does not have its shape")]
    Shape { kind: String, version: u16, source: serde_json::Error },
    #[error("the private part of event {event} cannot be opened: {why}")]
    Private { event: Uuid, why: String },
}

/// A family of events, usually those of one aggregate.
pub trait EventFamily: Sized {
    /// Every stored name with its newest version.
    const KINDS: &'static [(&'static str, u16)];
    /// The JSON Schema of every version that was ever stored: name, version, text.
    const SCHEMAS: &'static [(&'static str, u16, &'static str)];
    /// One of them has a private part, so a state that is made of them may hold what belongs to persons.
    const HAS_PRIVATE: bool;
    /// The one thing of its stream that it is about, where a stream holds the histories of several.
    fn about(&self) -> Option<Uuid>;
    fn encode(&self) -> Result<Encoded, serde_json::Error>;
    fn decode(kind: &str, version: u16, public: &[u8], private: Opened<'_>) -> Result<Self, DecodeError>;
}

/// An event struct; the default is one that is public as a whole.
pub trait Payload: Serialize + DeserializeOwned {
    /// The private part as JSON with its subject.
    fn private(&self) -> Result<Option<(Subject, Vec<u8>)>, serde_json::Error> {
        Ok(None)
    }
    /// Puts the private part back after the public one was read.
    fn with_private(self, _opened: Opened<'_>) -> Result<Self, serde_json::Error> {
        Ok(self)
    }
}

/// The JSON of a private part, or nothing once it is erased.
pub fn private_json<T: Serialize>(
    subject: Subject,
    part: &Private<T>,
) -> Result<Option<(Subject, Vec<u8>)>, serde_json::Error> {
    part.known().map(|value| Ok((subject, serde_json::to_vec(value)?))).transpose()
}

/// Reads a private part back.
pub fn private_from<T: DeserializeOwned>(opened: Opened<'_>) -> Result<Private<T>, serde_json::Error> {
    match opened {
        Opened::Known(bytes) => Ok(Private::Known(serde_json::from_slice(bytes)?)),
        Opened::Absent | Opened::Erased => Ok(Private::Erased),
    }
}

/// Reads a stored event of whatever version; an older one is first brought to the newest shape, step by step.
pub fn read<E: Payload>(
    newest: u16,
    upcasters: &[(u16, Upcaster)],
    kind: &str,
    version: u16,
    public: &[u8],
    private: Opened<'_>,
) -> Result<E, DecodeError> {
    let shape = |source| DecodeError::Shape { kind: kind.to_owned(), version, source };
    if version == newest {
        let event: E = serde_json::from_slice(public).map_err(shape)?;
        return event.with_private(private).map_err(shape);
    }
    let steps = upcast::steps(version, newest, upcasters);
    let steps = steps.ok_or_else(|| DecodeError::UnknownKind { kind: kind.to_owned(), version })?;
    upcast::raised(&steps, public, private).map_err(shape)
}

/// Declares the events of one aggregate: the enum, its stored names and newest versions, and of each event, in this order,
/// how its older versions become the next one (`from { 1 => upcaster }`), the field that says which thing of the stream it
/// is `about`, and whether it has a private part (`sealed for` its subject; the struct then has a field
/// `private: Private<_>` marked `#[serde(skip)]`).
///
/// Every version has a sample in `samples/` and a schema in `schemas/`, both kept for ever. A new one begins as `{}`, and
/// `KEEP_SCHEMAS=1 cargo test -p ringbuch-domain schemas` writes it.
#[macro_export]
macro_rules! events {
    ($(#[$doc:meta])* pub enum $family:ident { $(
        $event:ident v $version:literal
        $( from { $( $old:literal => $upcaster:path ),+ } )?
        $( about $thing:ident )?
        $( sealed for |$it:ident| $subject:expr )?
    ),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        pub enum $family { $( $event($event) ),+ }

        $( impl From<$event> for $family { fn from(event: $event) -> Self { Self::$event(event) } } )+

        impl $crate::event::EventFamily for $family {
            const KINDS: &'static [(&'static str, u16)] = &[$( (stringify!($event), $version) ),+];
            const SCHEMAS: &'static [(&'static str, u16, &'static str)] = &[$(
                $( $( (stringify!($event), $old, $crate::events!(@schema $event $old)), )+ )?
                (stringify!($event), $version, $crate::events!(@schema $event $version))
            ),+];
            const HAS_PRIVATE: bool = false $( || $crate::events!(@sealed $( $it )?) )+;

            fn about(&self) -> Option<uuid::Uuid> {
                match self { $( Self::$event(event) => $crate::events!(@about event $( $thing )?) ),+ }
            }

            fn encode(&self) -> Result<$crate::event::Encoded, serde_json::Error> {
                match self { $( Self::$event(event) => Ok($crate::event::Encoded {
                    kind: stringify!($event),
                    version: $version,
                    public: serde_json::to_vec(event)?,
                    private: $crate::event::Payload::private(event)?,
                }) ),+ }
            }

            fn decode(kind: &str, version: u16, public: &[u8], private: $crate::event::Opened<'_>) -> Result<Self, $crate::event::DecodeError> {
                match kind {
                    $( stringify!($event) => {
                        let upcasters: &[(u16, $crate::upcast::Upcaster)] = &[$( $( ($old, $upcaster) ),+ )?];
                        $crate::event::read($version, upcasters, kind, version, public, private).map(Self::$event)
                    } )+
                    _ => Err($crate::event::DecodeError::UnknownKind { kind: kind.to_owned(), version }),
                }
            }
        }

        #[cfg(test)]
        impl $crate::schemas::Described for $family {
            fn described() -> Vec<(&'static str, u16, serde_json::Value)> {
                vec![$( (stringify!($event), $version, $crate::events!(@described $event $( $it )?)) ),+]
            }
        }

        impl cqrs_es::DomainEvent for $family {
            fn event_type(&self) -> String {
                match self { $( Self::$event(_) => stringify!($event).to_owned() ),+ }
            }
            fn event_version(&self) -> String {
                match self { $( Self::$event(_) => $version.to_string() ),+ }
            }
        }

        $( $crate::events!(@payload $event $( |$it| $subject )?); )+
    };
    (@schema $event:ident $version:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/", stringify!($event), ".v", $version, ".json"))
    };
    (@sealed $it:ident) => { true };
    (@sealed) => { false };
    (@about $event:ident $thing:ident) => { Some($event.$thing.0) };
    (@about $event:ident) => {{ let _ = $event; None }};
    (@described $event:ident $it:ident) => {
        $crate::schemas::of_sealed(stringify!($event), |event: &$event| &event.private)
    };
    (@described $event:ident) => { $crate::schemas::of::<$event>(stringify!($event)) };
    (@payload $event:ident |$it:ident| $subject:expr) => {
        impl $crate::event::Payload for $event {
            fn private(&self) -> Result<Option<($crate::recorded::Subject, Vec<u8>)>, serde_json::Error> {
                let $it = self;
                $crate::event::private_json($subject, &self.private)
            }
            fn with_private(mut self, opened: $crate::event::Opened<'_>) -> Result<Self, serde_json::Error> {
                self.private = $crate::event::private_from(opened)?;
                Ok(self)
            }
        }
    };
    (@payload $event:ident) => { impl $crate::event::Payload for $event {} };
}

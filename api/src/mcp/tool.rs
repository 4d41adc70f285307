//! What a tool is: a name, words for whoever chooses it, what it takes and gives, and what is done when it is called. Most
//! are one request of the REST interface, so a tool can do nothing that a program with the same key cannot.

use rmcp::model::ToolAnnotations;

pub struct Tool {
    pub name: &'static str,
    pub title: &'static str,
    /// For whoever has to choose among tools.
    pub about: &'static str,
    pub nature: Nature,
    pub input: &'static [Field],
    /// In the notation of `schema`.
    pub output: &'static str,
    pub act: Act,
}

/// What calling it does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Looks at what is here.
    Reads,
    /// Looks at what a provider has now.
    Asks,
    /// Changes something here alone; nothing is taken away.
    Adds,
    /// Changes something at a provider, or here as a provider says; nothing is taken away.
    Sends,
    /// Changes or takes away what stood at a provider.
    Replaces,
}

impl Nature {
    pub fn changes(self) -> bool {
        !matches!(self, Self::Reads | Self::Asks)
    }

    /// Repeats are harmless throughout: what changes something knows what it has done already.
    pub fn annotations(self, title: &str) -> ToolAnnotations {
        ToolAnnotations::with_title(title)
            .read_only(!self.changes())
            .destructive(self == Self::Replaces)
            .idempotent(true)
            .open_world(matches!(self, Self::Asks | Self::Sends | Self::Replaces))
    }
}

/// One argument.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub place: Place,
    pub about: &'static str,
    pub required: bool,
}

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Of at most so many characters.
    Text(usize),
    Word(&'static [&'static str]),
    /// From and to.
    Whole(i64, i64),
    /// With what it is where it is left out.
    Truth(bool),
    /// RFC 3339.
    Time,
    /// At most so many.
    Texts(usize),
}

/// Where an argument goes in the request that a tool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Path,
    Query,
    Body,
    /// The tool itself knows what to do with it.
    Own,
}

impl Field {
    pub const fn new(name: &'static str, kind: Kind, place: Place, about: &'static str) -> Self {
        Self { name, kind, place, about, required: false }
    }

    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

/// What is done.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    /// One request. Of its answer only the members named, where any are.
    Rest {
        method: Method,
        path: &'static str,
        always: &'static [(&'static str, &'static str)],
        only: &'static [&'static str],
    },
    /// A delivery that somebody hands over with its signature.
    Deliver,
    Availability,
    Book,
    Cancel,
    Move,
    DraftPrompt,
    Publish,
    Queue(Queue),
    Search,
    Numbers,
    Query,
    Schema,
    /// A function of the desk, for a caller on the line.
    Desk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

/// What of the queue is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    Pending,
    Dead,
}

/// A request that reads.
pub const fn get(path: &'static str) -> Act {
    Act::Rest { method: Method::Get, path, always: &[], only: &[] }
}

/// The same, of whose answer only some members are told.
pub const fn members(path: &'static str, only: &'static [&'static str]) -> Act {
    Act::Rest { method: Method::Get, path, always: &[], only }
}

/// A request that changes something.
pub const fn post(path: &'static str) -> Act {
    Act::Rest { method: Method::Post, path, always: &[], only: &[] }
}

pub const LIMIT: Field =
    Field::new("limit", Kind::Whole(1, 200), Place::Query, "Items on the page; fewer come where they would not fit.");
pub const CURSOR: Field =
    Field::new("cursor", Kind::Text(500), Place::Query, "Where the page begins: 'next' of the page before.");
pub const SINCE: Field = Field::new("since", Kind::Time, Place::Query, "Nothing older, such as 2026-03-01T09:00:00Z.");
pub const UNTIL: Field = Field::new("until", Kind::Time, Place::Query, "Nothing from this time on.");
pub const BRANCH: Field = Field::new("branch", Kind::Text(40), Place::Query, "Id of a branch.");

/// Beside a tool's own arguments: the company, for owners.
pub const COMPANY: Field = Field::new(
    "company",
    Kind::Text(40),
    Place::Own,
    "For keys of owners: the company that is meant; otherwise the key's own.",
);

pub const fn id(about: &'static str) -> Field {
    Field::new("id", Kind::Text(200), Place::Path, about).required()
}

/// What changes something is told what it would do unless this is set to false.
pub const fn dry_run(place: Place, default: bool) -> Field {
    Field::new("dry_run", Kind::Truth(default), place, "true: change nothing and tell what would be done.")
}

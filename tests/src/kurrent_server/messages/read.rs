//! `Read`.

use super::{Id, Position, StreamIdentifier};
use prost::{Message, Oneof};
use std::collections::HashMap;

#[derive(Clone, PartialEq, Message)]
pub struct ReadReq {
    #[prost(message, optional, tag = "1")]
    pub options: Option<read_req::Options>,
}

pub mod read_req {
    use super::{Message, Oneof, Position, StreamIdentifier};

    #[derive(Clone, PartialEq, Message)]
    pub struct Options {
        #[prost(oneof = "Source", tags = "1, 2")]
        pub source: Option<Source>,
        /// 1 is backwards.
        #[prost(int32, tag = "3")]
        pub read_direction: i32,
        #[prost(bool, tag = "4")]
        pub resolve_links: bool,
        #[prost(oneof = "Count", tags = "5, 6")]
        pub count: Option<Count>,
        #[prost(oneof = "Filter", tags = "7, 8")]
        pub filter: Option<Filter>,
    }

    #[derive(Clone, PartialEq, Oneof)]
    pub enum Source {
        #[prost(message, tag = "1")]
        Stream(StreamOptions),
        #[prost(message, tag = "2")]
        All(AllOptions),
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct StreamOptions {
        #[prost(message, optional, tag = "1")]
        pub stream_identifier: Option<StreamIdentifier>,
        #[prost(oneof = "StreamFrom", tags = "2, 3, 4")]
        pub from: Option<StreamFrom>,
    }

    #[derive(Clone, Copy, PartialEq, Oneof)]
    pub enum StreamFrom {
        #[prost(uint64, tag = "2")]
        Revision(u64),
        #[prost(message, tag = "3")]
        Start(()),
        #[prost(message, tag = "4")]
        End(()),
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct AllOptions {
        #[prost(oneof = "AllFrom", tags = "1, 2, 3")]
        pub from: Option<AllFrom>,
    }

    #[derive(Clone, PartialEq, Oneof)]
    pub enum AllFrom {
        #[prost(message, tag = "1")]
        Position(Position),
        #[prost(message, tag = "2")]
        Start(()),
        #[prost(message, tag = "3")]
        End(()),
    }

    #[derive(Clone, PartialEq, Oneof)]
    pub enum Count {
        #[prost(uint64, tag = "5")]
        Count(u64),
        #[prost(message, tag = "6")]
        Subscription(()),
    }

    #[derive(Clone, PartialEq, Oneof)]
    pub enum Filter {
        #[prost(message, tag = "7")]
        Filter(FilterOptions),
        #[prost(message, tag = "8")]
        NoFilter(()),
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct FilterOptions {
        #[prost(oneof = "On", tags = "1, 2")]
        pub on: Option<On>,
    }

    #[derive(Clone, PartialEq, Oneof)]
    pub enum On {
        #[prost(message, tag = "1")]
        StreamIdentifier(Expression),
        #[prost(message, tag = "2")]
        EventType(Expression),
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct Expression {
        #[prost(string, tag = "1")]
        pub regex: String,
        #[prost(string, repeated, tag = "2")]
        pub prefix: Vec<String>,
    }
}

#[derive(Clone, PartialEq, Message)]
pub struct ReadResp {
    #[prost(oneof = "read_resp::Content", tags = "1, 2, 3, 4, 8")]
    pub content: Option<read_resp::Content>,
}

pub mod read_resp {
    use super::{HashMap, Id, Message, Oneof, Position, StreamIdentifier};

    #[derive(Clone, PartialEq, Oneof)]
    pub enum Content {
        #[prost(message, tag = "1")]
        Event(ReadEvent),
        #[prost(message, tag = "2")]
        Confirmation(Confirmation),
        #[prost(message, tag = "3")]
        Checkpoint(Position),
        #[prost(message, tag = "4")]
        StreamNotFound(StreamNotFound),
        #[prost(message, tag = "8")]
        CaughtUp(()),
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct Confirmation {
        #[prost(string, tag = "1")]
        pub subscription_id: String,
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct StreamNotFound {
        #[prost(message, optional, tag = "1")]
        pub stream_identifier: Option<StreamIdentifier>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct ReadEvent {
        #[prost(message, optional, tag = "1")]
        pub event: Option<RecordedEvent>,
        #[prost(uint64, optional, tag = "3")]
        pub commit_position: Option<u64>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct RecordedEvent {
        #[prost(message, optional, tag = "1")]
        pub id: Option<Id>,
        #[prost(message, optional, tag = "2")]
        pub stream_identifier: Option<StreamIdentifier>,
        #[prost(uint64, tag = "3")]
        pub stream_revision: u64,
        #[prost(uint64, tag = "4")]
        pub prepare_position: u64,
        #[prost(uint64, tag = "5")]
        pub commit_position: u64,
        #[prost(map = "string, string", tag = "6")]
        pub metadata: HashMap<String, String>,
        #[prost(bytes = "vec", tag = "7")]
        pub custom_metadata: Vec<u8>,
        #[prost(bytes = "vec", tag = "8")]
        pub data: Vec<u8>,
    }
}

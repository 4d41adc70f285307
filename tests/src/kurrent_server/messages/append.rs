//! `Append`.

use super::{Id, Position, StreamIdentifier};
use prost::{Message, Oneof};
use std::collections::HashMap;

#[derive(Clone, PartialEq, Message)]
pub struct AppendReq {
    #[prost(oneof = "append_req::Content", tags = "1, 2")]
    pub content: Option<append_req::Content>,
}

pub mod append_req {
    use super::{HashMap, Id, Message, Oneof, StreamIdentifier};

    #[derive(Clone, PartialEq, Oneof)]
    pub enum Content {
        #[prost(message, tag = "1")]
        Options(Options),
        #[prost(message, tag = "2")]
        ProposedMessage(ProposedMessage),
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct Options {
        #[prost(message, optional, tag = "1")]
        pub stream_identifier: Option<StreamIdentifier>,
        #[prost(oneof = "Expected", tags = "2, 3, 4, 5")]
        pub expected_stream_revision: Option<Expected>,
    }

    #[derive(Clone, Copy, PartialEq, Oneof)]
    pub enum Expected {
        #[prost(uint64, tag = "2")]
        Revision(u64),
        #[prost(message, tag = "3")]
        NoStream(()),
        #[prost(message, tag = "4")]
        Any(()),
        #[prost(message, tag = "5")]
        StreamExists(()),
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct ProposedMessage {
        #[prost(message, optional, tag = "1")]
        pub id: Option<Id>,
        #[prost(map = "string, string", tag = "2")]
        pub metadata: HashMap<String, String>,
        #[prost(bytes = "vec", tag = "3")]
        pub custom_metadata: Vec<u8>,
        #[prost(bytes = "vec", tag = "4")]
        pub data: Vec<u8>,
    }
}

#[derive(Clone, PartialEq, Message)]
pub struct AppendResp {
    #[prost(oneof = "append_resp::Result", tags = "1, 2")]
    pub result: Option<append_resp::Result>,
}

pub mod append_resp {
    use super::append_req::Expected;
    use super::{Message, Oneof, Position};

    #[derive(Clone, PartialEq, Oneof)]
    pub enum Result {
        #[prost(message, tag = "1")]
        Success(Success),
        #[prost(message, tag = "2")]
        WrongExpectedVersion(WrongExpectedVersion),
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct Success {
        #[prost(uint64, optional, tag = "1")]
        pub current_revision: Option<u64>,
        #[prost(oneof = "PositionOption", tags = "3, 4")]
        pub position_option: Option<PositionOption>,
    }

    #[derive(Clone, PartialEq, Oneof)]
    pub enum PositionOption {
        #[prost(message, tag = "3")]
        Position(Position),
        #[prost(message, tag = "4")]
        NoPosition(()),
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct WrongExpectedVersion {
        #[prost(oneof = "Current", tags = "6, 7")]
        pub current: Option<Current>,
        #[prost(oneof = "Was", tags = "8, 9, 10, 11")]
        pub expected: Option<Was>,
    }

    #[derive(Clone, Copy, PartialEq, Oneof)]
    pub enum Current {
        #[prost(uint64, tag = "6")]
        Revision(u64),
        #[prost(message, tag = "7")]
        NoStream(()),
    }

    #[derive(Clone, Copy, PartialEq, Oneof)]
    pub enum Was {
        #[prost(uint64, tag = "8")]
        Revision(u64),
        #[prost(message, tag = "9")]
        Any(()),
        #[prost(message, tag = "10")]
        StreamExists(()),
        #[prost(message, tag = "11")]
        NoStream(()),
    }

    impl From<Expected> for Was {
        fn from(expected: Expected) -> Self {
            match expected {
                Expected::Revision(revision) => Self::Revision(revision),
                Expected::NoStream(()) => Self::NoStream(()),
                Expected::Any(()) => Self::Any(()),
                Expected::StreamExists(()) => Self::StreamExists(()),
            }
        }
    }
}

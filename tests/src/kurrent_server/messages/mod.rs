//! The messages of `event_store.client.streams`, as far as they are spoken here. Names and numbers are the protocol's.

mod append;
mod read;

pub use append::{AppendReq, AppendResp, append_req, append_resp};
pub use read::{ReadReq, ReadResp, read_req, read_resp};

use prost::{Message, Oneof};

#[derive(Clone, PartialEq, Message)]
pub struct StreamIdentifier {
    #[prost(bytes = "vec", tag = "3")]
    pub stream_name: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Id {
    #[prost(oneof = "id::Value", tags = "1, 2")]
    pub value: Option<id::Value>,
}

pub mod id {
    use super::{Message, Oneof};

    #[derive(Clone, PartialEq, Oneof)]
    pub enum Value {
        #[prost(message, tag = "1")]
        Structured(Structured),
        #[prost(string, tag = "2")]
        Text(String),
    }

    #[derive(Clone, PartialEq, Message)]
    pub struct Structured {
        #[prost(int64, tag = "1")]
        pub most_significant_bits: i64,
        #[prost(int64, tag = "2")]
        pub least_significant_bits: i64,
    }
}

#[derive(Clone, PartialEq, Message)]
pub struct Position {
    #[prost(uint64, tag = "1")]
    pub commit_position: u64,
    #[prost(uint64, tag = "2")]
    pub prepare_position: u64,
}

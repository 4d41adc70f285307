//! Inputs that are nearly right: whole ones with some bytes replaced, put in, taken out, or two of them run together.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[derive(Debug, Clone)]
enum Wound {
    Replace(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    /// All behind it.
    Cut(Index),
    /// From there on once more.
    Repeat(Index),
}

fn wound() -> impl Strategy<Value = Wound> {
    let place = any::<Index>();
    prop_oneof![
        4 => (place.clone(), any::<u8>()).prop_map(|(at, byte)| Wound::Replace(at, byte)),
        4 => (place.clone(), any::<u8>()).prop_map(|(at, byte)| Wound::Insert(at, byte)),
        4 => place.clone().prop_map(Wound::Remove),
        1 => place.clone().prop_map(Wound::Cut),
        1 => place.prop_map(Wound::Repeat),
    ]
}

/// One of these, whole or damaged, sometimes with another behind it.
pub fn damaged(whole: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let first = select(whole.clone());
    let second = prop_oneof![3 => Just(vec![]), 1 => select(whole)];
    (first, second, vec(wound(), 0..10)).prop_map(|(first, second, wounds)| {
        let whole = [first, second].concat();
        wounds.iter().fold(whole, wounded)
    })
}

fn wounded(mut bytes: Vec<u8>, wound: &Wound) -> Vec<u8> {
    if bytes.is_empty() {
        return bytes;
    }
    let length = bytes.len();
    let place = |at: &Index| at.index(length);
    match wound {
        Wound::Replace(at, byte) => {
            let at = place(at);
            bytes[at] = *byte;
        }
        Wound::Insert(at, byte) => bytes.insert(place(at), *byte),
        Wound::Remove(at) => {
            bytes.remove(place(at));
        }
        Wound::Cut(at) => bytes.truncate(place(at)),
        Wound::Repeat(at) => bytes.extend_from_within(place(at)..),
    }
    bytes
}

//! How an event that was stored long ago becomes what it is today: one step from each version to the next. What is stored
//! stays as it is; whoever reads it sees the newest shape only.

use crate::event::{Opened, Payload};
use serde_json::Value;

/// A stored event on its way to the next version.
#[derive(Debug, Clone, PartialEq)]
pub struct OldShape {
    pub public: Value,
    pub private: OldPart,
}

/// Its private part.
#[derive(Debug, Clone, PartialEq)]
pub enum OldPart {
    /// The event was stored without one.
    Absent,
    Known(Value),
    /// Nothing brings it back; a step leaves it so.
    Erased,
}

/// One step, from a version to the next. What does not have the shape of its version is left as it is, and fails where the
/// newest shape is read.
pub type Upcaster = fn(OldShape) -> OldShape;

/// The steps from a version to the newest; nothing where one of them is missing.
pub(crate) fn steps(from: u16, newest: u16, known: &[(u16, Upcaster)]) -> Option<Vec<Upcaster>> {
    let step = |version| known.iter().find(|(old, _)| *old == version).map(|(_, step)| *step);
    let steps: Vec<_> = (from..newest).map_while(step).collect();
    (from < newest && steps.len() == usize::from(newest - from)).then_some(steps)
}

/// The event as its newest version would have been written.
pub(crate) fn raised<E: Payload>(
    steps: &[Upcaster],
    public: &[u8],
    private: Opened<'_>,
) -> Result<E, serde_json::Error> {
    let private = match private {
        Opened::Absent => OldPart::Absent,
        Opened::Known(bytes) => OldPart::Known(serde_json::from_slice(bytes)?),
        Opened::Erased => OldPart::Erased,
    };
    let old = OldShape { public: serde_json::from_slice(public)?, private };
    let raised = steps.iter().fold(old, |shape, step| step(shape));
    let event: E = serde_json::from_value(raised.public)?;
    match raised.private {
        OldPart::Absent => event.with_private(Opened::Absent),
        OldPart::Known(part) => event.with_private(Opened::Known(&serde_json::to_vec(&part)?)),
        OldPart::Erased => event.with_private(Opened::Erased),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(shape: OldShape) -> OldShape {
        shape
    }

    #[test]
    fn every_version_needs_its_step() {
        let known: &[(u16, Upcaster)] = &[(1, same), (2, same), (4, same)];
        let count = |from, newest| steps(from, newest, known).map(|steps| steps.len());
        assert_eq!((count(1, 3), count(2, 3)), (Some(2), Some(1)));
        assert_eq!((count(3, 4), count(1, 5)), (None, None), "the third has none");
        assert_eq!((count(0, 3), count(3, 3), count(4, 3)), (None, None, None));
    }
}

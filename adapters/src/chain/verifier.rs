//! Walks the log in order and holds every event against its hash, and the whole against what checkpoints say of it.

use super::{Chain, LOG_LABEL, Line, START, Stretch, hash_along};
use ringbuch_domain::recorded::{Envelope, EventHash};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use thiserror::Error;

/// Why the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Broken {
    #[error("behind position {after} comes position {found}: events are missing, or stand in another place")]
    Gap { after: u64, found: u64 },
    #[error(
        "in {stream} revision {found} comes behind revision {after}, at position {position}: events of the stream are \
         missing, or stand in another place"
    )]
    StreamGap { stream: String, after: u64, found: u64, position: u64 },
    #[error(
        "the event at position {position} is not what was stored there: its hash is {stored}, its content gives {computed}"
    )]
    Changed { position: u64, stored: EventHash, computed: EventHash },
    #[error("position {position} is known to have the hash {known}, and has {stored}")]
    Replaced { position: u64, known: EventHash, stored: EventHash },
    #[error("the log ends at position {head}, though position {known} was reached before: its end was cut off")]
    CutOff { head: u64, known: u64 },
}

impl Broken {
    /// The first position that is not as it should be.
    pub fn position(&self) -> u64 {
        match *self {
            Self::Gap { after, .. } => after + 1,
            Self::Changed { position, .. } | Self::Replaced { position, .. } | Self::StreamGap { position, .. } => {
                position
            }
            Self::CutOff { head, .. } => head + 1,
        }
    }
}

/// Walks the log in order and stops at the first event that does not fit.
#[derive(Debug, Clone)]
pub struct Verifier {
    chain: Chain,
    /// Where each stream stands: its last revision and hash. Used where streams have chains of their own.
    streams: HashMap<String, (u64, EventHash)>,
    position: u64,
    events: u64,
    /// Of the last event, or of everything so far where the events' hashes cover their streams alone.
    hash: EventHash,
    /// What is known from elsewhere, and not reached yet.
    known: BTreeMap<u64, EventHash>,
}

impl Default for Verifier {
    fn default() -> Self {
        Self::against([])
    }
}

/// What is checked of an event, wherever it comes from; its place in its stream, where streams have chains of their own.
struct Step<'a> {
    position: u64,
    stream: &'a str,
    revision: u64,
    stored: EventHash,
}

impl Verifier {
    /// Holds the log against what checkpoints say of it as well.
    pub fn against(known: impl IntoIterator<Item = (u64, EventHash)>) -> Self {
        let known = known.into_iter().filter(|(position, _)| *position > 0).collect();
        Self { chain: Chain::Log, streams: HashMap::new(), position: 0, events: 0, hash: START, known }
    }

    /// Goes on behind an event of the log's own chain whose hash is known; position 0 is the start.
    pub fn behind(position: u64, hash: EventHash) -> Self {
        Self { position, hash, ..Self::default() }
    }

    /// Walks the chain that a store keeps, from its start.
    pub fn along(self, chain: Chain) -> Self {
        Self { chain, ..self }
    }

    /// Takes the next event in.
    pub fn take(&mut self, event: &Envelope) -> Result<(), Broken> {
        let Envelope { position, revision, hash: stored, .. } = *event;
        let step = Step { position, stream: event.stream.as_str(), revision, stored };
        self.step(&step, |chain, previous| hash_along(chain, previous, event))
    }

    /// Takes the next stretch of the log's chain in, as far as it holds.
    pub(crate) fn take_stretch(&mut self, stretch: &Stretch) -> Result<(), Broken> {
        if stretch.behind != self.hash && !stretch.links.is_empty() {
            let (position, known, stored) = (self.position, self.hash, stretch.behind);
            return Err(Broken::Replaced { position, known, stored });
        }
        stretch.links.iter().try_for_each(|link| {
            let step = Step { position: link.position, stream: "", revision: 0, stored: link.stored };
            self.step(&step, |_, _| link.computed)
        })
    }

    /// Takes the next event of a bundle in.
    pub fn take_line(&mut self, line: &Line) -> Result<(), Broken> {
        let Line { position, revision, hash: stored, .. } = *line;
        let step = Step { position, stream: &line.stream, revision, stored };
        self.step(&step, |chain, previous| line.hash(chain, previous))
    }

    fn step(&mut self, step: &Step<'_>, compute: impl FnOnce(Chain, &EventHash) -> EventHash) -> Result<(), Broken> {
        let Step { position, stored, .. } = *step;
        let previous = self.predecessor(step)?;
        let computed = compute(self.chain, &previous);
        if computed != stored {
            return Err(Broken::Changed { position, stored, computed });
        }
        let hash = match self.chain {
            Chain::Log => stored,
            Chain::Streams => covering(&self.hash, position, &stored),
        };
        if let Some(known) = self.known.remove(&position).filter(|known| *known != hash) {
            return Err(Broken::Replaced { position, known, stored: hash });
        }
        if self.chain == Chain::Streams {
            self.streams.insert(step.stream.to_owned(), (step.revision, stored));
        }
        (self.position, self.hash) = (position, hash);
        self.events += 1;
        Ok(())
    }

    /// The hash that the next event follows, if it stands where it must.
    fn predecessor(&self, step: &Step<'_>) -> Result<EventHash, Broken> {
        let gap = Broken::Gap { after: self.position, found: step.position };
        match self.chain {
            Chain::Log => {
                if step.position == self.position + 1 {
                    Ok(self.hash)
                } else {
                    Err(gap)
                }
            }
            Chain::Streams => {
                // Positions have holes, so that only their order and what is known of them can be held against them.
                let passed = self.known.keys().next().is_some_and(|known| *known < step.position);
                if step.position <= self.position || passed {
                    return Err(gap);
                }
                let (after, last) = self.streams.get(step.stream).copied().unwrap_or((0, START));
                if step.revision == after + 1 {
                    return Ok(last);
                }
                let (stream, found, position) = (step.stream.to_owned(), step.revision, step.position);
                Err(Broken::StreamGap { stream, after, found, position })
            }
        }
    }

    /// The last position and its hash, once the log is at its end.
    pub fn end(&self) -> Result<(u64, EventHash), Broken> {
        match self.known.keys().next_back() {
            Some(known) => Err(Broken::CutOff { head: self.position, known: *known }),
            None => Ok(self.reached()),
        }
    }

    /// The last position that holds, and its hash: what a checkpoint signs. Where streams have chains of their own, it is
    /// a digest of every event's position and hash up to there.
    pub fn reached(&self) -> (u64, EventHash) {
        (self.position, self.hash)
    }

    /// How many events hold.
    pub fn events(&self) -> u64 {
        self.events
    }
}

/// The digest of a log with one more event.
fn covering(before: &EventHash, position: u64, hash: &EventHash) -> EventHash {
    let covered = Sha256::new().chain_update(LOG_LABEL).chain_update(before.0);
    EventHash(covered.chain_update(position.to_be_bytes()).chain_update(hash.0).finalize().into())
}

//! How far the reading of one company's set-up is, for whoever waits for it.

use ringbuch_domain::company::SyncKind;
use tokio::sync::mpsc::UnboundedSender;

/// So many of a kind are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    pub kind: SyncKind,
    /// Absent while the provider is asked.
    pub read: Option<usize>,
    /// Where they are read one by one, how many there are.
    pub of: Option<usize>,
}

/// Tells it to somebody, or to nobody. Whoever stopped listening does not stop a run.
#[derive(Debug, Default)]
pub struct Progress(Option<UnboundedSender<Stage>>);

impl Progress {
    pub fn told_to(listener: UnboundedSender<Stage>) -> Self {
        Self(Some(listener))
    }

    pub(super) fn begins(&self, kind: SyncKind) {
        self.tell(Stage { kind, read: None, of: None });
    }

    pub(super) fn read(&self, kind: SyncKind, read: usize) {
        self.tell(Stage { kind, read: Some(read), of: None });
    }

    pub(super) fn read_of(&self, kind: SyncKind, read: usize, of: usize) {
        self.tell(Stage { kind, read: Some(read), of: Some(of) });
    }

    fn tell(&self, stage: Stage) {
        if let Some(listener) = &self.0 {
            let _ = listener.send(stage);
        }
    }
}

use super::*;
use jiff::Timestamp;
use proptest::prelude::*;
use ringbuch_domain::access::{Access, AccessEvent, KeyIssued, KeyRevoked, Role};
use ringbuch_domain::company::{BranchActivated, BranchDeactivated, BranchOpened, Company, CompanyEvent};
use ringbuch_domain::ids::{BranchId, CompanyId, KeyId};
use ringbuch_domain::recorded::{Cause, Recorded};

fn company_event(branch: u8, act: u8) -> CompanyEvent {
    let branch = BranchId::new(&format!("b{branch}")).unwrap();
    match act {
        0 => BranchOpened { name: branch.to_string(), branch, default_event_type: None }.into(),
        1 => BranchActivated { branch }.into(),
        _ => BranchDeactivated { branch }.into(),
    }
}

fn access_event(key: u8, act: u8) -> AccessEvent {
    let (key, company) = (KeyId(Uuid::from_u128(key.into())), CompanyId::new("salon").unwrap());
    if act > 0 {
        return KeyRevoked { key, company, by: "cli".into() }.into();
    }
    let (name, hash, by) = ("till".into(), "00".into(), "cli".into());
    KeyIssued { key, company, name, role: Role::Viewer, hash, scopes: vec![], expires_at: None, by }.into()
}

/// Events of a stream as its log has them; what one command made shares its id.
fn stream<E>(events: Vec<(E, u8)>) -> Vec<Recorded<E>> {
    let recorded = |(nth, (data, command)): (usize, (E, u8))| {
        let revision = nth as u64 + 1;
        let cause = Cause::first(Uuid::from_u128(1_000 + u128::from(command)));
        let (position, id) = (revision * 3, Uuid::from_u128(revision.into()));
        let (stream, time) = (StreamId::from_stored("s"), Timestamp::UNIX_EPOCH);
        Recorded { position, stream, revision, id, cause, company: None, time, data }
    };
    events.into_iter().enumerate().map(recorded).collect()
}

/// What was kept at any moment, with the rest of the stream, is what the whole stream leads to.
fn equals_full_replay<A: Stored + PartialEq + std::fmt::Debug>(events: &[Recorded<A::Event>], cut: usize) {
    let absorbed = |mut loaded: Loaded<A>, events: &[Recorded<A::Event>]| {
        for event in events {
            loaded.absorb(event.clone());
        }
        loaded
    };
    let (before, after) = events.split_at(cut.min(events.len()));
    let whole = absorbed(Loaded::default(), events);
    let Some(kept) = written(1, &absorbed(Loaded::default(), before)) else { return assert!(before.is_empty()) };
    let (_, recalled) = read::<A>(kept).unwrap();
    let continued = absorbed(recalled, after);
    assert_eq!(continued.aggregate, whole.aggregate);
    assert_eq!((continued.revision, continued.newest), (whole.revision, whole.newest));
    assert_eq!((&continued.commands, &continued.newest_about), (&whole.commands, &whole.newest_about));
}

proptest! {
    #[test]
    fn a_kept_state_and_the_rest_equal_full_replay(
        acts in prop::collection::vec((0..4u8, 0..3u8, 0..40u8), 0..60),
        cut in 0..60usize,
    ) {
        let of = |act: &(u8, u8, u8)| (company_event(act.0, act.1), act.2);
        equals_full_replay::<Company>(&stream(acts.iter().map(of).collect()), cut);
        let of = |act: &(u8, u8, u8)| (access_event(act.0, act.1), act.2);
        equals_full_replay::<Access>(&stream(acts.iter().map(of).collect()), cut);
    }
}

#[test]
fn what_cannot_be_read_is_no_state() {
    let kept = |body: &[u8]| KeptState { shape: 1, revision: 1, event: Uuid::nil(), body: body.to_vec() };
    for body in [&b""[..], b"{", b"{}", b"null", br#"{"aggregate":{},"commands":[]}"#] {
        assert!(read::<Company>(kept(body)).is_none());
    }
}

use super::*;
use jiff::Timestamp;
use ringbuch_domain::ids::CustomerId;
use ringbuch_domain::recorded::{StreamId, Subject};

fn event(position: u64) -> Envelope {
    Envelope {
        position,
        stream: StreamId::from_stored("customer-1"),
        revision: position,
        id: Uuid::from_u128(1),
        cause: Cause {
            command: Uuid::from_u128(2),
            correlation: Uuid::from_u128(3),
            causation: Some(Uuid::from_u128(4)),
        },
        company: Some(CompanyId::new("salon").unwrap()),
        time: Timestamp::from_microsecond(1_751_360_400_000_000).unwrap(),
        kind: "CustomerRegistered".into(),
        version: 1,
        public: b"{}".to_vec(),
        private: Some(Sealed { subject: Subject::Person(CustomerId(Uuid::from_u128(5))), bytes: vec![7, 8] }),
        hash: START,
    }
}

fn log(length: u64) -> Vec<Envelope> {
    let mut last = START;
    let link = |position| {
        let mut event = event(position);
        event.hash = hash(&last, &event);
        last = event.hash;
        event
    };
    (1..=length).map(link).collect()
}

fn verified(log: &[Envelope]) -> Result<u64, Broken> {
    let mut verifier = Verifier::default();
    log.iter().try_for_each(|event| verifier.take(event))?;
    Ok(verifier.reached().0)
}

/// Whoever changes the form changes this, and makes every stored chain unverifiable.
#[test]
fn the_canonical_form_stays_as_it_is() {
    let found = hash(&START, &event(1)).to_string();
    assert_eq!(found, "55aae8d84fcfe4cc954176636cdca9ed2fbd695144e6464289c5b8b64ce0f96b");
}

#[test]
fn an_untouched_log_holds() {
    assert_eq!(verified(&log(5)), Ok(5));
    assert_eq!(verified(&[]), Ok(0));
}

#[test]
fn every_field_is_covered() {
    let changes: [fn(&mut Envelope); 14] = [
        |it| it.stream = StreamId::from_stored("customer-2"),
        |it| it.revision += 1,
        |it| it.id = Uuid::from_u128(9),
        |it| it.cause.command = Uuid::from_u128(9),
        |it| it.cause.correlation = Uuid::from_u128(9),
        |it| it.cause.causation = None,
        |it| it.company = None,
        |it| it.time = Timestamp::UNIX_EPOCH,
        |it| it.kind.push('X'),
        |it| it.version += 1,
        |it| it.public.push(b' '),
        |it| it.private = None,
        |it| it.private.as_mut().unwrap().bytes.push(0),
        |it| it.private.as_mut().unwrap().subject = Subject::Person(CustomerId(Uuid::from_u128(6))),
    ];
    for (nth, change) in changes.into_iter().enumerate() {
        let mut log = log(3);
        change(&mut log[1]);
        assert!(matches!(verified(&log), Err(Broken::Changed { position: 2, .. })), "change {nth}");
    }
}

#[test]
fn what_is_missing_moved_or_made_anew_is_told() {
    let mut missing = log(4);
    missing.remove(1);
    assert_eq!(verified(&missing), Err(Broken::Gap { after: 1, found: 3 }));
    let mut swapped = log(4);
    swapped.swap(1, 2);
    assert_eq!(verified(&swapped), Err(Broken::Gap { after: 1, found: 3 }));
    // Somebody who can also compute hashes has to compute every later one anew.
    let mut rewritten = log(4);
    rewritten[1].public = b"{\"x\":1}".to_vec();
    rewritten[1].hash = hash(&rewritten[0].hash.clone(), &rewritten[1]);
    assert!(matches!(verified(&rewritten), Err(Broken::Changed { position: 3, .. })));
}

#[test]
fn what_checkpoints_say_is_held_against_it() {
    let whole = log(4);
    let known = |position: u64| (position, whole[usize::try_from(position).unwrap() - 1].hash);
    let checked = |known: &[(u64, EventHash)], log: &[Envelope]| {
        let mut verifier = Verifier::against(known.iter().copied());
        log.iter().try_for_each(|event| verifier.take(event))?;
        verifier.end().map(|(position, _)| position)
    };
    assert_eq!(checked(&[(0, START), known(2), known(4)], &whole), Ok(4));
    assert_eq!(checked(&[known(4)], &whole[..3]), Err(Broken::CutOff { head: 3, known: 4 }));
    // A whole log made anew holds in itself; only who kept a checkpoint can tell.
    let mut anew = whole.clone();
    let mut last = START;
    for event in &mut anew {
        event.kind = "Forged".into();
        event.hash = hash(&last, event);
        last = event.hash;
    }
    assert_eq!(verified(&anew), Ok(4));
    assert!(matches!(checked(&[known(3)], &anew), Err(Broken::Replaced { position: 3, .. })));
}

#[test]
fn a_line_of_a_bundle_has_the_hash_of_its_event() {
    let mut verifier = Verifier::default();
    for event in log(3) {
        let line = Line::of(&event).unwrap();
        let text = serde_json::to_string(&line).unwrap();
        assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line);
        assert_eq!(verifier.take_line(&line), Ok(()));
    }
    assert_eq!(verifier.reached().0, 3);
}

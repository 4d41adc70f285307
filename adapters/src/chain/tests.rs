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
    for (chain, log) in [(Chain::Log, log(3)), (Chain::Streams, streams(3))] {
        let mut verifier = Verifier::default().along(chain);
        for event in log {
            let line = Line::of(&event).unwrap();
            let text = serde_json::to_string(&line).unwrap();
            assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line);
            assert_eq!(verifier.take_line(&line), Ok(()));
        }
        assert_eq!(verifier.events(), 3);
    }
}

/// As a log in which each stream has a chain of its own stands: positions with holes, two streams.
fn streams(length: u64) -> Vec<Envelope> {
    let mut ends = std::collections::HashMap::new();
    let link = |nth: u64| {
        let name = if nth.is_multiple_of(3) { "customer-2" } else { "customer-1" };
        let (revision, last) = ends.get(name).copied().unwrap_or((0, START));
        let mut event = event(nth * 100 + nth % 7);
        (event.stream, event.revision) = (StreamId::from_stored(name), revision + 1);
        event.hash = hash_along(Chain::Streams, &last, &event);
        ends.insert(name, (event.revision, event.hash));
        event
    };
    (1..=length).map(link).collect()
}

fn walked(log: &[Envelope], known: &[(u64, EventHash)]) -> Result<(u64, EventHash), Broken> {
    let mut verifier = Verifier::against(known.iter().copied()).along(Chain::Streams);
    log.iter().try_for_each(|event| verifier.take(event))?;
    assert_eq!(verifier.events(), log.len() as u64);
    verifier.end()
}

/// As above: whoever changes one of the two makes every stored chain, or every kept checkpoint, worthless.
#[test]
fn the_canonical_form_of_a_streams_chain_stays_as_it_is() {
    let found = hash_along(Chain::Streams, &START, &event(1)).to_string();
    assert_eq!(found, "9abf6d991f3f0753c50a6aead78cc6d4cce77848c42846d3640c08d7b9373de1");
    assert_eq!(hash_along(Chain::Streams, &START, &event(9)).to_string(), {
        let mut elsewhere = event(9);
        elsewhere.position = 1_000_000;
        hash_along(Chain::Streams, &START, &elsewhere).to_string()
    });
    assert_eq!(
        walked(&streams(3), &[]).unwrap().1.to_string(),
        "ba5f2dd4291baa34a0b7a46e8bfd8852b19ad21becdb6ba5d6688cb4a1bf5923"
    );
}

#[test]
fn an_append_and_its_reader_come_to_the_same_hash() {
    let stored = event(1);
    let new = NewEvent {
        id: stored.id,
        kind: "CustomerRegistered",
        version: stored.version,
        public: stored.public.clone(),
        private: stored.private.clone(),
    };
    let append = Append {
        stream: stored.stream.clone(),
        expected: ringbuch_domain::ports::Expected::NoStream,
        cause: stored.cause,
        company: stored.company.clone(),
        time: stored.time,
        events: vec![],
    };
    let part = new.private.as_ref().map(Part::of);
    assert_eq!(link(&START, &append, (&new, part.as_ref()), 1, 1), hash(&START, &stored));
    assert_eq!(link_in_stream(&START, &append, &new, 1), hash_along(Chain::Streams, &START, &stored));
}

#[test]
fn in_streams_what_is_changed_or_missing_is_told() {
    let whole = streams(9);
    assert!(walked(&whole, &[]).is_ok());
    let changed = |nth: usize, change: fn(&mut Envelope)| {
        let mut log = whole.clone();
        change(&mut log[nth]);
        walked(&log, &[])
    };
    assert!(matches!(changed(4, |it| it.public.push(b' ')), Err(Broken::Changed { position: 505, .. })));
    assert!(matches!(changed(4, |it| it.revision += 1), Err(Broken::StreamGap { .. })));
    assert!(matches!(changed(4, |it| it.position = 1), Err(Broken::Gap { .. })));
    let mut missing = whole.clone();
    missing.remove(0);
    assert!(matches!(walked(&missing, &[]), Err(Broken::StreamGap { after: 0, found: 2, .. })));
}

#[test]
fn in_streams_a_checkpoint_covers_the_whole_log() {
    let whole = streams(9);
    let known = [walked(&whole[..6], &[]).unwrap()];
    assert!(walked(&whole, &known).is_ok());
    // Its own chain holds without the other stream, and in another order of the two.
    let alone: Vec<_> = whole.iter().filter(|event| event.stream.as_str() == "customer-1").cloned().collect();
    assert!(walked(&alone, &[]).is_ok());
    assert!(matches!(walked(&alone, &known), Err(Broken::Gap { .. })));
    let mut moved = whole.clone();
    (moved[1].position, moved[2].position) = (whole[2].position, whole[1].position);
    moved.swap(1, 2);
    assert!(walked(&moved, &[]).is_ok());
    assert!(matches!(walked(&moved, &known), Err(Broken::Replaced { position: 606, .. })));
    assert!(matches!(walked(&whole[..4], &known), Err(Broken::CutOff { known: 606, .. })));
}

/// As a store would hash what it reads from there on.
fn stretch(log: &[Envelope], after: u64) -> Stretch {
    let mut stretch = Stretch::behind(after, 500);
    for event in log.iter().filter(|event| event.position >= after) {
        let private = event.private.as_ref().map(Part::of);
        let fields = Fields {
            position: Some(event.position),
            stream: event.stream.as_str(),
            revision: event.revision,
            id: event.id,
            cause: &event.cause,
            company: event.company.as_ref().map(CompanyId::as_str),
            time: event.time.as_microsecond(),
            kind: &event.kind,
            version: event.version,
            public: &event.public,
            private: private.as_ref().map(|part| (part.subject.as_str(), part.digest)),
        };
        stretch.add(event.position, &fields, event.hash);
    }
    stretch
}

/// By stretches it comes to the same as event by event, wherever something was changed.
#[test]
fn stretches_are_checked_as_their_events_are() {
    let whole = log(9);
    for changed in [None, Some(0), Some(1), Some(4), Some(5), Some(6), Some(8)] {
        for how in 0..3 {
            let mut log = whole.clone();
            match changed.map(|at| (at, how)) {
                None => {}
                Some((at, 0)) => log[at].version = 9,
                Some((at, 1)) => log[at].hash = START,
                Some((at, _)) => drop(log.remove(at)),
            }
            let (mut one, mut more) = (Verifier::default(), Verifier::default());
            let expected = log.iter().try_for_each(|event| one.take(event));
            let before: Vec<_> = log.iter().filter(|event| event.position <= 5).cloned().collect();
            let taken = more.take_stretch(&stretch(&before, 0));
            let taken = taken.and_then(|()| more.take_stretch(&stretch(&log, more.reached().0)));
            assert_eq!(taken, expected, "{changed:?} {how}");
            assert_eq!(more.reached(), one.reached());
        }
    }
}

#[test]
fn a_stretch_behind_another_event_does_not_hold() {
    let mut log = log(6);
    let mut verifier = Verifier::default();
    verifier.take_stretch(&stretch(&log[..3], 0)).unwrap();
    log[2].hash = START;
    let (known, stored) = (verifier.reached().1, START);
    let expected = Err(Broken::Replaced { position: 3, known, stored });
    assert_eq!(verifier.take_stretch(&stretch(&log, 3)), expected);
    assert_eq!(verifier.take_stretch(&stretch(&log[..3], 3)), Ok(()), "where nothing follows, nothing is known");
}

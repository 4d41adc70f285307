//! The five places where bytes of strangers, or of a log that somebody has tampered with, are taken apart.

use super::damage::damaged;
use super::for_a_while;
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use ringbuch_adapters::calcom::signature as calcom;
use ringbuch_adapters::chain::{Line, START, Verifier};
use ringbuch_adapters::retell::signature as retell;
use ringbuch_domain::AnyEvent;
use ringbuch_domain::account::SignatureForm;
use ringbuch_domain::event::Opened;
use ringbuch_domain::ids::CustomerId;
use ringbuch_domain::intake;
use ringbuch_domain::recorded::{Cause, Envelope, Sealed, StreamId, Subject};
use ringbuch_domain::spoken::{Context, Language, Understood, understand};
use secrecy::SecretString;
use serde_json::Value;
use std::path::{Path, PathBuf};
use uuid::Uuid;

const NOW: i64 = 1_763_500_000_000;
const BODY: &[u8] = br#"{"event":"call_started"}"#;

fn domain(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain").join(path)
}

/// The files of a folder by name.
fn files(path: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(domain(path)).unwrap().map(|entry| entry.unwrap().path());
    let named = |path: PathBuf| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap());
    entries.filter(|path| path.extension().is_some_and(|it| it == "json")).map(named).collect()
}

/// The headers that a sender of raw bytes can make.
fn headers(pairs: &[(&'static str, &[u8])]) -> Option<HeaderMap> {
    pairs
        .iter()
        .map(|(name, value)| Some((http::HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?)))
        .collect()
}

#[test]
fn fuzz_a_signature_header_proves_nothing_but_what_was_signed() {
    let key = SecretString::from("key_of_nobody_in_particular");
    let now = Timestamp::from_millisecond(NOW).unwrap();
    let right = retell::sign(BODY, &key, now);
    let (digest, time) = retell::sign_two_headers(BODY, &key, now);
    let by_calcom = calcom::sign(BODY, &key);
    let whole = [&right, &digest, &time, &by_calcom].map(|text| text.clone().into_bytes()).to_vec();
    let keys = [SecretString::from("another"), key];
    for_a_while(&(damaged(whole.clone()), damaged(whole)), |(one, other)| {
        let pairs: [(&str, &[u8]); 3] =
            [(retell::SIGNATURE_HEADER, &one), (retell::TIMESTAMP_HEADER, &other), (calcom::SIGNATURE_HEADER, &one)];
        let Some(headers) = headers(&pairs) else { return };
        let shown = String::from_utf8_lossy(&one).to_lowercase();
        for form in [SignatureForm::Combined, SignatureForm::TwoHeaders] {
            if retell::verify(BODY, &headers, &keys, form, now).is_ok() {
                assert!(shown.contains(&digest), "{shown} is taken for a signature");
            }
        }
        if calcom::verify(BODY, &headers, &keys).is_ok() {
            assert!(shown.contains(&by_calcom), "{shown} is taken for a signature");
        }
    });
}

#[test]
fn fuzz_a_webhooks_body_is_read_or_refused() {
    let mut whole: Vec<Vec<u8>> = files("src/intake/deliveries").into_iter().map(|(_, bytes)| bytes).collect();
    whole.push(br#"{"triggerEvent":"BOOKING_CREATED","createdAt":"2026-11-18T10:00:00.000Z","payload":{"uid":"u","startTime":"2026-11-20T10:00:00Z","endTime":"2026-11-20T10:30:00Z","eventTypeId":7,"metadata":{}}}"#.to_vec());
    for_a_while(&damaged(whole), |body| {
        assert_eq!(format!("{:?}", intake::read(&body)), format!("{:?}", intake::read(&body)));
        assert_eq!(format!("{:?}", intake::notice(&body)), format!("{:?}", intake::notice(&body)));
    });
}

#[test]
fn fuzz_what_is_resolved_of_spoken_german_lies_ahead() {
    let table = std::fs::read_to_string(domain("src/spoken/table/german.txt")).unwrap();
    let said = table.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '@', '=']));
    let whole = said.map(|line| line.as_bytes().to_vec()).collect();
    let (zone, now) = (TimeZone::get("Europe/Berlin").unwrap(), date(2026, 11, 18).at(10, 0, 0, 0));
    let context = Context::new(now, &zone, Language::German);
    for_a_while(&damaged(whole), |text| {
        let text = String::from_utf8_lossy(&text);
        if let Understood::Resolved { date, time } = understand(&text, &context) {
            assert!(date.to_datetime(time) >= now, "{text:?} is understood as {date} {time}");
        }
    });
}

/// An event of arbitrary contents at the first place of a log.
fn event() -> impl Strategy<Value = Envelope> {
    let private = proptest::option::of((any::<u128>(), any::<Vec<u8>>()));
    let cause = (any::<u128>(), any::<u128>(), proptest::option::of(any::<u128>()));
    (".{0,20}", ".{0,20}", ".{0,40}", any::<u16>(), any::<u128>(), cause, private).prop_map(
        |(stream, kind, public, version, id, (command, correlation, causation), private)| Envelope {
            position: 1,
            stream: StreamId::from_stored(stream),
            revision: 1,
            id: Uuid::from_u128(id),
            cause: Cause {
                command: Uuid::from_u128(command),
                correlation: Uuid::from_u128(correlation),
                causation: causation.map(Uuid::from_u128),
            },
            company: None,
            time: Timestamp::from_millisecond(NOW).unwrap(),
            kind,
            version,
            public: public.into_bytes(),
            private: private
                .map(|(person, bytes)| Sealed { subject: Subject::Person(CustomerId(Uuid::from_u128(person))), bytes }),
            hash: START,
        },
    )
}

#[test]
fn fuzz_the_canonical_form_tells_every_two_events_apart() {
    let accepted = |line: &Line| Verifier::default().take_line(line).is_ok();
    for_a_while(
        &(event(), event(), any::<proptest::sample::Index>(), any::<u8>()),
        |(mut one, mut other, at, byte)| {
            for event in [&mut one, &mut other] {
                event.hash = ringbuch_adapters::chain::hash(&START, event);
            }
            let mut same = other.clone();
            same.hash = one.hash;
            assert_eq!(one.hash == other.hash, one == same, "{one:?} {other:?}");
            let line = serde_json::to_vec(&Line::of(&one).unwrap()).unwrap();
            assert!(accepted(&serde_json::from_slice(&line).unwrap()));
            // Whatever a bundle's line says after it was damaged, it says the same as before or is not believed.
            let mut damaged = line.clone();
            let place = at.index(damaged.len());
            damaged[place] = byte;
            if let Ok(read) = serde_json::from_slice::<Line>(&damaged) {
                assert_eq!(accepted(&read), read == Line::of(&one).unwrap(), "{}", String::from_utf8_lossy(&damaged));
            }
        },
    );
}

#[test]
fn fuzz_a_stored_event_is_read_or_refused_by_name() {
    let samples: Vec<(String, u16, Vec<u8>)> = files("samples").into_iter().map(sample).collect();
    let drawn = proptest::sample::select(samples)
        .prop_flat_map(|(kind, version, whole)| (Just(kind), Just(version), damaged(vec![whole])));
    for_a_while(&drawn, |(kind, version, bytes)| {
        // The two parts lie in one text here, so that damage meets either.
        let parts: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let private = parts.get("private").map(ToString::to_string);
        let private = private.as_ref().map_or(Opened::Absent, |text| Opened::Known(text.as_bytes()));
        let public = parts.get("public").map_or_else(|| bytes.clone(), |part| part.to_string().into_bytes());
        for opened in [private, Opened::Erased] {
            if let Ok(event) = AnyEvent::decode(&kind, version, &public, opened) {
                event.encode().unwrap();
            }
        }
        let _ = AnyEvent::decode(&kind, version.wrapping_add(1), &public, private).is_err();
    });
}

fn sample((name, text): (String, Vec<u8>)) -> (String, u16, Vec<u8>) {
    let (kind, version) = name.split_once(".v").unwrap();
    (kind.to_owned(), version.parse().unwrap(), text)
}

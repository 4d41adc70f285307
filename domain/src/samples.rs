//! One sample of every stored shape, kept for ever: what was written once can be read for as long as this program lives.
//! A changed shape gets a new version and a new sample beside the old one.

use crate::AnyEvent;
use crate::event::{DecodeError, EventFamily, Opened};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::Path;

/// A file `<kind>.v<version>.json`.
pub struct Sample {
    pub kind: String,
    pub version: u16,
    pub text: String,
    parts: Parts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    public: Value,
    private: Option<Value>,
}

impl Sample {
    fn read(path: &Path) -> Self {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let (kind, version) =
            name.strip_suffix(".json").and_then(|name| name.split_once(".v")).expect("kind and version");
        let text = std::fs::read_to_string(path).expect("a file that can be read");
        let parts = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { kind: kind.to_owned(), version: version.parse().expect("a version"), text, parts }
    }

    pub fn public(&self) -> String {
        self.parts.public.to_string()
    }

    pub fn private(&self) -> Option<&Value> {
        self.parts.private.as_ref()
    }

    pub fn decoded(&self) -> Result<AnyEvent, DecodeError> {
        let private = self.parts.private.as_ref().map(Value::to_string);
        let opened = private.as_ref().map_or(Opened::Absent, |private| Opened::Known(private.as_bytes()));
        AnyEvent::decode(&self.kind, self.version, self.parts.public.to_string().as_bytes(), opened)
    }

    /// As an event of the family that its name belongs to.
    pub fn decoded_as<E: EventFamily>(&self) -> Result<E, DecodeError> {
        E::decode(&self.kind, self.version, self.parts.public.to_string().as_bytes(), Opened::Absent)
    }

    /// Events with a private part cannot read a bare number as one; the others never look.
    fn is_sealed(&self) -> bool {
        let public = self.parts.public.to_string();
        AnyEvent::decode(&self.kind, self.version, public.as_bytes(), Opened::Known(b"7")).is_err()
    }
}

/// All of them, by name and version.
pub fn samples() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let files = std::fs::read_dir(folder).expect("the folder of samples");
    let mut samples: Vec<_> = files.map(|file| Sample::read(&file.expect("a file").path())).collect();
    samples.sort_by(|one, other| (&one.kind, one.version).cmp(&(&other.kind, other.version)));
    samples
}

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

/// The text without the white space that makes it readable; the order of fields stays.
fn compact(text: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    let counts = |letter: &char| {
        let kept = quoted || !letter.is_ascii_whitespace();
        quoted ^= *letter == '"' && !escaped;
        escaped = quoted && *letter == '\\' && !escaped;
        kept
    };
    text.chars().filter(counts).collect()
}

#[test]
fn every_stored_event_has_its_sample() {
    let samples = samples();
    for (kind, newest) in AnyEvent::kinds() {
        for version in 1..=newest {
            let found = samples.iter().any(|sample| sample.kind == kind && sample.version == version);
            assert!(found, "samples/{kind}.v{version}.json is missing");
        }
    }
}

#[test]
fn every_sample_can_be_read() {
    for sample in samples() {
        let name = format!("{} v{}", sample.kind, sample.version);
        sample.decoded().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(sample.parts.private.is_some(), sample.is_sealed(), "{name}: its private part");
    }
}

/// An older version reads as the newest one and is written as that; the newest comes back byte for byte as it was.
#[test]
fn what_is_read_is_written_the_same() {
    let kinds = AnyEvent::kinds();
    for sample in samples().iter().filter(|sample| kinds.contains(&(sample.kind.as_str(), sample.version))) {
        let encoded = sample.decoded().and_then(|event| {
            event.encode().map_err(|source| DecodeError::Shape {
                kind: sample.kind.clone(),
                version: sample.version,
                source,
            })
        });
        let encoded = encoded.unwrap_or_else(|error| panic!("{}: {error}", sample.kind));
        assert_eq!((encoded.kind, encoded.version), (sample.kind.as_str(), sample.version));
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("JSON is UTF-8");
        let private = encoded.private.map(|(_, bytes)| format!(",\"private\":{}", text(&bytes))).unwrap_or_default();
        let written = format!("{{\"public\":{}{private}}}", text(&encoded.public));
        assert_eq!(
            written,
            compact(&sample.text),
            "{0} is written otherwise than its sample was kept; a changed shape takes a new version with an upcaster",
            sample.kind
        );
    }
}

/// A sample shows every field; only what is filled in proves that it is kept.
#[test]
fn samples_leave_nothing_empty() {
    for Sample { kind, parts, .. } in samples() {
        for part in [Some(&parts.public), parts.private.as_ref()].into_iter().flatten() {
            let empty =
                part.as_object().into_iter().flatten().find(|(_, value)| value.is_null() || **value == json!([]));
            assert_eq!(empty, None, "{kind}");
        }
    }
}

#[test]
fn what_nobody_knows_is_not_read() {
    let parts = || Parts { public: json!({}), private: None };
    let sample = |kind: &str, version| Sample { kind: kind.into(), version, text: String::new(), parts: parts() };
    let of_the_future = sample("BookingDreamt", 1);
    assert!(matches!(of_the_future.decoded(), Err(DecodeError::UnknownKind { .. })));
    let newer = sample("BookingSettled", 99);
    assert!(matches!(newer.decoded(), Err(DecodeError::UnknownKind { version: 99, .. })));
    let other_shape = sample("BookingSettled", 1);
    assert!(matches!(other_shape.decoded(), Err(DecodeError::Shape { .. })));
}

#[test]
fn an_erased_private_part_reads_as_erased_and_is_never_written_again() {
    for sample in samples().iter().filter(|sample| sample.is_sealed()) {
        let public = sample.parts.public.to_string();
        let erased = AnyEvent::decode(&sample.kind, sample.version, public.as_bytes(), Opened::Erased);
        let encoded = erased.expect("it can be read").encode().expect("it can be written");
        // An older shape is written as the newest.
        let known = sample.decoded().expect("it can be read").encode().expect("it can be written");
        assert_eq!((value(&encoded.public), encoded.private), (value(&known.public), None), "{}", sample.kind);
    }
}

/// Numbers, names and addresses of samples belong to nobody.
#[test]
fn samples_name_nobody_real() {
    for Sample { kind, parts, .. } in samples() {
        let text = format!("{} {}", parts.public, parts.private.unwrap_or_default());
        for number in text.split('+').skip(1).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            let fictional = number.starts_with("493023125") || number.starts_with("4917139200");
            assert!(fictional, "{kind}: +{number}");
        }
        for address in text.split('@').skip(1) {
            assert!(address.starts_with("example.com"), "{kind}: {address}");
        }
    }
}

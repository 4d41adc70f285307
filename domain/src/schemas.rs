//! The JSON Schema of every stored shape, derived from its type and kept for ever beside the samples. A shape that changes
//! without a new version does not agree with what was kept, and fails here before anything of it is stored.

use crate::AnyEvent;
use crate::access::AccessEvent;
use crate::account::AccountEvent;
use crate::alerts::AlertEvent;
use crate::call::CallEvent;
use crate::company::CompanyEvent;
use crate::comparison::ComparisonEvent;
use crate::customer::CustomerEvent;
use crate::diary::DiaryEvent;
use crate::event::Opened;
use crate::mail::{MailEvent, MailingEvent};
use crate::number::NumberEvent;
use crate::private::Private;
use crate::samples::{Sample, samples};
use crate::user::UserEvent;
use crate::webhook::WebhookEvent;
use jsonschema::Validator;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Set to write down the schema of what is new, or new words about what is old; never another shape under an old version.
const KEEP: &str = "KEEP_SCHEMAS";

/// A family whose newest shapes describe themselves.
pub trait Described {
    fn described() -> Vec<(&'static str, u16, Value)>;
}

/// The schema of an event that is public as a whole.
pub fn of<E: JsonSchema>(kind: &str) -> Value {
    document(kind, E::json_schema, None)
}

/// The schema of an event with a private part.
pub fn of_sealed<E: JsonSchema, P: JsonSchema>(kind: &str, _: fn(&E) -> &Private<P>) -> Value {
    document(kind, E::json_schema, Some(P::json_schema))
}

type Describe = fn(&mut SchemaGenerator) -> Schema;

fn document(kind: &str, public: Describe, private: Option<Describe>) -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut properties = json!({ "public": public(&mut generator) });
    if let Some(private) = private {
        properties["private"] = private(&mut generator).into();
    }
    let definitions = generator.take_definitions(true);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": kind, "type": "object",
        "properties": properties, "required": ["public"], "additionalProperties": false, "$defs": definitions,
    })
}

fn described() -> Vec<(&'static str, u16, Value)> {
    let families = [
        WebhookEvent::described,
        CallEvent::described,
        DiaryEvent::described,
        CustomerEvent::described,
        CompanyEvent::described,
        AccountEvent::described,
        NumberEvent::described,
        AccessEvent::described,
        UserEvent::described,
        ComparisonEvent::described,
        AlertEvent::described,
        MailingEvent::described,
        MailEvent::described,
    ];
    families.into_iter().flat_map(|family| family()).collect()
}

fn file(kind: &str, version: u16) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(format!("{kind}.v{version}.json"))
}

fn kept(kind: &str, version: u16) -> Value {
    let known = AnyEvent::schemas();
    let (_, _, text) = known.iter().find(|it| (it.0, it.1) == (kind, version)).expect("every event has one");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("schemas/{kind}.v{version}.json: {error}"))
}

/// The shape alone, without the words about it.
fn shape(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => {
            let words = |(key, value): &(&String, &Value)| *key == "description" && value.is_string();
            map.iter().filter(|entry| !words(entry)).map(|(key, value)| (key.clone(), shape(value))).collect()
        }
        Value::Array(all) => all.iter().map(shape).collect(),
        other => other.clone(),
    }
}

#[test]
fn no_stored_shape_changes_without_a_new_version() {
    let keep = std::env::var_os(KEEP).is_some();
    for (kind, version, today) in described() {
        let before = kept(kind, version);
        if today == before {
            continue;
        }
        let is_new = before == json!({});
        assert!(
            is_new || shape(&today) == shape(&before),
            "the stored shape of {kind} is not what was kept in schemas/{kind}.v{version}.json. Events of that version \
             are in logs: leave sample and schema as they are, give {kind} version {next} with an upcaster \
             (`{kind} v {next} from {{ {version} => … }}`), a sample samples/{kind}.v{next}.json and a file \
             schemas/{kind}.v{next}.json with {{}} in it, and run this test once with {KEEP}=1.\ntoday:  {}\nbefore: {}",
            shape(&today),
            shape(&before),
            next = version + 1,
        );
        assert!(keep, "schemas/{kind}.v{version}.json is new or speaks in old words; run this test once with {KEEP}=1");
        let text = serde_json::to_string_pretty(&today).expect("JSON");
        std::fs::write(file(kind, version), text + "\n").expect("the file can be written");
    }
}

#[test]
fn every_kept_schema_is_of_an_event() {
    let known: Vec<PathBuf> = AnyEvent::schemas().iter().map(|(kind, version, _)| file(kind, *version)).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    for entry in std::fs::read_dir(folder).expect("the folder of schemas") {
        let path = entry.expect("a file").path();
        assert!(known.contains(&path), "{}: no event has this name and version", path.display());
    }
}

/// Reads a sample, whatever it has become.
fn is_read(sample: &Sample, parts: &Value) -> bool {
    let public = parts.get("public").map(Value::to_string).unwrap_or_default();
    let private = parts.get("private").map(Value::to_string);
    let opened = private.as_ref().map_or(Opened::Absent, |private| Opened::Known(private.as_bytes()));
    AnyEvent::decode(&sample.kind, sample.version, public.as_bytes(), opened).is_ok()
}

type Change<'c> = &'c dyn Fn(&mut Value);

/// Every way to leave out one field.
fn lacking(parts: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    leave_out(parts, &mut String::new(), &mut |path, change| {
        let mut less = parts.clone();
        change(&mut less);
        found.push((path.to_owned(), less));
    });
    found
}

fn leave_out(at: &Value, path: &mut String, each: &mut dyn FnMut(&str, Change<'_>)) {
    let children: Vec<(String, &Value)> = match at {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(all) => all.iter().enumerate().map(|(nth, value)| (nth.to_string(), value)).collect(),
        _ => vec![],
    };
    for (key, child) in children {
        let parent = path.clone();
        path.push('/');
        path.push_str(&key);
        if at.is_object() && !parent.is_empty() {
            each(path, &|whole| {
                let fields = whole.pointer_mut(&parent).and_then(Value::as_object_mut).expect("it is there");
                fields.remove(&key).expect("it was there");
            });
        }
        leave_out(child, path, each);
        path.truncate(parent.len());
    }
}

/// What a schema calls needed is needed, and what it calls optional can be left out: it tells an auditor the truth.
#[test]
fn samples_are_what_their_schema_says_and_so_is_what_can_be_read() {
    for sample in samples() {
        let schema: Validator = jsonschema::validator_for(&kept(&sample.kind, sample.version)).expect("a schema");
        let parts: Value = serde_json::from_str(&sample.text).expect("JSON");
        let name = format!("{} v{}", sample.kind, sample.version);
        if let Err(error) = schema.validate(&parts) {
            panic!("{name}: {error}");
        }
        for (path, less) in lacking(&parts) {
            assert_eq!(schema.is_valid(&less), is_read(&sample, &less), "{name} without {path}");
        }
    }
}

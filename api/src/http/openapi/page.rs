//! The description as a page, made on the server: every address with its parameters, bodies, answers and a request to try,
//! and every shape with its members. It runs nothing and loads nothing but its style.

use super::shape::{Member, members, words};
use askama::Template;
use serde_json::Value;

#[derive(Template)]
#[template(path = "docs.html")]
struct Page<'a> {
    title: &'a str,
    version: &'a str,
    about: &'a str,
    groups: Vec<Group<'a>>,
    shapes: Vec<Shape<'a>>,
    problems: Vec<Refusal<'a>>,
}

/// Operations about one thing.
struct Group<'a> {
    name: &'a str,
    operations: Vec<Operation<'a>>,
}

struct Operation<'a> {
    method: String,
    path: &'a str,
    anchor: String,
    summary: &'a str,
    about: &'a str,
    permission: &'a str,
    parameters: Vec<Parameter<'a>>,
    body: Vec<Member<'a>>,
    answers: Vec<Answer<'a>>,
    refusals: Vec<&'a str>,
    example: String,
}

struct Parameter<'a> {
    name: &'a str,
    place: &'a str,
    required: bool,
    words: String,
    about: &'a str,
}

struct Answer<'a> {
    status: &'a str,
    about: &'a str,
    media: Vec<&'a str>,
    /// The component that it is, where it is one.
    shape: Option<&'a str>,
}

struct Shape<'a> {
    name: &'a str,
    about: &'a str,
    words: String,
    members: Vec<Member<'a>>,
}

struct Refusal<'a> {
    status: &'a str,
    about: &'a str,
}

/// The whole page; empty only where the document could not be written out.
pub fn html(document: &Value) -> String {
    let info = &document["info"];
    let page = Page {
        title: text(info, "title"),
        version: text(info, "version"),
        about: text(info, "description"),
        groups: groups(document),
        shapes: each(&document["components"]["schemas"]).map(|(name, schema)| shape(name, schema)).collect(),
        problems: each(&document["components"]["responses"]).map(|(name, it)| refusal(name, it)).collect(),
    };
    page.render().unwrap_or_default()
}

/// In the order in which the tags first occur.
fn groups(document: &Value) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (path, item) in each(&document["paths"]) {
        for (method, operation) in each(item) {
            let name = operation["tags"][0].as_str().unwrap_or_default();
            let shown = shown(method, path, operation);
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(shown),
                None => groups.push(Group { name, operations: vec![shown] }),
            }
        }
    }
    groups
}

fn shown<'a>(method: &str, path: &'a str, operation: &'a Value) -> Operation<'a> {
    let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().collect();
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    let (answers, refusals) =
        each(&operation["responses"]).partition::<Vec<_>, _>(|(status, _)| status.starts_with('2'));
    Operation {
        anchor: anchor(method, path),
        example: example(method, path, &parameters, body.is_object()),
        method: method.to_uppercase(),
        path,
        summary: text(operation, "summary"),
        about: text(operation, "description"),
        permission: operation["security"][0]["bearer"][0].as_str().unwrap_or_default(),
        parameters: parameters.into_iter().map(parameter).collect(),
        body: members(body),
        answers: answers.into_iter().map(|(status, response)| answer(status, response)).collect(),
        refusals: refusals.into_iter().map(|(status, _)| status).collect(),
    }
}

fn parameter(parameter: &Value) -> Parameter<'_> {
    Parameter {
        name: text(parameter, "name"),
        place: text(parameter, "in"),
        required: parameter["required"] == true,
        words: words(&parameter["schema"]),
        about: text(parameter, "description"),
    }
}

fn answer<'a>(status: &'a str, response: &'a Value) -> Answer<'a> {
    let reference = response["content"]["application/json"]["schema"]["$ref"].as_str();
    Answer {
        status,
        about: text(response, "description"),
        media: each(&response["content"]).map(|(media, _)| media).collect(),
        shape: reference.and_then(|reference| reference.rsplit('/').next()),
    }
}

fn shape<'a>(name: &'a str, schema: &'a Value) -> Shape<'a> {
    Shape { name, about: text(schema, "description"), words: words(schema), members: members(schema) }
}

fn refusal<'a>(name: &'a str, response: &'a Value) -> Refusal<'a> {
    Refusal { status: name.trim_start_matches("Problem"), about: text(response, "description") }
}

/// Where a server listens unless it is told otherwise.
const SERVER: &str = "http://127.0.0.1:8080";

fn anchor(method: &str, path: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    format!("{method}{}", path.chars().map(plain).collect::<String>())
}

/// A request as it is typed, with the examples in their places.
fn example(method: &str, path: &str, parameters: &[&Value], has_body: bool) -> String {
    let mut address = path.to_owned();
    let mut query = Vec::new();
    for parameter in parameters {
        let example = match &parameter["example"] {
            Value::String(words) => words.replace('+', "%2B"),
            other => other.to_string(),
        };
        let name = text(parameter, "name");
        match (text(parameter, "in"), parameter["required"] == true) {
            ("path", _) => address = address.replace(&format!("{{{name}}}"), &example),
            ("query", true) => query.push(format!("{name}={example}")),
            _ => {}
        }
    }
    let mark = if query.is_empty() { "" } else { "?" };
    let verb = if method == "get" { String::new() } else { format!("-X {} ", method.to_uppercase()) };
    let body = if has_body { " \\\n  -H 'Content-Type: application/json' -d @body.json" } else { "" };
    let query = query.join("&");
    format!("curl {verb}-H \"Authorization: Bearer $RINGBUCH_KEY\" \\\n  '{SERVER}{address}{mark}{query}'{body}")
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

fn each(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

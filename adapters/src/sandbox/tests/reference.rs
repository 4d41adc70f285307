//! The shapes of `shapes/retell.json`: what each operation of Retell's takes and answers.

use jsonschema::Validator;
use serde_json::{Value, json};

/// All operations, and the one shape of an error.
pub struct Shapes {
    pub operations: Vec<Operation>,
    pub error: Body,
}

pub struct Operation {
    method: String,
    /// `{id}` stands for any one part.
    path: String,
    query: Validator,
    pub body: Body,
    /// When all is well.
    pub status: u16,
    pub answer: Body,
}

pub enum Body {
    Empty,
    Json(Validator),
}

impl Shapes {
    pub fn read() -> Self {
        let all: Value = serde_json::from_str(include_str!("shapes/retell.json")).unwrap();
        let shape = |wanted: &Value| {
            let mut whole = wanted.clone();
            whole.as_object_mut()?.insert("$defs".into(), all["$defs"].clone());
            Some(jsonschema::validator_for(&whole).unwrap())
        };
        let body = |wanted: &Value| shape(wanted).map_or(Body::Empty, Body::Json);
        let operation = |told: &Value| Operation {
            method: told["method"].as_str().unwrap().to_owned(),
            path: told["path"].as_str().unwrap().to_owned(),
            query: shape(&told["query"]).unwrap(),
            body: body(&told["body"]),
            status: u16::try_from(told["status"].as_u64().unwrap()).unwrap(),
            answer: body(&told["answer"]),
        };
        let operations = all["operations"].as_array().unwrap().iter().map(operation).collect();
        Self { operations, error: body(&json!({"$ref": "#/$defs/Error"})) }
    }

    pub fn of(&self, method: &str, path: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.method == method && operation.is_at(path))
    }
}

impl Operation {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn judge_query(&self, query: &Value) -> Result<(), String> {
        fits(&self.query, query)
    }

    fn is_at(&self, path: &str) -> bool {
        let (parts, wanted): (Vec<_>, Vec<_>) = (path.split('/').collect(), self.path.split('/').collect());
        parts.len() == wanted.len()
            && parts.iter().zip(wanted).all(|(part, wanted)| wanted == "{id}" || wanted == *part)
    }
}

impl Body {
    pub fn judge(&self, bytes: &[u8]) -> Result<(), String> {
        match self {
            Self::Empty if bytes.is_empty() => Ok(()),
            Self::Empty => Err("should have no body".into()),
            Self::Json(shape) => {
                let value = serde_json::from_slice(bytes).map_err(|_| "is no JSON".to_owned())?;
                fits(shape, &value)
            }
        }
    }
}

fn fits(shape: &Validator, value: &Value) -> Result<(), String> {
    let errors: Vec<_> =
        shape.iter_errors(value).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("; ")) }
}

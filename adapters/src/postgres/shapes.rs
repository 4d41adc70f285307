//! The types that a statement's arguments have, learnt from the arguments that it is called with. A null fits every type,
//! so it teaches nothing, and each text is prepared once and not once for each pattern of nulls.

use super::failure::Failure;
use ringbuch_projections::rows::Value;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio_postgres::types::Type;

/// Texts remembered; they are put together from fixed pieces, so that real ones stay far below.
const MOST: usize = 2_000;

#[derive(Debug, Default)]
pub(super) struct Shapes {
    known: Mutex<HashMap<String, Vec<Type>>>,
}

impl Shapes {
    /// Takes in the arguments of a call and returns the types to prepare the statement with. `UNKNOWN` leaves it to the
    /// server.
    pub fn learn(&self, sql: &str, args: &[Value]) -> Result<Vec<Type>, Failure> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains_key(sql) {
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(sql.to_owned(), vec![Type::UNKNOWN; args.len()]);
        }
        let shape = known.entry(sql.to_owned()).or_default();
        if shape.len() != args.len() {
            return Err(Failure::refused(format!(
                "{} arguments where there were {} in: {sql}",
                args.len(),
                shape.len()
            )));
        }
        for (place, arg) in shape.iter_mut().zip(args) {
            let joined = join(place, arg);
            *place = joined.ok_or_else(|| Failure::refused(format!("text and numbers for one argument in: {sql}")))?;
        }
        Ok(shape.clone())
    }
}

fn join(known: &Type, arg: &Value) -> Option<Type> {
    let new = match arg {
        Value::Null => return Some(known.clone()),
        Value::Int(_) => Type::INT8,
        Value::Real(_) => Type::FLOAT8,
        Value::Text(_) => Type::TEXT,
    };
    if *known == Type::UNKNOWN || *known == new {
        return Some(new);
    }
    let numbers = [Type::INT8, Type::FLOAT8];
    (numbers.contains(known) && numbers.contains(&new)).then_some(Type::FLOAT8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_settles_after_the_first_values_and_nulls_change_nothing() {
        let shapes = Shapes::default();
        let sql = "SELECT $1, $2";
        let learn = |a: Value, b: Value| shapes.learn(sql, &[a, b]);
        assert_eq!(learn(Value::Null, Value::Int(1)).unwrap(), [Type::UNKNOWN, Type::INT8]);
        assert_eq!(learn("x".into(), Value::Null).unwrap(), [Type::TEXT, Type::INT8]);
        assert_eq!(learn(Value::Null, Value::Null).unwrap(), [Type::TEXT, Type::INT8]);
        assert_eq!(learn(Value::Null, Value::Real(0.5)).unwrap(), [Type::TEXT, Type::FLOAT8]);
        assert_eq!(learn(Value::Null, Value::Int(1)).unwrap(), [Type::TEXT, Type::FLOAT8]);
        assert!(learn(Value::Int(1), Value::Null).is_err());
        assert!(shapes.learn(sql, &[]).is_err());
    }
}

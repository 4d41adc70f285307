//! Values on their way into and out of PostgreSQL.

use super::failure::Failure;
use ringbuch_projections::rows::{Row, Value};
use std::error::Error;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

/// An argument. Its `Debug` shows no value, since the driver writes arguments into its debug log.
pub(super) struct Arg<'a>(pub &'a Value);

impl std::fmt::Debug for Arg<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl ToSql for Arg<'_> {
    fn to_sql(&self, place: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            #[expect(clippy::cast_precision_loss, reason = "the place holds floating numbers, as other calls showed")]
            Value::Int(value) if *place == Type::FLOAT8 => (*value as f64).to_sql(place, out),
            Value::Int(value) => value.to_sql(place, out),
            Value::Real(value) => value.to_sql(place, out),
            // PostgreSQL's texts hold no NUL. What comes with one is kept with a mark in its place, the same in rows and
            // in what is asked for.
            Value::Text(value) if value.contains('\0') => value.replace('\0', "\u{FFFD}").to_sql(place, out),
            Value::Text(value) => value.to_sql(place, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A column of an answer.
struct Column(Value);

impl<'a> FromSql<'a> for Column {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let value = match *kind {
            Type::BOOL => Value::Int(bool::from_sql(kind, raw)?.into()),
            Type::INT2 => Value::Int(i16::from_sql(kind, raw)?.into()),
            Type::INT4 => Value::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT8 => Value::Int(i64::from_sql(kind, raw)?),
            Type::FLOAT4 => Value::Real(f32::from_sql(kind, raw)?.into()),
            Type::FLOAT8 => Value::Real(f64::from_sql(kind, raw)?),
            Type::NUMERIC => numeric(raw)?,
            _ => Value::Text(String::from_sql(kind, raw)?),
        };
        Ok(Self(value))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(kind: &Type) -> bool {
        let numbers = [Type::BOOL, Type::INT2, Type::INT4, Type::INT8, Type::FLOAT4, Type::FLOAT8, Type::NUMERIC];
        numbers.contains(kind) || <String as FromSql>::accepts(kind)
    }
}

/// Reads a row of an answer.
pub(super) fn row(row: &tokio_postgres::Row) -> Result<Row, Failure> {
    let columns = row.columns().iter().enumerate();
    let values = columns.map(|(place, column)| match row.try_get::<_, Column>(place) {
        Ok(Column(value)) => Ok(value),
        Err(_) => {
            Err(Failure::refused(format!("column {} has the type {}, which is not read", place + 1, column.type_())))
        }
    });
    Ok(Row(values.collect::<Result<_, _>>()?))
}

/// What sums and averages come as: groups of four decimal digits, the first weighted with a power of ten thousand.
fn numeric(raw: &[u8]) -> Result<Value, Box<dyn Error + Sync + Send>> {
    const NEGATIVE: u16 = 0x4000;
    let words: Vec<u16> =
        raw.chunks_exact(2).map(|pair| pair.iter().fold(0, |word, b| (word << 8) | u16::from(*b))).collect();
    let [_, weight, sign, _, groups @ ..] = words.as_slice() else {
        return Err("a numeric value is cut short".into());
    };
    if *sign & !NEGATIVE != 0 {
        return Ok(Value::Real(f64::NAN));
    }
    let weight = i32::from(weight.cast_signed());
    let fraction = (0..).zip(groups).any(|(nth, group): (i32, _)| nth > weight && *group != 0);
    let negative = *sign == NEGATIVE;
    if let (false, Some(whole)) = (fraction, whole(groups, weight)) {
        return Ok(Value::Int(if negative { -whole } else { whole }));
    }
    let size: f64 = (0..).zip(groups).map(|(nth, group)| f64::from(*group) * 10_000_f64.powi(weight - nth)).sum();
    Ok(Value::Real(if negative { -size } else { size }))
}

/// The whole part, if it fits.
fn whole(groups: &[u16], weight: i32) -> Option<i64> {
    (0..=weight).try_fold(0i64, |sum, nth| {
        let group = usize::try_from(nth).ok().and_then(|nth| groups.get(nth)).copied().unwrap_or(0);
        sum.checked_mul(10_000)?.checked_add(group.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(weight: i16, sign: u16, groups: &[u16]) -> Value {
        let head = [u16::try_from(groups.len()).unwrap(), weight.cast_unsigned(), sign, 0];
        let raw: Vec<u8> = head.iter().chain(groups).flat_map(|word| word.to_be_bytes()).collect();
        numeric(&raw).unwrap()
    }

    #[test]
    fn whole_numerics_read_as_integers_and_others_as_floats() {
        assert_eq!(read(0, 0, &[]), Value::Int(0));
        assert_eq!(read(0, 0, &[7]), Value::Int(7));
        assert_eq!(read(1, 0x4000, &[12, 3456]), Value::Int(-123_456));
        assert_eq!(read(2, 0, &[1]), Value::Int(100_000_000));
        assert_eq!(read(0, 0, &[2, 5000]), Value::Real(2.5));
        assert_eq!(read(-1, 0x4000, &[2500]), Value::Real(-0.25));
        assert_eq!(read(0, 0, &[3, 0]), Value::Int(3));
        assert_eq!(read(5, 0, &[1]), Value::Real(1e20));
        assert!(matches!(read(0, 0xC000, &[]), Value::Real(nan) if nan.is_nan()));
        assert!(numeric(&[0, 1]).is_err());
    }
}

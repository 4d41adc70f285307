//! Typed rows: a struct whose fields are named as its columns reads itself from them in the same order, so that a query
//! and its answer cannot drift apart.

use crate::rows::{Row, RowsError, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use ringbuch_domain::access::Role;
use ringbuch_domain::account::SignatureForm;
use ringbuch_domain::alerts::Channel;
use ringbuch_domain::call::Direction;
use ringbuch_domain::company::{DayOverride, WeeklyHours};
use ringbuch_domain::ids::{
    AccountId, AlertId, BookingId, BranchId, CallId, CompanyId, CustomerId, DeliveryId, EventTypeId, KeyId, StaffId,
    UserId,
};
use ringbuch_domain::webhook::{Provider, Verdict};
use serde::Deserialize;
use serde::de::value::{Error as Unreadable, StrDeserializer};
use uuid::Uuid;

/// The columns of one row, taken one after the other.
pub(crate) struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> Columns<'a> {
    pub fn of(row: &'a Row) -> Self {
        Self::after(row, 0)
    }

    /// Those behind the first ones.
    pub fn after(row: &'a Row, skipped: usize) -> Self {
        Self { row, next: skipped }
    }

    /// The next column as what the field wants; `name` only serves the error.
    pub fn take<T: Column>(&mut self, name: &'static str) -> Result<T, RowsError> {
        let value = self.row.0.get(self.next).unwrap_or(&Value::Null);
        self.next += 1;
        T::read(value).ok_or_else(|| RowsError::Statement {
            what: format!("column {name} holds what cannot stand there; rebuild the projection"),
            source: None,
        })
    }
}

/// Something that one column can hold.
pub(crate) trait Column: Sized {
    fn read(value: &Value) -> Option<Self>;
}

/// A struct that reads from a row.
pub(crate) trait Record: Sized {
    /// In the order in which `read` takes them.
    fn columns() -> Vec<&'static str>;
    fn read(columns: &mut Columns<'_>) -> Result<Self, RowsError>;
}

/// Declares a struct that is a row; its fields are its columns.
macro_rules! record {
    ($(#[$doc:meta])* pub struct $name:ident { $( $(#[$field_doc:meta])* pub $field:ident : $type:ty ),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
        pub struct $name { $( $(#[$field_doc])* pub $field: $type ),+ }

        impl $crate::record::Record for $name {
            fn columns() -> Vec<&'static str> {
                vec![$( stringify!($field) ),+]
            }
            fn read(columns: &mut $crate::record::Columns<'_>) -> Result<Self, $crate::rows::RowsError> {
                Ok(Self { $( $field: columns.take(stringify!($field))? ),+ })
            }
        }
    };
}
pub(crate) use record;

impl<T: Column> Column for Option<T> {
    fn read(value: &Value) -> Option<Self> {
        if *value == Value::Null { Some(None) } else { T::read(value).map(Some) }
    }
}

impl Column for i64 {
    fn read(value: &Value) -> Option<Self> {
        if let Value::Int(number) = value { Some(*number) } else { None }
    }
}

impl Column for bool {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value).map(|number| number != 0)
    }
}

impl Column for EventTypeId {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value).map(Self)
    }
}

impl Column for Timestamp {
    fn read(value: &Value) -> Option<Self> {
        i64::read(value).and_then(|micros| Self::from_microsecond(micros).ok())
    }
}

impl Column for String {
    fn read(value: &Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.clone()) } else { None }
    }
}

fn from_text<'t, T: Deserialize<'t>>(value: &'t Value) -> Option<T> {
    let Value::Text(text) = value else { return None };
    T::deserialize(StrDeserializer::<Unreadable>::new(text)).ok()
}

fn from_json<'t, T: Deserialize<'t>>(value: &'t Value) -> Option<T> {
    let Value::Text(text) = value else { return None };
    serde_json::from_str(text).ok()
}

macro_rules! columns_by {
    ($read:ident: $($type:ty),+ $(,)?) => {
        $( impl Column for $type {
            fn read(value: &Value) -> Option<Self> {
                $read(value)
            }
        } )+
    };
}

columns_by!(from_text:
    AccountId, AlertId, BookingId, BranchId, CallId, CompanyId, CustomerId, DeliveryId, KeyId, StaffId, UserId, Uuid,
    Date, Direction, Provider, Role, SignatureForm, Verdict,
    crate::appointments::AppointmentStatus, crate::booking_todo::Stage, crate::callbacks::CallbackStatus,
    crate::calls::Callback, crate::calls::Outcome, crate::comparisons::ListKind, crate::deliveries::DeliveryStatus,
    crate::alerts::AlertStatus, crate::mail_todo::Why,
);
columns_by!(from_json:
    serde_json::Value, Vec<Channel>, Vec<String>, Vec<BranchId>, Vec<StaffId>, Vec<WeeklyHours>, Vec<DayOverride>,
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_read_as_what_the_field_says() {
        let id = "0192f0c1-2d3e-7000-8000-000000000001";
        let row = Row(vec![
            Value::Text(id.into()),
            Value::Null,
            Value::Text("current_key".into()),
            Value::Text("2025-07-02".into()),
            Value::Text(r#"["a","b"]"#.into()),
            Value::Int(1_000_000),
        ]);
        let mut columns = Columns::of(&row);
        assert_eq!(columns.take::<BookingId>("booking").unwrap().to_string(), id);
        assert_eq!(columns.take::<Option<String>>("name").unwrap(), None);
        assert_eq!(columns.take::<Verdict>("verdict").unwrap(), Verdict::CurrentKey);
        assert_eq!(columns.take::<Date>("page").unwrap(), jiff::civil::date(2025, 7, 2));
        assert_eq!(columns.take::<Vec<String>>("aliases").unwrap(), ["a", "b"]);
        assert_eq!(columns.take::<Timestamp>("at").unwrap().as_second(), 1);
    }

    #[test]
    fn a_column_that_cannot_be_read_is_named() {
        let row = Row(vec![Value::Text("No Company!".into())]);
        let error = Columns::of(&row).take::<CompanyId>("company").unwrap_err();
        assert!(error.to_string().contains("column company"), "{error}");
        let error = Columns::of(&row).take::<i64>("bytes").unwrap_err();
        assert!(error.to_string().contains("column bytes"), "{error}");
    }
}

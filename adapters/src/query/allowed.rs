//! What a statement may name. Everything else is refused while the statement is prepared, before any of it runs.

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use std::collections::BTreeSet;

/// Functions of the engine that read nothing but their arguments and make nothing large out of something small.
pub const FUNCTIONS: &[&str] = &[
    "abs",
    "avg",
    "ceil",
    "coalesce",
    "count",
    "cume_dist",
    "date",
    "datetime",
    "dense_rank",
    "first_value",
    "floor",
    "glob",
    "group_concat",
    "ifnull",
    "iif",
    "instr",
    "julianday",
    "lag",
    "last_value",
    "lead",
    "length",
    "like",
    "lower",
    "ltrim",
    "max",
    "min",
    "nth_value",
    "ntile",
    "nullif",
    "percent_rank",
    "rank",
    "round",
    "row_number",
    "rtrim",
    "sign",
    "strftime",
    "string_agg",
    "substr",
    "substring",
    "sum",
    "time",
    "total",
    "trim",
    "typeof",
    "unixepoch",
    "upper",
];

/// Reading of these tables, and nothing else.
pub fn reading_only(tables: BTreeSet<&'static str>) -> impl FnMut(AuthContext<'_>) -> Authorization + Send + 'static {
    move |context| if may(&context.action, &tables) { Authorization::Allow } else { Authorization::Deny }
}

fn may(action: &AuthAction<'_>, tables: &BTreeSet<&'static str>) -> bool {
    match action {
        AuthAction::Select => true,
        AuthAction::Read { table_name, .. } => tables.contains(table_name),
        AuthAction::Function { function_name } => {
            FUNCTIONS.iter().any(|known| known.eq_ignore_ascii_case(function_name))
        }
        _ => false,
    }
}

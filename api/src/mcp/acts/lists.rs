//! Pages that fit into what a client reads: where a page is too long, a shorter one is asked for, so that its cursor leads
//! on exactly behind what was told.

use crate::mcp::answer::{LONGEST, Told};
use crate::mcp::turn::Turn;
use crate::problem::Problem;
use serde_json::Value;

/// Items of a page unless more are asked for.
const USUALLY: usize = 20;

/// The answer to a request with the limit that makes it fit; what is no list is asked for once.
pub async fn fitting<'t, F, A>(turn: &'t Turn, ask: F) -> Result<Told, Problem>
where
    F: Fn(&'t Turn, Option<usize>) -> A,
    A: Future<Output = Result<Told, Problem>>,
{
    let paged = turn.tool.input.iter().any(|field| field.name == "cursor");
    if !paged {
        return ask(turn, None).await;
    }
    let given = turn.arguments.get("limit").and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
    let mut limit = given.unwrap_or(USUALLY);
    loop {
        let told = ask(turn, Some(limit)).await?;
        if told.fits() || limit == 1 {
            return Ok(told);
        }
        limit = shorter(limit, told.letters());
    }
}

/// As many as would fit if all were of one size, and fewer in any case.
fn shorter(limit: usize, letters: usize) -> usize {
    (limit * LONGEST / letters.max(1)).clamp(1, limit - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gets_shorter_until_it_fits() {
        assert_eq!(shorter(20, 30_000), 10);
        assert_eq!(shorter(20, 15_001), 19);
        assert_eq!(shorter(2, 10_000_000), 1);
    }
}

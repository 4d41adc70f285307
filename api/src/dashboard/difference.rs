//! How two texts differ, line by line: a sign before each line and a word for those who listen say what colour says too.

use similar::{ChangeTag, TextDiff};
use std::time::Duration;

/// Texts that have hardly a line in common are compared less exactly after this.
const PATIENCE: Duration = Duration::from_millis(500);
/// Lines that are shown around what differs.
const AROUND: usize = 3;

pub struct Difference {
    /// Pieces of the texts, in their order; between them stands what is the same.
    pub pieces: Vec<Vec<Line>>,
    pub added: usize,
    pub removed: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `added`, `removed` or `same`.
    pub what: &'static str,
    pub sign: &'static str,
    /// From 1.
    pub before: Option<usize>,
    pub after: Option<usize>,
    pub text: String,
}

impl Difference {
    pub fn of(before: &str, after: &str) -> Self {
        let (before, after) = (lines(before), lines(after));
        let diff = TextDiff::configure().timeout(PATIENCE).diff_slices(&before, &after);
        let piece = |ops: &Vec<similar::DiffOp>| ops.iter().flat_map(|op| diff.iter_changes(op)).map(line).collect();
        let pieces: Vec<Vec<Line>> = diff.grouped_ops(AROUND).iter().map(piece).collect();
        let count = |what: &str| pieces.iter().flatten().filter(|line| line.what == what).count();
        Self { added: count("added"), removed: count("removed"), pieces }
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}

/// However a line ends: browsers send every end as two characters.
fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

fn line(change: similar::Change<&str>) -> Line {
    let (what, sign) = match change.tag() {
        ChangeTag::Insert => ("added", "+"),
        ChangeTag::Delete => ("removed", "−"),
        ChangeTag::Equal => ("same", ""),
    };
    let place = |index: Option<usize>| index.map(|index| index + 1);
    let (before, after) = (place(change.old_index()), place(change.new_index()));
    Line { what, sign, before, after, text: change.value().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_on_both_sides_and_say_what_became_of_them() {
        let difference = Difference::of("eins\r\nzwei\r\ndrei", "eins\nzwo\ndrei\nvier\n");
        let told: Vec<_> = difference.pieces.iter().flatten().collect();
        let shown: Vec<_> = told.iter().map(|it| (it.sign, it.before, it.after, it.text.as_str())).collect();
        let expected = [
            ("", Some(1), Some(1), "eins"),
            ("−", Some(2), None, "zwei"),
            ("+", None, Some(2), "zwo"),
            ("", Some(3), Some(3), "drei"),
            ("+", None, Some(4), "vier"),
        ];
        assert_eq!(shown, expected);
        assert_eq!((difference.added, difference.removed), (2, 1));
    }

    #[test]
    fn what_is_far_apart_stands_in_pieces_of_its_own() {
        let before: Vec<String> = (0..40).map(|nth| format!("Zeile {nth}")).collect();
        let mut after = before.clone();
        after[2] = "anders".into();
        after[35] = "auch".into();
        let difference = Difference::of(&before.join("\n"), &after.join("\n"));
        assert_eq!(difference.pieces.iter().map(Vec::len).collect::<Vec<_>>(), [7, 8]);
        assert!(Difference::of("a\n", "a").is_empty() && Difference::of("", "").is_empty());
    }
}

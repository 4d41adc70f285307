//! A file's lines from its end to its beginning, without reading more of it than is asked for.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

const BLOCK: u64 = 64 * 1024;
/// A line that is longer is none of ours; what is left of it is given up as it is.
const LINE_MAX: usize = 1024 * 1024;

pub(super) struct Backwards {
    file: File,
    /// Everything from here on was read; the line that it falls into begins before.
    read_to: u64,
    /// The beginning of what was read, whose line is not whole yet.
    rest: Vec<u8>,
    /// Whole lines with where they begin, the last one first.
    lines: VecDeque<(u64, String)>,
}

impl Backwards {
    /// Begins before an offset, at which a line begins, or at the end.
    pub(super) fn open(path: &Path, before: Option<u64>) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let read_to = before.map_or(length, |before| before.min(length));
        Ok(Self { file, read_to, rest: Vec::new(), lines: VecDeque::new() })
    }

    /// The line before, and where it begins; nothing at the beginning of the file.
    pub(super) fn next_line(&mut self) -> io::Result<Option<(u64, String)>> {
        while self.lines.is_empty() && self.read_to > 0 {
            self.read_block()?;
        }
        Ok(self.lines.pop_front())
    }

    fn read_block(&mut self) -> io::Result<()> {
        let from = self.read_to.saturating_sub(BLOCK);
        let mut block = Vec::new();
        self.file.seek(SeekFrom::Start(from))?;
        (&mut self.file).take(self.read_to - from).read_to_end(&mut block)?;
        block.append(&mut self.rest);
        // What stands before the first break belongs to a line that begins earlier, unless this is the beginning.
        let whole =
            if from == 0 { 0 } else { block.iter().position(|byte| *byte == b'\n').map_or(block.len(), |at| at + 1) };
        let lines = block.split_off(whole);
        self.rest = if block.len() > LINE_MAX { Vec::new() } else { block };
        let mut offset = from + whole as u64;
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let text = String::from_utf8_lossy(line).trim_end().to_owned();
            if !text.is_empty() {
                self.lines.push_front((offset, text));
            }
            offset += line.len() as u64;
        }
        self.read_to = from;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(path: &Path, before: Option<u64>) -> Vec<(u64, String)> {
        let mut lines = Backwards::open(path, before).unwrap();
        std::iter::from_fn(|| lines.next_line().unwrap()).collect()
    }

    #[test]
    fn lines_come_whole_and_last_first_however_long_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let lengths = [10, 70_000, 1, 65_535, 65_536, 3, 200_000];
        let lines: Vec<String> =
            lengths.iter().enumerate().map(|(at, length)| format!("{at}{}", "x".repeat(*length))).collect();
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
        let read = all(&path, None);
        let texts: Vec<&str> = read.iter().rev().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, lines);
        let (third, _) = read[4];
        assert_eq!(all(&path, Some(third)).len(), 2, "the two before the third");
    }

    #[test]
    fn an_empty_file_has_none_and_a_last_line_may_be_unfinished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, "").unwrap();
        assert_eq!(all(&path, None), []);
        std::fs::write(&path, "one\ntwo").unwrap();
        assert_eq!(all(&path, None), [(4, "two".to_owned()), (0, "one".to_owned())]);
        assert_eq!(all(&path, Some(9_999)).len(), 2, "beyond the end is the end");
    }
}

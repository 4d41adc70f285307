//! A place in the tokens, moved on by what was recognised there.

use crate::spoken::sense::Sense;

#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    tokens: &'a [Sense],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(tokens: &'a [Sense]) -> Self {
        Self { tokens, at: 0 }
    }

    pub fn peek(&self) -> Option<Sense> {
        self.ahead(0)
    }

    pub fn ahead(&self, by: usize) -> Option<Sense> {
        self.tokens.get(self.at + by).copied()
    }

    /// What stands before, for words whose meaning hangs on it.
    pub fn behind(&self) -> Option<Sense> {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).copied()
    }

    pub fn step(&mut self) {
        self.at += 1;
    }

    pub fn eat(&mut self, sense: Sense) -> bool {
        self.eat_any(&[sense])
    }

    pub fn eat_any(&mut self, senses: &[Sense]) -> bool {
        let here = self.peek().is_some_and(|sense| senses.contains(&sense));
        if here {
            self.step();
        }
        here
    }

    pub fn skip(&mut self, senses: &[Sense]) {
        while self.eat_any(senses) {}
    }

    /// What a token turns out to be, moving past it.
    pub fn map<T>(&mut self, read: impl FnOnce(Sense) -> Option<T>) -> Option<T> {
        let read = read(self.peek()?);
        if read.is_some() {
            self.step();
        }
        read
    }

    /// Reads something longer; where that fails nothing was moved.
    pub fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let mut ahead = *self;
        let read = read(&mut ahead)?;
        *self = ahead;
        Some(read)
    }
}

//! Light or dark: what the browser's system prefers, unless the user chose.

use crate::http::auth::session::cookie_of;
use http::HeaderMap;

pub const COOKIE: &str = "ringbuch-theme";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.code() == code)
    }

    pub fn of(headers: &HeaderMap) -> Self {
        cookie_of(headers, COOKIE).and_then(|code| Self::of_code(&code)).unwrap_or(Self::System)
    }
}

//! What can be typed about users.

use super::records::words;
use clap::Subcommand;
use ringbuch_domain::access::Role;
use ringbuch_domain::ids::UserId;
use std::str::FromStr;

#[derive(Debug, Clone, Subcommand)]
pub enum UserAction {
    /// Invites somebody; prints the link with which they choose a password
    Add(UserAdd),
    /// Lists the users
    List,
    /// Makes a new link for somebody who has forgotten their password
    Reset {
        /// Their id or e-mail address
        user: Somebody,
        /// Where this installation is reached, such as <https://ringbuch.example.com>
        #[arg(long, value_name = "URL")]
        url: Option<String>,
    },
    /// Shuts somebody out, at once and for good
    Deactivate {
        /// Their id or e-mail address
        user: Somebody,
    },
    /// Shuts somebody out and forgets their name and address; what they did stays, under an id that says nothing
    Erase {
        /// Their id or e-mail address
        user: Somebody,
        /// Does it without asking
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Clone, clap::Args)]
pub struct UserAdd {
    /// viewer, operator, admin, auditor, or owner of all companies
    #[arg(long)]
    pub role: Role,
    /// What they sign in with
    #[arg(long, value_name = "ADDRESS")]
    pub email: String,
    /// How they are called
    #[arg(long, value_parser = words)]
    pub name: Option<String>,
    /// Where this installation is reached, such as <https://ringbuch.example.com>; without it the link leads to where
    /// the server listens
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}

/// A user by id or by address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Somebody {
    Id(UserId),
    /// In small letters.
    Email(String),
}

impl FromStr for Somebody {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(id) => Ok(Self::Id(id)),
            Err(_) if text.contains('@') => Ok(Self::Email(text.trim().to_lowercase())),
            Err(_) => Err("a user's id or e-mail address is expected".into()),
        }
    }
}

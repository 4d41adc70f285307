//! The five servers, one file each: their tools, resources and prompts as tables.

mod calcom;
mod database;
mod desk;
mod queue;
mod retell;
mod webhook;

use super::prompts::Prompt;
use super::resources::{Document, Template};
use super::tool::Tool;

/// One server.
pub struct Part {
    pub name: &'static str,
    pub address: &'static str,
    pub title: &'static str,
    /// For a model that has just connected.
    pub about: &'static str,
    pub tools: &'static [Tool],
    /// The tools of a request that names a call: what an agent does for the caller on the line.
    pub on_the_line: &'static [Tool],
    pub documents: &'static [Document],
    pub templates: &'static [Template],
    pub prompts: &'static [Prompt],
}

pub static PARTS: &[Part] = &[webhook::PART, calcom::PART, retell::PART, database::PART, queue::PART];

impl Part {
    pub fn every_tool(&self) -> impl Iterator<Item = &'static Tool> + use<> {
        self.tools.iter().chain(self.on_the_line)
    }

    /// The tool of that name; on the line another one may have it.
    pub fn tool(&self, name: &str, on_the_line: bool) -> Option<&'static Tool> {
        self.tools_for(on_the_line).iter().find(|tool| tool.name == name)
    }

    pub fn tools_for(&self, on_the_line: bool) -> &'static [Tool] {
        if on_the_line && !self.on_the_line.is_empty() { self.on_the_line } else { self.tools }
    }
}

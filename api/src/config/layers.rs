//! The layers: defaults, the file, the environment. Each layer is checked for names that nobody knows and has its `…_file`
//! forms read before the layers are laid over each other.

use super::Effective;
use super::setting::{SETTINGS, Setting, by_key, by_variable};
use ::config::{Config as Merged, File, FileFormat, Map, Source, Value, ValueKind};
use std::path::{Path, PathBuf};

/// What does not become a setting though it starts like one.
const NOT_SETTINGS: &[&str] = &["RINGBUCH_CONFIG"];

/// Where settings come from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Named by `--config` or `RINGBUCH_CONFIG`; it must exist.
    pub file: Option<PathBuf>,
    /// Read if it exists and no other is named.
    pub default_file: Option<PathBuf>,
    pub environment: Vec<(String, String)>,
}

impl Sources {
    /// This process: the file named, otherwise `./ringbuch.toml` if there is one, and the environment.
    pub fn of_process(file: Option<PathBuf>) -> Self {
        let variable = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        };
        let environment = std::env::vars_os().filter_map(variable).collect();
        Self { file, default_file: Some("ringbuch.toml".into()), environment }
    }
}

/// All layers laid over each other.
pub(super) struct Layered(Map<String, Value>);

impl Layered {
    pub(super) fn value(&self, key: &str) -> Option<String> {
        self.0.get(key).cloned().and_then(|value| value.into_string().ok())
    }

    pub(super) fn source(&self, key: &str) -> String {
        self.0.get(key).and_then(Value::origin).unwrap_or("default").to_owned()
    }

    pub(super) fn effective(&self, setting: &Setting) -> Effective {
        Effective {
            key: setting.key,
            variable: setting.variable,
            value: self.value(setting.key).map_or_else(|| "(not set)".into(), |value| setting.show(&value)),
            source: self.source(setting.key),
        }
    }
}

/// All layers, and what is wrong with them.
pub(super) fn read(sources: &Sources) -> (Layered, Vec<String>) {
    let mut problems = vec![];
    let layers = [defaults(), file(sources, &mut problems), environment(sources, &mut problems)];
    let mut merged = Merged::builder();
    for layer in layers {
        merged = merged.add_source(layer);
    }
    let merged = merged.build().and_then(|merged| merged.cache.into_table());
    let merged = merged.unwrap_or_else(|error| {
        problems.push(error.to_string());
        Map::new()
    });
    (Layered(merged), problems)
}

/// One layer, checked: plain texts by key, each with where it comes from.
#[derive(Debug, Clone, Default)]
struct Layer(Map<String, Value>);

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }
    fn collect(&self) -> Result<Map<String, Value>, ::config::ConfigError> {
        Ok(self.0.clone())
    }
}

impl Layer {
    fn put(&mut self, setting: &Setting, value: String, origin: &str) {
        let value = Value::new(Some(&origin.to_owned()), ValueKind::String(value));
        self.0.insert(setting.key.to_owned(), value);
    }
}

fn defaults() -> Layer {
    let mut layer = Layer::default();
    for setting in SETTINGS {
        if let Some(default) = setting.default {
            layer.put(setting, default.to_owned(), "default");
        }
    }
    layer
}

fn file(sources: &Sources, problems: &mut Vec<String>) -> Layer {
    let named = sources.file.as_deref();
    let Some(path) = named.or_else(|| sources.default_file.as_deref().filter(|path| path.exists())) else {
        return Layer::default();
    };
    let table = match toml(path) {
        Ok(table) => table,
        Err(problem) => {
            problems.push(problem);
            return Layer::default();
        }
    };
    let origin = format!("file {}", path.display());
    let mut given: Vec<Given> = vec![];
    for (key, value) in table {
        match plain(value) {
            Some(value) => given.push(Given { name: key, value }),
            None => problems.push(format!("{origin}: '{key}' is a table or a list; settings are single values")),
        }
    }
    Names::File.layer(&given, &origin, problems)
}

fn environment(sources: &Sources, problems: &mut Vec<String>) -> Layer {
    // The test suites are told of servers by variables of their own; a program that they start has nothing to do with those.
    let is_ours = |name: &str| name.starts_with("RINGBUCH_") && !name.starts_with("RINGBUCH_TEST_");
    let concerns_us = |name: &str| is_ours(name) || by_variable(name).is_some();
    // An empty variable is how compose files say "not set".
    let given = sources.environment.iter().filter(|(name, value)| concerns_us(name) && !value.is_empty());
    let given = given.filter(|(name, _)| !NOT_SETTINGS.contains(&name.as_str()));
    let given: Vec<_> = given.map(|(name, value)| Given { name: name.clone(), value: value.clone() }).collect();
    Names::Environment.layer(&given, "environment", problems)
}

fn toml(path: &Path) -> Result<Map<String, Value>, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("the configuration file {} cannot be read: {error}", path.display()))?;
    File::from_str(&text, FileFormat::Toml).collect().map_err(|error| {
        // The lines between quote the file, which may hold a secret.
        let text = error.to_string();
        let (first, last) = (text.lines().next().unwrap_or_default(), text.lines().last().unwrap_or_default());
        format!("the configuration file {} is not TOML: {first}: {last}", path.display())
    })
}

fn plain(value: Value) -> Option<String> {
    match value.kind {
        ValueKind::Table(_) | ValueKind::Array(_) | ValueKind::Nil => None,
        _ => value.into_string().ok(),
    }
}

/// A name with its value as somebody wrote them.
struct Given {
    name: String,
    value: String,
}

/// How a layer spells names.
#[derive(Clone, Copy)]
enum Names {
    File,
    Environment,
}

impl Names {
    fn layer(self, given: &[Given], origin: &str, problems: &mut Vec<String>) -> Layer {
        let mut layer = Layer::default();
        for one in given {
            match self.meant(&one.name) {
                Some((setting, false)) => layer.put(setting, one.value.clone(), origin),
                Some((setting, true)) if given.iter().any(|other| other.name == self.spelt(setting)) => {
                    problems.push(format!("{origin}: {} and {} are both set; keep one", self.spelt(setting), one.name));
                }
                Some((setting, true)) => match secret_file(&one.value) {
                    Ok(secret) => layer.put(setting, secret, &format!("{origin}, file {}", one.value)),
                    Err(error) => {
                        problems.push(format!("{origin}: {} = {}: cannot be read: {error}", one.name, one.value));
                    }
                },
                None => problems.push(self.unknown(one, origin)),
            }
        }
        layer
    }

    fn spelt(self, setting: &Setting) -> &'static str {
        match self {
            Self::File => setting.key,
            Self::Environment => setting.variable,
        }
    }

    fn file_suffix(self) -> &'static str {
        match self {
            Self::File => "_file",
            Self::Environment => "_FILE",
        }
    }

    /// The setting of that name, and whether the value is the name of a file that holds it.
    fn meant(self, name: &str) -> Option<(&'static Setting, bool)> {
        let find = |name: &str| match self {
            Self::File => by_key(name),
            Self::Environment => by_variable(name),
        };
        let in_file = || find(name.strip_suffix(self.file_suffix())?).filter(|setting| setting.has_file_form());
        find(name).map(|setting| (setting, false)).or_else(|| in_file().map(|setting| (setting, true)))
    }

    fn all(self) -> Vec<String> {
        let plain = SETTINGS.iter().map(|setting| self.spelt(setting).to_owned());
        let in_files = SETTINGS.iter().filter(|setting| setting.has_file_form());
        plain.chain(in_files.map(|setting| format!("{}{}", self.spelt(setting), self.file_suffix()))).collect()
    }

    fn unknown(self, given: &Given, origin: &str) -> String {
        let all = self.all();
        let nearest = all
            .iter()
            .map(|name| (strsim::jaro_winkler(&bare(&given.name), &bare(name)), name))
            .max_by(|one, other| one.0.total_cmp(&other.0));
        let meant = nearest.filter(|(likeness, _)| *likeness > 0.85).map(|(_, name)| name);
        let suggestion = meant.map(|name| format!(" (did you mean {name}?)")).unwrap_or_default();
        let value = if sounds_secret(&given.name) { "(hidden)" } else { &given.value };
        format!("{origin}: unknown setting {} = {value}{suggestion}; allowed are {}", given.name, all.join(", "))
    }
}

/// What tells names apart: all variables start alike.
fn bare(name: &str) -> String {
    let name = name.to_lowercase();
    name.strip_prefix("ringbuch_").unwrap_or(&name).to_owned()
}

/// A misspelt name may still hold a secret.
fn sounds_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    ["key", "token", "secret", "password", "pass", "dsn", "url"].iter().any(|word| name.contains(word))
}

fn secret_file(path: &str) -> std::io::Result<String> {
    std::fs::read_to_string(path).map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
}

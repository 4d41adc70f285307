//! What a form sends: names and values, percent-encoded.

use crate::problem::Problem;
use percent_encoding::percent_decode_str;

/// The values of one form, or the parameters of one address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `name=value&…`; a form that is not UTF-8 is a problem.
    pub fn read(text: &[u8]) -> Result<Self, Problem> {
        let unreadable = |_| Problem::body("The form cannot be read as UTF-8.");
        let text = std::str::from_utf8(text).map_err(unreadable)?;
        let decoded = |part: &str| {
            let part = part.replace('+', " ");
            percent_decode_str(&part).decode_utf8().map(std::borrow::Cow::into_owned).map_err(unreadable)
        };
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name)?, decoded(value)?))
        };
        text.split('&').filter(|pair| !pair.is_empty()).map(pair).collect::<Result<_, _>>().map(Self)
    }

    /// The value without the white space around it; absent where nothing is left.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.raw(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// The value as it came, for passwords.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The values of a field that may be chosen several times.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A value that the form cannot do without.
    pub fn needed(&self, name: &str) -> Result<&str, Problem> {
        self.text(name).ok_or_else(|| Problem::unusable("missing", format!("The field '{name}' is empty.")))
    }

    pub(super) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_decoded() {
        let form = Form::read(b"name=Max+M%C3%BCller&day=1&day=2&empty=&flag").unwrap();
        assert_eq!(form.text("name"), Some("Max Müller"));
        assert_eq!(form.all("day").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!((form.text("empty"), form.raw("flag"), form.text("other")), (None, Some(""), None));
        assert!(form.needed("empty").unwrap_err().detail.unwrap().contains("'empty'"));
        assert!(Form::read(b"name=%ff").is_err());
    }
}

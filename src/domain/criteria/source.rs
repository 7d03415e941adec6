//! From bytes to a JSON value, without losing what JSON readers usually lose: a member written twice,
//! and numbers that other tools print although JSON has none (`NaN`, `Infinity`).

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::fault::{Faults, Pointer};
use crate::domain::decimal::{Refused, names_no_finite_number};
use crate::domain::fault::Fault;

/// A JSON value as it was written, and what was wrong with the writing. Deserialises inside other
/// documents too, so a request's `document` member keeps the same promise as a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The value; of members written twice the last.
    pub value: Value,
    /// Members written twice.
    pub(super) faults: Vec<Fault>,
}

impl From<Value> for Source {
    fn from(value: Value) -> Self {
        Self { value, faults: Vec::new() }
    }
}

impl Source {
    /// What is wrong with the writing, for readers of other documents than criteria.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Reads the text of a document.
    ///
    /// # Errors
    /// One fault with line and column when the text is not JSON.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let error = match serde_json::from_str(text) {
            Ok(source) => return Ok(source),
            Err(error) => error,
        };
        // Numbers without a value become texts, so that the reader of the document can say where they
        // stand and go on to the other faults. Every place for a number refuses such a text; a document
        // that would pass with them is not JSON all the same.
        let quoted = quote_non_finite(text);
        if let Some(mut source) = quoted.and_then(|quoted| serde_json::from_str::<Self>(&quoted).ok()) {
            let mut faults = Faults::default();
            non_finite_texts(&source.value, &Pointer::default(), &mut faults);
            source.faults.append(&mut faults.0);
            return Ok(source);
        }
        let mut faults = Faults::default();
        faults.add(
            &Pointer::default(),
            "not_json",
            format!("Bukan JSON: {error}. Periksa tanda kutip, koma dan kurung di tempat itu."),
            format!("Not JSON: {error}. Check quotes, commas and brackets at that place."),
        );
        Err(faults.0)
    }
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut faults = Faults::default();
        let value = Reader { at: Pointer::default(), faults: &mut faults }.deserialize(deserializer)?;
        Ok(Self { value, faults: faults.0 })
    }
}

/// Reads one value and notes members written twice.
struct Reader<'a> {
    at: Pointer,
    faults: &'a mut Faults,
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut out = Vec::new();
        while let Some(element) =
            seq.next_element_seed(Reader { at: self.at.element(out.len()), faults: &mut *self.faults })?
        {
            out.push(element);
        }
        Ok(out.into())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut out = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let at = self.at.member(&name);
            if out.contains_key(&name) {
                self.faults.add(
                    &at,
                    "duplicate_member",
                    format!("{name:?} ditulis dua kali. Hapus salah satu."),
                    format!("{name:?} is written twice. Remove one of them."),
                );
            }
            let value = map.next_value_seed(Reader { at, faults: &mut *self.faults })?;
            out.insert(name, value);
        }
        Ok(out.into())
    }
}

/// Begins a text that stands for a number without a value, so that no text place of a document can
/// swallow it.
pub(super) const MARK: char = '\u{0}';

/// Puts quotes around bare tokens that name no finite number; `None` if there are none.
fn quote_non_finite(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut found = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            _ if is_token(first) => rest.find(|c| !is_token(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        if first != '"' && names_no_finite_number(piece) {
            found = true;
            out.push_str("\"\\u0000");
            out.push_str(piece);
            out.push('"');
        } else {
            out.push_str(piece);
        }
        rest = after;
    }
    found.then_some(out)
}

const fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')
}

/// Length of the JSON string that `text` begins with, quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn non_finite_texts(value: &Value, at: &Pointer, faults: &mut Faults) {
    match value {
        Value::String(text) if text.starts_with(MARK) => {
            faults.refused(at, Refused::NonFinite);
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                non_finite_texts(element, &at.element(index), faults);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                non_finite_texts(member, &at.member(name), faults);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<(String, &'static str)> {
        let faults = match Source::read(text) {
            Ok(source) => source.faults,
            Err(faults) => faults,
        };
        faults.into_iter().map(|f| (f.pointer, f.code)).collect()
    }

    #[test]
    fn members_written_twice() {
        assert_eq!(codes(r#"{"a":[{"b/c":1,"b/c":2}],"a~":1}"#), [("/a/0/b~1c".to_owned(), "duplicate_member")]);
        assert_eq!(codes(r#"{"a":1,"a":1,"a":1}"#).len(), 2);
        assert_eq!(codes(r#"{"a":{"b":1},"c":{"b":1}}"#), []);
    }

    #[test]
    fn numbers_that_json_does_not_have() {
        let at = |p: &str| (p.to_owned(), "non_finite");
        assert_eq!(
            codes(r#"{"w":NaN,"v":[1,-Infinity,"NaN",1e400],"t":"a \" NaN"}"#),
            [at("/v/1"), at("/v/3"), at("/w")]
        );
        assert_eq!(codes("{\"a\": 1,}"), [(String::new(), "not_json")]);
        assert_eq!(codes("{\"a\": NaN,}"), [(String::new(), "not_json")]);
        assert_eq!(codes(""), [(String::new(), "not_json")]);
        assert_eq!(codes("\u{feff}{}"), []);
    }
}

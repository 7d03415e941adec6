//! From bytes to a JSON value, without losing what JSON readers usually lose: a member written twice,
//! and numbers that other tools print although JSON has none (`NaN`, `Infinity`).

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::fault::{Faults, Pointer};
use crate::domain::decimal::{Refused, names_no_finite_number};
use crate::domain::fault::Fault;

/// A JSON value as it was written, and what was wrong with the writing. Deserialises inside other
/// documents too, so a request's `document` member keeps the same promise as a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The value; of members written twice the last, and `null` for numbers that JSON does not have.
    pub value: Value,
    /// Members written twice, and numbers that JSON does not have.
    faults: Vec<Fault>,
}

impl From<Value> for Source {
    fn from(value: Value) -> Self {
        Self { value, faults: Vec::new() }
    }
}

impl Source {
    /// What is wrong with the writing.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// All that is wrong: what was found in the value joins what is wrong with the writing. Where a number is one that
    /// JSON does not have, only that is said, and not that something is missing there.
    pub fn all_faults(&self, found: Vec<Fault>) -> Vec<Fault> {
        let is_no_number = |pointer: &str| {
            self.faults.iter().any(|fault| fault.pointer == pointer && fault.code == Refused::NonFinite.code())
        };
        let is_of_its_absence = |code: &str| code == "wrong_type" || code.starts_with("missing_");
        let found = found.into_iter().filter(|fault| !(is_of_its_absence(fault.code) && is_no_number(&fault.pointer)));
        self.faults.iter().cloned().chain(found).collect()
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
        // Numbers that JSON does not have become `null`, so that the reader of the document can go on to the other
        // faults; a document that would pass with it is not JSON all the same. They stand where the text reads
        // differently with something else in their places.
        let with = |stand_in| serde_json::from_str::<Self>(&without_non_finite(text, stand_in)).ok();
        if let Some((mut source, other)) = with("null").zip(with("0")) {
            let mut faults = Faults::default();
            differences(&source.value, &other.value, &Pointer::default(), &mut faults);
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

/// Reads a value in which no member may be written twice: of two only one would count, and the text would say
/// something else than what is read. For the `deserialize_with` of a member that holds any JSON.
///
/// # Errors
/// The first member that is written twice; the deserialiser's.
pub fn each_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    let source = Source::deserialize(deserializer)?;
    match source.faults.first() {
        None => Ok(source.value),
        Some(fault) => Err(D::Error::custom(format!("{}: {}", fault.pointer, fault.detail.en))),
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

/// The text with something else in place of bare tokens that name no finite number.
fn without_non_finite(text: &str, stand_in: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            _ if is_token(first) => rest.find(|c| !is_token(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (piece, after) = rest.split_at(length);
        out.push_str(if first != '"' && names_no_finite_number(piece) { stand_in } else { piece });
        rest = after;
    }
    out
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

/// Notes a number that JSON does not have wherever two readings of a text differ.
fn differences(one: &Value, other: &Value, at: &Pointer, faults: &mut Faults) {
    match (one, other) {
        (Value::Array(ones), Value::Array(others)) => {
            for (index, (one, other)) in ones.iter().zip(others).enumerate() {
                differences(one, other, &at.element(index), faults);
            }
        }
        (Value::Object(ones), Value::Object(others)) => {
            for ((name, one), other) in ones.iter().zip(others.values()) {
                differences(one, other, &at.member(name), faults);
            }
        }
        _ if one != other => faults.refused(at, Refused::NonFinite),
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
        assert_eq!(codes("[NaN]"), [at("/0")]);
        assert_eq!(codes("NaN"), [at("")]);
        assert_eq!(codes("{\"a\": 1,}"), [(String::new(), "not_json")]);
        assert_eq!(codes("{\"a\": NaN,}"), [(String::new(), "not_json")]);
        assert_eq!(codes(""), [(String::new(), "not_json")]);
        assert_eq!(codes("\u{feff}{}"), []);
    }

    #[test]
    fn names_are_no_numbers() {
        for text in [r#"{"a":{NaN:1,"b":2}}"#, r#"{"a":NaN,1e400:1}"#, r"{-Infinity:NaN}"] {
            assert_eq!(codes(text), [(String::new(), "not_json")], "{text}");
        }
    }

    #[test]
    fn texts_may_hold_any_character() {
        let read = Source::read(r#"{"a":"\u0000NaN"}"#).unwrap();
        assert_eq!((read.value["a"].as_str(), read.faults), (Some("\0NaN"), Vec::new()));
        let at = |p: &str| (p.to_owned(), "non_finite");
        assert_eq!(codes(r#"{"a":["\u0000NaN",NaN,null,0],"b":"\u0000"}"#), [at("/a/1")]);
    }
}

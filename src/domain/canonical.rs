//! Canonical JSON (RFC 8785): one spelling of a document, for what is stored, hashed and compared.
//!
//! The text is written once, into one buffer, by `serde_json` with a formatter that remembers where the members of
//! each open object begin and puts those of a closed object in order: most are in order already. How a double is
//! spelled is left to `serde_json_canonicalizer`, which is also what the tests compare with; as a whole it keeps a
//! buffer for each key and value, and took a third of the time of an import.

use std::cmp::Ordering;
use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};

/// The canonical text of a value. A NaN, which nothing here holds, would be a null.
///
/// # Errors
/// When the type cannot be written as JSON (a map whose keys are no texts).
pub fn to_string<T: Serialize>(value: &T) -> serde_json::Result<String> {
    let mut writer = Canonical::default();
    value.serialize(&mut Serializer::with_formatter(io::sink(), &mut writer))?;
    String::from_utf8(writer.out).map_err(serde::ser::Error::custom)
}

/// BLAKE3 of the canonical text, 64 lower-case hex digits.
///
/// # Errors
/// As [`to_string`].
pub fn hash<T: Serialize>(value: &T) -> serde_json::Result<String> {
    Ok(blake3::hash(to_string(value)?.as_bytes()).to_hex().to_string())
}

/// Where a member of an object stands in the text.
struct Member {
    /// Its key, without the quotation marks.
    key: Range<usize>,
    /// The key's bytes are in the order of its text: ASCII without escapes.
    plain: bool,
    /// Behind its value.
    end: usize,
}

impl Member {
    /// Key, colon and value.
    fn range(&self) -> Range<usize> {
        self.key.start - 1..self.end
    }

    /// The order of keys in this text: by their UTF-16 code units.
    fn order(&self, other: &Self, text: &[u8]) -> Ordering {
        let (a, b) = (&text[self.key.clone()], &text[other.key.clone()]);
        if self.plain && other.plain { a.cmp(b) } else { units(a).cmp(&units(b)) }
    }
}

fn units(key: &[u8]) -> Vec<u16> {
    let quoted = [b"\"", key, b"\""].concat();
    serde_json::from_slice::<String>(&quoted).unwrap_or_default().encode_utf16().collect()
}

#[derive(Default)]
struct Canonical {
    out: Vec<u8>,
    /// Members of all open objects, the innermost last.
    members: Vec<Member>,
    /// Where the members of each open object begin.
    objects: Vec<usize>,
    /// Room to put members in order.
    sorted: Vec<u8>,
}

impl Canonical {
    /// Closes the innermost object: its members in order of their keys.
    fn close(&mut self) {
        let Self { out, members, objects, sorted } = self;
        let from = objects.pop().unwrap_or_default();
        let own = &mut members[from..];
        if !own.is_sorted_by(|a, b| a.order(b, out).is_le()) {
            let whole = own.first().map_or(0, |m| m.range().start)..out.len();
            own.sort_by(|a, b| a.order(b, out));
            sorted.clear();
            for member in own {
                if !sorted.is_empty() {
                    sorted.push(b',');
                }
                sorted.extend_from_slice(&out[member.range()]);
            }
            out[whole].copy_from_slice(sorted);
        }
        members.truncate(from);
        out.push(b'}');
    }
}

/// Integers up to here are doubles, and their digits are how a double is spelled.
const EXACT: u64 = 1 << 53;

impl Formatter for &mut Canonical {
    fn write_null<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        CompactFormatter.write_null(&mut self.out)
    }
    fn write_bool<W: ?Sized + Write>(&mut self, _: &mut W, value: bool) -> io::Result<()> {
        CompactFormatter.write_bool(&mut self.out, value)
    }
    fn write_i8<W: ?Sized + Write>(&mut self, writer: &mut W, value: i8) -> io::Result<()> {
        self.write_i64(writer, value.into())
    }
    fn write_i16<W: ?Sized + Write>(&mut self, writer: &mut W, value: i16) -> io::Result<()> {
        self.write_i64(writer, value.into())
    }
    fn write_i32<W: ?Sized + Write>(&mut self, writer: &mut W, value: i32) -> io::Result<()> {
        self.write_i64(writer, value.into())
    }
    #[allow(clippy::cast_precision_loss, reason = "every number of JSON is a double")]
    fn write_i64<W: ?Sized + Write>(&mut self, writer: &mut W, value: i64) -> io::Result<()> {
        if value.unsigned_abs() <= EXACT {
            CompactFormatter.write_i64(&mut self.out, value)
        } else {
            self.write_f64(writer, value as f64)
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "every number of JSON is a double")]
    fn write_i128<W: ?Sized + Write>(&mut self, writer: &mut W, value: i128) -> io::Result<()> {
        self.write_f64(writer, value as f64)
    }
    fn write_u8<W: ?Sized + Write>(&mut self, writer: &mut W, value: u8) -> io::Result<()> {
        self.write_u64(writer, value.into())
    }
    fn write_u16<W: ?Sized + Write>(&mut self, writer: &mut W, value: u16) -> io::Result<()> {
        self.write_u64(writer, value.into())
    }
    fn write_u32<W: ?Sized + Write>(&mut self, writer: &mut W, value: u32) -> io::Result<()> {
        self.write_u64(writer, value.into())
    }
    #[allow(clippy::cast_precision_loss, reason = "every number of JSON is a double")]
    fn write_u64<W: ?Sized + Write>(&mut self, writer: &mut W, value: u64) -> io::Result<()> {
        if value <= EXACT {
            CompactFormatter.write_u64(&mut self.out, value)
        } else {
            self.write_f64(writer, value as f64)
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "every number of JSON is a double")]
    fn write_u128<W: ?Sized + Write>(&mut self, writer: &mut W, value: u128) -> io::Result<()> {
        self.write_f64(writer, value as f64)
    }
    fn write_f32<W: ?Sized + Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        self.write_f64(writer, value.into())
    }
    fn write_f64<W: ?Sized + Write>(&mut self, _: &mut W, value: f64) -> io::Result<()> {
        serde_json_canonicalizer::to_writer(&value, &mut self.out).map_err(io::Error::from)
    }
    fn begin_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        CompactFormatter.begin_string(&mut self.out)
    }
    fn end_string<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        CompactFormatter.end_string(&mut self.out)
    }
    fn write_string_fragment<W: ?Sized + Write>(&mut self, _: &mut W, fragment: &str) -> io::Result<()> {
        CompactFormatter.write_string_fragment(&mut self.out, fragment)
    }
    fn write_char_escape<W: ?Sized + Write>(&mut self, _: &mut W, escape: CharEscape) -> io::Result<()> {
        CompactFormatter.write_char_escape(&mut self.out, escape)
    }
    fn begin_array<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        CompactFormatter.begin_array(&mut self.out)
    }
    fn end_array<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        CompactFormatter.end_array(&mut self.out)
    }
    fn begin_array_value<W: ?Sized + Write>(&mut self, _: &mut W, first: bool) -> io::Result<()> {
        CompactFormatter.begin_array_value(&mut self.out, first)
    }
    fn begin_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.objects.push(self.members.len());
        CompactFormatter.begin_object(&mut self.out)
    }
    fn end_object<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.close();
        Ok(())
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, _: &mut W, first: bool) -> io::Result<()> {
        CompactFormatter.begin_object_key(&mut self.out, first)?;
        let start = self.out.len() + 1;
        self.members.push(Member { key: start..start, plain: true, end: start });
        Ok(())
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        if let Some(member) = self.members.last_mut() {
            member.key.end = self.out.len() - 1;
            member.plain = self.out[member.key.clone()].iter().all(|b| b.is_ascii() && *b != b'\\');
        }
        CompactFormatter.begin_object_value(&mut self.out)
    }
    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        if let Some(member) = self.members.last_mut() {
            member.end = self.out.len();
        }
        Ok(())
    }
    fn write_raw_fragment<W: ?Sized + Write>(&mut self, _: &mut W, _: &str) -> io::Result<()> {
        Err(io::Error::other("raw JSON has no canonical form"))
    }
    fn write_number_str<W: ?Sized + Write>(&mut self, writer: &mut W, value: &str) -> io::Result<()> {
        self.write_f64(writer, value.parse().map_err(io::Error::other)?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn keys_are_in_order_of_their_utf_16() {
        // The example of the RFC, section 3.2.3, and keys that are each other's beginnings.
        let keys = ["\u{20ac}", "\r", "\u{fb33}", "1", "\u{1f600}", "\u{80}", "\u{f6}", "a", "a b", "a!", "a\"", "ab"];
        let object: HashMap<&str, Value> = keys.iter().map(|k| (*k, json!({"b": 1, "a": [k]}))).collect();
        let text = to_string(&object).unwrap();
        assert_eq!(text, serde_json_canonicalizer::to_string(&object).unwrap());
        assert!(text.starts_with("{\"\\r\":{\"a\":[\"\\r\"],\"b\":1},\"1\":"), "{text}");
    }

    #[test]
    fn numbers_are_spelled_as_doubles() {
        let edge = i64::try_from(EXACT).unwrap();
        for n in [0, -1, edge - 1, edge, edge + 1, -edge, -edge - 1, i64::MAX, i64::MIN] {
            assert_eq!(to_string(&n).unwrap(), serde_json_canonicalizer::to_string(&n).unwrap());
        }
        assert_eq!(
            to_string(&json!([1.0, 1e21, -0.0, 0.1, u64::MAX])).unwrap(),
            "[1,1e+21,0,0.1,18446744073709552000]"
        );
        assert_eq!(to_string(&HashMap::from([(10, 'x'), (9, 'y')])).unwrap(), r#"{"10":"x","9":"y"}"#);
        assert!(to_string(&HashMap::from([((1, 2), 'x')])).is_err());
    }

    fn documents() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            let member = (prop_oneof!["[a-c\u{7f}\u{ff5e}\u{1f600}\"\\\\ \n]{0,3}", any::<String>()], inner.clone());
            prop_oneof![
                proptest::collection::vec(inner, 0..6).prop_map(Value::from),
                proptest::collection::vec(member, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        /// `serde_json` keeps the keys of a document sorted by bytes; a list of pairs written as a map is in any order.
        #[test]
        fn as_another_implementation_writes_it(document in documents(), keys in proptest::collection::hash_set(".{0,4}", 0..8)) {
            let both = (document, keys.iter().map(|k| (k, k.len())).collect::<HashMap<_, _>>());
            prop_assert_eq!(to_string(&both).unwrap(), serde_json_canonicalizer::to_string(&both).unwrap());
        }
    }
}

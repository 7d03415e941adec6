//! The JSON body of a request.

use std::cell::Cell;
use std::fmt;

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest, dev};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::codes::{Code, ShapeFault};
use super::context::{Context, Stage, in_turn};
use super::contract::Operation;
use super::problem::{Fault, Place, Problem, Result};
use crate::domain::canonical;
use crate::domain::text::Text;

/// A JSON body is at most this long.
pub(crate) const JSON_LIMIT: usize = 1 << 20;

/// JSON is at most this many levels deep.
const DEPTH: usize = 32;

/// The JSON body, read, checked against the operation's schema in the OpenAPI document and deserialised.
///
/// Refuses, in this order: another content type (415), more than 1 MiB (413), what is not JSON or repeats a
/// member (400), and what breaks the schema (422, all faults at once).
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T> Json<T> {
    /// The body.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(req: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let request = req.clone();
        let payload = payload.take();
        let read = async move {
            let context = Context::of(&request)?;
            let operation =
                context.operation.as_deref().ok_or_else(|| Problem::internal("a body outside the document"))?;
            check_content_type(&request, operation)?;
            let bytes = read_bounded(payload, JSON_LIMIT).await?;
            let value = parse(&bytes)?;
            check_shape(operation, &value)?;
            let canonical = canonical::to_string(&value).map_err(Problem::internal)?;
            context.body_hash.set(Some(blake3::hash(canonical.as_bytes())));
            // The schema has been satisfied; what is still refused here is a value no schema can tell.
            serde_json::from_value(value).map(Json).map_err(|_unprintable| {
                Problem::invalid_body(vec![Fault::shape(Place::Pointer(String::new()), ShapeFault::Unreadable, "")])
            })
        };
        Box::pin(in_turn(req, Stage::Body, read))
    }
}

fn check_content_type(req: &HttpRequest, operation: &Operation) -> Result<()> {
    let refused = || Problem::new(Code::UnsupportedMediaType);
    if req.headers().get(CONTENT_ENCODING).is_some_and(|v| v != "identity") {
        return Err(refused());
    }
    let sent = req.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).ok_or_else(refused)?;
    let essence = sent.split(';').next().unwrap_or_default().trim();
    let known = operation.body.as_ref().is_some_and(|b| b.media_types.iter().any(|m| m.eq_ignore_ascii_case(essence)));
    if known { Ok(()) } else { Err(refused()) }
}

fn check_shape(operation: &Operation, value: &Value) -> Result<()> {
    let body = operation.body.as_ref().ok_or_else(|| Problem::internal("a body that the document does not have"))?;
    let faults = body.check(value);
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid_body(faults)) }
}

/// Reads a body of at most `limit` bytes. What is longer is left for the gate to drop.
pub(crate) async fn read_bounded(mut payload: dev::Payload, limit: usize) -> Result<Bytes> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_broken| Problem::new(Code::BadRequest))?;
        if body.len() + chunk.len() > limit {
            return Err(Problem::new(Code::BodyTooLarge).detail(Text::new(
                format!("Isi paling besar {limit} byte."),
                format!("A body is at most {limit} bytes."),
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Parses JSON strictly: no repeated members, at most 32 levels. A number that is a whole one is kept
/// as a whole one however it is written, `1.0` as `1`, as RFC 8785 prints it.
///
/// # Errors
/// `not_json`, with the place.
pub fn parse(bytes: &[u8]) -> Result<Value> {
    let reason = Cell::new(Reason::Syntax);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let parsed = Strict { depth: 0, reason: &reason }.deserialize(&mut reader).and_then(|v| reader.end().map(|()| v));
    parsed.map_err(|e| {
        let (id, en) = match reason.get() {
            Reason::Syntax => ("tidak sah", "is not valid"),
            Reason::Repeated => ("mengulang anggota yang sama", "repeats a member"),
            Reason::TooDeep => ("bersarang terlalu dalam", "nests too deep"),
        };
        let (line, column) = (e.line(), e.column());
        Problem::new(Code::NotJson).detail(Text::new(
            format!("JSON {id} pada baris {line}, kolom {column}."),
            format!("The JSON {en} at line {line}, column {column}."),
        ))
    })
}

#[derive(Clone, Copy)]
enum Reason {
    Syntax,
    Repeated,
    TooDeep,
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    reason: &'a Cell<Reason>,
}

impl Strict<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == DEPTH {
            self.reason.set(Reason::TooDeep);
            return Err(E::custom("too deep"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Largest whole number that a double holds exactly, with all smaller ones.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::from(v))
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(Value::from(v))
    }
    #[allow(clippy::cast_possible_truncation)]
    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(if v.fract() == 0.0 && v.abs() <= EXACT { Value::from(v as i64) } else { Value::from(v) })
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::from(v))
    }
    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(Value::from(v))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut out = Vec::new();
        while let Some(value) = seq.next_element_seed(inner)? {
            out.push(value);
        }
        Ok(Value::Array(out))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut out = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if out.contains_key(&name) {
                self.reason.set(Reason::Repeated);
                return Err(A::Error::custom("repeated member"));
            }
            out.insert(name, map.next_value_seed(inner)?);
        }
        Ok(Value::Object(out))
    }
}

/// For a member of a merge-patch: that it was sent, be it null.
pub(super) fn sent<'de, D: serde::Deserializer<'de>, T: serde::Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strict_json() {
        assert_eq!(
            parse(br#"{"a":[1.0,-0.0,2.5,1e3,null,true]}"#).unwrap(),
            serde_json::json!({"a":[1,0,2.5,1000,null,true]})
        );
        for (bad, says) in [
            (r#"{"a":1,"a":2}"#, "repeats"),
            (r#"{"a":1,"\u0061":2}"#, "repeats"),
            ("{'a':1}", "not valid"),
            ("[1,]", "not valid"),
            ("[NaN]", "not valid"),
            ("[1e999]", "not valid"),
            ("1 2", "not valid"),
            ("", "not valid"),
            ("\"\\ud800\"", "not valid"),
            (&"[".repeat(33), "too deep"),
            (&"[".repeat(100_000), "too deep"),
        ] {
            let problem = parse(bad.as_bytes()).unwrap_err();
            assert_eq!(problem.code(), Code::NotJson);
            assert!(format!("{problem:?}").contains(says), "{bad}: {problem:?}");
        }
        assert!(parse(b"\"\xff\"").is_err());
        assert!(parse(format!("{}1{}", "[".repeat(32), "]".repeat(32)).as_bytes()).is_ok());
    }
}

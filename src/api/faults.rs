//! What a JSON schema has to say about a value, in words for people and codes for programs.
//!
//! The values themselves are never repeated: they may be personal.

use jsonschema::JsonType;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::codes::ShapeFault;
use super::problem::{Fault, Place};

/// More faults than these help nobody.
const MOST: usize = 100;

/// The pattern of a text that says something: one character is no white space. The document gives it to every text that
/// must not be empty. What follows `\s` is white space to some of the readers of patterns and not to others, or prints nothing.
pub(crate) const NOT_BLANK: &str = r"[^\s\x1c-\x1f\x85\u115f\u1160\u200b-\u200f\u2060\u2800\u3164\ufeff]";

/// Everything that is wrong with a value. `place` makes a place from a JSON pointer.
pub(crate) fn of(validator: &Validator, value: &Value, place: impl Fn(String) -> Place) -> Vec<Fault> {
    let mut out = Vec::new();
    unstorable("", value, &place, &mut out);
    // Asking first is cheap and the common case; listing is slow.
    if validator.is_valid(value) {
        return out;
    }
    for error in validator.iter_errors(value) {
        describe(value, &error, &place, &mut out);
        if out.len() >= MOST {
            break;
        }
    }
    out.truncate(MOST);
    out
}

/// Texts that hold U+0000: PostgreSQL has no place for it in a text, and no schema here means to allow it.
fn unstorable(at: &str, value: &Value, place: &dyn Fn(String) -> Place, out: &mut Vec<Fault>) {
    let mut refuse = |pointer| out.push(Fault::shape(place(pointer), ShapeFault::WrongFormat, "[^\\u0000]*"));
    match value {
        Value::String(text) if text.contains('\0') => refuse(at.to_owned()),
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                unstorable(&format!("{at}/{n}"), item, place, out);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let pointer = join(at, name);
                if name.contains('\0') {
                    out.push(Fault::shape(place(pointer.clone()), ShapeFault::UnknownMember, ""));
                }
                unstorable(&pointer, member, place, out);
            }
        }
        _ => {}
    }
}

fn describe(root: &Value, error: &ValidationError<'_>, place: &dyn Fn(String) -> Place, out: &mut Vec<Fault>) {
    use ValidationErrorKind as K;
    let at = error.instance_path().as_str();
    let mut say = |fault, limit: &str| out.push(Fault::shape(place(at.to_owned()), fault, limit));
    match error.kind() {
        K::Required { property } => {
            let pointer = join(at, property.as_str().unwrap_or_default());
            out.push(Fault::shape(place(pointer), ShapeFault::Missing, ""));
        }
        K::AdditionalProperties { unexpected } | K::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                out.push(Fault::shape(place(join(at, name)), ShapeFault::UnknownMember, ""));
            }
        }
        // What an object without any members is reported as; the error itself names none of those it has.
        K::FalseSchema => match root.pointer(at).and_then(Value::as_object) {
            Some(members) => {
                for name in members.keys() {
                    out.push(Fault::shape(place(join(at, name)), ShapeFault::UnknownMember, ""));
                }
            }
            None => say(ShapeFault::Unreadable, ""),
        },
        K::Type { kind } => say(ShapeFault::WrongType, &type_names(kind)),
        K::Enum { options } => say(ShapeFault::NotAllowed, &options.as_array().map_or(String::new(), |o| list(o))),
        K::Constant { expected_value } => say(ShapeFault::NotAllowed, &plain(expected_value)),
        K::MaxLength { limit } => say(ShapeFault::TooLong, &limit.to_string()),
        K::MinLength { limit } => say(ShapeFault::TooShort, &limit.to_string()),
        K::Maximum { limit } | K::ExclusiveMaximum { limit } => say(ShapeFault::TooLarge, &plain(limit)),
        K::Minimum { limit } | K::ExclusiveMinimum { limit } => say(ShapeFault::TooSmall, &plain(limit)),
        K::MaxItems { limit } | K::MaxProperties { limit } => say(ShapeFault::TooMany, &limit.to_string()),
        K::MinItems { limit } | K::MinProperties { limit } => say(ShapeFault::TooFew, &limit.to_string()),
        K::UniqueItems => say(ShapeFault::NotUnique, ""),
        K::Format { format } => say(ShapeFault::WrongFormat, format),
        // The empty one is too short already.
        K::Pattern { pattern } if pattern == NOT_BLANK => {
            if error.instance().as_str().is_some_and(|text| !text.is_empty()) {
                say(ShapeFault::Blank, "");
            }
        }
        K::Pattern { pattern } => say(ShapeFault::WrongFormat, pattern),
        K::PropertyNames { error } => describe(root, error, place, out),
        K::OneOfNotValid { context } | K::AnyOf { context } => match meant(at, context) {
            Some(branch) => branch.iter().for_each(|e| describe(root, e, place, out)),
            None => say(ShapeFault::NoAlternative, ""),
        },
        K::OneOfMultipleValid { .. } => say(ShapeFault::NoAlternative, ""),
        _ => say(ShapeFault::Unreadable, ""),
    }
}

/// The alternative that the sender seems to have meant: the only one whose type and tag fit, or the only one beside null.
fn meant<'a>(at: &str, context: &'a [Vec<ValidationError<'static>>]) -> Option<&'a [ValidationError<'static>]> {
    let fits = |branch: &&Vec<ValidationError<'static>>| {
        !branch.iter().any(|e| {
            let path = e.instance_path().as_str();
            let child = path.strip_prefix(at).is_some_and(|rest| rest.matches('/').count() == 1);
            match e.kind() {
                ValidationErrorKind::Type { .. } => path == at,
                ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => path == at || child,
                _ => false,
            }
        })
    };
    let only = |mut some: std::vec::IntoIter<&'a Vec<ValidationError<'static>>>| {
        let first = some.next()?;
        some.next().is_none().then_some(first.as_slice())
    };
    let is_null = |branch: &&Vec<ValidationError<'static>>| match branch.as_slice() {
        [error] => matches!(error.kind(), ValidationErrorKind::Type { kind: TypeKind::Single(JsonType::Null) }),
        _ => false,
    };
    let fitting: Vec<_> = context.iter().filter(fits).collect();
    only(fitting.into_iter()).or_else(|| {
        let (null, others): (Vec<_>, Vec<_>) = context.iter().partition(is_null);
        if null.is_empty() { None } else { only(others.into_iter()) }
    })
}

fn join(pointer: &str, name: &str) -> String {
    // A member name of any length can be sent; its beginning is enough to find it.
    let name: String = name.chars().take(120).collect();
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn type_names(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(t) => t.to_string(),
        TypeKind::Multiple(set) => set.iter().map(|t| t.to_string()).collect::<Vec<_>>().join(", "),
    }
}

fn list(values: &[Value]) -> String {
    values.iter().map(plain).collect::<Vec<_>>().join(", ")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

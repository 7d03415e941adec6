//! Reading the parts of a JSON value: a number, a text, a list, an object with known members. Each
//! reader gives the part or notes the fault and gives nothing.

use serde_json::{Map, Value};

use super::fault::{Faults, Pointer};
use crate::domain::decimal::{Decimal, Refused, names_no_finite_number};

impl Faults {
    /// An exact decimal.
    pub fn decimal(&mut self, value: &Value, at: &Pointer) -> Option<Decimal> {
        match value {
            Value::Number(number) => match Decimal::from_json(number) {
                Ok(decimal) => return Some(decimal),
                Err(refused) => self.refused(at, refused),
            },
            // As other tools write it.
            Value::String(text) if names_no_finite_number(text) => self.refused(at, Refused::NonFinite),
            _ => self.wrong_type(at, "angka JSON, tanpa tanda kutip", "a JSON number, without quotes"),
        }
        None
    }

    /// A decimal from `low` to `high`.
    pub fn decimal_within(&mut self, value: &Value, at: &Pointer, low: Decimal, high: Decimal) -> Option<Decimal> {
        let decimal = self.decimal(value, at)?;
        if (low..=high).contains(&decimal) {
            return Some(decimal);
        }
        self.add(
            at,
            "out_of_range",
            format!("Harus antara {low} dan {high}."),
            format!("Must be between {low} and {high}."),
        );
        None
    }

    /// A text; a boolean or a number is its JSON text.
    pub fn text(&mut self, value: &Value, at: &Pointer) -> Option<String> {
        match value {
            Value::String(text) => return Some(text.clone()),
            Value::Bool(truth) => return Some(truth.to_string()),
            Value::Number(_) => return self.decimal(value, at).map(|d| d.to_string()),
            _ => self.wrong_type(at, "teks, angka, true atau false", "a text, a number, true or false"),
        }
        None
    }

    /// A text in quotes.
    pub fn quoted<'v>(&mut self, value: &'v Value, at: &Pointer) -> Option<&'v str> {
        match value {
            Value::String(text) => return Some(text),
            _ => self.wrong_type(at, "teks dalam tanda kutip", "a text in quotes"),
        }
        None
    }

    /// A list, whatever its elements.
    pub fn list<'v>(&mut self, value: &'v Value, at: &Pointer) -> Option<&'v [Value]> {
        match value {
            Value::Array(list) => Some(list),
            _ => {
                self.wrong_type(at, "daftar dalam kurung siku", "a list in square brackets");
                None
            }
        }
    }

    /// A list with at least one element.
    pub fn some<'v>(&mut self, value: &'v Value, at: &Pointer) -> Option<&'v [Value]> {
        let list = self.list(value, at)?;
        if list.is_empty() {
            self.add(at, "empty", "Isi paling sedikit satu.", "Give at least one.");
            return None;
        }
        Some(list)
    }

    /// Two decimals, the first not above the second.
    pub fn two_ordered(&mut self, value: &Value, at: &Pointer) -> Option<(Decimal, Decimal)> {
        let list = self.list(value, at)?;
        let [from, to] = list else {
            self.wrong_type(at, "dua angka: [dari, sampai]", "two numbers: [from, to]");
            return None;
        };
        let (from, to) = (self.decimal(from, &at.element(0)), self.decimal(to, &at.element(1)));
        let (from, to) = (from?, to?);
        if from > to {
            self.not_increasing(at);
            return None;
        }
        Some((from, to))
    }

    /// Notes values that are not in increasing order.
    pub fn not_increasing(&mut self, at: &Pointer) {
        self.add(at, "not_increasing", "Harus urut naik.", "Must be in increasing order.");
    }

    /// Reads every element, so that all faults are found; gives the list if none had one.
    pub fn every<T>(
        &mut self,
        list: &[Value],
        at: &Pointer,
        mut read: impl FnMut(&mut Self, &Value, &Pointer) -> Option<T>,
    ) -> Option<Vec<T>> {
        let read: Vec<Option<T>> = list.iter().enumerate().map(|(i, v)| read(self, v, &at.element(i))).collect();
        read.into_iter().collect()
    }

    /// An object that has members of these names only.
    pub fn object<'v>(&mut self, value: &'v Value, at: &Pointer, members: &[&str]) -> Option<&'v Map<String, Value>> {
        let Value::Object(object) = value else {
            self.wrong_type(at, "objek dalam kurung kurawal", "an object in curly brackets");
            return None;
        };
        for name in object.keys().filter(|name| !members.contains(&name.as_str())) {
            let known = members.join(", ");
            self.add(
                &at.member(name),
                "unknown_member",
                format!("{name:?} tidak dikenal di sini. Yang ada: {known}."),
                format!("{name:?} is unknown here. Known: {known}."),
            );
        }
        Some(object)
    }

    /// A member that must be there.
    pub fn required<'v>(&mut self, object: &'v Map<String, Value>, at: &Pointer, name: &str) -> Option<&'v Value> {
        let member = object.get(name);
        if member.is_none() {
            self.add(
                &at.member(name),
                "missing_member",
                format!("{name:?} harus ada."),
                format!("{name:?} is required."),
            );
        }
        member
    }

    /// One of a closed set of codes.
    pub fn code<T: Copy>(&mut self, value: &Value, at: &Pointer, all: &[T], text: fn(T) -> &'static str) -> Option<T> {
        let wanted = self.quoted(value, at)?;
        let found = all.iter().copied().find(|code| text(*code) == wanted);
        if found.is_none() {
            let known: Vec<_> = all.iter().map(|code| text(*code)).collect();
            let known = known.join(", ");
            self.add(
                at,
                "unknown_value",
                format!("Tidak dikenal. Pilih: {known}."),
                format!("Unknown. Choose from: {known}."),
            );
        }
        found
    }
}

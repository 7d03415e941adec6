//! Whether a score would give away one answer that no card shows.
//!
//! Counted is what can tell ventures apart: a preference that gives nearly the same whatever the answer is no other
//! preference, and fields that come from one answer are one. What is left may not rest on a single hidden answer, or
//! nearly so: the order of the list and its scores would be that answer in another form.

use std::collections::BTreeMap;

use crate::domain::criteria::{Criteria, Preference, ValueFunction, lies_under};
use crate::domain::decimal::{Decimal, UNITS};
use crate::domain::fault::Fault;
use crate::domain::field::{Field, FieldClass, Registry};
use crate::domain::text::Text;
use crate::engine;
use crate::ops::{Error, Result};

/// Values that lie closer together, on 0–1, do not tell ventures apart: a hundredth.
const NEARLY_THE_SAME: i128 = UNITS / 100;

/// The most that one hidden answer may hold of the weight that counts: four fifths.
const MOST: (i128, i128) = (4, 5);

/// One answer of a venture, as far as a document weighs it.
#[derive(Default)]
struct Weighed {
    weight: i128,
    is_hidden: bool,
}

/// Refuses a document whose score rests on a single hidden answer.
///
/// # Errors
/// [`Error::Invalid`].
pub fn refuse_single(document: &Criteria, registry: &Registry) -> Result<()> {
    let all: Vec<&Preference> = document.preferences.iter().filter(|p| p.weight > Decimal::ZERO).collect();
    let tells = |p: &&&Preference| registry.find(&p.field).is_none_or(|field| tells_apart(&p.value, field));
    let telling: Vec<&Preference> = all.iter().filter(tells).copied().collect();
    // Where nothing tells ventures apart, whether there is an answer still does.
    let counted = if telling.is_empty() { all } else { telling };
    let mut answers = BTreeMap::<&str, Weighed>::new();
    for preference in &counted {
        let field = registry.find(&preference.field);
        let answer = answers.entry(field.map_or(&preference.field, Field::answer)).or_default();
        answer.weight += preference.weight.units();
        answer.is_hidden |= field.is_none_or(|f| f.class != FieldClass::Card);
    }
    let total: i128 = answers.values().map(|answer| answer.weight).sum();
    if answers.values().any(|answer| answer.is_hidden && answer.weight * MOST.1 > total * MOST.0) {
        return Err(Error::Invalid(vec![Fault {
            pointer: "/preferences".into(),
            code: "single_hidden_field",
            detail: Text::new(
                "Skor ini bertumpu pada satu jawaban yang tidak ada pada kartu, lebih dari empat perlima bobotnya, sehingga akan \
                 membocorkannya. Tambahkan preferensi lain, atau naikkan bobotnya; yang selalu bernilai sama tidak dihitung.",
                "This score rests on one answer that no card shows, with more than four fifths of its weight, so it would give \
                 that answer away. Add another preference or give it more weight; one that always gives the same does not count.",
            ),
        }]));
    }
    Ok(())
}

/// Whether a function gives different values over all that a field can hold.
fn tells_apart(function: &ValueFunction, field: &Field) -> bool {
    let (low, high) = match function {
        ValueFunction::Overlap(_) => return true,
        ValueFunction::Table { values, other } => {
            let of =
                |code: &str| values.iter().find(|(key, _)| lies_under(code, key)).map_or(*other, |(_, value)| *value);
            let codes = field.codes();
            let given: Vec<Decimal> = if codes.is_empty() {
                values.iter().map(|(_, value)| *value).chain([*other]).collect()
            } else {
                codes.iter().map(|(code, _)| of(code)).collect()
            };
            (given.iter().copied().min().unwrap_or_default(), given.iter().copied().max().unwrap_or_default())
        }
        _ => {
            let (from, to) = field.bounds();
            engine::values_between(function, from, to)
        }
    };
    high.units() - low.units() >= NEARLY_THE_SAME
}

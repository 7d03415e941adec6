//! Tuning aids: what a change of criteria does, why, and whether it holds; one file a question. Nothing is kept but a line in the audit.

mod acceptability;
mod compare;
mod fairness;
mod stability;
mod tornado;

use super::problem::{Fault, Problem, Result};
use super::routes::Routes;
use crate::domain::actor::Actor;
use crate::domain::decimal::Decimal;
use crate::domain::field::Registry;
use crate::domain::id::VentureId;
use crate::domain::look::LookKind;
use crate::domain::text::{Lang, Text, Words};
use crate::ops::{self, Service, looks};

/// Adds the routes of this folder.
pub(crate) fn routes(routes: &mut Routes) {
    routes
        .add(compare::compare_rankings)
        .add(stability::get_stability)
        .add(tornado::get_tornado)
        .add(acceptability::get_acceptability)
        .add(fairness::get_fairness);
}

/// Of each list so many lines are answered; the counts tell how many there are.
const MOST_LINES: usize = 100;

/// The headline where nobody has a place: there is nothing that could hold, move or be fair.
pub(super) const NOBODY: Words = Words::new(
    "Tidak ada usaha yang lolos saringan; longgarkan saringan atau pilih angkatan lain.",
    "No business passes the filters; loosen the filters or choose another cohort.",
);

fn venture(id: &str) -> ops::Result<VentureId> {
    id.parse().map_err(|_odd| ops::Error::Internal("a row that is no venture".into()))
}

/// Notes that somebody saw where these ventures stand.
fn seen(service: &Service, actor: &Actor, ventures: impl IntoIterator<Item = VentureId>) -> ops::Result<()> {
    looks::note(service, actor, LookKind::Standing, ventures, service.clock.now())
}

fn label(registry: &Registry, field: &str, lang: Lang) -> String {
    registry.find(field).map_or_else(|| field.to_owned(), |known| known.label.get(lang).to_owned())
}

/// A number as people write it: with a comma in Indonesian, with a point in English.
fn written(number: f64, digits: usize, lang: Lang) -> String {
    let text = format!("{number:.digits$}");
    match lang {
        Lang::Id => text.replace('.', ","),
        Lang::En => text,
    }
}

fn decimal(number: f64, at: &str) -> Result<Decimal> {
    let read = serde_json::Number::from_f64(number).and_then(|number| Decimal::from_json(&number).ok());
    read.ok_or_else(|| {
        let detail = Text::new(
            "Tulis bilangan dengan paling banyak sembilan angka di belakang koma.",
            "Write a number with at most nine digits after the point.",
        );
        Problem::invalid_body(vec![Fault::at(at.to_owned(), "too_many_digits", detail)])
    })
}

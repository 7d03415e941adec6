//! Weights from what people can say: points, an order, comparisons. Nothing is stored; the weights go into a document.

use std::collections::BTreeSet;

use super::{Error, Result};
use crate::domain::fault::Fault;
use crate::domain::text::{Text, Words};
use crate::engine::analyse::weights::{
    Unfit, ahp, best_worst, hundredths, rank_order_centroid, rank_reciprocal, rank_sum, swing,
};

/// Up to this ratio comparisons are customarily consistent enough (Saaty 1980).
pub const CONSISTENT_UP_TO: f64 = 0.1;

crate::codes! {
    /// How weights are asked for.
    ElicitationMethod {
        /// Points for moving each from its worst to its best.
        Swing = "swing",
        /// From an order: the centre of all weights in that order.
        Roc = "roc",
        /// From an order: in equal steps.
        RankSum = "rank_sum",
        /// From an order: 1, ½, ⅓, …
        RankReciprocal = "rank_reciprocal",
        /// From comparing every two (the analytic hierarchy process).
        Ahp = "ahp",
        /// From comparing the best with all, and all with the worst.
        BestWorst = "best_worst",
    }
}

/// What somebody said.
#[derive(Clone, Debug)]
pub struct Said {
    /// How it was asked.
    pub method: ElicitationMethod,
    /// What is weighed: keys of fields, or any words. Of an order, the most important first.
    pub fields: Vec<String>,
    /// Points for each, of a swing.
    pub points: Option<Vec<f64>>,
    /// How many times each matters as much as each, of the analytic hierarchy process.
    pub comparisons: Option<Vec<Vec<f64>>>,
    /// Which is best and which is worst, of the best-worst method.
    pub best: Option<String>,
    /// The worst.
    pub worst: Option<String>,
    /// How many times the best matters as much as each.
    pub best_to_others: Option<Vec<f64>>,
    /// How many times each matters as much as the worst.
    pub others_to_worst: Option<Vec<f64>>,
}

/// Weights, and how far what was said agrees with itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Elicited {
    /// In the order of the fields, adding up to 1.
    pub weights: Vec<f64>,
    /// The same as whole hundredths, adding up to 100.
    pub hundredths: Vec<u32>,
    /// Of comparisons only.
    pub consistency: Option<Consistency>,
}

/// How far comparisons agree with each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Consistency {
    /// The ratio that decides; nothing where no published index says what would be much.
    pub ratio: Option<f64>,
    /// Of the best-worst method: the largest deviation from a comparison.
    pub ksi: Option<f64>,
}

impl Consistency {
    /// Whether it is good enough; nothing where nobody can say.
    pub fn is_enough(self) -> Option<bool> {
        self.ratio.map(|ratio| ratio <= CONSISTENT_UP_TO)
    }

    /// What people read.
    pub fn label(self) -> Words {
        match self.is_enough() {
            Some(true) => Words::new(
                "Perbandingan cukup konsisten; bobot dapat dipakai.",
                "The comparisons are consistent enough; the weights can be used.",
            ),
            Some(false) => Words::new(
                "Perbandingan saling bertentangan. Tinjau ulang yang paling sulit dijawab sebelum memakai bobot ini.",
                "The comparisons contradict each other. Go over the hardest ones again before using these weights.",
            ),
            None => Words::new(
                "Tidak ada ukuran baku untuk lebih dari 15 hal. Bagi dalam kelompok dan bandingkan per kelompok.",
                "There is no published measure for more than 15 things. Group them and compare within groups.",
            ),
        }
    }
}

/// Weights from what somebody said.
///
/// # Errors
/// [`Error::Invalid`] with what is missing, does not belong to the method, or contradicts itself.
pub fn weights(said: &Said) -> Result<Elicited> {
    let mut faults = members(said);
    let mut seen = BTreeSet::new();
    for (i, field) in said.fields.iter().enumerate().filter(|(_, field)| !seen.insert(field.as_str())) {
        let detail = Text::new(
            format!("{field:?} ditulis dua kali. Hapus salah satu."),
            format!("{field:?} is written twice. Remove one of them."),
        );
        faults.push(Fault { pointer: format!("/fields/{i}"), code: "duplicate_field", detail });
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let n = said.fields.len();
    let (weights, consistency) = match said.method {
        ElicitationMethod::Swing => {
            (swing(list(&said.points)).map_err(|unfit| refused(unfit, |at| format!("/points/{at}"), "/points"))?, None)
        }
        ElicitationMethod::Roc => (rank_order_centroid(n), None),
        ElicitationMethod::RankSum => (rank_sum(n), None),
        ElicitationMethod::RankReciprocal => (rank_reciprocal(n), None),
        ElicitationMethod::Ahp => {
            let found = ahp(list(&said.comparisons))
                .map_err(|unfit| refused(unfit, |at| format!("/comparisons/{at}"), "/comparisons"))?;
            (found.weights, Some(Consistency { ratio: found.cr, ksi: None }))
        }
        ElicitationMethod::BestWorst => {
            let (found, consistency) = of_best_and_worst(said)?;
            (found, Some(consistency))
        }
    };
    Ok(Elicited { hundredths: hundredths(&weights), weights, consistency })
}

fn list<T>(member: &Option<Vec<T>>) -> &[T] {
    member.as_deref().unwrap_or_default()
}

fn of_best_and_worst(said: &Said) -> Result<(Vec<f64>, Consistency)> {
    let place = |name: &Option<String>, pointer: &str| {
        let at = said.fields.iter().position(|field| Some(field) == name.as_ref());
        at.ok_or_else(|| Fault {
            pointer: pointer.to_owned(),
            code: "unknown_field",
            detail: Text::new("Harus salah satu dari \"fields\".", "Must be one of \"fields\"."),
        })
    };
    let (best, worst) = match (place(&said.best, "/best"), place(&said.worst, "/worst")) {
        (Ok(best), Ok(worst)) => (best, worst),
        (best, worst) => return Err(Error::Invalid(best.err().into_iter().chain(worst.err()).collect())),
    };
    if best == worst && said.fields.len() > 1 {
        let detail = Text::new(
            "Harus bukan yang terbaik: pilih yang paling tidak penting.",
            "Must not be the best: choose the one that matters least.",
        );
        return Err(Error::Invalid(vec![Fault { pointer: "/worst".into(), code: "best_is_worst", detail }]));
    }
    let (best_to, to_worst) = (list(&said.best_to_others), list(&said.others_to_worst));
    let low = |x: &f64| !(1.0..=1e6).contains(x);
    // Which list a comparison below 1 stands in is told here; the rest is the method's own.
    let pointer = if best_to.iter().any(low) { "/best_to_others" } else { "/others_to_worst" };
    let found = best_worst(best, worst, best_to, to_worst)
        .map_err(|unfit| refused(unfit, |at| format!("{pointer}/{at}"), "/best_to_others"))?;
    let beyond = beyond_the_best(best_to, to_worst, best_to[worst]);
    if !beyond.is_empty() {
        return Err(Error::Invalid(beyond));
    }
    Ok((found.weights, Consistency { ratio: Some(found.consistency_ratio), ksi: Some(found.ksi) }))
}

/// Comparisons greater than that of the best with the worst: then these two would not be the best and the worst.
fn beyond_the_best(best_to: &[f64], to_worst: &[f64], best_over_worst: f64) -> Vec<Fault> {
    let lists = [("best_to_others", best_to), ("others_to_worst", to_worst)];
    let all = lists.into_iter().flat_map(|(name, list)| list.iter().enumerate().map(move |(at, x)| (name, at, *x)));
    all.filter(|(_, _, x)| *x > best_over_worst)
        .map(|(name, at, _)| Fault {
            pointer: format!("/{name}/{at}"),
            code: "out_of_range",
            detail: Text::new(
                format!("Paling banyak {best_over_worst}, perbandingan yang terbaik dengan yang terburuk."),
                format!("At most {best_over_worst}, the comparison of the best with the worst."),
            ),
        })
        .collect()
}

/// Members that the method needs and that are not there, that it has no use for, or that are of another length.
fn members(said: &Said) -> Vec<Fault> {
    let n = said.fields.len();
    let length = |member: &Option<Vec<f64>>| member.as_ref().map(Vec::len);
    let square = said.comparisons.as_ref().map(|rows| {
        let odd = rows.iter().map(Vec::len).find(|width| *width != n);
        odd.unwrap_or(rows.len())
    });
    let one = |member: &Option<String>| member.as_ref().map(|_| n);
    let all = [
        ("points", ElicitationMethod::Swing, length(&said.points)),
        ("comparisons", ElicitationMethod::Ahp, square),
        ("best", ElicitationMethod::BestWorst, one(&said.best)),
        ("worst", ElicitationMethod::BestWorst, one(&said.worst)),
        ("best_to_others", ElicitationMethod::BestWorst, length(&said.best_to_others)),
        ("others_to_worst", ElicitationMethod::BestWorst, length(&said.others_to_worst)),
    ];
    let mut faults = Vec::new();
    for (name, method, length) in all {
        let mut add = |code, id: String, en: String| {
            faults.push(Fault { pointer: format!("/{name}"), code, detail: Text::new(id, en) });
        };
        let method_name = said.method.as_str();
        match length {
            None if method == said.method => add(
                "needed_here",
                format!("Metode {method_name} memerlukan anggota ini."),
                format!("The method {method_name} needs this member."),
            ),
            Some(_) if method != said.method => add(
                "not_of_this_method",
                format!("Metode {method_name} tidak memakai anggota ini; hapus."),
                format!("The method {method_name} has no use for this member; remove it."),
            ),
            Some(length) if length != n => add(
                "wrong_length",
                format!("Harus sebanyak \"fields\": {n}."),
                format!("Must be as many as \"fields\": {n}."),
            ),
            _ => {}
        }
    }
    faults
}

/// Why there are no weights, as a fault of the body.
fn refused(unfit: Unfit, at: impl Fn(String) -> String, whole: &str) -> Error {
    let fault =
        |pointer: String, code, id, en| Error::Invalid(vec![Fault { pointer, code, detail: Text::new(id, en) }]);
    let whole = whole.to_owned();
    match unfit {
        Unfit::NonFinite { at: place } => {
            fault(at(place.to_string()), "number_out_of_range", "Di luar ±10^100.", "Beyond ±10^100.")
        }
        Unfit::Negative { at: place } => {
            fault(at(place.to_string()), "negative", "Tidak boleh negatif.", "Must not be negative.")
        }
        Unfit::AllZero => fault(
            whole,
            "all_zero_weights",
            "Semua 0. Beri poin pada paling sedikit satu.",
            "All are 0. Give points to at least one.",
        ),
        Unfit::NotAComparison { row, column } => fault(
            at(format!("{row}/{column}")),
            "out_of_range",
            "Harus dari 0,000001 sampai 1000000.",
            "Must be from 0.000001 to 1000000.",
        ),
        Unfit::NotReciprocal { row, column } => fault(
            at(format!("{row}/{column}")),
            "not_reciprocal",
            "Harus kebalikan dari perbandingan sebaliknya: bila satu arah 3, arah lainnya 1/3 (0,333).",
            "Must be the reciprocal of its reverse: where one way is 3 the other is 1/3 (0.333).",
        ),
        Unfit::BelowOne { at: place } => {
            fault(at(place.to_string()), "out_of_range", "Harus dari 1 sampai 1000000.", "Must be from 1 to 1000000.")
        }
        Unfit::SelfComparison => fault(
            whole,
            "self_comparison",
            "Yang terbaik dibandingkan dengan dirinya, dan yang terburuk dengan dirinya, harus 1.",
            "The best compared with itself, and the worst with itself, must be 1.",
        ),
        Unfit::TwoAnswers => fault(
            whole,
            "two_answers",
            "Yang terbaik atas yang terburuk berbeda di kedua daftar. Samakan.",
            "The best over the worst differs between the two lists. Make them the same.",
        ),
        Unfit::Empty | Unfit::Ragged | Unfit::NoSpread | Unfit::NotSolved => fault(
            whole,
            "not_solved",
            "Tidak ada bobot yang dapat dihitung dari ini. Periksa angkanya.",
            "No weights can be worked out from this. Check the numbers.",
        ),
    }
}

//! An analysis on paper: JSON for programs, a table for people.

use std::io::{self, Write};

use crate::cli::rank::print::grid;
use crate::domain::text::{Lang, Words};
use crate::engine::analyse::{Analysis, Extras, WarningCode};

/// One object in the canonical form of RFC 8785.
pub fn json(analysis: &Analysis, mut out: &mut dyn Write) -> io::Result<()> {
    serde_json_canonicalizer::to_writer(analysis, &mut out).map_err(io::Error::from)?;
    writeln!(out)
}

/// A column of figures and its header.
type Named<'a> = (&'static str, &'a [f64]);

/// The rows, best first, and what to know beside the scores.
pub fn table(analysis: &Analysis, ids: &[String], lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let say = |id: &'static str, en: &'static str| Words::new(id, en).get(lang);
    let (rank, venture) = (say("Peringkat", "Rank"), say("Usaha", "Venture"));
    let (score, more): (_, Option<[Named<'_>; 2]>) = match &analysis.extras {
        Extras::Topsis { d_plus, d_minus } => (say("Skor", "Score"), Some([("d⁺", d_plus), ("d⁻", d_minus)])),
        Extras::Vikor { s, r, .. } => ("Q", Some([("S", s), ("R", r)])),
        Extras::Promethee2 { phi_plus, phi_minus } => ("φ", Some([("φ⁺", phi_plus), ("φ⁻", phi_minus)])),
        Extras::None {} => (say("Skor", "Score"), None),
    };
    let mut order: Vec<usize> = (0..analysis.ranking.len()).collect();
    order.sort_by_key(|row| analysis.ranking[*row]);
    let name = |row: usize| ids.get(row).cloned().unwrap_or_default();
    let mut grid = match more {
        Some([(first, _), (second, _)]) => {
            grid([(rank, true), (venture, false), (score, true), (first, true), (second, true)])
        }
        None => grid([(rank, true), (venture, false), (score, true)]),
    };
    for row in order {
        let mut cells = vec![analysis.ranking[row].to_string(), name(row), figure(analysis.scores[row])];
        cells.extend(more.iter().flatten().map(|(_, list)| figure(list[row])));
        grid.add_row(cells);
    }
    writeln!(out, "{grid}")?;
    if let Extras::Vikor { compromise, .. } = &analysis.extras {
        let names: Vec<String> = compromise.iter().map(|row| name(*row)).collect();
        writeln!(out, "{}: {}", say("Himpunan kompromi", "Compromise set"), names.join(", "))?;
    }
    for warning in &analysis.warnings {
        let words = match warning.code {
            WarningCode::ConstantCriterion => {
                say("semua baris sama, jadi tidak menyumbang apa pun", "all rows are alike, so it contributes nothing")
            }
            WarningCode::OutOfBounds => {
                say("ada angka di luar batas yang dipotong", "numbers outside the bounds were clipped")
            }
            WarningCode::Degenerate => say(
                "metode tidak terdefinisi di sini; dipakai kesepakatan (lihat --help)",
                "the method is undefined here; its convention was used (see --help)",
            ),
        };
        let field = warning.field.as_deref().map(|field| format!("{field}: ")).unwrap_or_default();
        writeln!(out, "{}: {field}{words}", say("perhatian", "note"))?;
    }
    if !matches!(analysis.extras, Extras::None {}) {
        let words = say(
            "Urutan ini bergantung pada siapa lagi yang ada di tabel; daftar yang diterbitkan tidak pernah memakainya.",
            "This order depends on who else is in the table; published lists never use it.",
        );
        writeln!(out, "{words}")?;
    }
    Ok(())
}

/// Six decimals, or powers of ten where those would not tell.
fn figure(x: f64) -> String {
    let plain = x == 0.0 || (1e-4..1e12).contains(&x.abs());
    if plain { format!("{x:.6}") } else { format!("{x:.6e}") }
}

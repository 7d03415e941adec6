//! A ranking on paper: JSON for programs, CSV for spreadsheets, tables for people.

use std::io::{self, Write};

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table};
use serde::Serialize;

use crate::domain::criteria::{COVERAGE, Criteria};
use crate::domain::decimal::Decimal;
use crate::domain::text::{Lang, Words};
use crate::engine::{Change, Columns, Explained, Flag, Movable, Placed, Ranking, Raw};

/// One object in the canonical form of RFC 8785, written piece by piece: a long list never stands in
/// memory as text. Its members are in the canonical order.
pub fn json(ranking: &Ranking, criteria: &Criteria, columns: &Columns, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{{\"criteria\":")?;
    canonical(&criteria.echo(), out)?;
    write!(out, ",\"excluded\":")?;
    list(ranking.excluded().iter().map(|left| ranking.explain_excluded(left)), out)?;
    write!(out, ",\"pending\":")?;
    list(ranking.pending().iter().map(|row| ranking.id(*row)), out)?;
    write!(out, ",\"results\":")?;
    list(ranking.placed().map(|placed| ranking.explain(placed, Movable::Columns(columns))), out)?;
    write!(out, ",\"summary\":")?;
    canonical(&ranking.summary(), out)?;
    writeln!(out, "}}")
}

fn list<T: Serialize>(items: impl Iterator<Item = T>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "[")?;
    for (i, item) in items.enumerate() {
        if i > 0 {
            write!(out, ",")?;
        }
        canonical(&item, out)?;
    }
    write!(out, "]")
}

fn canonical<T: Serialize>(value: &T, mut out: &mut dyn Write) -> io::Result<()> {
    serde_json_canonicalizer::to_writer(value, &mut out).map_err(io::Error::from)
}

/// One row a ranked venture, in final order. The explanation adds points for each preference, the result
/// of each filter, the gap and what would close it.
pub fn csv(
    ranking: &Ranking,
    criteria: &Criteria,
    columns: &Columns,
    explain: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let mut header: Vec<String> =
        ["position", "rank", "tie_size", "id", "score", "interval_low", "interval_high", "coverage", "flags"]
            .map(str::to_owned)
            .to_vec();
    if explain {
        header.extend(explanation_header(criteria));
    }
    csv.write_record(&header)?;
    for placed in ranking.placed() {
        let explained = explain.then(|| ranking.explain(placed, Movable::Columns(columns)));
        let (low, high) = ranking.interval(placed);
        let mut row = vec![
            placed.position.to_string(),
            placed.rank.to_string(),
            placed.tie_size.to_string(),
            ranking.id(placed.row).to_string(),
            ranking.shown(placed.score).padded(),
            low.padded(),
            high.padded(),
            ranking.coverage(placed).padded(),
            flags(placed, ";"),
        ];
        row.extend(explained.iter().flat_map(explanation_cells));
        csv.write_record(&row)?;
    }
    csv.flush()
}

/// The document alone decides it: programs count on the same columns whoever is eligible.
fn explanation_header(criteria: &Criteria) -> Vec<String> {
    let weighed = criteria.preferences.iter().filter(|p| p.weight > Decimal::ZERO);
    let points = weighed.map(|p| format!("points:{}", p.field));
    let coverage = (criteria.min_coverage > Decimal::ZERO).then_some(COVERAGE);
    let filters = criteria.filters.iter().map(|f| f.test.field.as_str()).chain(coverage);
    let filters = filters.map(|field| format!("filter:{field}"));
    let rest = ["gap_to_cutoff", "changes", "combination"].map(str::to_owned);
    points.chain(filters).chain(rest).collect()
}

fn explanation_cells(explained: &Explained) -> Vec<String> {
    let points = explained.contributions.iter().map(|c| c.points.padded());
    let filters = explained.filters.iter().map(|f| f.result.as_str().to_owned());
    let rest = [
        explained.gap_to_cutoff.map(Decimal::padded).unwrap_or_default(),
        changes(&explained.changes, ";"),
        explained.combination.as_deref().map(|c| changes(c, ";")).unwrap_or_default(),
    ];
    points.chain(filters).chain(rest).collect()
}

fn flags(placed: &Placed, separator: &str) -> String {
    placed.flags.iter().map(Flag::as_str).collect::<Vec<_>>().join(separator)
}

fn changes(changes: &[Change], separator: &str) -> String {
    let one = |c: &Change| format!("{} {}->{}", c.field, c.from, c.to);
    changes.iter().map(one).collect::<Vec<_>>().join(separator)
}

/// The list for people: up to the document's limit, and who was close, and the totals.
pub fn table(
    ranking: &Ranking,
    criteria: &Criteria,
    columns: &Columns,
    explain: bool,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let say = |id: &'static str, en: &'static str| Words::new(id, en).get(lang);
    if let Some(title) = &criteria.title {
        writeln!(out, "{}\n", title.get(lang))?;
    }
    let mut list = grid([
        (say("Urutan", "Position"), true),
        (say("Peringkat", "Rank"), true),
        ("Id", false),
        (say("Skor", "Score"), true),
        (say("Rentang", "Interval"), true),
        (say("Terjawab", "Known"), true),
        (say("Catatan", "Notes"), false),
    ]);
    let shown: Vec<&Placed> = ranking.placed().take(ranking.k()).collect();
    for placed in &shown {
        let (low, high) = ranking.interval(placed);
        let rank = if placed.tie_size > 1 {
            format!("{} ({} {})", placed.rank, placed.tie_size, say("seri", "tied"))
        } else {
            placed.rank.to_string()
        };
        list.add_row([
            placed.position.to_string(),
            rank,
            ranking.id(placed.row).to_string(),
            ranking.shown(placed.score).padded(),
            format!("{}–{}", tenths(low), tenths(high)),
            tenths_percent(ranking.coverage(placed)),
            flags(placed, ", "),
        ]);
    }
    writeln!(out, "{list}")?;
    let rest = ranking.merit().len().saturating_sub(ranking.k());
    if rest > 0 {
        writeln!(out, "{}", say("… dan lainnya", "… and others").to_owned() + &format!(": {rest}"))?;
    }
    totals(ranking, lang, out)?;
    if explain {
        for placed in shown {
            explanation(&ranking.explain(placed, Movable::Columns(columns)), lang, out)?;
        }
    }
    Ok(())
}

fn totals(ranking: &Ranking, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let say = |id: &'static str, en: &'static str| Words::new(id, en).get(lang);
    let summary = ranking.summary();
    writeln!(
        out,
        "\n{}: {}   {}: {}   {}: {}",
        say("Masuk daftar", "Eligible"),
        summary.eligible,
        say("Tersaring", "Excluded"),
        summary.excluded,
        say("Belum dinilai", "Pending"),
        summary.pending
    )?;
    if let Some(score) = summary.cutoff_score {
        let (at, by) = (say("Batas", "Cut-off"), say("dimiliki oleh", "shared by"));
        writeln!(out, "{at} {}: {}, {by} {}", ranking.k(), score.padded(), summary.cutoff_ties)?;
    }
    for sieved in ranking.distribution().filters {
        let (first, alone) =
            (say("tersaring lebih dulu oleh", "kept out first by"), say("hanya oleh ini", "by this alone"));
        writeln!(out, "  {first} {}: {}, {alone}: {}", sieved.field, sieved.first, sieved.alone)?;
    }
    let mut near: Vec<_> = ranking.near_misses().map(|left| ranking.explain_excluded(left)).collect();
    near.sort_by_key(|left| left.rank_without_filters);
    for left in near.iter().filter(|l| l.rank_without_filters.is_some_and(|rank| rank <= ranking.k())) {
        let stops = left.filters.iter().filter(|f| f.stops);
        let fields: Vec<_> = stops.map(|f| format!("{} ({})", f.field, f.result.as_str())).collect();
        let rank = left.rank_without_filters.unwrap_or_default();
        let (near, would) = (say("nyaris", "near miss"), say("tanpa saringan itu peringkat", "without it rank"));
        writeln!(out, "  {near}: {}: {}; {would} {rank}", left.id, fields.join(", "))?;
    }
    if let Some(floor) = ranking.floor() {
        let figures = [
            (say("kelompok", "group"), floor.protected.to_string()),
            (say("berpindah", "moved"), floor.moved.len().to_string()),
            (say("harga tertinggi", "highest price"), Decimal::from_units(floor.max_price).padded()),
            (say("harga rata-rata", "mean price"), floor.mean_price().padded()),
            (say("kekurangan", "shortfall"), floor.shortfall.to_string()),
        ];
        let figures = figures.map(|(what, figure)| format!("{what} {figure}")).join(", ");
        writeln!(out, "{}: {figures}", say("Lantai keterwakilan", "Representation floor"))?;
    }
    Ok(())
}

fn explanation(explained: &Explained, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let say = |id: &'static str, en: &'static str| Words::new(id, en).get(lang);
    writeln!(out, "\n{}. {}  {}", explained.position, explained.id, explained.score.padded())?;
    let mut grid = grid([
        (say("Bidang", "Field"), false),
        (say("Jawaban", "Answer"), false),
        (say("Nilai", "Value"), true),
        (say("Bobot", "Weight"), true),
        (say("Poin", "Points"), true),
    ]);
    for c in &explained.contributions {
        grid.add_row([
            c.field.to_string(),
            raw(&c.raw, say("tidak diketahui", "unknown")),
            c.value.map_or_else(|| "–".to_owned(), |v| v.to_string()),
            c.weight.to_string(),
            c.points.padded(),
        ]);
    }
    writeln!(out, "{grid}")?;
    for f in &explained.filters {
        writeln!(out, "  {} {}: {}", say("saringan", "filter"), f.field, f.result.as_str())?;
    }
    if let Some(gap) = explained.gap_to_cutoff {
        writeln!(out, "  {}: {}", say("jarak ke batas", "gap to the cut-off"), gap.padded())?;
    }
    if !explained.changes.is_empty() {
        writeln!(out, "  {}: {}", say("cukup salah satu", "any one of"), changes(&explained.changes, ", "))?;
    }
    if let Some(combination) = &explained.combination {
        writeln!(out, "  {}: {}", say("atau bersama", "or together"), changes(combination, " + "))?;
    }
    Ok(())
}

fn raw(raw: &Raw, unknown: &str) -> String {
    match raw {
        Raw::None => unknown.to_owned(),
        Raw::Number(number) => number.to_string(),
        Raw::Text(text) => text.to_string(),
        Raw::Set(set) => set.join("; "),
        Raw::Range([from, to]) => format!("{from}..{to}"),
    }
}

/// One decimal.
fn tenths(decimal: Decimal) -> String {
    let tenths = decimal.rounded(1).units() / 100_000_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn tenths_percent(share: Decimal) -> String {
    format!("{}%", tenths(Decimal::from_units(share.units() * 100)))
}

/// A table with these headers; those marked hold numbers and stand to the right.
pub fn grid<const N: usize>(headers: [(&str, bool); N]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(headers.map(|(text, _)| Cell::new(text).add_attribute(Attribute::Bold)));
    for (at, _) in headers.iter().enumerate().filter(|(_, (_, number))| *number) {
        if let Some(column) = table.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

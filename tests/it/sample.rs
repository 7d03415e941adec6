//! The workshop sample holds what it promises, in both formats; the investors' criteria work on it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};
use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use sedaya::demo;
use sedaya::domain::assessment::{Answer, Combined, Outcome, Ratings, finalise};
use sedaya::domain::band::Derived;
use sedaya::domain::card::{Printed, coarsen};
use sedaya::domain::consent::Purpose;
use sedaya::domain::criteria::{Criteria, Reading, Source};
use sedaya::domain::decimal::Decimal;
use sedaya::domain::field::{FieldType, FieldValue, Registry, Subject};
use sedaya::domain::intake::{
    Cell, Codebook, IntakeVenture, Kind, Layout, ParsedRow, RatingPart, RowSecrets, Target, join_participant,
    join_venture,
};
use sedaya::domain::venture::{Attendance, InvestorKind, ParticipantType};
use sedaya::engine::{self, Column, Measured, Options, Row, Snapshot};
use sedaya::reference::{region, rubric::sedaya_v1};
use sedaya::sources::{Format, Sheet, template};

fn book() -> Codebook {
    Codebook {
        rubric: Arc::new(sedaya_v1().clone()),
        regions: region::names(),
        day: demo::STARTS_ON,
        today: demo::ENDS_ON,
    }
}

fn read(file: &[u8]) -> Vec<RowSecrets> {
    let sheet = Sheet::from_bytes(file.to_vec(), book()).unwrap_or_else(|e| panic!("{e:#?}"));
    let mut faults = Vec::new();
    let rows = sheet.filter_map(|row| row.map_err(|e| faults.extend(e)).ok()).collect();
    assert_eq!(faults, [], "the sample is read without a fault");
    rows
}

fn sample() -> Vec<ParsedRow> {
    read(demo::CSV).into_iter().map(|r| r.row).collect()
}

/// The businesses by code, each from all its rows.
fn ventures(rows: &[ParsedRow]) -> BTreeMap<String, IntakeVenture> {
    let mut groups: BTreeMap<&str, Vec<&ParsedRow>> = BTreeMap::new();
    for row in rows {
        if let Some(venture) = &row.venture {
            groups.entry(&venture.reference).or_default().push(row);
        }
    }
    let join = |(code, rows): (&str, Vec<&ParsedRow>)| {
        (code.to_owned(), join_venture(&rows, sedaya_v1()).unwrap_or_else(|e| panic!("{e:#?}")))
    };
    groups.into_iter().map(join).collect()
}

fn outcome(venture: &IntakeVenture) -> Outcome {
    let ratings: Vec<Ratings> = venture.assessments.iter().map(|a| a.assessment.ratings.clone()).collect();
    finalise(sedaya_v1(), &ratings)
}

fn has_consent(venture: &IntakeVenture, purpose: &str) -> bool {
    venture.participants.iter().any(|p| p.consents.given.contains_key(purpose))
}

#[test]
fn a_hundred_participants_of_the_mix_in_the_news_text() {
    let rows = sample();
    assert_eq!(rows.len(), 120);
    let mut people: BTreeMap<&str, Vec<&ParsedRow>> = BTreeMap::new();
    for row in &rows {
        people.entry(&row.participant.reference).or_default().push(row);
    }
    assert_eq!(people.len(), 100);
    let people: Vec<_> = people.values().map(|rows| join_participant(rows).unwrap()).collect();
    let of = |kind| people.iter().filter(|p| p.participant_type == Some(kind)).count();
    assert_eq!(
        [
            of(ParticipantType::KpmPena),
            of(ParticipantType::UmkmJakpreneur),
            of(ParticipantType::PantiSosial),
            of(ParticipantType::PilarSosial)
        ],
        [55, 25, 10, 10]
    );
    let online = people.iter().filter(|p| p.attendance == Some(Attendance::Online)).count();
    assert!((8..=20).contains(&online), "{online} online");
    assert!(people.iter().all(|p| p.age_band.is_some_and(|band| band.adult())));
    let with_business: BTreeSet<&str> =
        rows.iter().filter(|r| r.venture.is_some()).map(|r| r.participant.reference.as_str()).collect();
    assert_eq!((with_business.len(), ventures(&rows).len()), (84, 80), "four stand beside somebody else's business");
}

#[test]
fn everything_in_it_is_visibly_synthetic() {
    for RowSecrets { row, nik } in read(demo::CSV) {
        assert!(row.participant.reference.starts_with("SINTETIS-"));
        let marked = |name: &str| ["sampel", "sampl", "smpl"].iter().any(|mark| name.to_lowercase().contains(mark));
        assert!(row.participant.name.iter().all(|n| marked(n.expose())));
        assert!(row.participant.phone.iter().all(|p| p.expose().starts_with("+628000000")));
        assert!(row.participant.email.iter().all(|e| e.expose().ends_with("@contoh.invalid")));
        assert!(nik.iter().all(|n| n.expose().starts_with("00")), "no province has the code 00");
        let Some(venture) = row.venture else { continue };
        assert!(venture.reference.starts_with("SINTETIS-U"));
        assert!(venture.name.iter().all(|n| marked(n.expose())));
        assert!(venture.address.iter().all(|a| a.expose().starts_with("Jl. Contoh ")));
        assert!(venture.legal_numbers.values().all(|n| n.expose().contains("00000")));
        assert!(row.assessment.iter().flat_map(|a| &a.assessor_name).all(|n| marked(n.expose())));
    }
    assert!(demo::NOTICE.id.contains("sintetis") && demo::NOTICE.en.contains("Synthetic"));
}

#[test]
fn businesses_are_those_of_jakarta() {
    let rows = sample();
    let ventures = ventures(&rows);
    let known: BTreeSet<String> = region::names().into_iter().map(|(code, _)| code).collect();
    let mut sections: BTreeMap<String, usize> = BTreeMap::new();
    let mut kota: BTreeMap<String, usize> = BTreeMap::new();
    for venture in ventures.values() {
        let profile = &venture.profile;
        let need = profile.funding_need.unwrap();
        assert!(1_000_000 <= need.min.0 && need.max.0 <= 50_000_000, "{}", venture.reference);
        let region = profile.region.clone().unwrap();
        assert!(region.len() == 8 && known.contains(&region), "{region} is a kecamatan");
        *kota.entry(region[..5].to_owned()).or_default() += 1;
        let sector = profile.sector.clone().unwrap();
        let section = if sector.starts_with("KBLI2020:C10") { "C10" } else { &sector["KBLI2020:".len()..][..1] };
        *sections.entry(section.to_owned()).or_default() += 1;
        if let (Some(profit), Some(revenue)) = (profile.monthly_net_profit, profile.annual_revenue) {
            assert!(profit.0 * 12 < revenue.0 && revenue.0 < 500_000_000, "{}", venture.reference);
        }
        let (all, some) = (profile.employees_fte.unwrap(), profile.employees_vulnerable_fte.unwrap());
        assert!(some <= all, "{}", venture.reference);
        assert_eq!(profile.pena_category.is_some(), profile.participant_type == Some(ParticipantType::KpmPena));
    }
    assert!(kota.len() >= 5, "{kota:?}");
    for (section, least) in [("G", 15), ("I", 15), ("C10", 8), ("C", 8), ("S", 3)] {
        assert!(sections.get(section).is_some_and(|n| *n >= least), "{section} in {sections:?}");
    }
    let answered = |read: fn(&IntakeVenture) -> bool| ventures.values().filter(|v| read(v)).count();
    let revenue = answered(|v| v.profile.annual_revenue.is_some());
    assert!((60..80).contains(&revenue), "some would not say: {revenue}");
}

#[test]
fn ratings_hang_together_and_leave_things_open() {
    let rows = sample();
    let ventures = ventures(&rows);
    let rubric = sedaya_v1();
    let (mut two, mut open, mut disagree, mut unassessed, mut too_few) = (0, 0, 0, 0, 0);
    let mut levels = BTreeSet::new();
    let mut values: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let mut states = [0; 4];
    for venture in ventures.values() {
        if venture.assessments.is_empty() {
            unassessed += 1;
            continue;
        }
        let outcome = outcome(venture);
        levels.insert(outcome.readiness.level);
        too_few += usize::from(outcome.dimensions.iter().any(|d| d.score().is_none()));
        if let [a, b] = &venture.assessments[..] {
            two += 1;
            open += usize::from(!outcome.open_adjudication.is_empty());
            let differ = a.assessment.ratings.iter().any(|(code, rating)| {
                b.assessment.ratings.get(code).is_some_and(|other| other.answer != rating.answer)
            });
            disagree += usize::from(differ);
        }
        for (indicator, combined) in rubric.indicators().zip(&outcome.indicators) {
            states[match combined {
                Combined::Value { .. } => 0,
                Combined::NotApplicable {} => 1,
                Combined::NotAnswered {} => 2,
                Combined::NotAssessed {} => 3,
            }] += 1;
            #[allow(clippy::cast_precision_loss)]
            let value = match combined {
                Combined::Value { median, .. } => median.rounded().0 as f64 / 10_000.0,
                _ => f64::NAN,
            };
            values.entry(&indicator.code).or_default().push(value);
        }
        assert!(outcome.grounds.evidence.iter().sum::<u16>() > 0);
    }
    assert_eq!((two, unassessed, too_few), (20, 2, 3));
    assert!(disagree >= 15, "{disagree} of twenty disagree somewhere");
    assert!((4..=12).contains(&open), "{open} go to adjudication");
    assert!(levels.len() >= 5, "{levels:?}");
    assert!(states.iter().zip([1_500, 40, 15, 8]).all(|(n, least)| *n >= least), "{states:?}");
    assert_eq!(values.len(), 24);
    for (a, b) in
        [("MGT1", "MGT3"), ("MGT1", "MGT2"), ("FAC1", "MGT2"), ("DGM1", "DGM2"), ("PRD1", "PRD4"), ("ENT2", "MGT1")]
    {
        let r = correlation(&values[a], &values[b]);
        assert!(r > 0.35, "{a} and {b}: {r}");
    }
    for venture in ventures.values() {
        for answer in venture.assessments.iter().flat_map(|a| a.assessment.ratings.get("DGM1").map(|r| r.answer)) {
            if answer == Answer::Value(sedaya::domain::fixed::TenThousandths::ONE) {
                assert_eq!(venture.profile.online_sales_pct.map(|p| p.0), Some(0), "{}", venture.reference);
            }
        }
    }
}

/// Pearson's r over the pairs that both have a value.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let pairs: Vec<(f64, f64)> = a.iter().zip(b).map(|(x, y)| (*x, *y)).filter(|(x, y)| (x + y).is_finite()).collect();
    #[allow(clippy::cast_precision_loss)]
    let n = pairs.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|p| p.0), mean(|p| p.1));
    let sum = |of: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|p| of(p.0 - x, p.1 - y)).sum::<f64>();
    sum(&|p, q| p * q) / (sum(&|p, _| p * p) * sum(&|_, q| q * q)).sqrt()
}

#[test]
fn consents_and_duplicates_are_as_promised() {
    let rows = sample();
    let ventures = ventures(&rows);
    let unlisted = ventures.values().filter(|v| !has_consent(v, "anonymised_listing") || !has_consent(v, "matching"));
    assert_eq!(unlisted.count(), 2);
    for purpose in rows.iter().flat_map(|r| r.consents.given.keys()) {
        assert!(purpose.parse::<Purpose>().is_ok(), "{purpose}");
    }
    let found_by = ventures.values().filter(|v| has_consent(v, "found_by:pena_category")).count();
    assert!((10..=35).contains(&found_by), "{found_by}");
    let mut by_phone: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for row in rows.iter().filter(|r| r.venture.is_some()) {
        if let Some(phone) = &row.participant.phone {
            by_phone.entry(phone.expose().to_owned()).or_default().insert(&row.participant.reference);
        }
    }
    let twice: Vec<_> = by_phone.into_values().filter(|people| people.len() > 1).collect();
    assert_eq!(twice.len(), 2, "{twice:?}");
    let name = |person: &str| {
        let row = rows.iter().find(|r| r.participant.reference == person && r.participant.name.is_some()).unwrap();
        row.participant.name.as_ref().unwrap().expose().to_owned()
    };
    for pair in twice {
        let names: Vec<String> = pair.into_iter().map(name).collect();
        assert_ne!(names[0], names[1]);
        let likeness = strsim::jaro_winkler(&names[0].to_lowercase(), &names[1].to_lowercase());
        assert!(likeness > 0.9, "{names:?}");
    }
}

/// The workbook holds the rows of the CSV with cells as a spreadsheet types them. After a change of the
/// CSV, `SEDAYA_BLESS=1 cargo test --test it sample` writes it anew.
#[test]
fn the_workbook_holds_the_same_rows() {
    let made = workbook();
    if std::env::var_os("SEDAYA_BLESS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/demo/sedaya-workshop.xlsx"), &made).unwrap();
    }
    let (csv, committed) = (read(demo::CSV), read(demo::XLSX));
    assert_eq!(read(&made), csv);
    assert_eq!(committed, csv, "SEDAYA_BLESS=1 cargo test --test it sample");
    let sheet = Sheet::from_bytes(demo::XLSX.to_vec(), book()).unwrap();
    assert_eq!(sheet.format(), Format::Xlsx);
    let headers = |layout: &Layout| layout.columns().map(|(h, _)| h.to_owned()).collect::<Vec<_>>();
    let template = headers(&Layout::template(book()));
    assert_eq!(headers(sheet.layout()), template);
    assert_eq!(headers(Sheet::from_bytes(demo::CSV.to_vec(), book()).unwrap().layout()), template);
    // As a facilitator writes, not as a program.
    let text = std::str::from_utf8(demo::CSV).unwrap();
    for form in [
        " juta",
        "Rp ",
        ",-",
        "1,5",
        "November 2024",
        "/11/2024",
        "Kec. ",
        "31.7",
        "%",
        "tidak berlaku",
        "n/a",
        "tidak dijawab",
    ] {
        assert!(text.contains(form), "{form}");
    }
}

/// The rows of the CSV as a spreadsheet would hold them after typing.
fn workbook() -> Vec<u8> {
    let layout = Layout::template(book());
    let targets: Vec<Target> = layout.columns().map(|(_, target)| target).collect();
    let mut reader = csv::ReaderBuilder::new().from_reader(demo::CSV);
    let rows: Vec<Vec<Cell>> = reader
        .records()
        .map(|record| record.unwrap().iter().zip(&targets).map(|(text, target)| typed(text, *target)).collect())
        .collect();
    template::xlsx(&layout, &rows, Some(&demo::NOTICE.into())).unwrap()
}

fn typed(text: &str, target: Target) -> Cell {
    let quantity = match target {
        Target::Rating(_, part) => part != RatingPart::Note,
        Target::Column(column) => matches!(column.kind, Kind::Money | Kind::Decimal { .. }),
    };
    let day = matches!(target, Target::Column(column) if matches!(column.kind, Kind::Day));
    let number = |text: &str, percent| text.replace(',', ".").parse().ok().map(|value| Cell::Number { value, percent });
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b',') && !text.contains(",0");
    let found = if quantity && plain {
        number(text, false)
    } else if quantity && text.ends_with('%') {
        number(text.trim_end_matches('%'), true).map(|cell| match cell {
            Cell::Number { value, percent } => Cell::Number { value: value / 100.0, percent },
            other => other,
        })
    } else if day {
        let epoch = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).unwrap();
        chrono::NaiveDate::parse_from_str(text, "%d/%m/%Y").ok().map(|day| {
            let days = i32::try_from((day - epoch).num_days()).unwrap();
            Cell::Number { value: f64::from(days), percent: false }
        })
    } else {
        None
    };
    found.unwrap_or_else(|| Cell::text(text))
}

fn cell(value: &FieldValue) -> engine::Cell {
    let decimal = |v: &sedaya::domain::fixed::TenThousandths| Decimal::from_units(i128::from(v.0) * 100_000);
    match value {
        FieldValue::Number { value, low, high } => {
            engine::Cell::Number(Measured { value: decimal(value), low: decimal(low), high: decimal(high) })
        }
        FieldValue::Amount(amount) => engine::Cell::number(Decimal::whole(amount.0)),
        FieldValue::Amounts(from, to) => engine::Cell::Range(Decimal::whole(from.0), Decimal::whole(to.0)),
        FieldValue::Boolean(truth) => engine::Cell::boolean(*truth),
        FieldValue::Text(text) => engine::Cell::text(text),
        FieldValue::Set(texts) => engine::Cell::set(texts.iter().map(AsRef::as_ref)),
        FieldValue::NotAnswered => engine::Cell::NotAnswered,
        FieldValue::NotApplicable => engine::Cell::NotApplicable,
        FieldValue::NotAssessed => engine::Cell::NotAssessed,
        FieldValue::Insufficient => engine::Cell::Insufficient,
    }
}

/// Every business that may be listed, as the engine sees it.
fn snapshot(registry: &Registry) -> Snapshot {
    let rows = sample();
    let listed: Vec<IntakeVenture> =
        ventures(&rows).into_values().filter(|v| has_consent(v, "anonymised_listing")).collect();
    let derived: Vec<Derived> = listed.iter().map(|v| Derived::of(&v.profile)).collect();
    let printed: Vec<Printed> = coarsen(&derived);
    let reading = |kind| match kind {
        FieldType::Number => Reading::Number,
        FieldType::Boolean | FieldType::Code => Reading::Text,
        FieldType::Set => Reading::Set,
        FieldType::Range => Reading::Range,
    };
    let columns: Vec<Column> =
        registry.fields().iter().map(|f| Column { field: f.key.clone(), reading: reading(f.kind) }).collect();
    let mut snapshot = Snapshot::new(columns);
    for ((venture, derived), printed) in listed.iter().zip(&derived).zip(&printed) {
        let outcome = (!venture.assessments.is_empty()).then(|| outcome(venture));
        let purposes = venture.participants.iter().flat_map(|p| p.consents.given.keys());
        let found_by = purposes.filter_map(|p| p.strip_prefix("found_by:")).map(str::to_owned).collect();
        let subject =
            Subject { profile: &venture.profile, derived, outcome: outcome.as_ref(), printed, found_by: &found_by };
        let row = Row {
            id: venture.reference.clone(),
            pending: outcome.is_none(),
            open_adjudication: outcome.as_ref().is_some_and(|o| !o.open_adjudication.is_empty()),
            cells: registry.values(&subject).iter().map(cell).collect(),
        };
        snapshot.put(row).unwrap();
    }
    snapshot
}

#[test]
fn four_investors_find_somebody() {
    let registry = Registry::new(sedaya_v1());
    let snapshot = snapshot(&registry);
    let investors = demo::investors();
    let kinds: Vec<InvestorKind> = investors.iter().map(|i| i.kind).collect();
    assert_eq!(kinds, [InvestorKind::Csr, InvestorKind::Zakat, InvestorKind::ImpactFund, InvestorKind::Buyer]);
    for investor in investors {
        assert!(investor.name.contains("contoh") && investor.capacity > 0, "{}", investor.key);
        let criteria = Criteria::parse(&Source::from(investor.criteria.clone()), &registry)
            .unwrap_or_else(|faults| panic!("{}: {faults:#?}", investor.key));
        assert!(criteria.preferences.len() > 1, "{}: the score rests on a single field", investor.key);
        let ranking =
            engine::rank(&snapshot, &criteria, Options { seed: Some("contoh"), ..Options::default() }).unwrap();
        let (eligible, limit) = (ranking.placed().len(), usize::try_from(criteria.limit).unwrap());
        assert!(eligible > limit, "{}: {eligible} for {limit} places", investor.key);
        assert!(ranking.pending().len() >= 2, "those not assessed yet");
        let moved = ranking.placed().zip(ranking.merit()).take(limit).any(|(a, b)| a.row != b.row);
        assert_eq!(criteria.representation.is_some(), investor.key == "dana_setara");
        assert_eq!(moved, investor.key == "dana_setara", "{}: the floor shows its price", investor.key);
    }
}

/// The header and a few rows of the sample, in both formats: small enough to be read thousands of times.
fn few_rows() -> [Vec<u8>; 2] {
    let layout = Layout::template(book());
    let rows: Vec<Vec<Cell>> = sample().iter().take(4).map(|row| layout.write(row)).collect();
    [template::csv(&layout, &rows).unwrap(), template::xlsx(&layout, &rows, None).unwrap()]
}

/// Bytes of a good file overwritten, cut out or doubled: rows or faults come out, never a panic, and as
/// many rows as before at most, but for what a doubled piece adds.
fn read_damaged(files: &[Vec<u8>; 2], edits: &[(usize, u8, u8)]) {
    for file in files {
        let mut damaged = file.clone();
        for (place, byte, kind) in edits {
            let at = place % damaged.len();
            let end = (at + usize::from(*byte)).min(damaged.len());
            match kind % 3 {
                0 => damaged[at] = *byte,
                1 => drop(damaged.drain(at..end)),
                _ => {
                    let piece = damaged[at..end].to_vec();
                    damaged.splice(at..at, piece);
                }
            }
        }
        if let Ok(sheet) = Sheet::from_bytes(damaged, book()) {
            assert!(sheet.count() < 300);
        }
    }
}

/// The same with the parts of a workbook damaged before they are zipped, so that no checksum stops them.
fn read_damaged_parts(file: &[u8], edits: &[(usize, u8, u8)]) {
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for n in 0..zip.len() {
        let mut part = zip.by_index(n).unwrap();
        let (name, mut content) = (part.name().unwrap().into_owned(), Vec::new());
        part.read_to_end(&mut content).unwrap();
        for (place, byte, kind) in edits {
            if content.is_empty() {
                break;
            }
            let at = place % content.len();
            match kind % 2 {
                0 => content[at] = *byte,
                _ => drop(content.drain(at..(at + usize::from(*byte)).min(content.len()))),
            }
        }
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&content).unwrap();
    }
    if let Ok(sheet) = Sheet::from_bytes(out.finish().unwrap().into_inner(), book()) {
        assert!(sheet.count() < 300);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_damaged_sample_makes_no_reader_panic(
        edits in proptest::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 1..6)
    ) {
        static FILES: LazyLock<[Vec<u8>; 2]> = LazyLock::new(few_rows);
        read_damaged(&FILES, &edits);
        read_damaged_parts(&FILES[1], &edits);
    }
}

//! Workshop sheets: headers, rows, joining, files that cannot be read.

use std::io::{Cursor, Write};
use std::sync::Arc;

use chrono::NaiveDate;
use proptest::prelude::*;
use sedaya::domain::assessment::{Answer, Evidence};
use sedaya::domain::canonical;
use sedaya::domain::fixed::TenThousandths;
use sedaya::domain::intake::{
    AgeBand, COLUMNS, Cell, Codebook, Layout, ParsedRow, RowError, join_participant, join_venture,
};
use sedaya::domain::life::AssessmentKind;
use sedaya::domain::money::Rupiah;
use sedaya::domain::venture::{Instrument, LegalPaper, LegalStatus, ParticipantType, RupiahRange};
use sedaya::reference::rubric::sedaya_v1;
use sedaya::sources::{FileFault, Format, OpenFault, Sheet, template};

fn book() -> Codebook {
    let regions = [("31", "DKI Jakarta"), ("31.75", "Jakarta Timur"), ("31.75.10", "Cipayung"), ("31.71.01", "Gambir")];
    Codebook {
        rubric: Arc::new(sedaya_v1().clone()),
        regions: regions.map(|(code, name)| (code.to_owned(), name.to_owned())).into(),
        day: NaiveDate::from_ymd_opt(2024, 11, 14).unwrap(),
        today: NaiveDate::from_ymd_opt(2024, 11, 20).unwrap(),
    }
}

fn open(text: &str) -> Result<Sheet, OpenFault> {
    Sheet::from_bytes(text.as_bytes().to_vec(), book())
}

fn rows(text: &str) -> Vec<ParsedRow> {
    open(text).unwrap().map(|row| row.unwrap_or_else(|e| panic!("{e:#?}")).row).collect()
}

/// The faults of a sheet as `row column code`.
fn faults(text: &str) -> Vec<String> {
    let short = |e: RowError| format!("{} {} {}", e.row, e.column, e.code);
    match open(text) {
        Err(fault) => fault.into_row_errors().into_iter().map(short).collect(),
        Ok(sheet) => sheet.filter_map(Result::err).flatten().map(short).collect(),
    }
}

fn refused(bytes: &[u8]) -> FileFault {
    match Sheet::from_bytes(bytes.to_vec(), book()) {
        Err(OpenFault::File(fault)) => fault,
        Err(other) => panic!("{other:?}"),
        Ok(sheet) => panic!("{} columns were read", sheet.layout().width()),
    }
}

#[test]
fn a_whole_row_is_read() {
    let text = "Kode Peserta;NAMA PESERTA;jenis_peserta;No HP;NIK;Tgl Lahir;Kode usaha;Nama usaha;KBLI;Kecamatan;\
Kebutuhan dana minimum;Kebutuhan dana maksimum;Bentuk dukungan;Penjualan daring (%);Status NIB;No NIB;Persetujuan pencocokan;\
Kode asesor;Tanggal asesmen;MGT1;MGT1 bukti;MGT1 catatan;FAC2 Riwayat pembiayaan;DGM2 nilai;MGT2;SOC1
SDY-001;Melati Sampel;kpm;0800-0000-0001;0012345678900001;14/02/1985;U-01;Warung Sampel;KBLI 2020 I56101;Kec. Cipayung;\
Rp 5.000.000;10 juta;pinjaman kebajikan, hibah;12,5;proses;1234567890123;F-12;A1;14/11/2024;5;dokumen;buku kas dilihat;n/a;30%;;tidak dijawab
";
    let sheet = open(text).unwrap();
    assert_eq!(sheet.format(), Format::Csv);
    let read: Vec<_> = sheet.map(Result::unwrap).collect();
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].nik.as_ref().map(|n| n.expose().to_owned()), Some("0012345678900001".into()));
    let row = &read[0].row;
    assert_eq!(row.row, 2);
    let person = &row.participant;
    assert_eq!(person.reference, "SDY-001");
    assert_eq!(person.name.as_ref().unwrap().expose(), "Melati Sampel");
    assert_eq!(person.phone.as_ref().unwrap().expose(), "+6280000000001");
    assert_eq!(person.participant_type, Some(ParticipantType::KpmPena));
    assert_eq!(person.age_band, Some(AgeBand::From31));
    let venture = row.venture.as_ref().unwrap();
    assert_eq!(venture.profile.sector.as_deref(), Some("KBLI2020:I56101"));
    assert_eq!(venture.profile.region.as_deref(), Some("31.75.10"));
    assert_eq!((venture.need_min, venture.need_max), (Some(Rupiah(5_000_000)), Some(Rupiah(10_000_000))));
    assert_eq!(venture.profile.instruments, Some(vec![Instrument::Grant, Instrument::Qardh]), "in the list's order");
    assert_eq!(venture.profile.online_sales_pct, Some(TenThousandths(125_000)));
    assert_eq!(venture.profile.legal.get(&LegalPaper::Nib), Some(&LegalStatus::InProcess));
    assert_eq!(venture.legal_numbers[&LegalPaper::Nib].expose(), "1234567890123");
    assert_eq!(row.consents.given["matching"], "F-12");
    let assessment = row.assessment.as_ref().unwrap();
    assert_eq!((assessment.assessor_ref.as_str(), assessment.kind), ("A1", AssessmentKind::Baseline));
    let rating = |code: &str| assessment.ratings.get(code).map(|r| (r.answer, r.evidence, r.note.as_deref()));
    let value = |n| Answer::Value(TenThousandths::whole(n));
    assert_eq!(rating("MGT1"), Some((value(5), Evidence::Document, Some("buku kas dilihat"))));
    assert_eq!(rating("FAC2"), Some((Answer::NotApplicable, Evidence::Told, None)));
    assert_eq!(rating("DGM2"), Some((value(30), Evidence::Told, None)));
    assert_eq!(rating("SOC1"), Some((Answer::NotAnswered, Evidence::Told, None)));
    assert_eq!(rating("MGT2"), None, "an empty rating was not assessed");
    // Nothing that prints a row shows personal values.
    let shown = format!("{read:?}");
    for secret in ["Melati", "6280000000001", "0012345678900001", "Warung", "1234567890123"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    let json = serde_json::to_string(row).unwrap();
    assert!(!json.contains("0012345678900001"));
    assert_eq!(&serde_json::from_str::<ParsedRow>(&json).unwrap(), row);
}

#[test]
fn headers_are_understood_or_refused_all_at_once() {
    assert_eq!(
        faults("Kode peserta,Nama usahaa,Nama usaha,business name,Xyzzy,MGT1 bkti\n"),
        [
            "1 Nama usahaa unknown_header",
            "1 business name duplicate_header",
            "1 Xyzzy unknown_header",
            "1 MGT1 bkti unknown_header",
            "1 Nama peserta missing_header"
        ]
    );
    let Err(OpenFault::Header(errors)) = open("Kode peserta,Nama peserta,Omzet pertahun2,MGT1 bkti\n") else {
        panic!()
    };
    assert!(errors[0].detail.en.contains("“Omzet per tahun”"), "{:?}", errors[0].detail);
    assert!(errors[1].detail.id.contains("“MGT1 bukti”"), "{:?}", errors[1].detail);
    // No header means two things, and every one in the table and the rubric reads back.
    let layout = Layout::template(book());
    let mut all: Vec<String> = COLUMNS.iter().flat_map(|c| [c.header, c.key]).map(str::to_owned).collect();
    all.extend(COLUMNS.iter().flat_map(|c| c.aliases).map(|alias| (*alias).to_owned()));
    all.extend(layout.columns().map(|(header, _)| header.to_owned()));
    let mut folded = std::collections::BTreeMap::new();
    for header in all {
        let header_only =
            Layout::of(1, &[Cell::text("Kode peserta"), Cell::text("Nama peserta"), Cell::text(&header)], book());
        match header_only {
            Ok(layout) => drop(folded.insert(header, layout.columns().nth(2).map(|(_, t)| format!("{t:?}")))),
            Err(errors) => assert_eq!(errors[0].code, "duplicate_header", "{header}"),
        }
    }
    let aliases: usize = COLUMNS.iter().map(|c| c.aliases.len()).sum();
    assert!(folded.len() > COLUMNS.len() + aliases, "{}", folded.len());
    let mut names: Vec<String> = COLUMNS
        .iter()
        .flat_map(|c| std::iter::once(c.header).chain(c.aliases.iter().copied()))
        .map(|n| n.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect())
        .collect();
    names.sort();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "an alias stands in the table twice");
}

#[test]
fn every_fault_of_a_row_comes_at_once_and_hurts_no_other_row() {
    let text = "Kode peserta,Nama peserta,NIK,Nomor HP,Surel,Tanggal lahir,Kelompok usia,Kode usaha,Nama usaha,KBLI,Kecamatan,Kebutuhan minimum,Kebutuhan maksimum,Omzet per tahun,Lama usaha,Penjualan daring,Bentuk dukungan,Dipimpin perempuan,Persetujuan daftar anonim,Kode asesor,ENT1,ENT1 bukti,ENT2,DGM1 bukti,PRD1
P 1,Satu,123,12,a@b,14/02/1985,46-60,,Usaha,C10,3172030,10.000.000,5.000.000,\"12,5\",1.250,\"0,3\",hibah; emas,mungkin,ya,,6,,tidak berlaku,2,5

P2,Dua,,,,,,,,,,,,,,,,,,,,,,,
P3,Tiga,,,,,,U3,\u{7}Usaha,KBLI2020:C56,31.99.01,,,,,,hibah;hibah,,menolak,A1,3,dokumen,,,
";
    assert_eq!(
        faults(text),
        [
            "2 Kode peserta bad_reference",
            "2 NIK bad_nik",
            "2 Nomor HP bad_phone",
            "2 Surel bad_email",
            "2 KBLI sector_without_scheme",
            "2 Kecamatan region_without_dots",
            "2 Omzet per tahun not_whole_rupiah",
            "2 Lama usaha ambiguous_number",
            "2 Penjualan daring share_or_percent",
            "2 Bentuk dukungan unknown_choice",
            "2 Dipimpin perempuan unknown_choice",
            "2 Persetujuan daftar anonim consent_needs_reference",
            "2 ENT1 not_one_to_five",
            "2 Kode usaha venture_code_missing",
            "2 Kode asesor assessor_missing",
            "2 Kebutuhan minimum range_reversed",
            "2 Kelompok usia age_disagrees",
            "2 DGM1 bukti evidence_without_rating",
            "2 ENT2 not_applicable_refused",
            "2 PRD1 note_required",
            "5 Nama usaha control_characters",
            "5 KBLI digits_of_another_section",
            "5 Kecamatan unknown_region",
            "5 Bentuk dukungan repeated_choice",
            "5 ENT1 note_required",
        ]
    );
    let good: Vec<u32> = open(text).unwrap().filter_map(Result::ok).map(|r| r.row.row).collect();
    assert_eq!(good, [4], "row 3 is blank, row 4 is good");
    // Personal cells are never repeated in an error, others are.
    let errors: Vec<RowError> = open(text).unwrap().filter_map(Result::err).flatten().collect();
    for error in &errors {
        let personal = ["NIK", "Nomor HP", "Surel", "Nama usaha"].contains(&error.column.as_str());
        assert!(!personal || error.value.is_empty(), "{error:?}");
        assert!(!error.detail.id.is_empty() && !error.detail.en.is_empty());
    }
    assert!(errors.iter().any(|e| e.column == "Lama usaha" && e.value == "1.250"));
}

#[test]
fn shapes_of_rows() {
    let head = "Kode peserta,Nama peserta,Kode usaha,Nama usaha,Kode asesor,Nama asesor,ENT1";
    // A participant only; an assessor without ratings is no assessment.
    let read = rows(&format!("{head}\nP1,Satu,,,,,\nP2,Dua,U2,Usaha,A1,Asesor,\nP3,Tiga,-,–,A1,,-\n"));
    assert!(read[0].venture.is_none() && read[0].assessment.is_none());
    assert!(read[1].venture.is_some() && read[1].assessment.is_none());
    assert!(read[2].venture.is_none(), "a dash is an empty cell");
    assert_eq!(
        faults(&format!("{head}\nP1,Satu,,,A1,,3\n,Dua,,,,,\nP3,Tiga,U3,Usaha,,,3\nP4,Empat,U4,Usaha,A1,,3,\n")),
        [
            "2 Kode usaha assessment_without_venture",
            "3 Kode peserta required",
            "4 Kode asesor assessor_missing",
            "5  cell_count"
        ]
    );
    assert_eq!(faults(&format!("{head},\nP1,Satu,,,,,,x\n")), ["2 H value_without_header"]);
}

#[test]
fn rows_of_one_venture_are_joined() {
    let head = "Kode peserta,Nama peserta,Jenis peserta,Kode usaha,Nama usaha,KBLI,Kebutuhan minimum,Inklusi disabilitas,Tenaga kerja,Persetujuan pencocokan,Kode asesor,ENT1,ENT3,PRD2";
    let text = format!(
        "{head}\nP1,Satu,kpm,U1,Usaha,KBLI2020:S96,5000000,,,F-1,A2,4,,\nP1,,,U1,,,,tidak ada,2,,A1,2,3,\nP2,Dua,,U1,Usaha,KBLI2020:S96,,,,,,,,\n"
    );
    let parsed = rows(&text);
    let refs: Vec<&ParsedRow> = parsed.iter().collect();
    let venture = join_venture(&refs, sedaya_v1()).unwrap_or_else(|e| panic!("{e:#?}"));
    assert_eq!(venture.reference, "U1");
    assert_eq!(venture.rows, [2, 3, 4]);
    let amount = Rupiah(5_000_000);
    assert_eq!(venture.profile.funding_need, Some(RupiahRange { min: amount, max: amount }));
    assert_eq!(venture.profile.participant_type, Some(ParticipantType::KpmPena));
    let people: Vec<_> = venture.participants.iter().map(|p| (p.reference.as_str(), p.consents.given.len())).collect();
    assert_eq!(people, [("P1", 1), ("P2", 0)]);
    let assessors: Vec<_> = venture.assessments.iter().map(|a| a.assessment.assessor_ref.as_str()).collect();
    assert_eq!(assessors, ["A1", "A2"]);
    // The rubric decides for a service: no packaging; an empty cell says the same.
    let ratings = &venture.assessments[0].assessment.ratings;
    assert_eq!(ratings["PRD2"].answer, Answer::NotApplicable);
    assert!(!ratings.contains_key("PRD1"));
    assert_eq!(join_participant(&refs[..2]).unwrap().name.expose(), "Satu");

    // The order and the places of rows are no part of the content.
    let mut shuffled: Vec<ParsedRow> = parsed.clone();
    shuffled.reverse();
    for (n, row) in (10..).zip(&mut shuffled) {
        row.row = n;
    }
    let shuffled = join_venture(&shuffled.iter().collect::<Vec<_>>(), sedaya_v1()).unwrap();
    assert_eq!(canonical::hash(&shuffled).unwrap(), canonical::hash(&venture).unwrap());
    let json = serde_json::to_string(&venture).unwrap();
    let back: sedaya::domain::intake::IntakeVenture = serde_json::from_str(&json).unwrap();
    assert_eq!(canonical::hash(&back).unwrap(), canonical::hash(&venture).unwrap());
}

#[test]
fn rows_that_disagree_name_each_other() {
    let head = "Kode peserta,Nama peserta,Kode usaha,Nama usaha,KBLI,Kebutuhan minimum,Registri sosial,Inklusi disabilitas,Tenaga kerja,Kode asesor,ENT1,ENT3,PRD2";
    let text = format!(
        "{head}\nP1,Satu,U1,Usaha,KBLI2020:S96,5000000,DTSEN,pemilik,1,A1,4,,2\nP1,Lain,U1,Usaha,KBLI2020:S95,6 juta,,,,A1,3,,\nP2,,U1,,,,,,,A2,3,4,\n"
    );
    let parsed = rows(&text);
    let errors = join_venture(&parsed.iter().collect::<Vec<_>>(), sedaya_v1()).unwrap_err();
    let short: Vec<_> = errors.iter().map(|e| format!("{} {} {} {}", e.row, e.column, e.code, e.value)).collect();
    assert_eq!(
        short,
        [
            "3 KBLI differs KBLI2020:S95",
            "3 Kebutuhan dana minimum differs 6000000",
            "3 Nama peserta differs ",
            "4 Nama peserta required ",
            "2 Status registri sosial required ",
            "3 Kode asesor second_assessment A1",
            "2 PRD2 Kemasan dan label value_refused ",
            "4 ENT3 Peran pemilik dan pembagian tugas value_refused ",
        ]
    );
    assert!(errors[0].detail.en.contains("row 2"), "{:?}", errors[0]);
}

#[test]
fn the_template_reads_back_in_both_formats() {
    let layout = Layout::template(book());
    let csv = template::csv(&layout, &[]).unwrap();
    assert_eq!(Sheet::from_bytes(csv, book()).unwrap().layout().width(), layout.width());
    let xlsx = template::xlsx(&layout, &[], None).unwrap();
    assert_eq!(xlsx, template::xlsx(&layout, &[], None).unwrap(), "the same content is the same file");
    let sheet = Sheet::from_bytes(xlsx, book()).unwrap();
    assert_eq!((sheet.format(), sheet.layout().width()), (Format::Xlsx, layout.width()));
    assert_eq!(sheet.count(), 0);

    // Filled rows: what was read is written, and reads as the same.
    let text = "Kode peserta,Nama peserta,Nomor HP,Kelompok usia,Kode usaha,Nama usaha,Bentuk dukungan,Lama usaha,Laba bersih,Kategori PENA,TPB,Dipimpin perempuan,Penjualan daring,Status halal,Persetujuan matching,Tanggal persetujuan,Kode asesor,Nama asesor,Tanggal asesmen,Jenis asesmen,MGT1,MGT1 bukti,MGT1 catatan,MGT4,FAC2
P1,=Satu,081234567890,di atas 60,U1,+Usaha,tidak ada,\"0,125\",\"1,250\",atensi,1;8,ya,\"12,5\",berlaku,F/1,13/11/2024,A1,@Asesor,14/11/2024,lanjutan,5,2,-catatan,\"1,5\",tidak berlaku
P2,Dua,,,,,,,,,,,,,tidak,,,,,,,,,,
".replace("Persetujuan matching", "consent_matching");
    let read = rows(&text);
    assert_eq!(read[0].venture.as_ref().unwrap().profile.instruments, Some(vec![]));
    let cells: Vec<Vec<Cell>> = read.iter().map(|row| layout.write(row)).collect();
    for file in [template::csv(&layout, &cells).unwrap(), template::xlsx(&layout, &cells, None).unwrap()] {
        let sheet = Sheet::from_bytes(file, book()).unwrap();
        let again: Vec<ParsedRow> = sheet.map(|r| r.unwrap_or_else(|e| panic!("{e:#?}")).row).collect();
        assert_eq!(again, read);
    }
}

#[test]
fn an_independent_reader_sees_the_same_workbook() {
    use calamine::{Reader, Xlsx};
    let layout = Layout::template(book());
    let text = "Kode peserta,Nama peserta,Kode usaha,Nama usaha,Omzet per tahun,Lama usaha\nP1,Satu,U1,Usaha,1250000,\"1,5\"\n";
    let cells: Vec<Vec<Cell>> = rows(text).iter().map(|row| layout.write(row)).collect();
    let file = template::xlsx(&layout, &cells, None).unwrap();
    let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(file)).unwrap();
    assert_eq!(workbook.sheet_names(), ["Peserta", "Petunjuk", "Pilihan"]);
    let range = workbook.worksheet_range(template::SHEET).unwrap();
    let header: Vec<String> = range.rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(header, layout.columns().map(|(h, _)| h.to_owned()).collect::<Vec<_>>());
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let row = range.rows().nth(1).unwrap();
    assert_eq!(row[at("Omzet per tahun")].to_string(), "1250000");
    assert_eq!(row[at("Lama usaha (tahun)")].to_string(), "1,5");
}

/// A zip of these parts.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of one sheet, with the parts that every workbook has.
fn workbook(sheet: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let relation = |kind: &str, target: &str| {
        format!(r#"<Relationships><Relationship Id="r1" Type="http://x/{kind}" Target="{target}"/></Relationships>"#)
    };
    let mut parts = vec![
        ("_rels/.rels".to_owned(), relation("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml".to_owned(),
            r#"<workbook><sheets><sheet name="S" r:id="r1"/></sheets></workbook>"#.to_owned(),
        ),
        ("xl/_rels/workbook.xml.rels".to_owned(), relation("worksheet", "worksheets/s.xml")),
        ("xl/worksheets/s.xml".to_owned(), format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>")),
    ];
    for (name, content) in more {
        parts.retain(|(n, _)| n != name);
        parts.push(((*name).to_owned(), (*content).to_owned()));
    }
    package(&parts.iter().map(|(n, c)| (n.as_str(), c.as_bytes())).collect::<Vec<_>>())
}

const HEAD: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>Kode peserta</t></is></c><c r="B1" t="inlineStr"><is><t>Nama peserta</t></is></c><c r="C1" t="inlineStr"><is><t>NIK</t></is></c><c r="D1" t="inlineStr"><is><t>Tanggal lahir</t></is></c><c r="E1" t="inlineStr"><is><t>Penjualan daring</t></is></c><c r="F1" t="inlineStr"><is><t>Kode usaha</t></is></c><c r="G1" t="inlineStr"><is><t>Nama usaha</t></is></c></row>"#;

#[test]
fn typed_cells_of_a_workbook_are_read() {
    let styles = r#"<styleSheet><numFmts><numFmt numFmtId="170" formatCode="0.0%"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>"#;
    let strings =
        r"<sst><si><t>Satu</t></si><si><r><t>Du</t></r><r><t>a &amp; &#65;</t></r><rPh><t>x</t></rPh></si></sst>";
    let row = |n: u32, cells: &str| format!(r#"<row r="{n}">{cells}</row>"#);
    let sheet = [
        HEAD.to_owned(),
        row(3, r#"<c r="A3"><v>7</v></c><c r="B3" t="s"><v>1</v></c><c r="D3"><v>31092</v></c><c r="E3" s="1"><f>1/3</f><v>0.3</v></c><c r="F3" t="str"><v>U1</v></c><c r="G3" t="s"><v>0</v></c>"#),
        row(5, r#"<c r="A5" t="inlineStr"><is><t>P5</t></is></c><c r="B5" t="s"><v>0</v></c><c r="C5"><v>1234567890123456</v></c><c r="E5" t="e"><v>#REF!</v></c>"#),
    ]
    .concat();
    let file = workbook(&sheet, &[("xl/styles.xml", styles), ("xl/sharedStrings.xml", strings)]);
    let read: Vec<_> = Sheet::from_bytes(file, book()).unwrap().collect();
    let first = &read[0].as_ref().unwrap().row;
    assert_eq!((first.row, first.participant.reference.as_str()), (3, "7"));
    assert_eq!(first.participant.name.as_ref().unwrap().expose(), "Dua & A");
    assert_eq!(first.participant.age_band, Some(AgeBand::From31), "31092 is 14 February 1985");
    let venture = first.venture.as_ref().unwrap();
    assert_eq!(venture.profile.online_sales_pct, Some(TenThousandths::whole(30)), "shown as 30 %");
    let errors = read[1].as_ref().unwrap_err();
    let codes: Vec<_> = errors.iter().map(|e| (e.row, e.column.as_str(), e.code.as_str())).collect();
    assert_eq!(codes, [(5, "NIK", "number_lost_digits"), (5, "Penjualan daring", "cell_error")]);
}

#[test]
fn files_that_are_no_workshop_sheet_are_refused_with_a_reason() {
    assert_eq!(refused(b""), FileFault::Empty);
    assert_eq!(refused(b"\n\n\n"), FileFault::Empty);
    assert_eq!(refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest"), FileFault::OldExcelOrPassword);
    assert_eq!(refused(b"\xff\xfeK\0"), FileFault::NotUtf8);
    assert!(matches!(refused(b"PK\x03\x04 not a zip"), FileFault::Broken(_)));
    assert_eq!(refused(&package(&[("a.txt", b"x")])), FileFault::NotXlsx("ZIP"));
    assert_eq!(refused(&package(&[("mimetype", b"x"), ("content.xml", b"x")])), FileFault::NotXlsx("ODS"));
    assert_eq!(refused(&package(&[("xl/workbook.bin", b"x")])), FileFault::NotXlsx("XLSB"));
    assert_eq!(refused(&package(&[("word/document.xml", b"x")])), FileFault::NotXlsx("DOCX"));
    let hidden = r#"<workbook><sheets><sheet name="S" state="hidden" r:id="r1"/></sheets></workbook>"#;
    assert_eq!(refused(&workbook(HEAD, &[("xl/workbook.xml", hidden)])), FileFault::NoSheet);
    let old_mac = r#"<workbook><workbookPr date1904="1"/><sheets><sheet name="S" r:id="r1"/></sheets></workbook>"#;
    assert_eq!(refused(&workbook(HEAD, &[("xl/workbook.xml", old_mac)])), FileFault::Epoch1904);
    assert_eq!(refused(&workbook("", &[])), FileFault::Empty);
    assert!(matches!(refused(&workbook("<row><c><v>&x;</v></c></row>", &[])), FileFault::Broken(_)));
    let far = r#"<row r="1"><c r="XFD1"><v>1</v></c></row>"#;
    assert_eq!(refused(&workbook(far, &[])), FileFault::TooManyColumns);
    assert_eq!(faults("Kode peserta,Nama peserta\n\u{fffd},\n"), ["2 Kode peserta bad_reference"]);
    let latin = [b"Kode peserta,Nama peserta\nP1,Andr\xe9\n".to_vec()].concat();
    let errors: Vec<_> = Sheet::from_bytes(latin, book()).unwrap().filter_map(Result::err).flatten().collect();
    assert_eq!((errors[0].row, errors[0].code.as_str()), (2, "not_utf8"));
    // A fault in the middle is an error of its row, and the last.
    let broken = format!(r#"{HEAD}<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row><row r="3"><c></row>"#);
    let read: Vec<_> = Sheet::from_bytes(workbook(&broken, &[]), book()).unwrap().collect();
    assert!(read[0].is_ok());
    assert_eq!((read.len(), read[1].as_ref().unwrap_err()[0].code.as_str()), (2, "file_broken"));
}

/// Files that are small and want to become large: each is an error at once, with little memory.
#[test]
fn bombs_do_not_go_off() {
    let zeros = vec![b' '; 21_000_000];
    let bomb = package(&[("_rels/.rels", b"<x/>"), ("xl/media/a.png", &zeros)]);
    assert!(bomb.len() < 42_000, "{}", bomb.len());
    assert_eq!(refused(&bomb), FileFault::InflatesTooLarge);
    let many: Vec<(String, &[u8])> = (0..1_500).map(|n| (format!("{n}"), &b""[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(n, c)| (n.as_str(), *c)).collect();
    assert_eq!(refused(&package(&many)), FileFault::TooManyParts);
    // Declared small, inflating large: the declaration is in the central directory and can lie.
    let mut lie = package(&[("_rels/.rels", &zeros[..3_000_000])]);
    let size = 3_000_000_u32.to_le_bytes();
    while let Some(at) = lie.windows(4).position(|w| w == size) {
        lie[at..at + 4].copy_from_slice(&9_u32.to_le_bytes());
    }
    assert!(matches!(refused(&lie), FileFault::InflatesTooLarge | FileFault::Broken(_)));
    // What a workbook says of itself is not believed.
    let huge = r#"<sst uniqueCount="4000000000000"><si><t>Kode peserta</t></si></sst>"#;
    let corner = r#"<row r="1048576"><c r="A1048576" t="s"><v>0</v></c></row>"#;
    let sheet = format!("{HEAD}{corner}");
    let read: Vec<_> =
        Sheet::from_bytes(workbook(&sheet, &[("xl/sharedStrings.xml", huge)]), book()).unwrap().collect();
    assert_eq!(read[0].as_ref().unwrap_err()[0].row, 1_048_576);
    // A billion laughs: no entity is ever expanded.
    let laughs = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><sst><si><t>&b;</t></si></sst>";
    assert!(matches!(refused(&workbook(HEAD, &[("xl/sharedStrings.xml", laughs)])), FileFault::Broken(_)));
    // One long text shared by many cells stays one text.
    let long = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(1_000_000));
    let cells: String = (2..2_000).map(|n| format!(r#"<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>"#)).collect();
    let file = workbook(&format!("{HEAD}{cells}"), &[("xl/sharedStrings.xml", &long)]);
    let errors: Vec<_> = Sheet::from_bytes(file, book()).unwrap().filter_map(Result::err).flatten().collect();
    assert!(errors.iter().filter(|e| e.code == "too_long").count() == 1_998);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), zip in any::<bool>()) {
        let mut file = if zip { b"PK\x03\x04".to_vec() } else { Vec::new() };
        file.extend(bytes);
        if let Ok(sheet) = Sheet::from_bytes(file, book()) {
            let _ = sheet.count();
        }
    }

    #[test]
    fn no_cells_make_a_row_panic(cells in proptest::collection::vec("\\PC{0,12}|[0-9.,%Rp \\-]{0,12}", 30)) {
        let layout = Layout::template(book());
        for start in [0, 30, 60, 90, 110] {
            let mut row = vec![Cell::Empty; start];
            row.extend(cells.iter().map(|c| Cell::text(c)));
            row.truncate(layout.width());
            if let Ok(Some(read)) = layout.read(2, &row) {
                let _ = join_venture(&[&read.row], sedaya_v1());
            }
        }
    }
}

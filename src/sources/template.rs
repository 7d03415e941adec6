//! The empty (or prefilled) sheet that facilitators fill in, as CSV and as XLSX.
//!
//! Both come from the table of columns in `domain::intake`, so that what the template offers is what the
//! reader takes.

use chrono::Datelike;
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Formula, Note, Workbook, Worksheet,
    XlsxError,
};

use crate::domain::intake::{Cell, Codebook, Column, Kind, Layout, RatingPart, Target};
use crate::domain::rubric::{Indicator, Scale};
use crate::domain::text::Text;

/// Name of the sheet that is filled in.
pub const SHEET: &str = "Peserta";
/// Rows that have dropdowns.
const PREPARED_ROWS: u32 = 2_000;
/// A list of choices longer than this must stand in cells: a spreadsheet's own limit.
const MAX_LISTED_CHARS: usize = 250;

/// The template as CSV: UTF-8 with a mark that makes spreadsheets read it so, comma separated.
/// `rows` are cells in the layout's order; none for an empty template.
///
/// # Errors
/// None in practice: the text is written to memory.
pub fn csv(layout: &Layout, rows: &[Vec<Cell>]) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::from(*b"\xef\xbb\xbf");
    let mut writer = csv::WriterBuilder::new().from_writer(&mut out);
    writer.write_record(layout.columns().map(|(header, _)| header))?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| safe(cell.shown())))?;
    }
    writer.flush()?;
    drop(writer);
    Ok(out)
}

/// A text that a spreadsheet would take for a formula gets an apostrophe in front; the reader drops it.
fn safe(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

/// The template as a workbook: headers with a note in both languages, dropdowns for coded columns, text
/// cells where digits must stay as typed, a frozen header, and a sheet of instructions.
///
/// # Errors
/// A text beyond a spreadsheet's limits.
pub fn xlsx(layout: &Layout, rows: &[Vec<Cell>], notice: Option<&Text>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A fixed date: the same content is the same file.
    let day = layout.book().day;
    let part = |n: u32| u8::try_from(n).unwrap_or(1);
    let created =
        ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or(1970), part(day.month()), part(day.day()))?;
    let properties = DocProperties::new().set_title("SEDAYA Match").set_author("SEDAYA Match");
    workbook.set_properties(&properties.set_creation_datetime(&created));
    let filled = workbook.add_worksheet();
    filled.set_name(SHEET)?;
    participants(filled, layout, rows)?;
    instructions(workbook.add_worksheet(), layout, notice)?;
    choices(workbook.add_worksheet(), layout.book())?;
    workbook.save_to_buffer()
}

fn participants(sheet: &mut Worksheet, layout: &Layout, rows: &[Vec<Cell>]) -> Result<(), XlsxError> {
    sheet.set_default_note_author("SEDAYA Match");
    sheet.set_freeze_panes(1, 2)?;
    sheet.set_row_height(0, 45)?;
    let text_cells = Format::new().set_num_format("@");
    for (at, (header, target)) in (0_u16..).zip(layout.columns()) {
        sheet.write_with_format(0, at, header, &head_format(target))?;
        sheet.set_column_width(at, if matches!(target, Target::Rating(_, RatingPart::Evidence)) { 9 } else { 18 })?;
        let help = help(layout.book(), target);
        let note = Note::new(format!("{}\n\n{}", help.id, help.en)).add_author_prefix(false).set_width(320);
        sheet.insert_note(0, at, &note.set_height(160))?;
        if digits_as_text(target) {
            sheet.set_column_format(at, &text_cells)?;
        }
        if let Some(rule) = dropdown(layout.book(), target)? {
            sheet.add_data_validation(1, at, PREPARED_ROWS, at, &rule)?;
        }
    }
    let percent = Format::new().set_num_format("0.##%");
    let day = Format::new().set_num_format("dd/mm/yyyy");
    let days: Vec<bool> =
        layout.columns().map(|(_, t)| matches!(t, Target::Column(Column { kind: Kind::Day, .. }))).collect();
    for (row, cells) in (1_u32..).zip(rows) {
        for ((at, cell), is_day) in (0_u16..).zip(cells).zip(&days) {
            match cell {
                Cell::Number { value, percent: true } => sheet.write_with_format(row, at, *value, &percent)?,
                Cell::Number { value, .. } if *is_day => sheet.write_with_format(row, at, *value, &day)?,
                Cell::Number { value, .. } => sheet.write_number(row, at, *value)?,
                Cell::Bool(yes) => sheet.write_boolean(row, at, *yes)?,
                Cell::Text(text) => sheet.write_string(row, at, text)?,
                Cell::Empty | Cell::Error(_) | Cell::TooLong | Cell::NotUtf8 => continue,
            };
        }
    }
    Ok(())
}

/// Colours tell the parts of a row apart: person, business, consents, ratings.
fn head_format(target: Target) -> Format {
    let colour = match target {
        Target::Rating(at, _) if at % 2 == 0 => 0x00E2_EFDA,
        Target::Rating(..) => 0x00D0_E4C2,
        Target::Column(column) if is_consent(column) => 0x00FF_F2CC,
        Target::Column(column) if column.is_of_venture() => 0x00DD_EBF7,
        Target::Column(_) => 0x00FC_E4D6,
    };
    Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top).set_background_color(Color::RGB(colour))
}

fn is_consent(column: &Column) -> bool {
    column.key.starts_with("consent_") || column.key.starts_with("found_by_")
}

/// Columns whose digits are a name and not a quantity.
fn digits_as_text(target: Target) -> bool {
    matches!(
        target,
        Target::Column(Column {
            kind: Kind::Nik | Kind::Phone | Kind::Reference | Kind::PaperNumber | Kind::Region,
            ..
        })
    )
}

fn dropdown(book: &Codebook, target: Target) -> Result<Option<DataValidation>, XlsxError> {
    let rule = DataValidation::new();
    let list: Vec<String> = match target {
        Target::Rating(_, RatingPart::Note) => return Ok(None),
        Target::Rating(_, RatingPart::Evidence) => (0..=3).map(|level| level.to_string()).collect(),
        Target::Rating(at, RatingPart::Answer) => {
            let indicator = book.rubric.indicator(at);
            if !matches!(indicator.scale, Scale::Ordinal { .. }) {
                return Ok(None);
            }
            (1..=5).map(|level| level.to_string()).chain(unrated(indicator)).collect()
        }
        Target::Column(column) => match column.kind {
            Kind::YesNo => vec!["ya".to_owned(), "tidak".to_owned()],
            Kind::One(choices) => choices.iter().map(|c| c.label.id.to_owned()).collect(),
            Kind::Region => {
                let last = book.regions.len().max(1);
                return Ok(Some(rule.allow_list_formula(Formula::new(format!("Pilihan!$B$2:$B${}", last + 1)))));
            }
            _ => return Ok(None),
        },
    };
    if list.iter().map(|word| word.chars().count() + 1).sum::<usize>() > MAX_LISTED_CHARS {
        return Ok(None);
    }
    rule.allow_list_strings(&list).map(Some)
}

/// The words that may stand in place of a rating.
fn unrated(indicator: &Indicator) -> impl Iterator<Item = String> {
    let applies = indicator.not_applicable_when.is_empty();
    let words = ["tidak berlaku", "tidak dinilai", "tidak dijawab"];
    words.into_iter().skip(usize::from(applies)).map(str::to_owned)
}

/// What to write into a column.
fn help(book: &Codebook, target: Target) -> Text {
    let (at, part) = match target {
        Target::Column(column) => {
            let mut text = Text::from(column.help);
            if let Kind::One(choices) | Kind::Several(choices) = column.kind {
                let id: Vec<&str> = choices.iter().map(|c| c.label.id).collect();
                let en: Vec<&str> = choices.iter().map(|c| c.label.en).collect();
                text.id += &format!(" Pilihan: {}.", id.join("; "));
                text.en += &format!(" Choices, in order: {}.", en.join("; "));
            }
            return text;
        }
        Target::Rating(at, part) => (at, part),
    };
    let indicator = book.rubric.indicator(at);
    match part {
        RatingPart::Answer => {
            let mut text = Text::new(format!("{}.", indicator.label.id), format!("{}.", indicator.label.en));
            match &indicator.scale {
                Scale::Ordinal { anchors } => {
                    for (level, anchor) in (1..).zip(anchors) {
                        text.id += &format!("\n{level} = {}", anchor.id);
                        text.en += &format!("\n{level} = {}", anchor.en);
                    }
                }
                Scale::Numeric { unit, min, max, guide, .. } => {
                    text.id += &format!(" {min}–{max} {}. {}", unit.label().id, guide.id);
                    text.en += &format!(" {min}–{max} {}. {}", unit.label().en, guide.en);
                }
            }
            let words: Vec<String> = unrated(indicator).collect();
            text.id += &format!("\nAtau: {}.", words.join("; "));
            text.en += &format!("\nOr: {}.", words.join("; "));
            text
        }
        RatingPart::Evidence => Text::new(
            "0 ucapan pemilik, 1 dilihat asesor, 2 dokumen atau foto, 3 diverifikasi pihak ketiga. Kosong berarti 0.",
            "0 owner's word, 1 seen by the assessor, 2 document or photo, 3 verified by a third party. Empty means 0.",
        ),
        RatingPart::Note => Text::new(
            "Wajib untuk nilai 5 dan untuk bukti 2 atau 3.",
            "Required at a rating of 5 and at evidence 2 or 3.",
        ),
    }
}

fn instructions(sheet: &mut Worksheet, layout: &Layout, notice: Option<&Text>) -> Result<(), XlsxError> {
    sheet.set_name("Petunjuk")?;
    for (at, width) in (0_u16..).zip([34, 70, 70]) {
        sheet.set_column_width(at, width)?;
    }
    let (bold, wrapped) = (Format::new().set_bold(), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    let rules = [
        (
            "Satu baris untuk satu peserta, usahanya, dan satu asesor. Dua asesor: dua baris dengan kode yang sama.",
            "One row for one participant, their business and one assessor. Two assessors: two rows with the same codes.",
        ),
        (
            "Data peserta dan usaha boleh diulang atau dikosongkan di baris kedua; yang diulang harus sama.",
            "Attributes may be repeated or left empty in a second row; what is repeated must be the same.",
        ),
        (
            "Peserta tanpa usaha: kosongkan kolom usaha. Usaha yang belum dinilai: kosongkan kolom asesor.",
            "A person without a business: leave its columns empty. Not assessed yet: leave the assessor's columns empty.",
        ),
        (
            "Angka: 1.250.000 atau 12,5. Tanggal: hari/bulan/tahun. Pilihan ganda dipisah titik koma.",
            "Numbers: 1.250.000 or 12,5. Dates: day/month/year. Several choices are separated by semicolons.",
        ),
        (
            "Sel atribut yang kosong berarti tidak dijawab. Sel nilai yang kosong berarti tidak dinilai.",
            "An empty attribute means not answered. An empty rating means not assessed.",
        ),
        (
            "Menolak tidak memengaruhi bansos, PENA, atau pelatihan. Tanpa nomor formulir persetujuan usaha tidak ditampilkan.",
            "Refusing does not affect social assistance, PENA or training. Without a consent form's number a business is not listed.",
        ),
    ];
    let mut row = 0;
    if let Some(text) = notice {
        sheet.write_with_format(row, 0, "PERHATIAN", &bold)?;
        sheet.write_with_format(row, 1, &text.id, &wrapped)?;
        sheet.write_with_format(row, 2, &text.en, &wrapped)?;
        row += 1;
    }
    sheet.write_with_format(row, 0, "Petunjuk", &bold)?;
    sheet.write_with_format(row, 1, "Bahasa Indonesia", &bold)?;
    sheet.write_with_format(row, 2, "English", &bold)?;
    for (id, en) in rules {
        row += 1;
        sheet.write_with_format(row, 1, id, &wrapped)?;
        sheet.write_with_format(row, 2, en, &wrapped)?;
    }
    row += 2;
    sheet.write_with_format(row, 0, "Kolom", &bold)?;
    for (header, target) in layout.columns() {
        row += 1;
        let help = help(layout.book(), target);
        sheet.write_with_format(row, 0, header, &wrapped)?;
        sheet.write_with_format(row, 1, &help.id, &wrapped)?;
        sheet.write_with_format(row, 2, &help.en, &wrapped)?;
    }
    Ok(())
}

/// Choices too many for a dropdown's own list: the regions.
fn choices(sheet: &mut Worksheet, book: &Codebook) -> Result<(), XlsxError> {
    sheet.set_name("Pilihan")?;
    sheet.set_column_width(1, 28)?;
    sheet.write(0, 0, "Kode wilayah")?;
    sheet.write(0, 1, "Wilayah")?;
    for (row, (code, name)) in (1_u32..).zip(&book.regions) {
        sheet.write_string(row, 0, code)?;
        sheet.write_string(row, 1, name)?;
    }
    Ok(())
}

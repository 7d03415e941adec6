//! What can be wrong in a sheet, in words that say what to write instead.

use serde::{Deserialize, Serialize};

use super::quote::quoted;
use crate::domain::assessment::RatingFault;
use crate::domain::region::RegionFault;
use crate::domain::sector::SectorFault;
use crate::domain::text::Text;

/// One fault of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowError {
    /// Row of the sheet, counted from 1 as a spreadsheet does (the header is row 1).
    pub row: u32,
    /// The header's text; after joining, the header of the template.
    pub column: String,
    /// What stands in the cell, cut to 100 characters; empty in a column of personal data, and masked where it may be such.
    pub value: String,
    /// The kind of fault, for programs: `ambiguous_number`.
    pub code: String,
    /// What is wrong and what to do, for people.
    pub detail: Text,
}

/// A kind of fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowFault {
    /// The header is none that the sheet knows; with the closest known one.
    UnknownHeader(Option<String>),
    /// The header means the same as an earlier one.
    DuplicateHeader(String),
    /// A header that every sheet needs is missing.
    MissingHeader,
    /// A value under a column without a header.
    NoHeader,
    /// The row has another number of cells than the header line.
    CellCount {
        /// Cells in this row.
        found: usize,
        /// Cells in the header line.
        wanted: usize,
    },
    /// A cell that must be filled is empty.
    Required,
    /// A column of the venture is filled but its code is not.
    VentureCodeMissing,
    /// An indicator is filled but no assessor is named.
    AssessorMissing,
    /// An assessor is named and rates, but there is no venture.
    AssessmentWithoutVenture,
    /// The text is longer than the column takes.
    TooLong(usize),
    /// Control characters, or characters that turn the direction of writing.
    ControlCharacters,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// A spreadsheet's error value.
    CellError,
    /// Not a number.
    NotANumber,
    /// Can be read as thousands and as a decimal.
    AmbiguousNumber,
    /// Between 0 and 1 in a column of percents.
    ShareOrPercent,
    /// More than four decimals.
    TooManyDecimals,
    /// Money with parts of a rupiah.
    NotWholeRupiah,
    /// Negative, or beyond the column's limit.
    OutOfRange,
    /// An ordinal rating that is not 1, 2, 3, 4 or 5.
    NotOneToFive,
    /// Not a date.
    NotADate,
    /// A date that cannot be: a birth after the workshop.
    ImpossibleDate,
    /// Birth date and age group do not agree.
    AgeDisagrees,
    /// Not one of the choices; with the choices.
    UnknownChoice(String),
    /// The same choice twice in one cell.
    RepeatedChoice,
    /// `none` beside another choice.
    NoneAndMore,
    /// A consent answered with yes, without the form it is written on.
    ConsentNeedsReference,
    /// A consent that is said to be given after today.
    ConsentInFuture,
    /// A code of a person, venture or assessor with spaces or unusual signs.
    BadReference,
    /// An identity number in the place of a code.
    NikAsCode,
    /// Not a phone number.
    BadPhone,
    /// Not an e-mail address.
    BadEmail,
    /// Not sixteen digits.
    BadNik,
    /// Sixteen digits in a number cell: the spreadsheet has rounded the last one.
    NumberLostDigits,
    /// Not a KBLI code with its scheme.
    Sector(SectorFault),
    /// Not a Kemendagri code.
    Region(RegionFault),
    /// No kecamatan or kota of this name or code.
    UnknownRegion,
    /// The smaller amount is above the larger.
    RangeReversed,
    /// The rubric's rules are broken.
    Rating(RatingFault),
    /// Evidence beside an indicator without a value.
    EvidenceWithoutRating,
    /// Another row says something else; with that row.
    Differs(u32),
    /// The business, or the person, was erased.
    Erased,
    /// Another row holds another assessment by the same assessor; with that row.
    SecondAssessment(u32),
    /// The owner has taken the consent to be assessed back.
    AssessmentTakenBack,
}

impl RowFault {
    /// The kind, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownHeader(_) => "unknown_header",
            Self::DuplicateHeader(_) => "duplicate_header",
            Self::MissingHeader => "missing_header",
            Self::NoHeader => "value_without_header",
            Self::CellCount { .. } => "cell_count",
            Self::Required => "required",
            Self::VentureCodeMissing => "venture_code_missing",
            Self::AssessorMissing => "assessor_missing",
            Self::AssessmentWithoutVenture => "assessment_without_venture",
            Self::TooLong(_) => "too_long",
            Self::ControlCharacters => "control_characters",
            Self::NotUtf8 => "not_utf8",
            Self::CellError => "cell_error",
            Self::NotANumber => "not_a_number",
            Self::AmbiguousNumber => "ambiguous_number",
            Self::ShareOrPercent => "share_or_percent",
            Self::TooManyDecimals => "too_many_decimals",
            Self::NotWholeRupiah => "not_whole_rupiah",
            Self::OutOfRange => "out_of_range",
            Self::NotOneToFive => "not_one_to_five",
            Self::NotADate => "not_a_date",
            Self::ImpossibleDate => "impossible_date",
            Self::AgeDisagrees => "age_disagrees",
            Self::UnknownChoice(_) => "unknown_choice",
            Self::RepeatedChoice => "repeated_choice",
            Self::NoneAndMore => "none_and_more",
            Self::ConsentNeedsReference => "consent_needs_reference",
            Self::ConsentInFuture => "consent_in_future",
            Self::BadReference => "bad_reference",
            Self::NikAsCode => "nik_as_code",
            Self::BadPhone => "bad_phone",
            Self::BadEmail => "bad_email",
            Self::BadNik => "bad_nik",
            Self::NumberLostDigits => "number_lost_digits",
            Self::Sector(fault) => fault.code(),
            Self::Region(fault) => fault.code(),
            Self::UnknownRegion => "unknown_region",
            Self::RangeReversed => "range_reversed",
            Self::Rating(fault) => fault.code,
            Self::EvidenceWithoutRating => "evidence_without_rating",
            Self::Differs(_) => "differs",
            Self::Erased => "erased_on_request",
            Self::SecondAssessment(_) => "second_assessment",
            Self::AssessmentTakenBack => "assessment_taken_back",
        }
    }

    /// What is wrong and what to do.
    pub fn detail(&self) -> Text {
        let t = |id: &str, en: &str| Text::new(id, en);
        match self {
            Self::UnknownHeader(None) => t(
                "Judul kolom ini tidak dikenal. Pakai judul dari templat.",
                "This header is not known. Use the template's headers.",
            ),
            Self::UnknownHeader(Some(close)) => Text::new(
                format!("Judul kolom ini tidak dikenal. Mungkin maksudnya “{close}”."),
                format!("This header is not known. Did you mean “{close}”?"),
            ),
            Self::DuplicateHeader(first) => Text::new(
                format!("Judul ini sama artinya dengan “{first}”. Hapus salah satu kolom."),
                format!("This header means the same as “{first}”. Remove one of the columns."),
            ),
            Self::MissingHeader => {
                t("Kolom wajib ini tidak ada. Tambahkan kolomnya.", "This required column is missing. Add it.")
            }
            Self::NoHeader => t(
                "Ada isi di kolom tanpa judul. Beri judul atau kosongkan.",
                "There is a value in a column without a header. Name the column or empty it.",
            ),
            Self::CellCount { found, wanted } => Text::new(
                format!("Baris ini punya {found} sel, baris judul punya {wanted}. Periksa pemisah dan tanda kutip."),
                format!("This row has {found} cells, the header line has {wanted}. Check separators and quotes."),
            ),
            Self::Required => t("Sel ini wajib diisi.", "This cell must be filled."),
            Self::VentureCodeMissing => t(
                "Data usaha terisi tetapi kode usaha kosong. Isi kode usaha, atau kosongkan data usaha.",
                "Venture data is filled but the venture code is empty. Fill the code or empty the data.",
            ),
            Self::AssessorMissing => t(
                "Ada nilai tetapi kode asesor kosong. Isi kode asesor.",
                "There are ratings but no assessor code. Fill the assessor code.",
            ),
            Self::AssessmentWithoutVenture => t(
                "Ada nilai tetapi tidak ada usaha yang dinilai. Isi kode usaha.",
                "There are ratings but no venture that is rated. Fill the venture code.",
            ),
            Self::TooLong(max) => Text::new(
                format!("Terlalu panjang: paling banyak {max} huruf."),
                format!("Too long: at most {max} characters."),
            ),
            Self::ControlCharacters => t(
                "Ada karakter tersembunyi. Ketik ulang isi sel ini.",
                "There are hidden control characters. Type the cell again.",
            ),
            Self::NotUtf8 => {
                t("Bukan UTF-8. Simpan berkas sebagai “CSV UTF-8”.", "Not UTF-8. Save the file as “CSV UTF-8”.")
            }
            Self::CellError => t(
                "Sel ini berisi galat lembar kerja. Perbaiki rumusnya atau ketik nilainya.",
                "This cell holds a spreadsheet error. Mend the formula or type the value.",
            ),
            Self::NotANumber => {
                t("Bukan angka. Contoh: 1.250.000 atau 12,5.", "Not a number. Example: 1.250.000 or 12,5.")
            }
            Self::AmbiguousNumber => t(
                "Angka ini bisa berarti ribuan atau pecahan. Tulis tanpa titik ribuan (1250) atau dengan satu angka desimal (1,2).",
                "This number may be thousands or a decimal. Write it without separators (1250) or with one decimal (1,2).",
            ),
            Self::ShareOrPercent => t(
                "Kolom ini dalam persen: tulis 30 untuk 30 %, bukan 0,3. Untuk kurang dari satu persen tulis 0,3%.",
                "This column is in percent: write 30 for 30 %, not 0.3. For less than one percent write 0.3%.",
            ),
            Self::TooManyDecimals => t("Paling banyak empat angka desimal.", "At most four decimals."),
            Self::NotWholeRupiah => t("Tulis rupiah utuh tanpa sen.", "Write whole rupiah, no parts of one."),
            Self::OutOfRange => t(
                "Di luar batas kolom ini, atau negatif. Kerugian ditulis 0.",
                "Beyond the limits of this column, or negative. Write a loss as 0.",
            ),
            Self::NotOneToFive => t(
                "Nilai harus 1, 2, 3, 4, atau 5; atau “tidak berlaku”, “tidak dinilai”, “tidak dijawab”.",
                "A rating is 1, 2, 3, 4 or 5; or “not applicable”, “not assessed”, “not answered”.",
            ),
            Self::NotADate => t(
                "Bukan tanggal. Tulis hari/bulan/tahun, misalnya 14/11/2024.",
                "Not a date. Write day/month/year, such as 14/11/2024.",
            ),
            Self::ImpossibleDate => {
                t("Tanggal lahir ini tidak mungkin. Periksa tahunnya.", "This birth date cannot be. Check the year.")
            }
            Self::AgeDisagrees => t(
                "Kelompok usia tidak cocok dengan tanggal lahir. Perbaiki salah satunya.",
                "The age group does not agree with the birth date. Correct one of them.",
            ),
            Self::UnknownChoice(choices) => Text::new(
                format!("Pilihan tidak dikenal. Pilihan: {choices}."),
                format!("Not one of the choices. Choices: {choices}."),
            ),
            Self::RepeatedChoice => t("Pilihan yang sama tertulis dua kali.", "The same choice is written twice."),
            Self::NoneAndMore => {
                t("“Tidak ada” tidak bisa bersama pilihan lain.", "“None” cannot stand beside another choice.")
            }
            Self::ConsentNeedsReference => t(
                "Tulis nomor formulir persetujuan, bukan “ya”: persetujuan harus bisa ditunjukkan.",
                "Write the number of the consent form, not “yes”: a consent must be shown on request.",
            ),
            Self::ConsentInFuture => t(
                "Tanggal persetujuan sesudah hari ini. Tulis tanggal pada formulir yang sudah ditandatangani pemilik.",
                "The date of consent is after today. Write the date on the form that the owner has signed.",
            ),
            Self::BadReference => t(
                "Kode hanya boleh huruf, angka, titik, garis bawah, garis miring, dan tanda hubung, tanpa spasi.",
                "A code has letters, digits, dots, underscores, slashes and hyphens only, no spaces.",
            ),
            Self::NikAsCode => t(
                "Ini tampak seperti NIK. Pakai nomor dari daftar program, misalnya SDY-001, jangan pernah NIK; NIK hanya di kolom NIK.",
                "This looks like a NIK. Use the sheet's own number, such as SDY-001, never the NIK; that goes into its own column only.",
            ),
            Self::BadPhone => t(
                "Bukan nomor telepon. Contoh: 0812 3456 7890 atau +62 812 3456 7890.",
                "Not a phone number. Example: 0812 3456 7890 or +62 812 3456 7890.",
            ),
            Self::BadEmail => t("Bukan alamat surel.", "Not an e-mail address."),
            Self::BadNik => t("NIK harus 16 angka.", "A NIK has 16 digits."),
            Self::NumberLostDigits => t(
                "Nomor ini tersimpan sebagai angka sehingga digit terakhirnya bisa berubah. Ubah sel menjadi teks dan ketik ulang.",
                "This number is stored as a number cell, so its last digits may have changed. Make the cell text and type it again.",
            ),
            Self::Sector(fault) => fault.detail(),
            Self::Region(fault) => fault.detail(),
            Self::UnknownRegion => t(
                "Wilayah tidak dikenal. Tulis nama kecamatan di Jakarta atau kode Kemendagri bertitik, misalnya 31.75.10.",
                "Unknown region. Write a kecamatan of Jakarta or the dotted Kemendagri code, such as 31.75.10.",
            ),
            Self::RangeReversed => t(
                "Batas bawah lebih besar dari batas atas. Tukar keduanya.",
                "The lower amount is above the upper one. Swap them.",
            ),
            Self::Rating(fault) => fault.detail.clone(),
            Self::EvidenceWithoutRating => t(
                "Ada bukti tetapi tidak ada nilai. Isi nilainya atau kosongkan buktinya.",
                "There is evidence but no rating. Give the rating or empty the evidence.",
            ),
            Self::Differs(row) => Text::new(
                format!("Berbeda dari baris {row} untuk kode yang sama. Samakan, atau kosongkan salah satunya."),
                format!("Differs from row {row} for the same code. Make them equal or leave one empty."),
            ),
            Self::Erased => t(
                "Usaha atau orang ini dihapus, atas permintaan atau karena waktunya habis. Hapus barisnya; bila pemiliknya \
                 ingin ikut lagi, beri kode yang baru.",
                "This business or person was erased, at their wish or because the time was over. Delete the rows; if the \
                 owner wants to come back, give a new code.",
            ),
            Self::SecondAssessment(row) => Text::new(
                format!("Asesor ini sudah menilai usaha yang sama di baris {row} dengan isi lain. Sisakan satu."),
                format!("This assessor already rated the same venture in row {row}, differently. Keep one."),
            ),
            Self::AssessmentTakenBack => t(
                "Pemilik sudah menarik persetujuan asesmen, jadi usaha ini tidak dinilai lagi. Kosongkan kode asesor dan nilainya; \
                 bila pemilik kini setuju, catat dulu formulir persetujuannya yang baru.",
                "The owner has taken the consent to be assessed back, so this business is not rated again. Empty the assessor code \
                 and the ratings; if the owner agrees now, record the new consent form first.",
            ),
        }
    }

    /// The fault at a place. `shown` is dropped where the column may hold personal data.
    pub fn at(&self, row: u32, column: &str, shown: &str) -> RowError {
        RowError {
            row,
            column: column.to_owned(),
            value: quoted(shown),
            code: self.code().to_owned(),
            detail: self.detail(),
        }
    }
}

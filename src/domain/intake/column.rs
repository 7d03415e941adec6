//! The columns of a workshop sheet, in the order of the template. This table is all there is to know of
//! them: headers and aliases, what a cell may hold, where it goes, and the words that explain it.
//! The indicators' columns come from the rubric (`super::indicator`).

use super::attributes::{Part, Slot, put_consent, put_number, put_status, status};
use super::choice::{self, Choice};
use crate::domain::text::Words;
use crate::domain::venture::LegalPaper;

/// What a cell of a column may hold.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A text of at most so many characters.
    Text(usize),
    /// A personal text of at most so many characters.
    Personal(usize),
    /// A code given by the programme.
    Reference,
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A national identity number.
    Nik,
    /// A day.
    Day,
    /// Whole rupiah.
    Money,
    /// A decimal from 0.
    Decimal {
        /// At most so many whole ones.
        max: i64,
        /// In percent.
        percent: bool,
    },
    /// Yes or no.
    YesNo,
    /// One of these.
    One(&'static [Choice]),
    /// Any of these.
    Several(&'static [Choice]),
    /// Numbers of Sustainable Development Goals.
    Goals,
    /// A KBLI code with its scheme.
    Sector,
    /// A Kemendagri code or a kecamatan.
    Region,
    /// The number of a legal paper.
    PaperNumber,
}

impl Kind {
    /// Whether a cell may hold personal data, which no message repeats.
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::Personal(_) | Self::Phone | Self::Email | Self::Nik | Self::PaperNumber)
    }
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// A stable name for programs; also a header that is understood.
    pub key: &'static str,
    /// The header of the template.
    pub header: &'static str,
    /// Other headers that are understood. Case, spaces and signs never matter.
    pub aliases: &'static [&'static str],
    /// What a cell may hold.
    pub kind: Kind,
    /// Where it goes.
    pub part: Part,
    /// What to write, in both languages.
    pub help: Words,
}

impl Column {
    /// Whether it is an attribute of the business.
    pub const fn is_of_venture(&self) -> bool {
        matches!(self.part, Part::Venture(..) | Part::VentureCode)
    }
}

macro_rules! participant {
    ($field:ident) => {
        Part::Participant(|p| Slot::get(&p.$field), |p, v| Slot::put(&mut p.$field, v))
    };
}
macro_rules! venture {
    ($($field:ident).+) => {
        Part::Venture(|u| Slot::get(&u.$($field).+), |u, v| Slot::put(&mut u.$($field).+, v))
    };
}
macro_rules! paper {
    ($paper:ident) => {
        Part::Venture(
            |u| status(&u.profile.legal, LegalPaper::$paper),
            |u, v| put_status(&mut u.profile.legal, LegalPaper::$paper, v),
        )
    };
}
macro_rules! paper_number {
    ($paper:ident) => {
        Part::Venture(
            |u| Slot::get(&u.legal_numbers.get(&LegalPaper::$paper).cloned()),
            |u, v| put_number(&mut u.legal_numbers, LegalPaper::$paper, v),
        )
    };
}
macro_rules! consent {
    ($purpose:literal) => {
        Part::Consent(|c| Slot::get(&c.given.get($purpose).cloned()), |c, v| put_consent(c, $purpose, v))
    };
}
macro_rules! columns {
    ($($key:literal, $header:literal, [$($alias:literal),*], $kind:expr, $part:expr, $id:literal, $en:literal;)+) => {
        &[$(Column {
            key: $key, header: $header, aliases: &[$($alias),*], kind: $kind, part: $part, help: Words::new($id, $en),
        }),+]
    };
}

const PERCENT: Kind = Kind::Decimal { max: 10_000, percent: true };
const FTE: Kind = Kind::Decimal { max: 10_000, percent: false };

/// Every column but the indicators'.
#[rustfmt::skip] // One row a column: it is read as a table.
pub static COLUMNS: &[Column] = columns! {
    "participant_ref", "Kode peserta", ["No. peserta", "ID peserta", "Participant code", "Participant id"], Kind::Reference, Part::ParticipantCode,
        "Wajib. Kode unik peserta dari program, misalnya SDY-001.", "Required. The programme's own code of the person, such as SDY-001.";
    "participant_name", "Nama peserta", ["Nama", "Nama lengkap", "Participant name", "Name"], Kind::Personal(120), participant!(name),
        "Wajib, paling sedikit di satu baris peserta ini.", "Required in at least one row of this person.";
    "participant_type", "Jenis peserta", ["Kategori peserta", "Unsur peserta", "Kind of participant"], Kind::One(choice::PARTICIPANT_TYPES), participant!(participant_type),
        "Unsur yang diwakili peserta.", "How the person came to the cohort.";
    "attendance", "Kehadiran", ["Cara hadir", "Moda kehadiran", "Attended"], Kind::One(choice::ATTENDANCE), participant!(attendance),
        "Hadir langsung atau daring.", "In person or online.";
    "participant_role", "Peran peserta", ["Peran", "Jabatan", "Role"], Kind::Text(80), participant!(role),
        "Misalnya pemilik, kepala panti, pendamping, PSM, Karang Taruna.", "Such as owner, head of a home, companion, volunteer.";
    "phone", "Nomor HP", ["No HP", "HP", "Telepon", "Nomor telepon", "No telepon", "WhatsApp", "No WA", "Phone number", "Mobile"], Kind::Phone, participant!(phone),
        "Nomor yang bisa dihubungi. Disimpan tersandi.", "A number that reaches the person. Stored encrypted.";
    "email", "Surel", ["E-mail", "Alamat surel"], Kind::Email, participant!(email),
        "Bila ada. Disimpan tersandi.", "If there is one. Stored encrypted.";
    "nik", "NIK", ["Nomor induk kependudukan", "No KTP", "National identity number"], Kind::Nik, Part::Nik,
        "16 angka, sel bertipe teks. Tidak pernah disimpan: hanya sidik berkunci untuk menemukan data ganda.", "16 digits in a text cell. Never stored: only a keyed hash, to find duplicates.";
    "birth_date", "Tanggal lahir", ["Tgl lahir", "Date of birth"], Kind::Day, Part::BirthDate,
        "Hari/bulan/tahun. Hanya kelompok usia yang disimpan.", "Day/month/year. Only the age group is kept.";
    "age_band", "Kelompok usia", ["Usia", "Rentang usia", "Age group", "Age"], Kind::One(choice::AGE_BANDS), participant!(age_band),
        "Bila tanggal lahir tidak ditulis.", "Where no birth date is written.";

    "venture_ref", "Kode usaha", ["No. usaha", "ID usaha", "Venture code", "Venture id", "Business code"], Kind::Reference, Part::VentureCode,
        "Kode unik usaha. Kosong bila peserta tidak punya usaha.", "The programme's own code of the business. Empty where the person has none.";
    "venture_name", "Nama usaha", ["Usaha", "Venture name", "Business name"], Kind::Personal(120), venture!(name),
        "Wajib, paling sedikit di satu baris usaha ini.", "Required in at least one row of this business.";
    "address", "Alamat usaha", ["Alamat", "Business address"], Kind::Personal(300), venture!(address),
        "Disimpan tersandi, tidak pernah tampil sebelum perkenalan.", "Stored encrypted, never shown before an introduction.";
    "sector", "KBLI", ["Kode KBLI", "Sektor", "Kode sektor", "Sector code"], Kind::Sector, venture!(profile.sector),
        "Kode bersama skemanya: KBLI2020:I56101.", "The code with its scheme: KBLI2020:I56101.";
    "region", "Kecamatan", ["Wilayah", "Kode wilayah", "Kode kecamatan", "District", "Region code"], Kind::Region, venture!(profile.region),
        "Nama kecamatan atau kode Kemendagri bertitik: 31.75.10.", "A kecamatan of Jakarta, or the dotted Kemendagri code: 31.75.10.";
    "funding_need_min", "Kebutuhan dana minimum", ["Kebutuhan dana", "Kebutuhan minimum", "Kebutuhan modal", "Funding need", "Need min"], Kind::Money, venture!(need_min),
        "Rupiah. Bila hanya satu angka, isi di sini.", "Rupiah. If there is one amount only, write it here.";
    "funding_need_max", "Kebutuhan dana maksimum", ["Kebutuhan maksimum", "Need max"], Kind::Money, venture!(need_max),
        "Rupiah.", "Rupiah.";
    "instruments", "Bentuk dukungan yang diterima", ["Bentuk dukungan", "Instrumen", "Welcomed instruments"], Kind::Several(choice::INSTRUMENTS), venture!(profile.instruments),
        "Boleh lebih dari satu, dipisah titik koma.", "Several may be given, separated by semicolons.";
    "sharia_only", "Hanya akad syariah", ["Syariah saja", "Syariah", "Sharia"], Kind::YesNo, venture!(profile.sharia_only),
        "Ya bila pemilik hanya menerima akad syariah.", "Yes if the owner wants sharia contracts only.";
    "tenor_months", "Tenor (bulan)", ["Tenor", "Jangka waktu bulan"], Kind::Decimal { max: 600, percent: false }, venture!(profile.tenor_months),
        "Jangka waktu yang diinginkan, dalam bulan.", "Wished duration in months.";
    "sdgs", "TPB/SDGs", ["SDG", "TPB", "Tujuan pembangunan berkelanjutan"], Kind::Goals, venture!(profile.sdgs),
        "Nomor 1–17, dipisah titik koma.", "Numbers 1–17, separated by semicolons.";
    "size_class", "Skala usaha", ["Ukuran usaha", "Business size"], Kind::One(choice::SIZES), venture!(profile.size_class),
        "Mikro, kecil, atau menengah (PP 7/2021).", "Micro, small or medium (PP 7/2021).";
    "annual_revenue", "Omzet per tahun", ["Omzet tahunan", "Omset per tahun", "Omset tahunan", "Penjualan per tahun", "Revenue per year"], Kind::Money, venture!(profile.annual_revenue),
        "Rupiah setahun.", "Rupiah a year.";
    "business_capital", "Modal usaha", ["Modal", "Capital"], Kind::Money, venture!(profile.business_capital),
        "Rupiah, tanpa tanah dan bangunan.", "Rupiah, without land and buildings.";
    "monthly_net_profit", "Laba bersih per bulan", ["Laba bersih", "Laba bulanan", "Net profit per month"], Kind::Money, venture!(profile.monthly_net_profit),
        "Rupiah sebulan. Rugi ditulis 0.", "Rupiah a month. Write a loss as 0.";
    "household_income", "Pendapatan keluarga per bulan", ["Pendapatan keluarga", "Household income per month"], Kind::Money, venture!(profile.household_income),
        "Rupiah sebulan. Data sensitif.", "Rupiah a month. Sensitive.";
    "debt_service_pct", "Angsuran terhadap laba (%)", ["Rasio angsuran", "Persen angsuran", "Debt service"], PERCENT, venture!(profile.debt_service_pct),
        "Persen angsuran dari laba bersih sebulan.", "Instalments in percent of a month's net profit.";
    "pena_category", "Kategori PENA", ["PENA category"], Kind::One(choice::PENA), venture!(profile.pena_category),
        "Bila keluarga penerima PENA. Data sensitif.", "If the family is with PENA. Sensitive.";
    "registry_scheme", "Registri sosial", ["Data sosial", "Social registry"], Kind::One(choice::REGISTRIES), venture!(registry_scheme),
        "DTSEN, atau DTKS sebelum 2025. Data sensitif.", "DTSEN, or DTKS before 2025. Sensitive.";
    "registry_status", "Status registri sosial", ["Status registri", "Desil", "Social registry status"], Kind::Text(40), venture!(registry_status),
        "Misalnya desil_1. Data sensitif.", "Such as desil_1. Sensitive.";
    "disability_inclusion", "Inklusi disabilitas", ["Disabilitas", "Disability"], Kind::Several(choice::DISABILITY), venture!(profile.disability_inclusion),
        "Boleh lebih dari satu. Data sensitif.", "Several may be given. Sensitive.";
    "jakpreneur_stages", "Tahap Jakpreneur", ["Jakpreneur", "7 PAS", "Jakpreneur stages"], Kind::Several(choice::STAGES), venture!(profile.jakpreneur_stages),
        "Semua fasilitas yang sudah dipakai, P1–P7.", "Every facility already used, P1–P7.";
    "legal_form", "Bentuk usaha", ["Bentuk badan usaha", "Badan hukum", "Form of business"], Kind::One(choice::LEGAL_FORMS), venture!(profile.legal_form),
        "Bentuk hukum usaha.", "Legal form.";
    "women_led", "Dipimpin perempuan", ["Perempuan", "Women"], Kind::YesNo, venture!(profile.women_led),
        "Ya bila paling sedikit separuh pemilik atau pemimpin perempuan.", "Yes if at least half of owners or leaders are women.";
    "youth_led", "Dipimpin pemuda (18-30)", ["Dipimpin pemuda", "Pemuda", "Youth"], Kind::YesNo, venture!(profile.youth_led),
        "Ya bila pemimpinnya berusia 18–30.", "Yes if the leader is 18–30.";
    "employees_fte", "Tenaga kerja (setara penuh waktu)", ["Tenaga kerja", "Jumlah tenaga kerja", "Karyawan", "Employees"], FTE, venture!(profile.employees_fte),
        "Setara penuh waktu, pemilik termasuk.", "Full-time equivalents, the owner included.";
    "employees_vulnerable_fte", "Tenaga kerja rentan", ["Karyawan rentan", "Vulnerable employees"], FTE, venture!(profile.employees_vulnerable_fte),
        "Di antaranya dari kelompok rentan.", "Of these, from vulnerable groups.";
    "years_operating", "Lama usaha (tahun)", ["Lama usaha", "Tahun beroperasi", "Years in business"], Kind::Decimal { max: 200, percent: false }, venture!(profile.years_operating),
        "Dalam tahun, boleh pecahan: 1,5.", "In years; 1.5 is fine.";
    "online_sales_pct", "Penjualan daring (%)", ["Penjualan online", "Online sales"], Kind::Decimal { max: 100, percent: true }, venture!(profile.online_sales_pct),
        "Persen dari penjualan.", "Percent of sales.";
    "green", "Ramah lingkungan", ["Praktik hijau", "Environment"], Kind::One(choice::GREEN), venture!(profile.green),
        "Praktik atau produk.", "Practice or product.";
    "exclusions", "Bidang usaha terbatas", ["Usaha yang dikecualikan", "Restricted lines of business"], Kind::Several(choice::EXCLUSIONS), venture!(profile.exclusions),
        "Bila ada tembakau, alkohol, perjudian, atau senjata.", "If there is tobacco, alcohol, gambling or weapons.";
    "excluded_investor_kinds", "Jenis investor yang ditolak", ["Investor yang ditolak", "Unwanted investors"], Kind::Several(choice::INVESTORS), venture!(profile.excluded_investor_kinds),
        "Jenis investor yang tidak diinginkan pemilik.", "Kinds of investors the owner does not want.";
    "story", "Cerita usaha", ["Cerita", "Cerita singkat"], Kind::Text(600), venture!(profile.story),
        "Beberapa kalimat tanpa nama orang, merek, alamat, atau nomor.", "A few sentences without names, brands, addresses or numbers.";
    "nib_status", "Status NIB", ["NIB status"], Kind::One(choice::LEGAL_STATUS), paper!(Nib),
        "Nomor induk berusaha.", "Business identification number.";
    "nib_number", "Nomor NIB", ["NIB", "No NIB"], Kind::PaperNumber, paper_number!(Nib),
        "Disimpan tersandi.", "Stored encrypted.";
    "npwp_status", "Status NPWP", ["NPWP status"], Kind::One(choice::LEGAL_STATUS), paper!(Npwp),
        "Nomor pokok wajib pajak.", "Tax number.";
    "npwp_number", "Nomor NPWP", ["NPWP", "No NPWP"], Kind::PaperNumber, paper_number!(Npwp),
        "Disimpan tersandi.", "Stored encrypted.";
    "pirt_status", "Status PIRT", ["PIRT status"], Kind::One(choice::LEGAL_STATUS), paper!(Pirt),
        "Izin pangan industri rumah tangga.", "Home-industry food licence.";
    "pirt_number", "Nomor PIRT", ["PIRT", "No PIRT"], Kind::PaperNumber, paper_number!(Pirt),
        "Disimpan tersandi.", "Stored encrypted.";
    "halal_status", "Status halal", ["Halal status"], Kind::One(choice::LEGAL_STATUS), paper!(Halal),
        "Sertifikat halal.", "Halal certificate.";
    "halal_number", "Nomor halal", ["Halal", "No sertifikat halal"], Kind::PaperNumber, paper_number!(Halal),
        "Disimpan tersandi.", "Stored encrypted.";
    "bpom_status", "Status BPOM", ["BPOM status"], Kind::One(choice::LEGAL_STATUS), paper!(Bpom),
        "Izin edar BPOM.", "Food and drug licence.";
    "bpom_number", "Nomor BPOM", ["BPOM", "No BPOM"], Kind::PaperNumber, paper_number!(Bpom),
        "Disimpan tersandi.", "Stored encrypted.";
    "brand_status", "Status merek", ["Brand status"], Kind::One(choice::LEGAL_STATUS), paper!(Brand),
        "Merek terdaftar.", "Registered brand.";
    "brand_number", "Nomor merek", ["Merek", "No merek"], Kind::PaperNumber, paper_number!(Brand),
        "Disimpan tersandi.", "Stored encrypted.";

    "consent_assessment", "Persetujuan asesmen", ["Consent to assessment"], Kind::Reference, consent!("assessment"),
        "Nomor formulir persetujuan. Kosong atau “tidak” berarti tidak setuju.", "Number of the consent form. Empty or “tidak” means no consent.";
    "consent_matching", "Persetujuan pencocokan", ["Consent to matching"], Kind::Reference, consent!("matching"),
        "Nomor formulir. Tanpa ini usaha tidak dicocokkan.", "Number of the form. Without it the business is not matched.";
    "consent_listing", "Persetujuan daftar anonim", ["Persetujuan tampil anonim", "Consent to anonymised listing"], Kind::Reference, consent!("anonymised_listing"),
        "Nomor formulir. Tanpa ini usaha tidak pernah tampil.", "Number of the form. Without it the business is never listed.";
    "consent_statistics", "Persetujuan statistik", ["Consent to statistics"], Kind::Reference, consent!("statistics"),
        "Nomor formulir.", "Number of the form.";
    "found_by_participant_type", "Boleh ditemukan: jenis peserta", ["Found by participant type"], Kind::Reference, consent!("found_by:participant_type"),
        "Nomor formulir.", "Number of the form.";
    "found_by_pena_category", "Boleh ditemukan: PENA", ["Found by PENA category"], Kind::Reference, consent!("found_by:pena_category"),
        "Nomor formulir.", "Number of the form.";
    "found_by_social_registry", "Boleh ditemukan: registri sosial", ["Found by social registry"], Kind::Reference, consent!("found_by:social_registry"),
        "Nomor formulir.", "Number of the form.";
    "found_by_disability_inclusion", "Boleh ditemukan: disabilitas", ["Found by disability inclusion"], Kind::Reference, consent!("found_by:disability_inclusion"),
        "Nomor formulir.", "Number of the form.";
    "consent_date", "Tanggal persetujuan", ["Tgl persetujuan", "Date of consent"], Kind::Day, Part::Consent(|c| Slot::get(&c.given_on), |c, v| Slot::put(&mut c.given_on, v)),
        "Hari/bulan/tahun.", "Day/month/year.";

    "assessor_ref", "Kode asesor", ["ID asesor", "Assessor code", "Assessor id"], Kind::Reference, Part::AssessorCode,
        "Kosong bila belum dinilai. Dua asesor: dua baris.", "Empty where nobody has assessed. Two assessors: two rows.";
    "assessor_name", "Nama asesor", ["Asesor", "Assessor"], Kind::Personal(120), Part::AssessorName,
        "Nama asesor.", "The assessor's name.";
    "assessed_on", "Tanggal asesmen", ["Tgl asesmen", "Date of assessment"], Kind::Day, Part::AssessedOn,
        "Hari/bulan/tahun.", "Day/month/year.";
    "assessment_kind", "Jenis asesmen", ["Kind of assessment"], Kind::One(choice::ASSESSMENT_KINDS), Part::AssessmentKind,
        "Awal (bila kosong) atau lanjutan.", "Baseline (when empty) or follow-up.";
};

/// A column by its key.
pub fn by_key(key: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|c| c.key == key)
}

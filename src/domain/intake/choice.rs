//! What people may write in a coded column: the code, its words in both languages, and usual spellings.

use super::cell::{folded, folds_to};
use crate::domain::text::Words;

/// One choice of a coded column.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The code, as stored.
    pub code: &'static str,
    /// What the template offers. Bahasa Indonesia is what the sheet is filled with.
    pub label: Words,
    /// Other spellings.
    pub aliases: &'static [&'static str],
}

impl Choice {
    fn is(&self, key: &str) -> bool {
        [self.code, self.label.id, self.label.en].iter().chain(self.aliases).any(|name| folds_to(name, key))
    }
}

/// The choice that a text names, in either language, whatever the case and the spaces.
pub fn find(choices: &'static [Choice], text: &str) -> Option<&'static Choice> {
    // Most cells were picked from the template's list and are spelled just so, or are the code itself.
    if let Some(choice) = choices.iter().find(|c| c.label.id == text || c.code == text) {
        return Some(choice);
    }
    let wanted = folded(text);
    if wanted.is_empty() { None } else { choices.iter().find(|c| c.is(&wanted)) }
}

/// The choices in words, for a message.
pub fn listed(choices: &[Choice]) -> String {
    choices.iter().map(|c| c.label.id).collect::<Vec<_>>().join(", ")
}

const fn c(code: &'static str, id: &'static str, en: &'static str, aliases: &'static [&'static str]) -> Choice {
    Choice { code, label: Words::new(id, en), aliases }
}

/// Yes and no.
pub const YES_NO: &[Choice] =
    &[c("true", "ya", "yes", &["y", "1", "benar"]), c("false", "tidak", "no", &["t", "n", "0", "bukan", "salah"])];

/// How a person came to the cohort.
pub const PARTICIPANT_TYPES: &[Choice] = &[
    c("kpm_pena", "KPM PENA", "PENA beneficiary family", &["kpm", "pena"]),
    c("umkm_jakpreneur", "UMKM Jakpreneur", "Jakpreneur business", &["umkm", "jakpreneur"]),
    c("panti_sosial", "Panti sosial", "Social home", &["panti"]),
    c("pilar_sosial", "Pilar sosial", "Social pillar", &["pilar", "pilar-pilar sosial"]),
];

/// How a person attended.
pub const ATTENDANCE: &[Choice] = &[
    c("in_person", "hadir langsung", "in person", &["luring", "offline", "tatap muka", "langsung", "hadir"]),
    c("online", "daring", "online", &["zoom", "virtual"]),
];

/// Age groups.
pub const AGE_BANDS: &[Choice] = &[
    c("under_18", "di bawah 18", "under 18", &["<18", "0-17"]),
    c("18_30", "18-30", "18 to 30", &[]),
    c("31_45", "31-45", "31 to 45", &[]),
    c("46_60", "46-60", "46 to 60", &[]),
    c("over_60", "di atas 60", "over 60", &[">60", "61+", "lansia"]),
];

/// Kinds of support.
pub const INSTRUMENTS: &[Choice] = &[
    c("grant", "hibah", "grant", &[]),
    c("qardh", "qardh", "interest-free sharia loan", &["qardhul hasan", "pinjaman kebajikan"]),
    c("soft_loan", "pinjaman lunak", "soft loan", &[]),
    c("revenue_share", "bagi hasil pendapatan", "revenue share", &["bagi hasil"]),
    c("musyarakah", "musyarakah", "sharia partnership", &[]),
    c("equity", "penyertaan modal", "equity", &["saham"]),
    c("in_kind", "bantuan barang", "in kind", &["barang", "alat"]),
    c("offtake", "pembelian hasil", "offtake", &["kontrak beli"]),
    c("mentoring", "pendampingan", "mentoring", &[]),
    c("guarantee", "penjaminan", "guarantee", &[]),
    c("none", "tidak ada", "none", &[]),
];

/// Categories of PENA.
pub const PENA: &[Choice] = &[
    c("reguler", "PENA Reguler", "PENA Regular", &["reguler", "regular"]),
    c("berdikari", "PENA Berdikari", "PENA Self-reliant", &["berdikari"]),
    c("disabilitas", "PENA Disabilitas", "PENA Disability", &["disabilitas"]),
    c("atensi", "PENA Atensi", "PENA Attention", &["atensi"]),
    c("bencana", "PENA Bencana", "PENA Disaster", &["bencana"]),
];

/// Social registries.
pub const REGISTRIES: &[Choice] = &[c("DTSEN", "DTSEN", "DTSEN", &[]), c("DTKS", "DTKS", "DTKS", &[])];

/// The part of people with disabilities.
pub const DISABILITY: &[Choice] = &[
    c("owner", "pemilik", "owner has a disability", &["pemilik penyandang disabilitas"]),
    c("employs", "mempekerjakan", "employs people with disabilities", &["mempekerjakan penyandang disabilitas"]),
    c("serves", "melayani", "serves people with disabilities", &["melayani penyandang disabilitas"]),
    c("none", "tidak ada", "none", &[]),
    c("undisclosed", "tidak ingin menyebut", "would rather not say", &["dirahasiakan"]),
];

/// Jakpreneur facilities.
pub const STAGES: &[Choice] = &[
    c("P1", "P1 Pendaftaran", "P1 registration", &["pendaftaran"]),
    c("P2", "P2 Pelatihan", "P2 training", &["pelatihan"]),
    c("P3", "P3 Pendampingan", "P3 mentoring", &["pendampingan"]),
    c("P4", "P4 Perizinan", "P4 licensing", &["perizinan"]),
    c("P5", "P5 Pemasaran", "P5 marketing", &["pemasaran"]),
    c("P6", "P6 Pelaporan keuangan", "P6 financial reporting", &["pelaporan keuangan"]),
    c("P7", "P7 Permodalan", "P7 capital", &["permodalan"]),
    c("none", "belum ada", "none", &["tidak ada"]),
];

/// Legal forms.
pub const LEGAL_FORMS: &[Choice] = &[
    c("perseorangan", "usaha perseorangan", "sole proprietor", &["perorangan"]),
    c("pt_perorangan", "PT perorangan", "single-member company", &["pt perseorangan"]),
    c("pt", "PT", "limited company", &[]),
    c("cv", "CV", "limited partnership", &[]),
    c("koperasi", "koperasi", "cooperative", &[]),
    c("yayasan", "yayasan", "foundation", &[]),
    c("kub", "kelompok usaha bersama", "joint business group", &["kube"]),
    c("belum_ada", "belum ada", "none yet", &["tidak ada"]),
];

/// Where a legal paper stands.
pub const LEGAL_STATUS: &[Choice] = &[
    c("none", "belum ada", "none", &["tidak ada", "tidak", "belum"]),
    c("in_process", "dalam proses", "in process", &["proses", "diurus"]),
    c("valid", "berlaku", "valid", &["ada", "ya", "aktif"]),
    c("expired", "kedaluwarsa", "expired", &["kadaluarsa", "habis"]),
    c("not_applicable", "tidak perlu", "not applicable", &["tidak berlaku untuk usaha ini", "n/a"]),
    c("unknown", "tidak tahu", "unknown", &["belum tahu"]),
];

/// Size classes of PP 7/2021.
pub const SIZES: &[Choice] =
    &[c("micro", "mikro", "micro", &[]), c("small", "kecil", "small", &[]), c("medium", "menengah", "medium", &[])];

/// Environmental practice.
pub const GREEN: &[Choice] = &[
    c("none", "tidak ada", "none", &["belum ada"]),
    c("practice", "praktik ramah lingkungan", "greener practice", &["praktik"]),
    c("product", "produk ramah lingkungan", "greener product", &["produk"]),
];

/// Lines of business that some investors exclude.
pub const EXCLUSIONS: &[Choice] = &[
    c("tobacco", "tembakau", "tobacco", &["rokok"]),
    c("alcohol", "minuman beralkohol", "alcohol", &["alkohol"]),
    c("gambling", "perjudian", "gambling", &["judi"]),
    c("weapons", "senjata", "weapons", &[]),
    c("none", "tidak ada", "none", &[]),
];

/// Kinds of investors.
pub const INVESTORS: &[Choice] = &[
    c("csr", "CSR perusahaan", "corporate social responsibility", &[]),
    c("foundation", "yayasan", "foundation", &[]),
    c("zakat", "lembaga zakat", "zakat body", &[]),
    c("impact_fund", "dana dampak", "impact fund", &[]),
    c("cooperative", "koperasi", "cooperative", &[]),
    c("buyer", "pembeli", "buyer", &["offtaker"]),
    c("individual", "perorangan", "individual", &[]),
    c("none", "tidak ada", "none", &[]),
];

/// The two kinds of assessments.
pub const ASSESSMENT_KINDS: &[Choice] = &[
    c("baseline", "awal", "baseline", &["asesmen awal"]),
    c("follow_up", "lanjutan", "follow-up", &["asesmen lanjutan", "ulang"]),
];

/// Levels of evidence.
pub const EVIDENCE: &[Choice] = &[
    c("0", "0 ucapan", "0 owner's word", &["ucapan", "lisan"]),
    c("1", "1 dilihat", "1 seen", &["dilihat", "dilihat asesor"]),
    c("2", "2 dokumen", "2 document or photo", &["dokumen", "foto", "dokumen/foto"]),
    c("3", "3 pihak ketiga", "3 verified by a third party", &["pihak ketiga", "terverifikasi"]),
];

/// What may stand in place of a rating.
pub const UNRATED: &[Choice] = &[
    c("not_applicable", "tidak berlaku", "not applicable", &["n/a", "na", "tb"]),
    c("not_assessed", "tidak dinilai", "not assessed", &["belum dinilai"]),
    c("not_answered", "tidak dijawab", "not answered", &["tidak menjawab", "menolak menjawab"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_two_choices_of_one_list() {
        let lists = [
            YES_NO,
            PARTICIPANT_TYPES,
            ATTENDANCE,
            AGE_BANDS,
            INSTRUMENTS,
            PENA,
            REGISTRIES,
            DISABILITY,
            STAGES,
            LEGAL_FORMS,
            LEGAL_STATUS,
            SIZES,
            GREEN,
            EXCLUSIONS,
            INVESTORS,
            ASSESSMENT_KINDS,
            EVIDENCE,
            UNRATED,
        ];
        for list in lists {
            for choice in list {
                for name in [choice.code, choice.label.id, choice.label.en].iter().chain(choice.aliases) {
                    assert_eq!(find(list, name).map(|c| c.code), Some(choice.code), "{name}");
                    assert!(!choice.label.id.contains([',', ';']), "{name} can stand in a list");
                }
            }
        }
        assert_eq!(find(YES_NO, "  YA ").map(|c| c.code), Some("true"));
        assert!(find(YES_NO, "mungkin").is_none() && find(YES_NO, "?").is_none());
    }
}

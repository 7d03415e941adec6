//! What people read for each code, in both languages.

use super::text::Words;
use super::venture::{
    Attendance, DisabilityInclusion, Exclusion, Green, Instrument, InvestorKind, JakpreneurStage, LegalForm,
    LegalPaper, LegalStatus, NeedBand, ParticipantType, PenaCategory, RevenueBand, SectorGroup, SizeClass,
};

/// A closed set of codes with words for people.
pub trait Labelled: Copy + 'static {
    /// All codes, in the order people read them.
    const ALL: &'static [Self];
    /// The code.
    fn code(self) -> &'static str;
    /// What people read.
    fn label(self) -> Words;
}

/// Codes with their words, in the order people read them.
pub fn labelled<T: Labelled>() -> Vec<(&'static str, Words)> {
    T::ALL.iter().map(|c| (c.code(), c.label())).collect()
}

macro_rules! labels {
    ($($name:ident { $($variant:ident = $id:literal, $en:literal;)+ })+) => {$(
        impl $name {
            /// What people read.
            pub const fn label(self) -> Words {
                match self { $(Self::$variant => Words::new($id, $en)),+ }
            }
        }
        impl Labelled for $name {
            const ALL: &'static [Self] = Self::ALL;
            fn code(self) -> &'static str {
                self.as_str()
            }
            fn label(self) -> Words {
                self.label()
            }
        }
    )+};
}

labels! {
    SectorGroup {
        Makanan = "Makanan dan minuman", "Food and drink";
        Dagang = "Perdagangan", "Trade";
        KerajinanIndustri = "Kerajinan dan industri", "Crafts and industry";
        Jasa = "Jasa", "Services";
    }
    NeedBand {
        UpTo10m = "Sampai Rp10 juta", "Up to Rp10 million";
        Over10m = "Lebih dari Rp10 juta", "More than Rp10 million";
    }
    Instrument {
        Grant = "Hibah", "Grant";
        Qardh = "Pinjaman kebajikan (qardh)", "Benevolent loan (qardh)";
        SoftLoan = "Pinjaman lunak", "Soft loan";
        RevenueShare = "Bagi hasil pendapatan", "Revenue share";
        Musyarakah = "Kemitraan modal (musyarakah)", "Sharia partnership (musyarakah)";
        Equity = "Penyertaan modal", "Equity";
        InKind = "Bantuan barang atau alat", "Goods or equipment";
        Offtake = "Jaminan pembelian", "Offtake commitment";
        Mentoring = "Pendampingan", "Mentoring";
        Guarantee = "Penjaminan", "Guarantee";
    }
    ParticipantType {
        KpmPena = "KPM PENA", "PENA beneficiary family";
        UmkmJakpreneur = "UMKM Jakpreneur", "Jakpreneur business";
        PantiSosial = "Panti Sosial", "Social home";
        PilarSosial = "Pilar sosial", "Social pillar";
    }
    Attendance {
        InPerson = "Hadir langsung", "In person";
        Online = "Daring", "Online";
    }
    PenaCategory {
        Reguler = "PENA Reguler", "PENA Reguler";
        Berdikari = "PENA Berdikari", "PENA Berdikari";
        Disabilitas = "PENA Disabilitas", "PENA Disabilitas";
        Atensi = "PENA Atensi", "PENA Atensi";
        Bencana = "PENA Bencana", "PENA Bencana";
    }
    DisabilityInclusion {
        Owner = "Pemilik penyandang disabilitas", "Owner has a disability";
        Employs = "Mempekerjakan penyandang disabilitas", "Employs people with disabilities";
        Serves = "Melayani penyandang disabilitas", "Serves people with disabilities";
        None = "Tidak ada", "None";
        Undisclosed = "Tidak ingin menyebutkan", "Would rather not say";
    }
    JakpreneurStage {
        P1 = "P1 Pendaftaran", "P1 Registration";
        P2 = "P2 Pelatihan", "P2 Training";
        P3 = "P3 Pendampingan", "P3 Mentoring";
        P4 = "P4 Perizinan", "P4 Licensing";
        P5 = "P5 Pemasaran", "P5 Marketing";
        P6 = "P6 Pelaporan keuangan", "P6 Financial reporting";
        P7 = "P7 Permodalan", "P7 Capital";
    }
    LegalForm {
        Perseorangan = "Usaha perseorangan", "Sole proprietor";
        PtPerorangan = "PT perorangan", "One-person company";
        Pt = "PT", "Limited company";
        Cv = "CV", "Limited partnership";
        Koperasi = "Koperasi", "Cooperative";
        Yayasan = "Yayasan", "Foundation";
        Kub = "Kelompok usaha bersama", "Joint business group";
        BelumAda = "Belum ada", "None yet";
    }
    LegalStatus {
        None = "Belum punya", "None";
        InProcess = "Sedang diurus", "Applied for";
        Valid = "Berlaku", "Valid";
        Expired = "Kedaluwarsa", "Expired";
        NotApplicable = "Tidak diperlukan", "Not needed";
        Unknown = "Tidak diketahui", "Not known";
    }
    LegalPaper {
        Nib = "NIB", "Business identification number (NIB)";
        Npwp = "NPWP", "Tax number (NPWP)";
        Pirt = "PIRT", "Home-industry food licence (PIRT)";
        Halal = "Sertifikat halal", "Halal certificate";
        Bpom = "Izin edar BPOM", "Food and drug licence (BPOM)";
        Brand = "Merek terdaftar", "Registered brand";
    }
    SizeClass {
        Micro = "Mikro", "Micro";
        Small = "Kecil", "Small";
        Medium = "Menengah", "Medium";
    }
    RevenueBand {
        Under25 = "Di bawah Rp25 juta setahun", "Below Rp25 million a year";
        From25 = "Rp25–50 juta setahun", "Rp25–50 million a year";
        From50 = "Rp50–100 juta setahun", "Rp50–100 million a year";
        From100 = "Rp100–300 juta setahun", "Rp100–300 million a year";
        From300 = "Rp300–500 juta setahun", "Rp300–500 million a year";
        Over500 = "Di atas Rp500 juta setahun", "Over Rp500 million a year";
    }
    Green {
        None = "Belum ada", "None";
        Practice = "Cara kerja ramah lingkungan", "Greener practice";
        Product = "Produk ramah lingkungan", "Greener product";
    }
    Exclusion {
        Tobacco = "Tembakau", "Tobacco";
        Alcohol = "Alkohol", "Alcohol";
        Gambling = "Judi", "Gambling";
        Weapons = "Senjata", "Weapons";
    }
    InvestorKind {
        Csr = "CSR perusahaan", "Corporate social responsibility";
        Foundation = "Yayasan", "Foundation";
        Zakat = "Lembaga zakat", "Zakat body";
        ImpactFund = "Dana dampak", "Impact fund";
        Cooperative = "Koperasi", "Cooperative";
        Buyer = "Pembeli", "Buyer";
        Individual = "Perorangan", "Individual";
    }
}

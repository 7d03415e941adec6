//! The venture: what is known about a business beside its ratings. Every attribute may be missing.

use serde::{Deserialize, Serialize};

pub use super::fixed::TenThousandths;
use super::money::Rupiah;
use super::sector::Sector;

/// Declares a closed set of codes: `snake_case` on the wire, in the database and in criteria documents.
#[macro_export]
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:tt),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }
        impl $name {
            /// All of them, in the order people read them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The code.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            /// Reads the code.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    )+};
}

codes! {
    /// Broad kind of business, as printed on a card. Derived from the KBLI sector.
    SectorGroup {
        /// Food and drink.
        Makanan = "makanan",
        /// Trade.
        Dagang = "dagang",
        /// Crafts and industry other than food.
        KerajinanIndustri = "kerajinan_industri",
        /// Services.
        Jasa = "jasa",
    }
    /// Whether the owner asks for up to ten million rupiah or more.
    NeedBand {
        /// Up to Rp10 million.
        UpTo10m = "up_to_10m",
        /// More than Rp10 million.
        Over10m = "over_10m",
    }
    /// A kind of support that an owner welcomes or an investor offers.
    Instrument {
        /// Hibah.
        Grant = "grant",
        /// Interest-free loan under sharia.
        Qardh = "qardh",
        /// Loan below market cost.
        SoftLoan = "soft_loan",
        /// Share of revenue.
        RevenueShare = "revenue_share",
        /// Sharia partnership.
        Musyarakah = "musyarakah",
        /// Ownership.
        Equity = "equity",
        /// Tools and goods.
        InKind = "in_kind",
        /// A promise to buy.
        Offtake = "offtake",
        /// Advice over time.
        Mentoring = "mentoring",
        /// A guarantee towards a lender.
        Guarantee = "guarantee",
    }
    /// How a person came to the cohort.
    ParticipantType {
        /// Beneficiary family of PENA.
        KpmPena = "kpm_pena",
        /// Jakpreneur business.
        UmkmJakpreneur = "umkm_jakpreneur",
        /// Representative of a social home.
        PantiSosial = "panti_sosial",
        /// Representative of a social pillar (PSM, Karang Taruna, LKS…).
        PilarSosial = "pilar_sosial",
    }
    /// How a person attended.
    Attendance {
        /// At the venue.
        InPerson = "in_person",
        /// By video.
        Online = "online",
    }
    /// Category of PENA.
    PenaCategory {
        /// PENA Reguler.
        Reguler = "reguler",
        /// PENA Berdikari.
        Berdikari = "berdikari",
        /// PENA Disabilitas.
        Disabilitas = "disabilitas",
        /// PENA Atensi.
        Atensi = "atensi",
        /// PENA Bencana.
        Bencana = "bencana",
    }
    /// The part people with disabilities have in the business.
    DisabilityInclusion {
        /// The owner has a disability.
        Owner = "owner",
        /// Employs people with disabilities.
        Employs = "employs",
        /// Serves people with disabilities.
        Serves = "serves",
        /// None.
        None = "none",
        /// The owner would rather not say.
        Undisclosed = "undisclosed",
    }
    /// A Jakpreneur facility used ("7 PAS").
    JakpreneurStage {
        /// Pendaftaran.
        P1 = "P1",
        /// Pelatihan.
        P2 = "P2",
        /// Pendampingan.
        P3 = "P3",
        /// Perizinan.
        P4 = "P4",
        /// Pemasaran.
        P5 = "P5",
        /// Pelaporan keuangan.
        P6 = "P6",
        /// Permodalan.
        P7 = "P7",
    }
    /// Legal form of the business.
    LegalForm {
        /// Usaha perseorangan.
        Perseorangan = "perseorangan",
        /// PT perorangan.
        PtPerorangan = "pt_perorangan",
        /// PT.
        Pt = "pt",
        /// CV.
        Cv = "cv",
        /// Koperasi.
        Koperasi = "koperasi",
        /// Yayasan.
        Yayasan = "yayasan",
        /// Kelompok usaha bersama.
        Kub = "kub",
        /// No legal form yet.
        BelumAda = "belum_ada",
    }
    /// Where a legal paper stands.
    LegalStatus {
        /// None.
        None = "none",
        /// Applied for.
        InProcess = "in_process",
        /// Valid.
        Valid = "valid",
        /// Expired.
        Expired = "expired",
        /// The business does not need it.
        NotApplicable = "not_applicable",
        /// Not known.
        Unknown = "unknown",
    }
    /// A legal paper.
    LegalPaper {
        /// Business identification number.
        Nib = "nib",
        /// Tax number.
        Npwp = "npwp",
        /// Home-industry food licence.
        Pirt = "pirt",
        /// Halal certificate.
        Halal = "halal",
        /// Food and drug licence.
        Bpom = "bpom",
        /// Registered brand.
        Brand = "brand",
    }
    /// Size under PP 7/2021.
    SizeClass {
        /// Micro.
        Micro = "micro",
        /// Small.
        Small = "small",
        /// Medium.
        Medium = "medium",
    }
    /// Annual sales, in million rupiah.
    RevenueBand {
        /// Below 25.
        Under25 = "under_25m",
        /// 25 to 50.
        From25 = "25m_50m",
        /// 50 to 100.
        From50 = "50m_100m",
        /// 100 to 300.
        From100 = "100m_300m",
        /// 300 to 500.
        From300 = "300m_500m",
        /// Over 500.
        Over500 = "over_500m",
    }
    /// Environmental practice.
    Green {
        /// None.
        None = "none",
        /// Greener practice.
        Practice = "practice",
        /// Greener product.
        Product = "product",
    }
    /// A line of business that some investors exclude.
    Exclusion {
        /// Tobacco.
        Tobacco = "tobacco",
        /// Alcohol.
        Alcohol = "alcohol",
        /// Gambling.
        Gambling = "gambling",
        /// Weapons.
        Weapons = "weapons",
    }
    /// What kind of investor.
    InvestorKind {
        /// Corporate social responsibility.
        Csr = "csr",
        /// Foundation.
        Foundation = "foundation",
        /// Zakat body.
        Zakat = "zakat",
        /// Impact fund.
        ImpactFund = "impact_fund",
        /// Cooperative.
        Cooperative = "cooperative",
        /// Buyer.
        Buyer = "buyer",
        /// Individual.
        Individual = "individual",
    }
}

/// An amount range, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RupiahRange {
    /// At least.
    pub min: Rupiah,
    /// At most.
    pub max: Rupiah,
}

/// A family's place in the social registry (DTSEN; DTKS before 2025).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SocialRegistry {
    /// `DTSEN` or `DTKS`.
    pub scheme: String,
    /// The registry's own status text, for DTSEN the decile: `desil_1`.
    pub status: String,
}

/// What is known of a venture beside its ratings and the data of its people. `None` is "not answered".
/// Stored as canonical JSON; fields are those of the criteria registry in `domain::field`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// KBLI code with its scheme: `KBLI2020:C10799`.
    pub sector: Option<String>,
    /// Kemendagri code of the kecamatan or wider: `31.75.10`.
    pub region: Option<String>,
    /// The amount the owner asks for.
    pub funding_need: Option<RupiahRange>,
    /// Instruments the owner welcomes. `Some` of nothing: none.
    pub instruments: Option<Vec<Instrument>>,
    /// The owner wants sharia contracts only.
    pub sharia_only: Option<bool>,
    /// Sustainable Development Goals served, 1–17.
    pub sdgs: Option<Vec<u8>>,
    /// Size class as stated or derived.
    pub size_class: Option<SizeClass>,
    /// Sales a year.
    pub annual_revenue: Option<Rupiah>,
    /// Capital without land and buildings.
    pub business_capital: Option<Rupiah>,
    /// Net profit a month.
    pub monthly_net_profit: Option<Rupiah>,
    /// Household income a month.
    pub household_income: Option<Rupiah>,
    /// Debt instalments in percent of net profit.
    pub debt_service_pct: Option<TenThousandths>,
    /// How its owner came to the programme.
    pub participant_type: Option<ParticipantType>,
    /// PENA category of the family.
    pub pena_category: Option<PenaCategory>,
    /// Place in the social registry.
    pub social_registry: Option<SocialRegistry>,
    /// The part people with disabilities have in it.
    pub disability_inclusion: Option<Vec<DisabilityInclusion>>,
    /// Jakpreneur facilities used.
    pub jakpreneur_stages: Option<Vec<JakpreneurStage>>,
    /// Legal form.
    pub legal_form: Option<LegalForm>,
    /// Where each legal paper stands; a paper that is not in the map is not answered.
    pub legal: std::collections::BTreeMap<LegalPaper, LegalStatus>,
    /// At least half of owners and leaders are women.
    pub women_led: Option<bool>,
    /// Led by somebody aged 18–30.
    pub youth_led: Option<bool>,
    /// Full-time equivalents employed, the owner included.
    pub employees_fte: Option<TenThousandths>,
    /// Of these, people from vulnerable groups.
    pub employees_vulnerable_fte: Option<TenThousandths>,
    /// Years in operation.
    pub years_operating: Option<TenThousandths>,
    /// Share of sales made online, percent.
    pub online_sales_pct: Option<TenThousandths>,
    /// Wished duration of financing in months.
    pub tenor_months: Option<TenThousandths>,
    /// Environmental practice.
    pub green: Option<Green>,
    /// Lines of business some investors exclude.
    pub exclusions: Option<Vec<Exclusion>>,
    /// Kinds of investor the owner does not want.
    pub excluded_investor_kinds: Option<Vec<InvestorKind>>,
    /// A few sentences for the card, approved by staff.
    pub story: Option<String>,
}

impl Profile {
    /// The broad kind of business, derived from the sector.
    pub fn sector_group(&self) -> Option<SectorGroup> {
        let sector: Sector = self.sector.as_deref()?.parse().ok()?;
        Some(sector.group().0)
    }
}

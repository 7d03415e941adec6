//! The table of fields that do not depend on a rubric.

use super::{Field, FieldClass, FieldType, FieldUnit, FieldValue, Source, Subject, Values};
use crate::domain::label::{Labelled, labelled};
use crate::domain::text::Words;
use crate::domain::venture::{
    DisabilityInclusion, Exclusion, Green, Instrument, JakpreneurStage, LegalForm, NeedBand, ParticipantType,
    PenaCategory, RevenueBand, SectorGroup, SizeClass,
};
use FieldClass::{Card, Profile, Sensitive};
use FieldUnit::{Fte, Level, Months, Percent, Points, Rupiah, Share, Years};

/// Indicators that tell of a family's means: never shown to investors, not even by way of explanation.
pub(super) const SENSITIVE_INDICATORS: [&str; 4] = ["SOC3", "FAC2", "FAC3", "MGT4"];

type Read = fn(&Subject<'_>) -> FieldValue;

struct Row {
    key: &'static str,
    label: Words,
    class: FieldClass,
    kind: FieldType,
    unit: Option<FieldUnit>,
    values: Values,
    needs_consent: bool,
    filter_only: bool,
    read: Read,
}

impl Row {
    const fn new(
        key: &'static str,
        class: FieldClass,
        kind: FieldType,
        values: Values,
        label: Words,
        read: Read,
    ) -> Self {
        Self { key, label, class, kind, unit: None, values, needs_consent: false, filter_only: false, read }
    }
    /// Coarsened on cards: filtered, never weighted.
    const fn coarsened(mut self) -> Self {
        self.filter_only = true;
        self
    }
    /// Known only with the consent to be found by it.
    const fn with_consent(mut self) -> Self {
        self.needs_consent = true;
        self
    }
}

const fn number(key: &'static str, class: FieldClass, unit: FieldUnit, label: Words, read: Read) -> Row {
    let row = Row::new(key, class, FieldType::Number, Values::Numbers, label, read);
    Row { unit: Some(unit), ..row }
}

const fn boolean(key: &'static str, class: FieldClass, label: Words, read: Read) -> Row {
    Row::new(key, class, FieldType::Boolean, Values::Booleans, label, read)
}

const fn code<T: Labelled>(key: &'static str, class: FieldClass, label: Words, read: Read) -> Row {
    Row::new(key, class, FieldType::Code, Values::Codes(labelled::<T>), label, read)
}

const fn set<T: Labelled>(key: &'static str, class: FieldClass, label: Words, read: Read) -> Row {
    Row::new(key, class, FieldType::Set, Values::Codes(labelled::<T>), label, read)
}

const fn words(id: &'static str, en: &'static str) -> Words {
    Words::new(id, en)
}

const FUNDING_NEED: Row = Row {
    unit: Some(Rupiah),
    ..Row::new(
        "funding_need",
        Profile,
        FieldType::Range,
        Values::Numbers,
        words("Kebutuhan dana", "Funding need"),
        |s| s.funding_need(),
    )
};

/// Every field but those of the rubric and the legal papers. The three card fields that an outsider
/// could know hold what is printed after coarsening.
const ROWS: &[Row] = &[
    number("overall", Card, Points, words("Skor keseluruhan", "Overall score"), |s| s.overall()),
    number("readiness_level", Card, Level, words("Tingkat kesiapan", "Readiness level"), |s| s.readiness()),
    code::<SectorGroup>("sector_group", Card, words("Kelompok usaha", "Sector group"), |s| {
        FieldValue::code(s.printed.sector_group)
    })
    .coarsened(),
    Row::new("kota", Card, FieldType::Code, Values::Regions, words("Kota", "City"), |s| {
        FieldValue::owned(s.printed.kota.clone())
    })
    .coarsened(),
    code::<NeedBand>("need_band", Card, words("Kisaran kebutuhan", "Need band"), |s| {
        FieldValue::code(s.printed.need_band)
    })
    .coarsened(),
    set::<Instrument>("instruments", Card, words("Bentuk dukungan yang diterima", "Instruments welcomed"), |s| {
        FieldValue::codes(s.profile.instruments.as_deref())
    }),
    Row::new("sdgs", Card, FieldType::Set, Values::Goals, words("Tujuan Pembangunan Berkelanjutan", "SDGs"), |s| {
        FieldValue::goals(s.profile.sdgs.as_deref())
    }),
    number("assessment_coverage", Profile, Share, words("Kelengkapan asesmen", "Assessment coverage"), |s| {
        s.of_outcome(|o| FieldValue::number(o.coverage))
    }),
    number("confidence", Profile, Share, words("Keyakinan asesmen", "Confidence"), |s| {
        s.of_outcome(|o| FieldValue::number(o.confidence))
    }),
    Row::new(
        "sector",
        Profile,
        FieldType::Code,
        Values::Sectors,
        words("Lapangan usaha (KBLI)", "Sector (KBLI)"),
        |s| FieldValue::owned(s.profile.sector.clone()),
    ),
    Row::new("region", Profile, FieldType::Code, Values::Regions, words("Wilayah", "Region"), |s| {
        FieldValue::owned(s.profile.region.clone())
    }),
    FUNDING_NEED,
    number("funding_need.min", Profile, Rupiah, words("Kebutuhan dana terendah", "Lowest funding need"), |s| {
        FieldValue::rupiah(s.profile.funding_need.map(|n| n.min))
    }),
    number("funding_need.max", Profile, Rupiah, words("Kebutuhan dana tertinggi", "Highest funding need"), |s| {
        FieldValue::rupiah(s.profile.funding_need.map(|n| n.max))
    }),
    number("tenor_months", Profile, Months, words("Jangka waktu yang diinginkan", "Wished duration"), |s| {
        FieldValue::optional(s.profile.tenor_months)
    }),
    boolean("sharia_only", Profile, words("Hanya akad syariah", "Sharia contracts only"), |s| {
        FieldValue::boolean(s.profile.sharia_only)
    }),
    code::<SizeClass>("size_class", Profile, words("Skala usaha (PP 7/2021)", "Size class (PP 7/2021)"), |s| {
        FieldValue::code(s.derived.size_class.map(|(class, _)| class))
    }),
    code::<RevenueBand>("revenue_band", Profile, words("Kisaran omzet", "Revenue band"), |s| {
        FieldValue::code(s.derived.revenue_band)
    }),
    number("annual_revenue", Profile, Rupiah, words("Omzet setahun", "Annual revenue"), |s| {
        FieldValue::rupiah(s.profile.annual_revenue)
    }),
    number("business_capital", Profile, Rupiah, words("Modal usaha", "Business capital"), |s| {
        FieldValue::rupiah(s.profile.business_capital)
    }),
    number("monthly_net_profit", Profile, Rupiah, words("Laba bersih sebulan", "Monthly net profit"), |s| {
        FieldValue::rupiah(s.profile.monthly_net_profit)
    }),
    number("online_sales_pct", Profile, Percent, words("Porsi penjualan daring", "Online sales"), |s| {
        FieldValue::optional(s.profile.online_sales_pct)
    }),
    number("employees_fte", Profile, Fte, words("Pekerja", "Employees"), |s| {
        FieldValue::optional(s.profile.employees_fte)
    }),
    number(
        "employees_vulnerable_fte",
        Profile,
        Fte,
        words("Pekerja dari kelompok rentan", "Employees from vulnerable groups"),
        |s| FieldValue::optional(s.profile.employees_vulnerable_fte),
    ),
    number("years_operating", Profile, Years, words("Lama usaha", "Years in operation"), |s| {
        FieldValue::optional(s.profile.years_operating)
    }),
    boolean("women_led", Profile, words("Dipimpin perempuan", "Women-led"), |s| {
        FieldValue::boolean(s.profile.women_led)
    }),
    boolean("youth_led", Profile, words("Dipimpin pemuda (18–30 tahun)", "Youth-led (18–30)"), |s| {
        FieldValue::boolean(s.profile.youth_led)
    }),
    code::<LegalForm>("legal_form", Profile, words("Bentuk badan usaha", "Legal form"), |s| {
        FieldValue::code(s.profile.legal_form)
    }),
    set::<JakpreneurStage>("jakpreneur_stages", Profile, words("Tahap Jakpreneur", "Jakpreneur stages"), |s| {
        FieldValue::codes(s.profile.jakpreneur_stages.as_deref())
    }),
    code::<Green>("green", Profile, words("Ramah lingkungan", "Environment"), |s| FieldValue::code(s.profile.green)),
    set::<Exclusion>("exclusions", Profile, words("Bidang yang dikecualikan", "Excluded lines of business"), |s| {
        FieldValue::codes(s.profile.exclusions.as_deref())
    }),
    code::<ParticipantType>("participant_type", Sensitive, words("Jenis peserta", "Participant type"), |s| {
        FieldValue::code(s.profile.participant_type)
    })
    .with_consent(),
    code::<PenaCategory>("pena_category", Sensitive, words("Kategori PENA", "PENA category"), |s| {
        FieldValue::code(s.profile.pena_category)
    })
    .with_consent(),
    Row::new(
        "social_registry",
        Sensitive,
        FieldType::Code,
        Values::SocialRegistry,
        words("Data sosial (DTSEN)", "Social registry (DTSEN)"),
        |s| s.social_registry(),
    )
    .with_consent(),
    set::<DisabilityInclusion>(
        "disability_inclusion",
        Sensitive,
        words("Inklusi disabilitas", "Disability inclusion"),
        |s| s.disability_inclusion(),
    )
    .with_consent(),
    number("household_income", Sensitive, Rupiah, words("Penghasilan keluarga sebulan", "Household income"), |s| {
        FieldValue::rupiah(s.profile.household_income)
    }),
    number("debt_service_pct", Sensitive, Percent, words("Angsuran terhadap laba", "Debt service"), |s| {
        FieldValue::optional(s.profile.debt_service_pct)
    }),
];

pub(super) fn fields() -> impl Iterator<Item = Field> {
    ROWS.iter().map(|row| Field {
        key: row.key.to_owned(),
        label: row.label.into(),
        kind: row.kind,
        unit: row.unit,
        values: row.values,
        class: row.class,
        actionable: false,
        needs_consent: row.needs_consent,
        filter_only: row.filter_only,
        source: Source::Venture(row.read),
    })
}

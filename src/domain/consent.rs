//! Consents: what each one is for, the texts that are read out, and what they open.
//!
//! Each is free and stands alone: refusing changes nothing about benefits, PENA or training.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::id::InvestorId;
use super::text::{Lang, Text, Words};
use super::time::Instant;

crate::codes! {
    /// How a consent was given.
    Method {
        /// By the owner, signed in.
        App = "app",
        /// On a signed form.
        Paper = "paper",
        /// By word of mouth before a witness.
        Spoken = "spoken",
    }
    /// A sensitive field by which an owner may consent to be found.
    Findable {
        /// As a PENA family, Jakpreneur business and so on.
        ParticipantType = "participant_type",
        /// By the category of PENA.
        PenaCategory = "pena_category",
        /// By the place in the social registry.
        SocialRegistry = "social_registry",
        /// As a business of, or for, people with disabilities.
        DisabilityInclusion = "disability_inclusion",
    }
}

/// What a consent is for. Prints as `matching`, `share_contact:inv_…`, `found_by:pena_category`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// The business is assessed.
    Assessment,
    /// Its scores are compared with what investors look for.
    Matching,
    /// It stands on lists as a card without a name.
    AnonymisedListing,
    /// Its contact goes to this one investor.
    ShareContact(InvestorId),
    /// It may be found by this field.
    FoundBy(Findable),
    /// It is counted in reports without names.
    Statistics,
}

/// The text names no purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a purpose: assessment, matching, anonymised_listing, statistics, share_contact:inv_…, or found_by: and a field"
)]
pub struct UnknownPurpose;

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assessment => f.write_str("assessment"),
            Self::Matching => f.write_str("matching"),
            Self::AnonymisedListing => f.write_str("anonymised_listing"),
            Self::ShareContact(investor) => write!(f, "share_contact:{investor}"),
            Self::FoundBy(field) => write!(f, "found_by:{}", field.as_str()),
            Self::Statistics => f.write_str("statistics"),
        }
    }
}

impl FromStr for Purpose {
    type Err = UnknownPurpose;
    fn from_str(text: &str) -> Result<Self, UnknownPurpose> {
        match text.split_once(':').map_or((text, None), |(kind, of)| (kind, Some(of))) {
            ("assessment", None) => Ok(Self::Assessment),
            ("matching", None) => Ok(Self::Matching),
            ("anonymised_listing", None) => Ok(Self::AnonymisedListing),
            ("statistics", None) => Ok(Self::Statistics),
            ("share_contact", Some(id)) => {
                id.parse().map(Self::ShareContact).map_err(|_not_an_investor| UnknownPurpose)
            }
            ("found_by", Some(field)) => Findable::parse(field).map(Self::FoundBy).ok_or(UnknownPurpose),
            _ => Err(UnknownPurpose),
        }
    }
}

impl Serialize for Purpose {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Purpose {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The version of the texts that are read out now. A text in use is never changed: a new wording is a
/// new version beside the old ones.
pub const TEXT_VERSION: &str = "2024-11";

/// Said with every consent.
pub const FREE: Words = Words::new(
    "Menolak tidak memengaruhi bansos, PENA, atau pelatihan. Dapat dibatalkan kapan saja.",
    "Refusing does not affect social assistance, PENA or training. You can withdraw at any time.",
);

/// The text of a consent in one of its versions, with [`FREE`] at its end. `investor` is the name of the
/// investor in a consent to share contact data. `None` for a version that never was.
pub fn text(version: &str, purpose: &Purpose, investor: &str) -> Option<Text> {
    if version != TEXT_VERSION {
        return None;
    }
    let (id, en) = match purpose {
        Purpose::Assessment => (
            "Saya setuju usaha saya dinilai oleh asesor SEDAYA dan hasilnya disimpan.".to_owned(),
            "I agree that a SEDAYA assessor rates my business and that the result is stored.".to_owned(),
        ),
        Purpose::Matching => (
            "Saya setuju hasil asesmen usaha saya dibandingkan dengan kriteria investor sosial. Peringkat adalah \
             alat bantu; keputusan tetap pada manusia."
                .to_owned(),
            "I agree that the result of my assessment is compared with the criteria of social investors. Rankings \
             are an aid; people decide."
                .to_owned(),
        ),
        Purpose::AnonymisedListing => (
            "Saya setuju usaha saya muncul tanpa nama dan tanpa kontak dalam daftar untuk investor sosial, selama \
             12 bulan."
                .to_owned(),
            "I agree that my business appears without name and contact on lists for social investors, for 12 months."
                .to_owned(),
        ),
        Purpose::ShareContact(_) => (
            format!("Saya setuju nama dan kontak saya diberikan kepada {investor}, dan hanya kepada mereka."),
            format!("I agree that my name and contact are given to {investor}, and to nobody else."),
        ),
        Purpose::FoundBy(field) => {
            let (id, en) = match field {
                Findable::ParticipantType => ("peserta program (misalnya KPM PENA)", "a participant of its programme"),
                Findable::PenaCategory => ("penerima PENA menurut kategorinya", "a PENA beneficiary of its category"),
                Findable::SocialRegistry => ("keluarga dalam data sosial", "a family in the social registry"),
                Findable::DisabilityInclusion => {
                    ("usaha milik atau bagi penyandang disabilitas", "a business of or for people with disabilities")
                }
            };
            (
                format!("Usaha saya boleh ditemukan sebagai {id}. Keterangan itu sendiri tidak diperlihatkan."),
                format!("My business may be found as {en}. The information itself is not shown."),
            )
        }
        Purpose::Statistics => (
            "Saya setuju usaha saya ikut dihitung dalam laporan tanpa nama.".to_owned(),
            "I agree that my business is counted in reports without names.".to_owned(),
        ),
    };
    Some(Text::new(format!("{id} {}", FREE.id), format!("{en} {}", FREE.en)))
}

impl Purpose {
    /// What may be asked of an owner at any time, in the order people read it. Sharing contact data is asked with each request.
    pub fn general() -> Vec<Self> {
        let found = Findable::ALL.iter().map(|field| Self::FoundBy(*field));
        let mut all = vec![Self::Assessment, Self::Matching, Self::AnonymisedListing];
        all.extend(found);
        all.push(Self::Statistics);
        all
    }

    /// What taking it back does, said before it is done.
    pub const fn effect(&self) -> Words {
        match self {
            Self::Assessment => Words::new(
                "Usaha Anda tidak dinilai lagi. Hasil yang sudah ada tetap tersimpan sampai Anda minta dihapus.",
                "Your business is not rated again. What is there stays until you ask for it to be deleted.",
            ),
            Self::Matching => Words::new(
                "Usaha Anda keluar dari semua daftar, dan semua perkenalan yang berjalan berakhir.",
                "Your business leaves every list, and all introductions under way end.",
            ),
            Self::AnonymisedListing => Words::new(
                "Usaha Anda tidak tampil lagi dalam daftar, dan semua perkenalan yang berjalan berakhir.",
                "Your business is not shown on lists any more, and all introductions under way end.",
            ),
            Self::ShareContact(_) => Words::new(
                "Investor ini tidak dapat melihat kontak Anda lagi dan diminta menghapusnya dalam 3x24 jam; perkenalannya berakhir.",
                "This investor cannot see your contact any more and is told to delete it within 72 hours; the introduction ends.",
            ),
            Self::FoundBy(_) => Words::new(
                "Usaha Anda tidak dapat dicari lagi menurut keterangan ini: usaha Anda keluar dari daftar yang mencari \
                 menurut keterangan ini, dan perkenalan yang berasal dari sana berakhir. Yang lain tetap berjalan.",
                "Your business cannot be found by this any more: it leaves the lists that look for it, and introductions \
                 that came from them end. Everything else goes on.",
            ),
            Self::Statistics => Words::new(
                "Usaha Anda tidak ikut dihitung dalam laporan berikutnya. Yang lain tetap berjalan.",
                "Your business is not counted in reports to come. Everything else goes on.",
            ),
        }
    }

    /// What may be taken back instead, if less is meant.
    pub fn narrower(&self) -> Vec<Self> {
        let found = || Findable::ALL.iter().map(|field| Self::FoundBy(*field));
        match self {
            Self::Assessment => vec![Self::Matching],
            Self::Matching => std::iter::once(Self::AnonymisedListing).chain(found()).collect(),
            Self::AnonymisedListing => found().collect(),
            Self::ShareContact(_) | Self::FoundBy(_) | Self::Statistics => Vec::new(),
        }
    }
}

/// One consent of a venture's owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// What for.
    pub purpose: Purpose,
    /// Which text was agreed to.
    pub text_version: String,
    /// In which language.
    pub lang: Lang,
    /// How.
    pub method: Method,
    /// Where the proof is kept: a form's number, a recording, a request; empty when nobody noted it.
    pub reference: String,
    /// When.
    pub given_at: Instant,
    /// When it was taken back.
    pub withdrawn_at: Option<Instant>,
}

/// Months after which the consent to be listed is asked for again.
const LISTING_MONTHS: Months = Months::new(12);

/// So many days before it lapses it is asked for again.
pub const ASKED_AGAIN_DAYS: i64 = 30;

impl Consent {
    /// Whether somebody noted where the proof is kept.
    fn has_proof(&self) -> bool {
        !self.reference.trim().is_empty()
    }

    /// Whether it is given, with its proof, and not taken back.
    pub fn stands(&self, now: Instant) -> bool {
        self.given_at <= now && self.withdrawn_at.is_none_or(|withdrawn| withdrawn > now) && self.has_proof()
    }

    /// The first day on which a consent to be listed does not count any more; `None` for other purposes.
    pub fn lapses_on(&self) -> Option<NaiveDate> {
        match self.purpose {
            Purpose::AnonymisedListing => self.given_at.jakarta_day().checked_add_months(LISTING_MONTHS),
            _ => None,
        }
    }

    /// Whether it counts now.
    pub fn counts(&self, now: Instant) -> bool {
        self.stands(now) && self.lapses_on().is_none_or(|day| now.jakarta_day() < day)
    }
}

crate::codes! {
    /// Why a venture is not listed.
    NotListed {
        /// Its owner is under 18.
        Minor = "minor",
        /// Nobody noted whether its owner is of age.
        AgeUnknown = "age_unknown",
        /// Its owner has asked that its data be kept and not used, or be erased.
        Restricted = "restricted",
        /// No consent to matching counts.
        NoMatching = "no_matching_consent",
        /// No consent to be listed counts: never given, without its proof, or taken back.
        NoListing = "no_listing_consent",
        /// The consent to be listed is older than 12 months.
        Lapsed = "listing_consent_lapsed",
    }
}

impl NotListed {
    /// What its owner reads.
    pub const fn told(self) -> Words {
        match self {
            Self::Minor => Words::new(
                "Daftar untuk investor sosial hanya memuat usaha milik orang berusia 18 tahun ke atas. Bila usia Anda tercatat keliru, \
                 mintalah perbaikan.",
                "Lists for social investors hold businesses of people of 18 years and over only. If your age on record is wrong, ask \
                 for a correction.",
            ),
            Self::AgeUnknown => Words::new(
                "Usia Anda belum tercatat, jadi usaha Anda belum tampil untuk investor sosial. Mintalah agar dilengkapi.",
                "Your age is not on record, so your business does not appear to social investors yet. Ask for it to be added.",
            ),
            Self::Restricted => Words::new(
                "Atas permintaan Anda, usaha Anda tidak tampil dalam daftar, sampai Anda minta tampil lagi.",
                "As you asked, your business is off the lists, until you ask for it to appear again.",
            ),
            Self::NoMatching => Words::new(
                "Persetujuan Anda untuk dicocokkan dengan investor sosial belum ada.",
                "There is no consent to matching from you.",
            ),
            Self::NoListing => Words::new(
                "Persetujuan Anda untuk tampil tanpa nama dalam daftar belum ada.",
                "There is no consent to be listed from you.",
            ),
            Self::Lapsed => Words::new(
                "Persetujuan Anda untuk tampil dalam daftar sudah lewat 12 bulan; perbarui bila Anda ingin tampil lagi.",
                "Your consent to be listed is older than 12 months; give it again if you want to appear.",
            ),
        }
    }
}

/// Whether a venture may stand on lists: its owner is of age, has not asked for a restriction, and consented, with a proof that
/// can be looked up, to matching and, in the last 12 months, to be listed.
///
/// # Errors
/// The first reason why not.
pub fn listed(consents: &[Consent], adult: Option<bool>, is_restricted: bool, now: Instant) -> Result<(), NotListed> {
    match adult {
        Some(true) => {}
        Some(false) => return Err(NotListed::Minor),
        None => return Err(NotListed::AgeUnknown),
    }
    if is_restricted {
        return Err(NotListed::Restricted);
    }
    let of = |purpose| consents.iter().filter(move |c| c.purpose == purpose);
    if !of(Purpose::Matching).any(|c| c.counts(now)) {
        return Err(NotListed::NoMatching);
    }
    if of(Purpose::AnonymisedListing).any(|c| c.counts(now)) {
        return Ok(());
    }
    let lapsed = of(Purpose::AnonymisedListing).any(|c| c.stands(now));
    Err(if lapsed { NotListed::Lapsed } else { NotListed::NoListing })
}

/// Whether a form of this day says something new for a purpose: the first one does, and one of a later day than the consent that stands,
/// which it renews. A consent that was taken back comes back only by a form of a later day.
pub fn is_news(said: &[Consent], purpose: Purpose, day: Option<NaiveDate>) -> bool {
    said.iter().filter(|c| c.purpose == purpose).all(|c| {
        day.is_some_and(|day| match c.withdrawn_at {
            Some(back) => Instant::start_of_jakarta_day(day) > back,
            None => day > c.given_at.jakarta_day(),
        })
    })
}

/// Whether a consent was given and taken back, and not given again since.
pub fn is_taken_back(said: &[Consent], purpose: Purpose) -> bool {
    let mut of = said.iter().filter(|c| c.purpose == purpose).peekable();
    of.peek().is_some() && of.all(|c| c.withdrawn_at.is_some())
}

/// The day on which the consent to be listed lapses, or has lapsed, once it is to be asked for again. Nothing where it was taken
/// back, or where the business is not to be matched at all.
pub fn lapsing(consents: &[Consent], now: Instant) -> Option<NaiveDate> {
    let of = |purpose| consents.iter().filter(move |c| c.purpose == purpose && c.stands(now));
    let lapses_on = of(Purpose::AnonymisedListing).filter_map(Consent::lapses_on).max()?;
    let is_matched = of(Purpose::Matching).next().is_some();
    (is_matched && now.plus_days(ASKED_AGAIN_DAYS).jakarta_day() >= lapses_on).then_some(lapses_on)
}

/// Consents to be listed that were given before this moment are to be asked for again by now.
pub fn asked_again_if_given_before(now: Instant) -> Option<Instant> {
    let day = now.plus_days(ASKED_AGAIN_DAYS).jakarta_day().checked_sub_months(LISTING_MONTHS)?;
    Some(Instant::start_of_jakarta_day(day).plus_days(1))
}

/// Keys of the fields by which a venture may be found now: those whose consent stands.
pub fn found_by(consents: &[Consent], now: Instant) -> BTreeSet<String> {
    let standing = consents.iter().filter(|c| c.stands(now));
    standing
        .filter_map(|c| match c.purpose {
            Purpose::FoundBy(field) => Some(field.as_str().to_owned()),
            _ => None,
        })
        .collect()
}

/// The fields by which an owner could be found at a time and may not be found any more.
pub fn lost_since(consents: &[Consent], then: Instant) -> BTreeSet<Findable> {
    let stands = |field| {
        consents.iter().any(|c| c.purpose == Purpose::FoundBy(field) && c.withdrawn_at.is_none() && c.has_proof())
    };
    let lost = consents
        .iter()
        .filter(|c| c.has_proof() && c.given_at <= then && c.withdrawn_at.is_some_and(|withdrawn| withdrawn >= then));
    lost.filter_map(|c| match c.purpose {
        Purpose::FoundBy(field) => Some(field),
        _ => None,
    })
    .filter(|field| !stands(*field))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Ids;

    fn at(text: &str) -> Instant {
        serde_json::from_str(&format!("\"{text}\"")).unwrap()
    }

    fn consent(purpose: Purpose) -> Consent {
        Consent {
            purpose,
            text_version: TEXT_VERSION.into(),
            lang: Lang::Id,
            method: Method::Paper,
            reference: "F-001".into(),
            given_at: at("2024-11-14T03:00:00Z"),
            withdrawn_at: None,
        }
    }

    fn both() -> Vec<Consent> {
        vec![consent(Purpose::Matching), consent(Purpose::AnonymisedListing)]
    }

    const NOW: &str = "2025-03-01T00:00:00Z";

    #[test]
    fn one_spelling_of_a_purpose() {
        let investor: InvestorId = Ids::seeded("t").next(at(NOW));
        for (purpose, text) in [
            (Purpose::Assessment, "assessment".to_owned()),
            (Purpose::AnonymisedListing, "anonymised_listing".to_owned()),
            (Purpose::ShareContact(investor), format!("share_contact:{investor}")),
            (Purpose::FoundBy(Findable::PenaCategory), "found_by:pena_category".to_owned()),
        ] {
            assert_eq!(purpose.to_string(), text);
            assert_eq!(text.parse(), Ok(purpose));
        }
        for bad in
            ["", "matching:", "found_by", "found_by:overall", "share_contact:", "share_contact:ven_0", "Matching"]
        {
            assert_eq!(bad.parse::<Purpose>(), Err(UnknownPurpose), "{bad}");
        }
    }

    #[test]
    fn every_text_says_that_refusing_costs_nothing() {
        let investor: InvestorId = Ids::seeded("t").next(at(NOW));
        let found = Findable::ALL.iter().map(|f| Purpose::FoundBy(*f));
        let all = [
            Purpose::Assessment,
            Purpose::Matching,
            Purpose::AnonymisedListing,
            Purpose::ShareContact(investor),
            Purpose::Statistics,
        ];
        for purpose in all.into_iter().chain(found) {
            let text = text(TEXT_VERSION, &purpose, "Yayasan Contoh").unwrap();
            assert!(text.id.ends_with(FREE.id) && text.en.ends_with(FREE.en), "{purpose}");
        }
        let share = text(TEXT_VERSION, &Purpose::ShareContact(investor), "Yayasan Contoh").unwrap();
        assert!(share.id.contains("Yayasan Contoh"));
        assert_eq!(text("2023-01", &Purpose::Matching, ""), None);
    }

    #[test]
    fn listed_by_example() {
        let now = at(NOW);
        let adult = Some(true);
        assert_eq!(listed(&both(), adult, false, now), Ok(()));
        assert_eq!(listed(&both(), adult, true, now), Err(NotListed::Restricted));
        assert_eq!(listed(&both(), Some(false), false, now), Err(NotListed::Minor));
        assert_eq!(listed(&both(), None, false, now), Err(NotListed::AgeUnknown));
        assert_eq!(listed(&both()[1..], adult, false, now), Err(NotListed::NoMatching));
        assert_eq!(listed(&both()[..1], adult, false, now), Err(NotListed::NoListing));
        let changed = |change: fn(&mut Consent)| {
            let mut consents = both();
            change(&mut consents[1]);
            listed(&consents, adult, false, now)
        };
        assert_eq!(changed(|c| c.reference = " ".into()), Err(NotListed::NoListing));
        assert_eq!(changed(|c| c.withdrawn_at = Some(at("2025-02-01T00:00:00Z"))), Err(NotListed::NoListing));
        assert_eq!(changed(|c| c.given_at = at("2025-03-02T00:00:00Z")), Err(NotListed::NoListing));
        assert_eq!(changed(|c| c.given_at = at("2024-02-29T00:00:00Z")), Err(NotListed::Lapsed));
        // Given again after it was taken back.
        let mut again = both();
        again[1].withdrawn_at = Some(at("2025-01-01T00:00:00Z"));
        again.push(Consent { given_at: at("2025-02-01T00:00:00Z"), ..consent(Purpose::AnonymisedListing) });
        assert_eq!(listed(&again, adult, false, now), Ok(()));
    }

    #[test]
    fn a_listing_consent_lapses_after_twelve_months_at_midnight_in_jakarta() {
        let listing = consent(Purpose::AnonymisedListing);
        assert_eq!(listing.lapses_on(), NaiveDate::from_ymd_opt(2025, 11, 14));
        assert!(listing.counts(at("2025-11-13T16:59:59Z")));
        assert!(!listing.counts(at("2025-11-13T17:00:00Z")));
        assert_eq!(consent(Purpose::Matching).lapses_on(), None);
    }

    #[test]
    fn a_form_says_something_new_once() {
        let day = |d| NaiveDate::from_ymd_opt(2024, 11, d);
        let mut said = vec![consent(Purpose::Matching)];
        assert!(is_news(&said, Purpose::Statistics, None) && !is_news(&said, Purpose::Matching, None));
        for (form, news) in [(day(13), false), (day(14), false), (day(15), true)] {
            assert_eq!(is_news(&said, Purpose::Matching, form), news, "{form:?}");
        }
        assert!(!is_taken_back(&said, Purpose::Matching) && !is_taken_back(&said, Purpose::Statistics));
        said[0].withdrawn_at = Some(at("2024-11-20T03:00:00Z"));
        assert!(is_taken_back(&said, Purpose::Matching));
        for (form, news) in [(None, false), (day(15), false), (day(20), false), (day(21), true)] {
            assert_eq!(is_news(&said, Purpose::Matching, form), news, "{form:?}");
        }
        said.push(Consent { given_at: at("2024-11-22T03:00:00Z"), ..consent(Purpose::Matching) });
        assert!(!is_taken_back(&said, Purpose::Matching));
        assert!(!is_news(&said, Purpose::Matching, day(22)) && is_news(&said, Purpose::Matching, day(23)));
    }

    #[test]
    fn it_is_asked_again_a_month_before_it_lapses() {
        let lapsing = |consents: &[Consent], now: &str| lapsing(consents, at(now));
        let day = NaiveDate::from_ymd_opt(2025, 11, 14);
        assert_eq!(lapsing(&both(), "2025-10-14T16:59:59Z"), None);
        assert_eq!(lapsing(&both(), "2025-10-14T17:00:00Z"), day);
        assert_eq!(lapsing(&both(), "2026-10-15T00:00:00Z"), day, "and after it has lapsed");
        let late = "2025-11-01T00:00:00Z";
        let mut consents = both();
        consents[1].withdrawn_at = Some(at("2025-10-01T00:00:00Z"));
        assert_eq!(lapsing(&consents, late), None, "what was taken back is not asked for again");
        let mut consents = both();
        consents[0].withdrawn_at = Some(at("2025-10-01T00:00:00Z"));
        assert_eq!(lapsing(&consents, late), None);
        let mut consents = both();
        consents.push(Consent { given_at: at("2025-10-20T00:00:00Z"), ..consent(Purpose::AnonymisedListing) });
        assert_eq!(lapsing(&consents, late), None, "renewed");
        // The store looks for what was given before a moment, and finds all of it.
        for (now, is_asked) in [("2025-10-14T16:59:59Z", false), ("2025-10-14T17:00:00Z", true)] {
            let before = asked_again_if_given_before(at(now)).unwrap();
            assert_eq!(consent(Purpose::AnonymisedListing).given_at < before, is_asked, "{now}");
        }
    }

    #[test]
    fn found_by_what_was_consented_to() {
        let mut consents = Findable::ALL.iter().map(|f| consent(Purpose::FoundBy(*f))).collect::<Vec<_>>();
        consents[0].withdrawn_at = Some(at("2025-01-01T00:00:00Z"));
        consents[1].reference = String::new();
        consents.push(consent(Purpose::Matching));
        let want = ["social_registry", "disability_inclusion"].map(str::to_owned);
        assert_eq!(found_by(&consents, at(NOW)), BTreeSet::from(want));
        // Not before its day.
        consents[2].given_at = at("2025-03-02T00:00:00Z");
        assert_eq!(found_by(&consents, at(NOW)), BTreeSet::from(["disability_inclusion".to_owned()]));
        assert_eq!(found_by(&consents, at("2025-03-02T00:00:00Z")).len(), 2);
    }

    #[test]
    fn lost_is_what_counted_then_and_does_not_now() {
        let then = at("2025-01-01T00:00:00Z");
        let pena = || consent(Purpose::FoundBy(Findable::PenaCategory));
        let taken = |day: &str| Consent { withdrawn_at: Some(at(day)), ..pena() };
        let lost = |consents: &[Consent]| lost_since(consents, then);
        let want = BTreeSet::from([Findable::PenaCategory]);
        assert_eq!(lost(&[taken("2025-02-01T00:00:00Z")]), want);
        assert_eq!(lost(&[taken("2025-01-01T00:00:00Z")]), want, "in the same moment");
        let nothing = BTreeSet::new();
        // It was never found by it then.
        assert_eq!(lost(&[taken("2024-12-01T00:00:00Z")]), nothing);
        let later = at("2025-01-02T00:00:00Z");
        assert_eq!(lost(&[Consent { given_at: later, ..taken("2025-02-01T00:00:00Z") }]), nothing);
        assert_eq!(lost(&[Consent { reference: String::new(), ..taken("2025-02-01T00:00:00Z") }]), nothing);
        // It may still be found by it, or again.
        assert_eq!(lost(&[pena()]), nothing);
        let again = Consent { given_at: at("2025-03-01T00:00:00Z"), ..pena() };
        assert_eq!(lost(&[taken("2025-02-01T00:00:00Z"), again]), nothing);
    }
}

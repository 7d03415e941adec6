//! Ids that carry their kind: a three-letter prefix and the 26 lower-case Crockford base32 digits of
//! a UUID version 7, `ven_01jcnq8xvgf0nadk1qh2t8wz5e`. There is exactly one spelling of each id; any
//! other text, or the id of another kind, is an unknown id.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use super::time::Instant;

/// Number of base32 digits that hold 128 bits.
const DIGITS: usize = 26;

/// The one spelling of sixteen bytes: 26 lower-case Crockford base32 digits, the two spare bits first and zero.
pub fn encode_digits(bytes: [u8; 16]) -> String {
    let digits = fast32::base32::CROCKFORD_LOWER.encode_u128(u128::from_be_bytes(bytes));
    format!("{digits:0>DIGITS$}")
}

/// Reads what [`encode_digits`] writes, and nothing else.
pub fn decode_digits(text: &str) -> Option<[u8; 16]> {
    if text.len() != DIGITS || !text.is_ascii() {
        return None;
    }
    let bytes = fast32::base32::CROCKFORD_LOWER.decode_u128_str(text).ok()?.to_be_bytes();
    // The alphabet has look-alikes (o for 0, l for 1, capitals); only the printed spelling is an id.
    (encode_digits(bytes) == text).then_some(bytes)
}

/// The text is not an id of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct UnknownId;

/// An id type: the newtype of a UUID that prints with its kind.
pub trait Id: Copy + fmt::Display + FromStr<Err = UnknownId> {
    /// The kind, as printed: `ven_`.
    const PREFIX: &'static str;
    /// Wraps the sixteen bytes.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The sixteen bytes.
    fn uuid(self) -> Uuid;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
            fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, encode_digits(*self.0.as_bytes()))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl FromStr for $name {
            type Err = UnknownId;
            fn from_str(text: &str) -> Result<Self, UnknownId> {
                let digits = text.strip_prefix($prefix).ok_or(UnknownId)?;
                decode_digits(digits).map(|b| Self(Uuid::from_bytes(b))).ok_or(UnknownId)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// A business.
    VentureId = "ven_";
    /// An investor.
    InvestorId = "inv_";
    /// A criteria set of one investor; its versions are numbered.
    CriteriaId = "cri_";
    /// A ranked list for one criteria version over one data version.
    MatchListId = "mls_";
    /// One investor and one venture, and their life together.
    MatchId = "mat_";
    /// A plan of a matching day.
    AllocationId = "alo_";
    /// What is reported about a match.
    MatchReportId = "rep_";
    /// What an owner asks about their data.
    DataRequestId = "req_";
    /// What somebody complains about.
    ComplaintId = "cmp_";
    /// A breach of personal data.
    IncidentId = "inc_";
    /// One workshop or intake.
    CohortId = "coh_";
    /// A person at a cohort.
    ParticipantId = "par_";
    /// One assessor's ratings of one venture.
    AssessmentId = "asm_";
    /// An assessment instrument; its versions are numbered.
    RubricId = "rub_";
    /// One import of a workshop file.
    ImportId = "imp_";
    /// A part of a workshop that teaches a topic.
    SessionId = "ses_";
    /// An account that signs in.
    UserId = "usr_";
    /// An address that is told of events.
    WebhookId = "whk_";
    /// An owner's word that somebody may act for them.
    MandateId = "man_";
    /// One event on its way to one webhook.
    DeliveryId = "dlv_";
}

/// Where the 74 free bits of a new id come from: the system's randomness in production, a counter
/// under a seed in tests and the demo, so that both databases hold the same bytes.
#[derive(Debug)]
pub enum Ids {
    /// The operating system's generator.
    Random,
    /// BLAKE3 of the seed and a counter.
    Seeded {
        /// Everything drawn depends on it.
        seed: String,
        /// How many ids have been drawn.
        drawn: AtomicU64,
        /// The milliseconds of every id, in place of the time of its making.
        at: Option<Instant>,
    },
}

impl Ids {
    /// A repeatable source.
    pub fn seeded(seed: &str) -> Self {
        Self::Seeded { seed: seed.to_owned(), drawn: AtomicU64::new(0), at: None }
    }

    /// A repeatable source whose ids do not depend on when they are made.
    pub fn seeded_at(seed: &str, at: Instant) -> Self {
        Self::Seeded { seed: seed.to_owned(), drawn: AtomicU64::new(0), at: Some(at) }
    }

    /// Sixteen fresh bytes from the source.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe can be done without.
    pub fn bytes(&self) -> [u8; 16] {
        let mut out = [0; 16];
        match self {
            #[allow(clippy::expect_used)]
            Self::Random => getrandom::fill(&mut out).expect("the operating system gives random bytes"),
            Self::Seeded { seed, drawn, .. } => {
                let n = drawn.fetch_add(1, Ordering::Relaxed);
                let mut hasher = blake3::Hasher::new();
                hasher.update(seed.as_bytes()).update(&[0]).update(&n.to_be_bytes());
                out.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
            }
        }
        out
    }

    /// A new id: the milliseconds of `now` and 74 bits of the source.
    pub fn next<T: Id>(&self, now: Instant) -> T {
        let mut free = [0; 10];
        free.copy_from_slice(&self.bytes()[..10]);
        let at = match self {
            Self::Seeded { at: Some(at), .. } => *at,
            _ => now,
        };
        let millis = u64::try_from(at.micros() / 1000).unwrap_or(0);
        T::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &free).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let now = Instant::from_micros(1_731_550_000_000_000);
        let id: VentureId = Ids::seeded("t").next(now);
        let text = id.to_string();
        assert_eq!(text.len(), 30);
        assert_eq!(text.parse(), Ok(id));
        assert_eq!(id.uuid().get_version_num(), 7);
        assert_eq!(text.to_uppercase().parse::<VentureId>(), Err(UnknownId));
        assert_eq!(text.parse::<InvestorId>(), Err(UnknownId));
        assert_eq!(text.replacen("ven_0", "ven_o", 1).parse::<VentureId>(), Err(UnknownId));
        assert_eq!(text.replacen("ven_0", "ven_8", 1).parse::<VentureId>(), Err(UnknownId));
        assert_eq!(format!("{text}0").parse::<VentureId>(), Err(UnknownId));
        assert_eq!("".parse::<VentureId>(), Err(UnknownId));
    }

    #[test]
    fn a_seeded_source_repeats_itself() {
        let now = Instant::from_micros(0);
        let (a, b) = (Ids::seeded("x"), Ids::seeded("x"));
        let first: VentureId = a.next(now);
        assert_eq!(first, b.next::<VentureId>(now));
        assert_ne!(first, a.next::<VentureId>(now));
    }
}

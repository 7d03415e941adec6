//! How one column reaches one attribute: read it, write it, whatever its type.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::row::{AgeBand, ParticipantAttributes, RowConsents, VentureAttributes};
use super::secret::Secret;
use crate::domain::money::Rupiah;
use crate::domain::venture::{
    Attendance, DisabilityInclusion, Exclusion, Green, Instrument, InvestorKind, JakpreneurStage, LegalForm,
    LegalPaper, LegalStatus, ParticipantType, PenaCategory, SizeClass, TenThousandths,
};

/// A checked value on its way from a cell to an attribute, or back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text without personal data.
    Text(String),
    /// A personal text.
    Secret(Secret),
    /// Rupiah.
    Money(i64),
    /// Ten-thousandths.
    Decimal(i64),
    /// Yes or no.
    YesNo(bool),
    /// A day.
    Day(NaiveDate),
    /// One code or several; none of them is the empty set.
    Codes(Vec<&'static str>),
    /// Numbers of goals.
    Goals(Vec<u8>),
}

/// An attribute that a column fills.
pub trait Slot {
    /// What it holds.
    fn get(&self) -> Option<Value>;
    /// Fills it; a value of another type leaves it as it is.
    fn put(&mut self, value: Value);
}

macro_rules! slot {
    ($($type:ty: $variant:ident => $from:expr, $into:expr;)+) => {$(
        impl Slot for Option<$type> {
            fn get(&self) -> Option<Value> {
                self.clone().map($into).map(Value::$variant)
            }
            fn put(&mut self, value: Value) {
                if let Value::$variant(v) = value {
                    *self = Some($from(v));
                }
            }
        }
    )+};
}
slot! {
    String: Text => |v| v, |v| v;
    Secret: Secret => |v| v, |v| v;
    Rupiah: Money => Rupiah, |v: Rupiah| v.0;
    TenThousandths: Decimal => TenThousandths, |v: TenThousandths| v.0;
    bool: YesNo => |v| v, |v| v;
    NaiveDate: Day => |v| v, |v| v;
    Vec<u8>: Goals => |v| v, |v| v;
}

/// A closed set of codes.
pub trait Coded: Copy {
    /// The code.
    fn code(self) -> &'static str;
    /// Reads the code.
    fn of(code: &str) -> Option<Self>;
}
macro_rules! coded {
    ($($type:ty),+) => {$(
        impl Coded for $type {
            fn code(self) -> &'static str {
                self.as_str()
            }
            fn of(code: &str) -> Option<Self> {
                Self::parse(code)
            }
        }
    )+};
}
coded!(AgeBand, Attendance, DisabilityInclusion, Exclusion, Green, Instrument, InvestorKind);
coded!(JakpreneurStage, LegalForm, LegalStatus, ParticipantType, PenaCategory, SizeClass);

impl<T: Coded> Slot for Option<T> {
    fn get(&self) -> Option<Value> {
        self.map(|v| Value::Codes(vec![v.code()]))
    }
    fn put(&mut self, value: Value) {
        if let Value::Codes(codes) = value {
            *self = codes.first().and_then(|code| T::of(code));
        }
    }
}
impl<T: Coded> Slot for Option<Vec<T>> {
    fn get(&self) -> Option<Value> {
        self.as_ref().map(|set| Value::Codes(set.iter().map(|v| v.code()).collect()))
    }
    fn put(&mut self, value: Value) {
        if let Value::Codes(codes) = value {
            *self = Some(codes.iter().filter_map(|code| T::of(code)).collect());
        }
    }
}

/// A paper's status in the profile's map.
pub fn status(map: &BTreeMap<LegalPaper, LegalStatus>, paper: LegalPaper) -> Option<Value> {
    map.get(&paper).copied().get()
}

/// Sets a paper's status.
pub fn put_status(map: &mut BTreeMap<LegalPaper, LegalStatus>, paper: LegalPaper, value: Value) {
    let mut slot = None;
    slot.put(value);
    if let Some(status) = slot {
        map.insert(paper, status);
    }
}

/// Sets a paper's number.
pub fn put_number(map: &mut BTreeMap<LegalPaper, Secret>, paper: LegalPaper, value: Value) {
    if let Value::Secret(number) = value {
        map.insert(paper, number);
    }
}

/// Records a consent.
pub fn put_consent(consents: &mut RowConsents, purpose: &str, value: Value) {
    if let Value::Text(reference) = value {
        consents.given.insert(purpose.to_owned(), reference);
    }
}

/// Which part of a row a column belongs to, and the way to its attribute.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// An attribute of the person.
    Participant(fn(&ParticipantAttributes) -> Option<Value>, fn(&mut ParticipantAttributes, Value)),
    /// An attribute of the business.
    Venture(fn(&VentureAttributes) -> Option<Value>, fn(&mut VentureAttributes, Value)),
    /// A consent.
    Consent(fn(&RowConsents) -> Option<Value>, fn(&mut RowConsents, Value)),
    /// The code of the person.
    ParticipantCode,
    /// The code of the business.
    VentureCode,
    /// The identity number.
    Nik,
    /// The birth date: read, turned into an age group, and dropped.
    BirthDate,
    /// The code of the assessor.
    AssessorCode,
    /// The name of the assessor.
    AssessorName,
    /// The day of the assessment.
    AssessedOn,
    /// Baseline or follow-up.
    AssessmentKind,
}

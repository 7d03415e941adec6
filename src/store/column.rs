//! How domain values stand in columns: ids and codes as they print, instants as microseconds, documents as
//! canonical JSON. The domain knows nothing of it. A stored value that this build cannot read is an error,
//! never "not found".

use std::io::Write;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::sqlite::Sqlite;

use super::conn::MultiBackend;
use crate::domain::actor::Role;
use crate::domain::allocation::AllocationKind;
use crate::domain::case::{CaseState, ComplaintAbout};
use crate::domain::data_request::{RequestChannel, RequestKind, RequestState};
use crate::domain::delivery::{DeliveryFailure, DeliveryState, EventKind, Stopped};
use crate::domain::id;
use crate::domain::life::{AssessmentKind, CriteriaState, ImportMode, ImportState, ListState, RubricState};
use crate::domain::look::LookKind;
use crate::domain::match_life::{MatchState, Side};
use crate::domain::one_time_code::CodePurpose;
use crate::domain::retention::RetentionRule;
use crate::domain::rubric::Topic;
use crate::domain::time::Instant;
use crate::domain::venture::{Attendance, InvestorKind, ParticipantType};

/// Binds and reads a domain type as a column of one SQL type.
macro_rules! column {
    ($sql:ty, $type:ty) => {
        impl AsExpression<$sql> for $type {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<'a> AsExpression<$sql> for &'a $type {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl AsExpression<Nullable<$sql>> for $type {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<'a> AsExpression<Nullable<$sql>> for &'a $type {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<DB> ToSql<Nullable<$sql>, DB> for $type
        where
            DB: Backend,
            Self: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                ToSql::<$sql, DB>::to_sql(self, out)
            }
        }
        impl ToSql<$sql, MultiBackend> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value((<$sql>::default(), self));
                Ok(IsNull::No)
            }
        }
        impl<DB> Queryable<$sql, DB> for $type
        where
            DB: Backend,
            Self: FromSql<$sql, DB>,
        {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }
    };
}

/// A type that stands in a column as the text it prints.
macro_rules! text_columns {
    ($print:expr, $parse:expr; $($type:ty),+ $(,)?) => {$(
        column!(Text, $type);
        impl ToSql<Text, Sqlite> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                let print: fn(&$type) -> String = $print;
                out.set_value(print(self));
                Ok(IsNull::No)
            }
        }
        impl ToSql<Text, Pg> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                let print: fn(&$type) -> String = $print;
                out.write_all(print(self).as_bytes())?;
                Ok(IsNull::No)
            }
        }
        impl<DB> FromSql<Text, DB> for $type
        where
            DB: Backend,
            String: FromSql<Text, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let text = <String as FromSql<Text, DB>>::from_sql(value)?;
                let parse: fn(&str) -> Option<$type> = $parse;
                // The value itself stays out of the message: it may be anybody's.
                parse(&text).ok_or_else(|| concat!("not a ", stringify!($type)).into())
            }
        }
    )+};
}

text_columns!(
    ToString::to_string, |t| t.parse().ok();
    id::VentureId, id::InvestorId, id::CriteriaId, id::MatchListId, id::MatchId, id::DataRequestId, id::ComplaintId, id::IncidentId, id::CohortId, id::ParticipantId,
    id::AssessmentId, id::RubricId, id::ImportId, id::UserId, id::WebhookId, id::DeliveryId, id::SessionId, id::MatchReportId, id::AllocationId, id::MandateId,
);

/// Closed sets of codes.
macro_rules! code_columns {
    ($($type:ty),+ $(,)?) => {$(
        text_columns!(|v| v.as_str().to_owned(), |t| <$type>::parse(t); $type);
    )+};
}
code_columns!(
    Role,
    ParticipantType,
    Attendance,
    InvestorKind,
    AssessmentKind,
    RubricState,
    CriteriaState,
    ListState,
    CaseState,
    ComplaintAbout,
    AllocationKind,
    LookKind,
    MatchState,
    Side,
    RequestChannel,
    RequestKind,
    RequestState,
    RetentionRule,
    ImportState,
    ImportMode,
    EventKind,
    Stopped,
    Topic,
    DeliveryState,
    DeliveryFailure,
    CodePurpose,
);

column!(BigInt, Instant);
impl ToSql<BigInt, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.micros());
        Ok(IsNull::No)
    }
}
impl ToSql<BigInt, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&self.micros().to_be_bytes())?;
        Ok(IsNull::No)
    }
}
impl<DB> FromSql<BigInt, DB> for Instant
where
    DB: Backend,
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_micros(<i64 as FromSql<BigInt, DB>>::from_sql(value)?))
    }
}

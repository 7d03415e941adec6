//! Schemas of domain types. The domain knows nothing of OpenAPI; how its values look on the wire is said here.

use std::borrow::Cow;

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, KnownFormat, SchemaFormat, SchemaType};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Required, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::domain::actor::Role;
use crate::domain::allocation::{AllocationKind, LeftOut, NotKept};
use crate::domain::card::CardState;
use crate::domain::case::{CaseState, ComplaintAbout};
use crate::domain::consent::Method;
use crate::domain::criteria::Reading;
use crate::domain::data_request::{RequestChannel, RequestKind, RequestState};
use crate::domain::delivery::{DeliveryFailure, DeliveryState, EventKind, Stopped};
use crate::domain::field::{FieldClass, FieldType, FieldUnit, Op};
use crate::domain::id::*;
use crate::domain::life::*;
use crate::domain::look::LookKind;
use crate::domain::match_life::{MatchState, Move, Side};
use crate::domain::message::MessageKind;
use crate::domain::money::Rupiah;
use crate::domain::report::{NextStep, NoFigure, Stage, Task, Unseen};
use crate::domain::retention::{RetentionMeans, RetentionRule};
use crate::domain::rubric::Topic;
use crate::domain::status::{Action, State};
use crate::domain::terms::CostKind;
use crate::domain::text::{Lang, Text};
use crate::domain::time::Instant;
use crate::domain::venture::*;
use crate::domain::verification::LicenceKind;
use crate::ops::elicitation::ElicitationMethod;
use crate::ops::matches::Concern;
use crate::ops::replay::{How, Verdict, What};

type Built = RefOr<Schema>;

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String))
}

/// An id is its prefix and one spelling of sixteen bytes. Alone in a path it is called `id`.
macro_rules! id_schemas {
    ($($id:ident $what:literal),+ $(,)?) => {$(
        impl PartialSchema for $id {
            fn schema() -> Built {
                text()
                    .description(Some(concat!("The id of ", $what, ".")))
                    .pattern(Some(format!("^{}[0-7][0-9a-hjkmnp-tv-z]{{25}}$", $id::PREFIX)))
                    .max_length(Some(30))
                    .examples([example_id::<$id>()])
                    .into()
            }
        }
        impl ToSchema for $id {
            fn name() -> Cow<'static, str> {
                stringify!($id).into()
            }
        }
        impl IntoParams for $id {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![
                    ParameterBuilder::new()
                        .name("id")
                        .parameter_in(ParameterIn::Path)
                        .required(Required::True)
                        .description(Some(concat!("The id of ", $what, ".")))
                        .schema(Some(<Self as PartialSchema>::schema()))
                        .example(Some(example_id::<$id>().into()))
                        .build(),
                ]
            }
        }
    )+};
}

fn example_id<T: Id>() -> String {
    format!("{}01jcnq8xvgf0nadk1qh2t8wz5e", T::PREFIX)
}

id_schemas! {
    VentureId "a venture", InvestorId "an investor", CriteriaId "a criteria set", MatchListId "a match list",
    MatchId "a match", DataRequestId "a request about data", ComplaintId "a complaint", IncidentId "an incident", CohortId "a cohort", ParticipantId "a participant", AssessmentId "an assessment",
    RubricId "a rubric", ImportId "an import", UserId "an account", SessionId "a session of a workshop", MatchReportId "a report about a match", AllocationId "a plan of a matching day", WebhookId "a webhook",
    MandateId "a mandate: an owner's word that somebody may act for them",
    DeliveryId "a delivery: one event on its way to one webhook",
}

/// A closed set of codes.
macro_rules! code_schemas {
    ($($name:ident),+ $(,)?) => {$(
        impl PartialSchema for $name {
            fn schema() -> Built {
                text().enum_values(Some($name::ALL.iter().map(|c| c.as_str()))).into()
            }
        }
        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

code_schemas! {
    Role, Op, FieldType, FieldClass, FieldUnit, SectorGroup, NeedBand, Instrument, ParticipantType, Attendance, PenaCategory,
    DisabilityInclusion, JakpreneurStage, LegalForm, LegalStatus, LegalPaper, SizeClass, RevenueBand, Green, Exclusion,
    InvestorKind, AssessmentKind, RubricState, CriteriaState, ListState, ImportState, ImportMode, CardState, State, Action,
    Stage, Task, NextStep, Unseen, AllocationKind, LeftOut, NotKept, NoFigure, ElicitationMethod,
    RequestChannel, RequestKind, RequestState, RetentionRule, RetentionMeans, CaseState, ComplaintAbout, LookKind, MatchState, Move, Side, MessageKind, CostKind, LicenceKind, Concern, Lang, Method, EventKind, Stopped, DeliveryState, DeliveryFailure, Verdict, How, What, Reading, Topic,
}

macro_rules! named {
    ($name:ident) => {
        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

impl PartialSchema for Instant {
    fn schema() -> Built {
        text()
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("A point in time, UTC, in microseconds."))
            .max_length(Some(40))
            .examples(["2024-11-14T02:00:00.000000Z"])
            .into()
    }
}
named!(Instant);

impl PartialSchema for Text {
    fn schema() -> Built {
        let part = |words: &str| text().max_length(Some(2000)).description(Some(words));
        ObjectBuilder::new()
            .description(Some("A text in both languages."))
            .property("id", part("Bahasa Indonesia."))
            .property("en", part("English."))
            .required("id")
            .required("en")
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
            .into()
    }
}
named!(Text);

impl PartialSchema for Rupiah {
    fn schema() -> Built {
        let amount = text().pattern(Some("^(0|[1-9][0-9]{0,17})$")).max_length(Some(18));
        ObjectBuilder::new()
            .description(Some("An amount of whole rupiah."))
            .property(
                "amount",
                amount.description(Some("Digits only: no separators, no leading zeros.")).examples(["150000000"]),
            )
            .property("currency", text().enum_values(Some(["IDR"])).description(Some("Always IDR.")))
            .required("amount")
            .required("currency")
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
            .into()
    }
}
named!(Rupiah);

impl PartialSchema for RupiahRange {
    fn schema() -> Built {
        ObjectBuilder::new()
            .description(Some("An amount range, both ends included."))
            .property("min", Ref::from_schema_name("Rupiah"))
            .property("max", Ref::from_schema_name("Rupiah"))
            .required("min")
            .required("max")
            .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)))
            .into()
    }
}
impl ToSchema for RupiahRange {
    fn name() -> Cow<'static, str> {
        "RupiahRange".into()
    }
    fn schemas(schemas: &mut Vec<(String, Built)>) {
        schemas.push(("Rupiah".into(), Rupiah::schema()));
    }
}

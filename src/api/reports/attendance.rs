//! Who attended what.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::caller::Caller;
use super::super::parameters::Query;
use super::super::problem::Result;
use super::{ReportQuery, share};
use crate::domain::id::{CohortId, SessionId};
use crate::domain::right::op;
use crate::domain::rubric::Topic;
use crate::domain::text::Lang;
use crate::ops::workshop::{self, Count, Report};

/// How many attended.
#[derive(Serialize, ToSchema)]
pub struct AttendanceCount {
    /// In the room.
    #[schema(example = 62, minimum = 0)]
    in_person: usize,
    /// From afar.
    #[schema(example = 21, minimum = 0)]
    online: usize,
    /// Both, of all people, 0–1, at a session of those of its cohort; null when nobody came.
    #[schema(required = true, example = 0.83, minimum = 0, maximum = 1)]
    of_people: Option<f64>,
}

impl AttendanceCount {
    fn new(count: Count, people: usize) -> Self {
        let Count { in_person, online } = count;
        Self { in_person, online, of_people: share(in_person + online, people) }
    }
}

/// Attendance of one topic.
#[derive(Serialize, ToSchema)]
pub struct TopicAttendance {
    topic: Topic,
    /// What people read.
    #[schema(example = "Manajemen keuangan berkelanjutan", max_length = 200)]
    label: String,
    attended: AttendanceCount,
}

/// Attendance of one session.
#[derive(Serialize, ToSchema)]
pub struct SessionCount {
    id: SessionId,
    cohort_id: CohortId,
    topic: Topic,
    /// What it is called.
    #[schema(example = "Buku kas harian", max_length = 200)]
    title: String,
    /// The day.
    #[schema(format = Date, example = "2024-11-14", max_length = 10)]
    held_on: String,
    attended: AttendanceCount,
}

/// Who attended what.
#[derive(Serialize, ToSchema)]
pub struct AttendanceReport {
    /// How many people came.
    #[schema(example = 100, minimum = 0)]
    people: usize,
    /// How many ventures are left out everywhere else in this report, with their people, since their owners do not want to be counted.
    #[schema(example = 0, minimum = 0)]
    left_out: usize,
    /// How they attended the whole, as the sheet says.
    attended: AttendanceCount,
    /// Of how many that is not known.
    #[schema(example = 3, minimum = 0)]
    unknown: usize,
    /// By topic: how many different people attended at least one of its sessions.
    #[schema(max_items = 5)]
    topics: Vec<TopicAttendance>,
    /// By session.
    #[schema(max_items = 100_000)]
    items: Vec<SessionCount>,
}

impl AttendanceReport {
    fn new(report: Report, lang: Lang) -> Self {
        let people = report.people;
        let topic = |(topic, count): (Topic, Count)| TopicAttendance {
            topic,
            label: topic.label().get(lang).to_owned(),
            attended: AttendanceCount::new(count, people),
        };
        let session = |(session, count, of): (crate::store::session::Session, Count, usize)| SessionCount {
            id: session.id,
            cohort_id: session.cohort_id,
            topic: session.topic,
            title: session.title,
            held_on: session.held_on,
            attended: AttendanceCount::new(count, of),
        };
        Self {
            people,
            left_out: report.left_out,
            attended: AttendanceCount::new(report.whole, people),
            unknown: report.unknown,
            topics: report.topics.into_iter().map(topic).collect(),
            items: report.sessions.into_iter().map(session).collect(),
        }
    }
}

/// Who attended what?
///
/// Use it to see which topics reached how many, of how many people who came.
#[utoipa::path(
    tag = "reports",
    params(ReportQuery),
    responses((status = 200, body = AttendanceReport)),
    extensions(("x-problems" = json!(["not_found"])))
)]
#[get("/v1/reports/attendance")]
pub async fn get_attendance_report(
    caller: Caller<op::GetAttendanceReport>,
    Query(query): Query<ReportQuery>,
) -> Result<Answer<AttendanceReport>> {
    let lang = caller.lang;
    let report = caller.run(move |service| workshop::report(service, query.cohort_id)).await?;
    Ok(Answer::ok(AttendanceReport::new(report, lang)))
}

//! Sessions of a cohort, and who attended them.

use actix_web::{delete, get, patch, post, put};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::json::Json;
use super::once::{Answered, Once};
use super::parameters::{Located, Path};
use super::problem::Result;
use super::routes::Routes;
use super::state::Target;
use crate::domain::id::{CohortId, ParticipantId, SessionId};
use crate::domain::right::op;
use crate::domain::rubric::Topic;
use crate::domain::venture::Attendance;
use crate::ops::Act;
use crate::ops::workshop::{self, Held};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_sessions).add(create_session).add(get_session).add(change_session).add(delete_session);
    routes.add(note_attendance);
}

/// Somebody at a session.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionAttendance {
    participant_id: ParticipantId,
    attendance: Attendance,
}

/// One session of a cohort.
#[derive(Serialize, ToSchema)]
pub struct Session {
    id: SessionId,
    cohort_id: CohortId,
    topic: Topic,
    /// What it is called.
    #[schema(example = "Buku kas harian", max_length = 200)]
    title: String,
    /// The day.
    #[schema(format = Date, example = "2024-11-14", max_length = 10)]
    held_on: String,
    /// Who attended it; empty before anybody noted it.
    #[schema(max_items = 10_000)]
    attended: Vec<SessionAttendance>,
    /// Rises with each change.
    #[schema(example = 1, minimum = 1)]
    version: i32,
}

impl From<Held> for Session {
    fn from(held: Held) -> Self {
        let one = |one: crate::store::session::Attended| SessionAttendance {
            participant_id: one.participant_id,
            attendance: one.attendance,
        };
        Self {
            id: held.session.id,
            cohort_id: held.session.cohort_id,
            topic: held.session.topic,
            title: held.session.title,
            held_on: held.session.held_on,
            attended: held.attended.into_iter().map(one).collect(),
            version: held.session.version,
        }
    }
}

/// The sessions of a cohort.
#[derive(Serialize, ToSchema)]
pub struct Sessions {
    /// By day.
    #[schema(max_items = 200)]
    items: Vec<Session>,
}

/// List the sessions of a cohort
///
/// Use it to see what was taught when, and who attended.
#[utoipa::path(tag = "cohorts", params(CohortId), responses((status = 200, body = Sessions)))]
#[get("/v1/cohorts/{id}/sessions")]
pub async fn list_sessions(caller: Caller<op::ListSessions>, Path(id): Path<CohortId>) -> Result<Answer<Sessions>> {
    let all = caller.read(move |conn| workshop::of_cohort(conn, id)).await?;
    Ok(Answer::ok(Sessions { items: all.into_iter().map(Session::from).collect() }))
}

/// A session to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// What it teaches.
    topic: Topic,
    /// What it is called.
    #[schema(example = "Buku kas harian", min_length = 1, max_length = 200)]
    title: String,
    /// The day, one of the cohort's.
    #[schema(value_type = String, format = Date, example = "2024-11-14", max_length = 10)]
    held_on: NaiveDate,
}

/// A change to a session. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionChange {
    /// What it teaches.
    #[schema(nullable = false)]
    topic: Option<Topic>,
    /// What it is called.
    #[schema(nullable = false, example = "Buku kas mingguan", min_length = 1, max_length = 200)]
    title: Option<String>,
    /// The day, one of the cohort's.
    #[schema(nullable = false, value_type = Option<String>, format = Date, example = "2024-11-15", max_length = 10)]
    held_on: Option<NaiveDate>,
}

/// Make a session
///
/// Use it for each part of a workshop that teaches a topic.
#[utoipa::path(
    tag = "cohorts",
    params(CohortId, Once),
    responses((status = 201, body = Session)),
    extensions(("x-problems" = json!(["too_many_sessions"])))
)]
#[post("/v1/cohorts/{id}/sessions")]
pub async fn create_session(
    caller: Caller<op::CreateSession>,
    Path(id): Path<CohortId>,
    Json(new): Json<NewSession>,
    once: Once,
) -> Result<Answered> {
    let new = workshop::NewSession { topic: new.topic, title: new.title, held_on: new.held_on };
    let deed = move |act: &mut Act<'_>| {
        let session = workshop::create(act, id, new)?;
        let version = session.version;
        let path = format!("/v1/cohorts/{id}/sessions/{}", session.id);
        let made = Session::from(Held { session, attended: Vec::new() });
        Ok(Answer::created(&path, made)?.tagged(version.into(), "staff"))
    };
    once.act(&caller, deed).await
}

/// One session of a cohort.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SessionPath {
    /// The id of a cohort.
    id: CohortId,
    /// The id of one of its sessions.
    #[param(value_type = SessionId, example = "ses_01jcnq8xvgf0nadk1qh2t8wz5e")]
    session: SessionId,
}

impl Located for SessionPath {
    fn target(&self) -> Option<Target> {
        Some(Target::Cohort(self.id))
    }
}

/// A session, with its tag.
fn answer(held: Held) -> Answer<Session> {
    let version = held.session.version;
    Answer::ok(Session::from(held)).tagged(version.into(), "staff")
}

/// Get a session of a cohort
///
/// Use it to read one session with who attended it, and its ETag before a change.
#[utoipa::path(tag = "cohorts", params(SessionPath), responses((status = 200, body = Session)))]
#[get("/v1/cohorts/{id}/sessions/{session}")]
pub async fn get_session(caller: Caller<op::GetSession>, Path(path): Path<SessionPath>) -> Result<Answer<Session>> {
    Ok(answer(caller.read(move |conn| workshop::find(conn, path.id, path.session)).await?))
}

/// Change a session of a cohort
///
/// Use it to mend the topic, the title or the day. Members that are left out stay as they are, and so does who attended.
#[utoipa::path(tag = "cohorts", params(SessionPath, IfMatch), responses((status = 200, body = Session)))]
#[patch("/v1/cohorts/{id}/sessions/{session}")]
pub async fn change_session(
    caller: Caller<op::ChangeSession>,
    Path(path): Path<SessionPath>,
    Json(change): Json<SessionChange>,
    IfMatch(version): IfMatch,
) -> Result<Answer<Session>> {
    let change = workshop::Change { topic: change.topic, title: change.title, held_on: change.held_on };
    Ok(answer(caller.act(move |act| workshop::change(act, path.id, path.session, version, change)).await?))
}

/// Delete a session of a cohort
///
/// Use it for one that was entered by mistake. One with attendance noted is kept, since that is what owners have to show: note first
/// that nobody attended.
#[utoipa::path(
    tag = "cohorts",
    params(SessionPath, IfMatch),
    responses((status = 204)),
    extensions(("x-problems" = json!(["session_attended"])))
)]
#[delete("/v1/cohorts/{id}/sessions/{session}")]
pub async fn delete_session(
    caller: Caller<op::DeleteSession>,
    Path(path): Path<SessionPath>,
    IfMatch(version): IfMatch,
) -> Result<Answer<()>> {
    caller.act(move |act| workshop::delete(act, path.id, path.session, version)).await?;
    Ok(Answer::none())
}

/// Who attended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAttendance {
    /// Everybody who attended, each once; it takes the place of what was noted before.
    #[schema(max_items = 10_000)]
    items: Vec<SessionAttendance>,
}

/// Note who attended a session
///
/// Use it after a session, from the list of signatures.
#[utoipa::path(tag = "cohorts", params(SessionPath, IfMatch), responses((status = 200, body = Session)))]
#[put("/v1/cohorts/{id}/sessions/{session}/attendance")]
pub async fn note_attendance(
    caller: Caller<op::NoteAttendance>,
    Path(path): Path<SessionPath>,
    Json(new): Json<NewAttendance>,
    IfMatch(version): IfMatch,
) -> Result<Answer<Session>> {
    let all: Vec<_> = new.items.iter().map(|one| (one.participant_id, one.attendance)).collect();
    Ok(answer(caller.act(move |act| workshop::note_attended(act, path.id, path.session, version, &all)).await?))
}

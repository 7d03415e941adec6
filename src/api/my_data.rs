//! Everything that is held about an owner's business, for the owner.

use std::collections::BTreeMap;

use actix_web::get;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::access_log::AccessLine;
use super::answer::Answer;
use super::caller::Caller;
use super::data_requests::MyRequest;
use super::investor_view::{ExplanationView, Reader, Wording};
use super::match_reports::MatchReport;
use super::matches::{Match, Reason};
use super::my_complaints::MyComplaint;
use super::problem::Result;
use super::profile;
use super::routes::Routes;
use super::support_plans::SupportPlan;
use crate::domain::assessment::Evidence;
use crate::domain::consent as domain;
use crate::domain::delivery::DeliveryState;
use crate::domain::id::{AssessmentId, MatchId, ParticipantId, UserId, VentureId};
use crate::domain::intake::Secret;
use crate::domain::life::AssessmentKind;
use crate::domain::match_life::MatchState;
use crate::domain::message::MessageKind;
use crate::domain::right::op;
use crate::domain::rubric::{Rubric, Topic};
use crate::domain::text::{Lang, Words};
use crate::domain::time::Instant;
use crate::domain::venture::{Attendance, InvestorKind, ParticipantType};
use crate::ops;
use crate::ops::mandate::Companion;
use crate::ops::my_data::{self, Affair, Place};
use crate::store;

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(get_my_data);
}

const NOTE: Words = Words::new(
    "Peringkat adalah alat bantu; manusia yang memutuskan. Letak dalam daftar tidak menilai diri Anda dan tidak memengaruhi bansos, PENA, atau pelatihan.",
    "Rankings are an aid; people decide. A place on a list is no judgement of you and does not affect social assistance, PENA or training.",
);
const OFFER: Words = Words::new(
    "Ingin membicarakannya? Kirim permintaan (access, rectify, object, dispute) di menu permintaan saya, atau hubungi pendamping Anda. Seorang petugas menjawab paling lambat 3x24 jam.",
    "Would you like to talk about it? Send a request (access, rectify, object, dispute) under my requests, or call your companion. A person answers within 72 hours.",
);

/// Everything that is held about an owner's business.
#[derive(Serialize, ToSchema)]
pub struct MyData {
    /// When it was gathered.
    gathered_at: Instant,
    /// Read first.
    #[schema(example = "Peringkat adalah alat bantu; manusia yang memutuskan.", max_length = 500)]
    note: String,
    /// Whom to talk to.
    #[schema(example = "Ingin membicarakannya? Hubungi pendamping Anda.", max_length = 500)]
    offer: String,
    business: MyBusiness,
    /// The people behind it.
    #[schema(max_items = 100)]
    people: Vec<MyPerson>,
    /// What was agreed to, word for word.
    #[schema(max_items = 1000)]
    consents: Vec<MyGivenConsent>,
    /// Ratings, visit by visit.
    #[schema(max_items = 1000)]
    assessments: Vec<MyAssessment>,
    /// What they come to: dimensions, readiness, coverage; null before an assessment.
    #[schema(required = true, value_type = Option<Object>)]
    result: Option<Value>,
    /// Places on published lists with the reasons, the newest 200.
    #[schema(max_items = 200)]
    places: Vec<MyPlace>,
    /// Introductions that the owner was asked about, then investors that lists have suggested the business to; the newest 1000.
    #[schema(max_items = 1000)]
    matches: Vec<MyMatch>,
    /// What was asked about this data, and answered; the newest 1000.
    #[schema(max_items = 1000)]
    requests: Vec<MyRequest>,
    /// What was complained about by or about the business; the newest 1000.
    #[schema(max_items = 1000)]
    complaints: Vec<MyComplaint>,
    /// Who looked; the newest 1000. `GET /v1/me/access-log` has all.
    #[schema(max_items = 1000)]
    looks: Vec<AccessLine>,
    /// Messages to the owner's phone, of the last month; the newest 1000.
    #[schema(max_items = 1000)]
    messages: Vec<MyMessage>,
    support_plan: SupportPlan,
    /// Who may act for the owner, or ever did; the newest 1000.
    #[schema(max_items = 1000)]
    companions: Vec<FormerCompanion>,
    /// Sessions of the workshop that the business's people attended.
    #[schema(max_items = 1000)]
    sessions: Vec<MyAttendance>,
    account: MyAccount,
}

/// A message to the owner's phone.
#[derive(Serialize, ToSchema)]
pub struct MyMessage {
    at: Instant,
    /// Why it was sent; null for a one-time code.
    #[schema(required = true)]
    kind: Option<MessageKind>,
    state: DeliveryState,
}

/// Somebody who may act for the owner, or did.
#[derive(Serialize, ToSchema)]
pub struct FormerCompanion {
    /// What the pendamping signs in with.
    #[schema(example = "sari.asesor", max_length = 100)]
    username: String,
    invited_at: Instant,
    /// Since when the pendamping may act, or might.
    since: Instant,
    /// When a session was last begun; null if none was.
    #[schema(required = true)]
    last_session_at: Option<Instant>,
    /// When it ended; null while the pendamping may act.
    #[schema(required = true)]
    ended_at: Option<Instant>,
}

impl From<Companion> for FormerCompanion {
    fn from(Companion { mandate, username }: Companion) -> Self {
        Self {
            username,
            invited_at: mandate.created_at,
            since: mandate.accepted_at.unwrap_or(mandate.created_at),
            last_session_at: mandate.last_session_at,
            ended_at: mandate.ended_at,
        }
    }
}

/// A session that somebody of the business attended.
#[derive(Serialize, ToSchema)]
pub struct MyAttendance {
    topic: Topic,
    /// What it was called.
    #[schema(example = "Buku kas harian", max_length = 200)]
    title: String,
    /// The day.
    #[schema(format = Date, example = "2024-11-14", max_length = 10)]
    held_on: String,
    attendance: Attendance,
}

/// The business.
#[derive(Serialize, ToSchema)]
pub struct MyBusiness {
    id: VentureId,
    /// The workshop that it came with.
    #[schema(example = "Lokakarya SEDAYA 2024", max_length = 200)]
    cohort: String,
    /// Its number in the workshop's papers.
    #[schema(example = "U001", max_length = 100)]
    external_ref: String,
    /// What it is called.
    #[schema(example = "Warung Sampel 001", max_length = 200)]
    business_name: String,
    /// Where it is; null when not answered.
    #[schema(required = true, example = "Jl. Sampel 1", max_length = 500)]
    place: Option<String>,
    /// Numbers of its papers, in full.
    #[schema(value_type = BTreeMap<String, String>)]
    legal_numbers: BTreeMap<&'static str, String>,
    /// What is known of it, by field. The keys are those of `GET /v1/fields`.
    #[schema(value_type = Object)]
    profile: Value,
    created_at: Instant,
    updated_at: Instant,
}

/// A person behind it.
#[derive(Serialize, ToSchema)]
pub struct MyPerson {
    id: ParticipantId,
    /// The person's number in the workshop's papers.
    #[schema(example = "P001", max_length = 100)]
    external_ref: String,
    /// What the person is called.
    #[schema(example = "Peserta Sampel 001", max_length = 200)]
    person: String,
    #[schema(required = true, example = "+6280000000001", max_length = 30)]
    phone: Option<String>,
    #[schema(required = true, example = "sampel001@example.id", max_length = 200)]
    email: Option<String>,
    /// Role in a home, a pillar or the business.
    #[schema(required = true, max_length = 200)]
    role: Option<String>,
    #[schema(required = true)]
    participant_type: Option<ParticipantType>,
    #[schema(required = true)]
    attendance: Option<Attendance>,
    /// Whether the person is of age; null when not noted.
    #[schema(required = true)]
    adult: Option<bool>,
    /// Whether a keyed fingerprint of the NIK is kept, to find doubles. The NIK itself is not.
    nik_fingerprint: bool,
    created_at: Instant,
}

/// A consent, as it was given.
#[derive(Serialize, ToSchema)]
pub struct MyGivenConsent {
    /// For what.
    #[schema(example = "anonymised_listing", max_length = 100)]
    purpose: String,
    /// The text that was agreed to.
    #[schema(example = "Saya setuju usaha saya muncul tanpa nama dalam daftar.", max_length = 1000)]
    text: String,
    /// Its version.
    #[schema(example = "2024-11", max_length = 50)]
    text_version: String,
    /// In which language it was read.
    #[schema(example = "id", max_length = 10)]
    lang: String,
    /// In the app, on paper or spoken.
    #[schema(example = "paper", max_length = 20)]
    method: String,
    /// Where the proof is kept.
    #[schema(example = "F-001", max_length = 200)]
    reference: String,
    given_at: Instant,
    /// When it was taken back; null while it stands.
    #[schema(required = true)]
    withdrawn_at: Option<Instant>,
}

/// The ratings of one visit. Who visited is not told here.
#[derive(Serialize, ToSchema)]
pub struct MyAssessment {
    id: AssessmentId,
    kind: AssessmentKind,
    /// The day of the visit; null when not noted.
    #[schema(required = true, format = Date, example = "2024-11-14", max_length = 10)]
    assessed_on: Option<String>,
    /// The version of the rubric.
    #[schema(example = 1, minimum = 1)]
    rubric_version: i32,
    /// By indicator.
    #[schema(max_items = 200)]
    ratings: Vec<MyRating>,
    submitted_at: Instant,
}

/// One rating.
#[derive(Serialize, ToSchema)]
pub struct MyRating {
    /// The indicator's code.
    #[schema(example = "MGT1", max_length = 20)]
    indicator: String,
    /// What it is about.
    #[schema(example = "Pencatatan keuangan", max_length = 500)]
    label: String,
    /// `value`, `not_applicable`, `not_assessed` or `not_answered`.
    #[schema(example = "value", max_length = 20)]
    state: String,
    /// 1–5, or an amount in the indicator's unit; null without one.
    #[schema(required = true, value_type = Option<f64>, example = 3)]
    value: Option<Value>,
    /// What it rests on.
    #[schema(required = true, example = "dilihat", max_length = 50)]
    evidence: Option<String>,
    /// The assessor's words.
    #[schema(required = true, example = "Buku kas sejak Januari.", max_length = 2000)]
    note: Option<String>,
}

/// A place on a list.
#[derive(Serialize, ToSchema)]
pub struct MyPlace {
    /// When the list was published.
    #[schema(required = true)]
    published_at: Option<Instant>,
    /// Whether an investor reads it now; otherwise a newer one has taken its place.
    current: bool,
    /// For what kind of investor.
    #[schema(required = true)]
    investor_kind: Option<InvestorKind>,
    /// From 1.
    #[schema(example = 3, minimum = 1)]
    position: i32,
    /// Of so many.
    #[schema(example = 20, minimum = 1)]
    of: i32,
    /// 0–100, one decimal: how well the answers go with what that investor looks for, and nothing more.
    #[schema(example = 71.3, minimum = 0, maximum = 100)]
    score: f64,
    explanation: ExplanationView,
}

impl MyPlace {
    #[allow(clippy::cast_precision_loss, reason = "at most 1000")]
    fn new(place: &Place, words: &Wording<'_>) -> Self {
        Self {
            published_at: place.list.published_at,
            current: place.list.state == crate::domain::life::ListState::Published,
            investor_kind: place.kind,
            position: place.line.position,
            of: place.list.entries_total,
            score: place.line.told.score_tenths as f64 / 10.0,
            explanation: ExplanationView::new(&place.line.told, Reader::Insider, words),
        }
    }
}

/// A match.
#[derive(Serialize, ToSchema)]
pub struct MyMatch {
    id: MatchId,
    /// With what kind of investor.
    #[schema(required = true)]
    investor_kind: Option<InvestorKind>,
    state: MatchState,
    /// When a list first suggested it.
    created_at: Instant,
    /// When it came to stand there.
    moved_at: Instant,
    /// Who asked, for what, at what cost, and what came of it; only where the owner was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    asked: Option<Match>,
    /// What staff noted as its outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 500)]
    outcome: Option<String>,
    /// What the owner said with a move.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    said: Vec<Reason>,
    /// What the owner reported.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    reports: Vec<MatchReport>,
}

/// The account that the owner signs in with.
#[derive(Serialize, ToSchema)]
pub struct MyAccount {
    id: UserId,
    created_at: Instant,
    /// The phone that the owner has confirmed; null if none.
    #[schema(required = true, example = "+6281200000001", max_length = 20)]
    phone: Option<String>,
    /// Codes on paper: when each was given out. The codes themselves are not kept.
    #[schema(max_items = 1000)]
    claim_codes: Vec<MyClaimCode>,
    /// Sign-ins, the newest first.
    #[schema(max_items = 1000)]
    sessions: Vec<MySession>,
}

/// A code on paper.
#[derive(Serialize, ToSchema)]
pub struct MyClaimCode {
    given_out_at: Instant,
    /// When another took its place; null while it works.
    #[schema(required = true)]
    replaced_at: Option<Instant>,
}

/// A sign-in.
#[derive(Serialize, ToSchema)]
pub struct MySession {
    /// The earliest sign of it that is kept.
    since: Instant,
    /// When it was last renewed.
    renewed_at: Instant,
    /// Until when it can be renewed.
    until: Instant,
    /// When it was ended; null while it was not.
    #[schema(required = true)]
    ended_at: Option<Instant>,
}

/// The tokens of one sign-in are a family.
fn sessions(tokens: Vec<store::user::RefreshToken>) -> Vec<MySession> {
    let mut all: Vec<(String, MySession)> = Vec::new();
    for token in tokens {
        match all.iter_mut().find(|(family, _)| *family == token.family) {
            Some((_, session)) => {
                session.since = session.since.min(token.issued_at);
                session.renewed_at = session.renewed_at.max(token.issued_at);
                session.until = session.until.max(token.expires_at);
                session.ended_at = session.ended_at.or(token.revoked_at);
            }
            None => {
                let (since, until, ended_at) = (token.issued_at, token.expires_at, token.revoked_at);
                all.push((token.family, MySession { since, renewed_at: since, until, ended_at }));
            }
        }
    }
    all.into_iter().map(|(_, session)| session).collect()
}

fn shown(secret: &Secret) -> String {
    secret.expose().to_owned()
}

/// Who heard a spoken consent is another person, and stays out.
fn without_witness(reference: String) -> String {
    match reference.rsplit_once("; ") {
        Some((kept, witness)) if witness.parse::<UserId>().is_ok() => kept.to_owned(),
        _ => reference,
    }
}

fn ratings(stored: &str, rubric: &Rubric, lang: Lang) -> ops::Result<Vec<MyRating>> {
    #[derive(Deserialize)]
    struct Stored {
        state: String,
        value: Option<Value>,
        evidence_level: Option<u8>,
        note: Option<String>,
    }
    let all: BTreeMap<String, Stored> = serde_json::from_str(stored)?;
    let label = |code: &str| rubric.indicators().find(|known| known.code == code).map(|known| known.label.get(lang));
    Ok(all
        .into_iter()
        .map(|(code, rating)| MyRating {
            label: label(&code).unwrap_or(&code).to_owned(),
            indicator: code,
            state: rating.state,
            value: rating.value,
            evidence: rating
                .evidence_level
                .and_then(|level| Evidence::try_from(level).ok())
                .map(|evidence| evidence.label().get(lang).to_owned()),
            note: rating.note,
        })
        .collect())
}

/// The columns of [`rows`].
const ROW: [&str; 4] = ["member", "number", "part", "value"];

/// As rows of a table: which part, which of its things, which member, and what it says.
fn rows(data: &Value) -> Value {
    let mut items = Vec::new();
    for (part, value) in data.as_object().into_iter().flatten() {
        match value {
            Value::Array(all) => {
                for (number, one) in (1..).zip(all) {
                    row(part, Some(number), "", one, &mut items);
                }
            }
            one => row(part, None, "", one, &mut items),
        }
    }
    json!({ "items": items })
}

fn row(part: &str, number: Option<u64>, member: &str, value: &Value, items: &mut Vec<Value>) {
    let under = |name: &str| if member.is_empty() { name.to_owned() } else { format!("{member}.{name}") };
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                row(part, number, &under(name), value, items);
            }
        }
        Value::Array(all) => {
            for (place, value) in (1..).zip(all) {
                row(part, number, &under(&place.to_string()), value, items);
            }
        }
        one => {
            let mut line = Map::new();
            line.insert("part".into(), json!(part));
            line.insert("number".into(), json!(number));
            line.insert("member".into(), json!(member));
            line.insert("value".into(), one.clone());
            items.push(Value::Object(line));
        }
    }
}

/// Everything that is held about me
///
/// Use it for the owner's right of access: the business, its people, consents with their texts, ratings with notes, places on
/// published lists with the reasons, matches, requests, who looked, sign-ins. As CSV or a workbook by `Accept`, for taking along. Other
/// people (assessors, witnesses, staff) are left out, and so are investors' names before an introduction.
#[utoipa::path(
    tag = "me",
    responses((status = 200, body = MyData)),
    extensions(("x-problems" = json!(["no_rubric"])), ("x-tables" = json!(true)))
)]
#[get("/v1/me/data")]
pub async fn get_my_data(caller: Caller<op::GetMyData>) -> Result<Answer<MyData>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let told = caller.run(move |service| {
        let data = my_data::gather(service, &actor)?;
        let words = Wording::of(&data.rankable, lang);
        let places = data.places.iter().map(|place| MyPlace::new(place, &words)).collect();
        let assessments = data.assessments.into_iter().map(|a| {
            Ok(MyAssessment {
                id: a.id,
                kind: a.kind,
                assessed_on: a.assessed_on,
                rubric_version: a.rubric_number,
                ratings: ratings(&a.ratings, &data.rankable.rubric, lang)?,
                submitted_at: a.submitted_at,
            })
        });
        let assessments = assessments.collect::<ops::Result<_>>()?;
        let mut names = BTreeMap::new();
        let mut matches = Vec::new();
        for affair in data.affairs {
            let Affair { found, kind, outcome, said, reports } = affair;
            let asked = found.asked_at.is_some();
            matches.push(MyMatch {
                id: found.id,
                investor_kind: kind,
                state: found.state,
                created_at: found.created_at,
                moved_at: found.moved_at,
                outcome,
                said: said.into_iter().map(Reason::from).collect(),
                reports: reports.into_iter().map(MatchReport::from).collect(),
                asked: if asked {
                    let (keys, now) = (&service.keys, data.at);
                    Some(service.read(|conn| {
                        if let Some(investor) = store::investor::find(conn, found.investor_id)? {
                            names.insert(investor.id, investor.name);
                        }
                        Match::of(conn, keys, &actor, lang, found, now)
                    })?)
                } else {
                    None
                },
            });
        }
        let consent = |c: store::consent::Consent| {
            let purpose: Option<domain::Purpose> = c.purpose.parse().ok();
            let named = c.named.as_deref().unwrap_or_default();
            let text = purpose.and_then(|purpose| domain::text(&c.text_version, &purpose, named));
            let read_in = if c.lang == "en" { Lang::En } else { Lang::Id };
            MyGivenConsent {
                text: text.map(|text| text.get(read_in).to_owned()).unwrap_or_default(),
                purpose: c.purpose,
                text_version: c.text_version,
                lang: c.lang,
                method: c.method,
                reference: without_witness(c.reference),
                given_at: c.given_at,
                withdrawn_at: c.withdrawn_at,
            }
        };
        let opened = data.opened;
        Ok(MyData {
            gathered_at: data.at,
            note: NOTE.get(lang).to_owned(),
            offer: OFFER.get(lang).to_owned(),
            business: MyBusiness {
                id: opened.row.id,
                cohort: data.cohort.map(|cohort| cohort.name).unwrap_or_default(),
                external_ref: opened.row.external_ref,
                business_name: opened.row.name,
                place: opened.private.address.as_ref().map(shown),
                legal_numbers: opened.private.legal_numbers.iter().map(|(p, n)| (p.as_str(), shown(n))).collect(),
                profile: profile::shown(&opened.profile)?,
                created_at: opened.row.created_at,
                updated_at: opened.row.updated_at,
            },
            people: opened
                .people
                .into_iter()
                .map(|p| MyPerson {
                    id: p.row.id,
                    external_ref: p.row.external_ref,
                    person: shown(&p.private.name),
                    phone: p.private.phone.as_ref().map(shown),
                    email: p.private.email.as_ref().map(shown),
                    role: p.private.role,
                    participant_type: p.row.kind,
                    attendance: p.row.attendance,
                    adult: p.row.adult,
                    nik_fingerprint: p.row.nik_hash.is_some(),
                    created_at: p.row.created_at,
                })
                .collect(),
            consents: opened.consents.into_iter().map(consent).collect(),
            assessments,
            result: opened.outcome.map(|outcome| serde_json::to_value(&outcome)).transpose()?,
            places,
            matches,
            requests: data.requests.into_iter().map(|request| MyRequest::new(request, lang)).collect(),
            complaints: data
                .complaints
                .into_iter()
                .map(|complaint| MyComplaint::new(complaint, &data.own_accounts, lang))
                .collect(),
            looks: data.looks.into_iter().map(|told| AccessLine::new(told, lang)).collect(),
            messages: data
                .messages
                .into_iter()
                .map(|sent| MyMessage { at: sent.at, kind: sent.kind, state: sent.state })
                .collect(),
            support_plan: data.plan.into(),
            companions: data.companions.into_iter().map(FormerCompanion::from).collect(),
            sessions: data
                .sessions
                .into_iter()
                .map(|(session, attendance)| MyAttendance {
                    topic: session.topic,
                    title: session.title,
                    held_on: session.held_on,
                    attendance,
                })
                .collect(),
            account: MyAccount {
                id: data.account.id,
                created_at: data.account.created_at,
                phone: data.phone.map(|phone| phone.international().to_owned()),
                claim_codes: data
                    .claim_codes
                    .into_iter()
                    .map(|(given_out_at, replaced_at)| MyClaimCode { given_out_at, replaced_at })
                    .collect(),
                sessions: sessions(data.tokens),
            },
        })
    });
    Ok(Answer::ok(told.await?).as_table(&ROW, rows).no_store())
}

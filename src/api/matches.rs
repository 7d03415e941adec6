//! Matches: one investor and one venture, from a line on a published list to its end.

use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, IfMatch};
use super::caller::Caller;
use super::investors::Licence;
use super::json::Json;
use super::once::{Answered, Once};
use super::page::Pager;
use super::parameters::{Path, Query};
use super::problem::{Fault, Problem, Result};
use super::routes::Routes;
use crate::domain::actor::{Actor, Role};
use crate::domain::canonical;
use crate::domain::delivery::{DeliveryFailure, DeliveryState};
use crate::domain::id::{InvestorId, MatchId, MatchListId, UserId, VentureId};
use crate::domain::look::LookKind;
use crate::domain::match_life::{self, MatchState, Move, Side};
use crate::domain::message::MessageKind;
use crate::domain::money::Rupiah;
use crate::domain::right::op;
use crate::domain::terms::{self, CostKind};
use crate::domain::text::{Lang, Text};
use crate::domain::time::Instant;
use crate::domain::venture::{Instrument, InvestorKind};
use crate::keys::Keys;
use crate::ops::matches::{self, Agreed, Concern, Deed, Spoken, View};
use crate::ops::message::Told;
use crate::ops::{self, Act, looks};
use crate::page_of;
use crate::store::{self, Conn};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(list_matches).add(get_match).add(move_match).add(confirm_deletion);
}

/// A match, as the caller's side sees it.
#[derive(Serialize, ToSchema)]
pub struct Match {
    id: MatchId,
    state: MatchState,
    /// What you may do now.
    #[schema(max_items = 20)]
    moves: Vec<Move>,
    /// What stepping back would do, and what would be less: before the move `withdraw` is made. From the request on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    withdrawal: Option<SteppingBack>,
    /// When it was suggested.
    created_at: Instant,
    /// When it was last moved.
    moved_at: Instant,
    /// By when something is expected of somebody; absent when nothing is. For owners, of the owner; once both are in contact, of the
    /// caller's side.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    due_at: Option<Instant>,
    /// When it ends if nothing comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<Instant>,
    /// Rises with each move.
    #[schema(example = 2, minimum = 1)]
    version: i32,
    /// Since when the request waits until one of the venture's open requests has ended; absent when it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    queued_at: Option<Instant>,
    /// The newest list that suggested it; not for owners.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    list_id: Option<MatchListId>,
    /// The venture's code on the investor's lists: its card stands on the list under it. Not for owners.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "2m7k9q4w1x8c5v3b6n0h2j4f6d", max_length = 40)]
    code: Option<String>,
    /// The investor; for staff and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    investor_id: Option<InvestorId>,
    /// The venture; for staff and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    venture_id: Option<VentureId>,
    /// What the investor asks for an introduction with; not for auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    request: Option<Terms>,
    /// What the investor says is to be given, and both confirm; not for auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pledge: Option<Pledge>,
    /// Who asks, and what agreeing means; for the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    asked_by: Option<AskedBy>,
    /// From when on the investor may see how to reach the owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    contact_from: Option<Instant>,
    /// How to reach the owner; for the investor, once introduced and as long as the owner's consent stands, on reading only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    contact: Option<ContactData>,
    /// By when the investor is to delete the contact data of an introduction that has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    delete_by: Option<Instant>,
    /// When the investor said that it is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    deleted_at: Option<Instant>,
    /// When the owner said that it has been received.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    received_at: Option<Instant>,
    /// What to look at: before letting a request through, and where another kind of support is to be given than was asked with; for staff.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10)]
    concerns: Vec<Concern>,
    /// How the newest message to the owner's phone about it fared; for staff, where owners are sent messages, for thirty days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    message: Option<OwnerMessage>,
    /// What came of it; for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Etalase baru sejak Maret.", max_length = 500)]
    outcome: Option<String>,
    /// What each side has said about why, the oldest first; for staff.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    reasons: Vec<Reason>,
}

/// A message to an owner's phone. It says that there is news, and nothing else.
#[derive(Serialize, ToSchema)]
pub struct OwnerMessage {
    kind: MessageKind,
    state: DeliveryState,
    /// Why the last attempt failed, or why there was none. With `no_phone` or a `given_up` message it is for you to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    failure: Option<DeliveryFailure>,
    /// When there was something to tell.
    created_at: Instant,
    /// When it arrived or was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    settled_at: Option<Instant>,
}

impl From<Told> for OwnerMessage {
    fn from(Told { kind, state, failure, created_at, settled_at }: Told) -> Self {
        Self { kind, state, failure, created_at, settled_at }
    }
}

/// Words with a move.
#[derive(Serialize, ToSchema)]
pub struct Reason {
    at: Instant,
    side: Side,
    r#move: Move,
    /// What was said.
    #[schema(example = "Sudah ada mitra serupa.", max_length = 500)]
    text: String,
}

impl From<matches::Said> for Reason {
    fn from(said: matches::Said) -> Self {
        Self { at: said.at, side: said.side, r#move: said.step, text: said.text }
    }
}

/// What stepping back does.
#[derive(Serialize, ToSchema)]
pub struct SteppingBack {
    /// What it does.
    #[schema(example = "Permintaan ini berakhir dan tidak dimulai lagi; tempatnya menjadi bebas.", max_length = 500)]
    effect: String,
    /// Narrower choices.
    #[schema(max_items = 10)]
    instead: Vec<String>,
}

impl SteppingBack {
    fn new(told: match_life::Withdrawal, lang: Lang) -> Self {
        let instead = told.instead.iter().map(|words| words.get(lang).to_owned());
        Self { effect: told.effect.get(lang).to_owned(), instead: instead.collect() }
    }
}

/// What an investor asks for an introduction with. The owner reads all of it before answering.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What the support is for.
    #[schema(example = "Membeli etalase dan bahan baku.", min_length = 1, max_length = 500)]
    purpose: String,
    instrument: Instrument,
    /// How much, at least 1. Needed unless the instrument is `in_kind`, `offtake` or `mentoring`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    amount: Option<Rupiah>,
    /// What it costs the owner.
    cost: CostKind,
    /// The rate, the share or the fee, in words. Needed unless it costs nothing, and left out then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        example = "Bagi hasil 10 % dari laba selama 12 bulan.",
        min_length = 1,
        max_length = 300
    )]
    cost_detail: Option<String>,
    /// What is asked as a security; left out where nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "BPKB sepeda motor.", min_length = 1, max_length = 300)]
    collateral: Option<String>,
}

impl From<terms::Terms> for Terms {
    fn from(t: terms::Terms) -> Self {
        Self {
            purpose: t.purpose,
            instrument: t.instrument,
            amount: t.amount,
            cost: t.cost,
            cost_detail: t.cost_detail,
            collateral: t.collateral,
        }
    }
}

impl From<Terms> for terms::Terms {
    fn from(t: Terms) -> Self {
        Self {
            purpose: t.purpose,
            instrument: t.instrument,
            amount: t.amount,
            cost: t.cost,
            cost_detail: t.cost_detail,
            collateral: t.collateral,
        }
    }
}

/// What is to be given.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pledge {
    instrument: Instrument,
    /// How much, at least 1; left out where it is no money.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    amount: Option<Rupiah>,
}

/// Who asks, and what agreeing means.
#[derive(Serialize, ToSchema)]
pub struct AskedBy {
    /// The investor's name.
    #[schema(example = "Yayasan Contoh Sejahtera", max_length = 200)]
    name: String,
    kind: InvestorKind,
    /// Its licence to lend at interest, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    licence: Option<Licence>,
    /// In how many days it usually answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 3, minimum = 1)]
    usual_reply_days: Option<i32>,
    /// The consent that agreeing gives, word for word.
    #[schema(example = "Saya setuju nama dan kontak saya diberikan kepada Yayasan Contoh.", max_length = 1000)]
    consent: String,
    /// The version of that text; send it back when you agree.
    #[schema(example = "2024-11", max_length = 50)]
    text_version: String,
}

/// How to reach an owner.
#[derive(Serialize, ToSchema)]
pub struct ContactData {
    /// What the business is called.
    #[schema(example = "Warung Sampel 001", max_length = 200)]
    business: String,
    /// Whom to talk to: the owner, and nobody else who stands beside the business.
    #[schema(max_items = 1)]
    people: Vec<ContactPerson>,
}

/// A person to talk to.
#[derive(Serialize, ToSchema)]
pub struct ContactPerson {
    /// What the person is called.
    #[schema(example = "Peserta Sampel 001", max_length = 200)]
    person: String,
    /// Phone number, international form: the one that the owner has confirmed, else the one on the sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "+6280000000001", max_length = 30)]
    phone: Option<String>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "sampel001@example.id", max_length = 200)]
    email: Option<String>,
}

impl From<matches::Contact> for ContactData {
    fn from(contact: matches::Contact) -> Self {
        let people = contact.owner.iter().map(|p| ContactPerson {
            person: p.name.expose().to_owned(),
            phone: p.phone.as_ref().map(|s| s.expose().to_owned()),
            email: p.email.as_ref().map(|s| s.expose().to_owned()),
        });
        Self { business: contact.business, people: people.collect() }
    }
}

impl Match {
    /// What somebody looked at who was shown this.
    const fn look(&self) -> LookKind {
        if self.contact.is_some() { LookKind::Contact } else { LookKind::Match }
    }

    /// A match as the actor sees it, who may see it.
    pub(super) fn of(
        conn: &mut Conn,
        keys: &Keys,
        actor: &Actor,
        lang: Lang,
        found: store::matches::Match,
        now: Instant,
    ) -> ops::Result<Self> {
        let View { found, role, moves, terms, pledge, outcome, reasons, concerns, message, asked_by, contact } =
            matches::view(conn, keys, actor, found, now)?;
        let inside = matches!(role, Role::Staff | Role::Auditor);
        let on_lists = role != Role::Owner;
        let side = match role {
            Role::Owner => Some(Side::Owner),
            Role::Investor => Some(Side::Investor),
            _ => None,
        };
        let deadline = matches::deadline_for(side, &found, now);
        let may_step_back = found.requested_at.is_some() && moves.contains(&Move::Withdraw);
        let is_known = found.crosses_at.is_some_and(|at| at <= now);
        let told = side.filter(|_| may_step_back).and_then(|side| match_life::withdrawal(side, is_known));
        Ok(Self {
            id: found.id,
            state: found.state,
            withdrawal: told.map(|told| SteppingBack::new(told, lang)),
            moves,
            created_at: found.created_at,
            moved_at: found.moved_at,
            due_at: deadline.due_at,
            expires_at: deadline.expires_at,
            version: found.version,
            queued_at: found.queued_at,
            list_id: on_lists.then_some(found.list_id),
            code: on_lists.then(|| keys.venture_codes(found.investor_id).encode(found.venture_id)),
            investor_id: inside.then_some(found.investor_id),
            venture_id: inside.then_some(found.venture_id),
            request: terms.map(Terms::from),
            pledge: pledge.map(|p| Pledge { instrument: p.instrument, amount: p.amount }),
            asked_by: asked_by.map(|by| AskedBy {
                name: by.name,
                kind: by.kind,
                licence: by.licence.map(Licence::from),
                usual_reply_days: by.usual_reply_days,
                consent: by.consent.get(lang).to_owned(),
                text_version: by.text_version.to_owned(),
            }),
            contact_from: found.crosses_at,
            contact: contact.map(ContactData::from),
            delete_by: found.delete_by,
            deleted_at: found.deleted_at,
            received_at: found.received_at,
            concerns,
            message: message.map(OwnerMessage::from),
            outcome,
            reasons: reasons.into_iter().map(Reason::from).collect(),
        })
    }

    /// The answer to a deed. It may be kept and given again, so contact data, which may be closed by then, is left to be read.
    fn answer(mut self) -> Result<Answer<Self>> {
        self.contact = None;
        self.tagged()
    }

    /// Who asks, how to reach the owner and what to look at are others' data and change without a move: the tag names how the
    /// whole looks beside its version.
    fn tagged(self) -> Result<Answer<Self>> {
        let mut look = canonical::hash(&self).map_err(Problem::internal)?;
        look.truncate(12);
        let version = self.version;
        Ok(Answer::ok(self).tagged(version.into(), look).no_store())
    }
}

page_of! {
    /// A page of matches, newest first.
    MatchPage of Match
}

/// Which matches, and which page of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MatchQuery {
    /// Only matches that stand here.
    #[param(value_type = MatchState, required = false, example = "suggested")]
    state: Option<MatchState>,
    /// How many items; 20 unless told, never more than 100.
    #[param(minimum = 1, maximum = 1_000_000, example = 20)]
    limit: Option<u32>,
    /// `next` or `prev` of an earlier page of this list.
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

/// List the matches
///
/// Use it as an investor to see what the published lists suggest and what has come of it: the own matches and nobody else's. Use it as
/// staff or auditor to see all. Newest first.
#[utoipa::path(tag = "matches", params(MatchQuery), responses((status = 200, body = MatchPage)))]
#[get("/v1/matches")]
pub async fn list_matches(
    caller: Caller<op::ListMatches>,
    Query(query): Query<MatchQuery>,
) -> Result<Answer<MatchPage>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let list = query.state.map_or_else(|| "/v1/matches".to_owned(), |s| format!("/v1/matches?state={}", s.as_str()));
    let pager = Pager::new(&caller, list, query.limit, query.cursor);
    let (seek, limit) = (pager.seek()?, pager.limit());
    let page = caller.run(move |service| {
        let now = service.clock.now();
        let filter = store::matches::Filter { investor: actor.investor, state: query.state, now };
        service.read(|conn| {
            let page = store::matches::page(conn, &filter, &seek, limit)?;
            page.try_map(|found| {
                let venture = found.venture_id;
                let shown = Match::of(conn, &service.keys, &actor, lang, matches::as_of(found, now), now)?;
                looks::note(service, &actor, shown.look(), [venture], now)?;
                Ok(shown)
            })
        })
    });
    Ok(pager.answer(page.await?, |found| found.id)?.no_store())
}

/// Get a match
///
/// Use it to see where it stands, by when what is expected, which moves are open to you now, and its ETag before a move. An
/// investor finds how to reach the owner here once both have agreed; an owner finds who asks, for what and at what cost.
#[utoipa::path(tag = "matches", params(MatchId), responses((status = 200, body = Match)))]
#[get("/v1/matches/{id}")]
pub async fn get_match(caller: Caller<op::GetMatch>, Path(id): Path<MatchId>) -> Result<Answer<Match>> {
    let (actor, lang) = (caller.actor, caller.lang);
    let found = caller.run(move |service| {
        let now = service.clock.now();
        service.read(|conn| {
            let found = matches::readable(conn, &actor, id, now)?;
            let venture = found.venture_id;
            let shown = Match::of(conn, &service.keys, &actor, lang, found, now)?;
            looks::note(service, &actor, shown.look(), [venture], now)?;
            Ok(shown)
        })
    });
    found.await?.tagged()
}

/// A move, and what it needs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMove {
    /// One of `moves` of the match.
    r#move: Move,
    /// Why. Staff read it and nobody else.
    #[schema(nullable = false, example = "Sudah ada mitra serupa.", min_length = 1, max_length = 500)]
    reason: Option<String>,
    /// With `request`: what you offer.
    #[schema(nullable = false)]
    request: Option<Terms>,
    /// With `screen`: that you have no part in either side.
    #[schema(nullable = false, example = true)]
    no_conflict: Option<bool>,
    /// With `accept`, as the owner: the text you agree to.
    #[schema(nullable = false)]
    consent: Option<ReadText>,
    /// With `accept`, as staff on the phone: what was read out, and who heard the answer.
    #[schema(nullable = false)]
    spoken: Option<SpokenConsent>,
    /// With `commit`: what is to be given.
    #[schema(nullable = false)]
    pledge: Option<Pledge>,
    /// With `fulfil`: what came of it.
    #[schema(nullable = false, example = "Etalase baru sejak Maret.", min_length = 1, max_length = 500)]
    outcome: Option<String>,
}

/// A text that was read before it was agreed to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadText {
    /// `asked_by.text_version` of the match.
    #[schema(example = "2024-11", min_length = 1, max_length = 50)]
    text_version: String,
}

/// A consent that was spoken on the phone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpokenConsent {
    /// Who heard it besides you: an account of staff or an assessor.
    witness_id: UserId,
    /// The version of the text that was read out.
    #[schema(example = "2024-11", min_length = 1, max_length = 50)]
    text_version: String,
    /// In which language.
    language: Lang,
    /// Where the recording or the form is kept.
    #[schema(example = "Rekaman 2024-11-20/03", min_length = 1, max_length = 200)]
    reference: String,
    /// How the owner was given a receipt on paper. Needed where no message can be sent to the owner's own phone; else that one is
    /// the receipt.
    #[schema(
        nullable = false,
        example = "Tanda terima 03, diantar pendamping 20/11",
        min_length = 1,
        max_length = 200
    )]
    receipt: Option<String>,
}

impl NewMove {
    /// The deed, if everything that it needs is there and nothing that belongs to another.
    fn deed(self, lang: Lang, role: Role) -> Result<(Deed, Option<String>)> {
        let is_staff = role == Role::Staff;
        let mut faults = Vec::new();
        let here = [
            ("request", self.request.is_some(), Move::Request),
            ("no_conflict", self.no_conflict.is_some(), Move::Screen),
            ("consent", self.consent.is_some(), Move::Accept),
            ("spoken", self.spoken.is_some(), Move::Accept),
            ("pledge", self.pledge.is_some(), Move::Commit),
            ("outcome", self.outcome.is_some(), Move::Fulfil),
        ];
        for (member, given, of) in here {
            if given && of != self.r#move {
                let detail = Text::new("Bukan untuk langkah ini; hapus.", "Does not go with this move; remove it.");
                faults.push(Fault::at(format!("/{member}"), "not_with_this_move", detail));
            }
        }
        let mut missing = |member: &str| {
            let detail = Text::new("Langkah ini memerlukannya.", "This move needs it.");
            faults.push(Fault::at(format!("/{member}"), "needed_here", detail));
            None
        };
        let deed = match self.r#move {
            Move::Shortlist => Some(Deed::Shortlist),
            Move::Dismiss => Some(Deed::Dismiss),
            Move::Request => match self.request {
                Some(terms) => Some(Deed::Request(terms.into())),
                None => missing("request"),
            },
            Move::Screen => match self.no_conflict {
                Some(no_conflict) => Some(Deed::Screen { no_conflict }),
                None => missing("no_conflict"),
            },
            Move::Decline => Some(Deed::Decline),
            Move::Reach => Some(Deed::Reach),
            Move::Accept => match (self.consent, self.spoken) {
                (Some(read), None) => {
                    Some(Deed::Accept(Agreed { text_version: read.text_version, lang, spoken: None }))
                }
                (None, Some(spoken)) => Some(Deed::Accept(Agreed {
                    text_version: spoken.text_version,
                    lang: spoken.language,
                    spoken: Some(Spoken {
                        witness: spoken.witness_id,
                        reference: spoken.reference,
                        receipt: spoken.receipt,
                    }),
                })),
                (None, None) => missing(if is_staff { "spoken" } else { "consent" }),
                (Some(_), Some(_)) => {
                    let member = if is_staff { "/consent" } else { "/spoken" };
                    let detail = Text::new(
                        "Pemilik menyetujui teksnya sendiri (consent); staf mencatat persetujuan lisan (spoken). Hapus yang ini.",
                        "Owners agree to the text themselves (consent); staff note a spoken consent (spoken). Remove this one.",
                    );
                    faults.push(Fault::at(member.to_owned(), "not_for_this_role", detail));
                    None
                }
            },
            Move::Contact => Some(Deed::Contact),
            Move::Commit => match self.pledge {
                Some(p) => Some(Deed::Commit(terms::Pledge { instrument: p.instrument, amount: p.amount })),
                None => missing("pledge"),
            },
            Move::Confirm => Some(Deed::Confirm),
            Move::Receive => Some(Deed::Receive),
            Move::Fulfil => match self.outcome {
                Some(outcome) => Some(Deed::Fulfil { outcome }),
                None => missing("outcome"),
            },
            Move::Withdraw => Some(Deed::Withdraw),
            Move::Suspend => Some(Deed::Suspend),
            Move::Resume => Some(Deed::Resume),
            Move::Expire => return Err(Problem::new(super::codes::Code::MoveNotOpen)),
        };
        match deed {
            Some(deed) if faults.is_empty() => Ok((deed, self.reason)),
            _ => Err(Problem::invalid_body(faults)),
        }
    }
}

/// Move a match
///
/// `moves` of the match says what is open to you; what has ended never begins again.
///
/// - Investor: `shortlist`, `dismiss`, `request` (with `request`: verified investors, within capacity), `contact`, `commit` (with
///   `pledge`), `withdraw`.
/// - Owner: `accept` (with `consent`), `decline`, `contact`, `confirm`, `receive` ("sudah diterima"), `suspend` ("Laporkan": it stops
///   at once and staff look into it), `withdraw`. A pendamping who acts for the owner does not `accept`, `confirm` or `receive`, nor
///   `withdraw` once contact data was agreed to: these are the owner's own word.
/// - Staff: `screen` (with `no_conflict`), `decline` (a request, or what was suspended), `reach` (a call or a message reached
///   the owner: 14 days to answer begin),
///   `accept` (with `spoken`: contact data crosses 24 hours later), `fulfil` (with `outcome`), `suspend`, `resume`.
#[utoipa::path(
    tag = "matches",
    params(MatchId, Once, IfMatch),
    responses((status = 200, body = Match)),
    extensions(("x-problems" = json!([
        "move_not_open", "investor_not_verified", "investor_paused", "no_capacity", "licence_required",
        "instrument_not_welcome", "venture_unavailable", "own_word_only"
    ])))
)]
#[post("/v1/matches/{id}/moves")]
pub async fn move_match(
    caller: Caller<op::MoveMatch>,
    Path(id): Path<MatchId>,
    Json(new): Json<NewMove>,
    IfMatch(version): IfMatch,
    once: Once,
) -> Result<Answered> {
    let (actor, lang) = (caller.actor, caller.lang);
    let (deed, reason) = new.deed(lang, caller.actor.role)?;
    let act = move |act: &mut Act<'_>| {
        let moved = matches::make(act, &actor, id, version, deed, reason)?;
        Match::of(act.conn, act.keys, &actor, lang, moved, act.now)?.answer()
    };
    once.act(&caller, act).await
}

/// Confirm that contact data is deleted
///
/// Use it when an introduction has ended and `delete_by` stands in the match: once you have deleted how to reach the owner.
#[utoipa::path(
    tag = "matches",
    params(MatchId, Once),
    responses((status = 200, body = Match)),
    extensions(("x-problems" = json!(["move_not_open"])))
)]
#[post("/v1/matches/{id}/contact-deletion")]
pub async fn confirm_deletion(
    caller: Caller<op::ConfirmDeletion>,
    Path(id): Path<MatchId>,
    once: Once,
) -> Result<Answered> {
    let (actor, lang) = (caller.actor, caller.lang);
    let act = move |act: &mut Act<'_>| {
        let noted = matches::confirm_deletion(act, &actor, id)?;
        Match::of(act.conn, act.keys, &actor, lang, noted, act.now)?.answer()
    };
    once.act(&caller, act).await
}

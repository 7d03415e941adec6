//! What owners ask about their data: received, looked after by staff, answered in time, and told of before the time is over.

use chrono::NaiveDate;

use super::event::{self, Event};
use super::import::sealing;
use super::{Act, By, Conflict, Error, Result, Service, consent, message, next_version};
use crate::domain::data_request::{self, RequestChannel, RequestKind, RequestState};
use crate::domain::fault::Fault;
use crate::domain::id::{DataRequestId, VentureId};
use crate::domain::text::Text;
use crate::domain::time::Instant;
use crate::keys::Keys;
use crate::store::data_request::{self as requests, DataRequest};
use crate::store::{Conn, venture};

/// So many in one transaction: others wait no longer than that.
const AT_ONCE: i64 = 100;

/// A request as it comes in.
pub struct NewRequest {
    /// What is asked.
    pub kind: RequestKind,
    /// How it came in.
    pub channel: RequestChannel,
    /// In the owner's words.
    pub said: Option<String>,
    /// The day on which it came, if not just now. The time counts from its beginning.
    pub received_on: Option<NaiveDate>,
}

/// A request with its words opened.
pub struct Opened {
    /// As stored.
    pub row: DataRequest,
    /// What the owner said.
    pub said: Option<String>,
    /// What the owner was answered.
    pub answer: Option<String>,
}

impl Opened {
    /// Whether it should have been answered.
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.row.resolved_at.is_none() && self.row.due_at < now
    }
}

fn refuse<T>(pointer: &str, code: &'static str, id: &str, en: &str) -> Result<T> {
    Err(Error::Invalid(vec![Fault { pointer: pointer.into(), code, detail: Text::new(id, en) }]))
}

fn place(part: &str, id: DataRequestId) -> Vec<u8> {
    format!("data_request {part} {id}").into_bytes()
}

fn seal(keys: &Keys, part: &str, id: DataRequestId, text: &str) -> Result<Vec<u8>> {
    keys.personal().seal(&place(part, id), text.as_bytes()).map_err(sealing)
}

fn open_text(keys: &Keys, part: &str, id: DataRequestId, sealed: Option<&[u8]>) -> Result<Option<String>> {
    let Some(sealed) = sealed else { return Ok(None) };
    let text = keys.personal().open(&place(part, id), sealed).map_err(sealing)?;
    String::from_utf8(text).map(Some).map_err(|e| Error::Internal(e.to_string()))
}

/// Opens the words of a request.
///
/// # Errors
/// [`Error::Internal`] when they do not open.
pub fn open(keys: &Keys, row: DataRequest) -> Result<Opened> {
    let said = open_text(keys, "said", row.id, row.said.as_deref())?;
    let answer = open_text(keys, "answer", row.id, row.answer.as_deref())?;
    Ok(Opened { row, said, answer })
}

/// Receives a request about a venture. One that keeps it off lists acts at once: it leaves every list in the same transaction.
///
/// # Errors
/// [`Error::NotFound`] for an unknown venture; [`Error::Invalid`] when it says too little, or comes from the future;
/// [`Conflict::TooManyRequests`] when as many are open as one owner may have.
pub fn receive(act: &mut Act<'_>, venture: VentureId, new: NewRequest) -> Result<Opened> {
    venture::find(act.conn, venture)?.ok_or(Error::NotFound)?;
    if new.kind.needs_words() && new.said.is_none() {
        return refuse("/text", "needed_here", "Sebutkan bagian mana yang keliru.", "Say what is wrong.");
    }
    let today = act.now.jakarta_day();
    let received_at = match new.received_on {
        Some(day) if day > today => {
            return refuse(
                "/received_on",
                "in_the_future",
                "Hari ini atau sebelumnya: tanggal permintaan diterima.",
                "Today or earlier: the day on which it was received.",
            );
        }
        Some(day) if day < today => Instant::start_of_jakarta_day(day),
        _ => act.now,
    };
    if requests::open_of(act.conn, venture)? >= data_request::OPEN_AT_ONCE {
        return Err(Conflict::TooManyRequests.into());
    }
    let id = act.ids.next(act.now);
    let row = DataRequest {
        id,
        venture_id: venture,
        kind: new.kind,
        state: RequestState::Open,
        channel: new.channel,
        said: new.said.as_deref().map(|said| seal(act.keys, "said", id, said)).transpose()?,
        answer: None,
        received_at,
        due_at: data_request::due_at(received_at),
        told_at: None,
        resolved_at: None,
        entered_by: act.by.name(),
        handled_by: None,
        version: 1,
        created_at: act.now,
        lifted_at: None,
    };
    requests::insert(act.conn, &row)?;
    if row.kind.keeps_off_lists() {
        consent::touch(act, venture)?;
    }
    act.audit("data_request.receive", id, &(venture, row.kind, row.channel, row.received_at))?;
    Ok(Opened { row, said: new.said, answer: None })
}

/// A change to a request; what is `None` stays.
pub struct Change {
    /// Where it comes to stand.
    pub state: Option<RequestState>,
    /// What the owner is answered: with the state that ends it.
    pub answer: Option<String>,
}

/// Moves a request that stands at `version`. What is answered or refused needs an answer, which the owner reads; lifted is, on the
/// owner's word, what holds. The owner is told that there is news.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`]; [`Conflict::RequestResolved`] when it has ended; [`Error::Invalid`] without an answer, with
/// one where none belongs, and where there is nothing to lift.
pub fn change(act: &mut Act<'_>, id: DataRequestId, version: i64, change: Change) -> Result<Opened> {
    let mut row = requests::find(act.conn, id)?.ok_or(Error::NotFound)?;
    row.version = next_version(row.version, version)?;
    let is_empty = change.state.is_none() && change.answer.is_none();
    let to = change.state.unwrap_or(row.state);
    if !is_empty && !row.state.leads_to(to) {
        return Err(Conflict::RequestResolved.into());
    }
    if to == RequestState::Lifted && !row.kind.keeps_off_lists() {
        return refuse(
            "/state",
            "not_for_this_kind",
            "Hanya permintaan pembatasan atau penghapusan yang dapat diakhiri dengan lifted.",
            "Only a request to restrict or to erase can be lifted.",
        );
    }
    match (&change.answer, matches!(to, RequestState::Answered | RequestState::Refused)) {
        (None, true) if !is_empty => {
            return refuse(
                "/answer",
                "needed_here",
                "Tulis jawaban untuk pemilik usaha.",
                "Write what the owner is answered.",
            );
        }
        (Some(_), false) => {
            return refuse(
                "/answer",
                "not_with_this_state",
                "Jawaban dikirim bersama answered atau refused; hapus dulu.",
                "The answer goes with answered or refused; remove it.",
            );
        }
        _ => {}
    }
    let from = row.state;
    row.state = to;
    if let Some(answer) = &change.answer {
        row.answer = Some(seal(act.keys, "answer", id, answer)?);
    }
    if !is_empty {
        row.handled_by = Some(act.by.name());
    }
    let has_ended = to.is_resolved() && to != from;
    if has_ended {
        end(act, &mut row)?;
        message::note_answer(act, &row)?;
    } else {
        save(act, &row)?;
    }
    act.audit("data_request.move", id, &(from, to))?;
    open(act.keys, row)
}

/// Writes down that a request has come to the end that its state says.
fn end(act: &mut Act<'_>, row: &mut DataRequest) -> Result<()> {
    row.resolved_at = row.resolved_at.or(Some(act.now));
    row.lifted_at = (row.state == RequestState::Lifted).then_some(act.now);
    save(act, row)?;
    // What was off the lists for this request may be on them again.
    let is_over = row.kind.keeps_off_lists() && !row.state.holds();
    if is_over && venture::find(act.conn, row.venture_id)?.is_some() {
        consent::touch(act, row.venture_id)?;
    }
    Ok(())
}

/// What is open of a venture that is being erased is answered by that.
///
/// # Errors
/// The store's.
pub(super) fn end_all(act: &mut Act<'_>, venture: VentureId) -> Result<()> {
    for mut row in requests::of(act.conn, venture)? {
        if row.resolved_at.is_none() {
            let from = row.state;
            row.version += 1;
            row.state = RequestState::Answered;
            row.resolved_at = Some(act.now);
            row.handled_by = Some(act.by.name());
            save(act, &row)?;
            act.audit("data_request.move", row.id, &(from, row.state))?;
        }
    }
    Ok(())
}

fn save(act: &mut Act<'_>, row: &DataRequest) -> Result<()> {
    if requests::update(act.conn, row)? { Ok(()) } else { Err(Error::Stale) }
}

/// Tells whoever asked to be told of the requests whose time is nearly over, of each once; gives how many.
///
/// # Errors
/// The store's.
pub fn sweep(service: &Service) -> Result<usize> {
    let mut all = 0;
    loop {
        let some = sweep_some(service)?;
        all += some;
        if some == 0 {
            return Ok(all);
        }
    }
}

fn sweep_some(service: &Service) -> Result<usize> {
    let soon = |now: Instant| now.plus_seconds(data_request::WARNING_HOURS * 3600);
    let now = service.clock.now();
    if service.read(|conn| Ok(requests::nearly_due(conn, soon(now), 1)?.is_empty()))? {
        return Ok(0);
    }
    service.write(By::Operator, |act| {
        // Asked again behind the write gate: another process may have told of some meanwhile.
        let due = requests::nearly_due(act.conn, soon(act.now), AT_ONCE)?;
        for row in &due {
            requests::note_told(act.conn, row.id, act.now)?;
            event::note(act, &Event::DataRequestDue(&row.id.to_string(), row.due_at))?;
            act.audit("data_request.tell_due", row.id, &row.due_at)?;
        }
        Ok(due.len())
    })
}

/// Requests, counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Where each stands.
    pub states: Vec<RequestState>,
    /// How many should have been answered by now.
    pub overdue: usize,
    /// Of each that has ended the hours it took.
    pub hours: Vec<f64>,
    /// How many of those ended in time.
    pub in_time: usize,
}

impl Tally {
    #[allow(clippy::cast_precision_loss, reason = "microseconds of some years")]
    fn add(&mut self, row: &requests::Figures, now: Instant) {
        let (_, state, received_at, due_at, resolved_at) = *row;
        self.states.push(state);
        match resolved_at {
            Some(at) => {
                self.hours.push((at.micros() - received_at.micros()) as f64 / 3_600_000_000.0);
                self.in_time += usize::from(at <= due_at);
            }
            None => self.overdue += usize::from(due_at < now),
        }
    }

    /// The median of the hours, one decimal; none when nothing has ended.
    pub fn median_hours(&self) -> Option<f64> {
        let mut hours = self.hours.clone();
        hours.sort_by(f64::total_cmp);
        let middle = hours.len() / 2;
        let upper = *hours.get(middle)?;
        let median = if hours.len() % 2 == 1 { upper } else { f64::midpoint(upper, hours[middle - 1]) };
        Some((median * 10.0).round() / 10.0)
    }
}

/// All requests in numbers, and those of each kind.
///
/// # Errors
/// The store's.
pub fn tally(conn: &mut Conn, now: Instant) -> Result<(Tally, Vec<(RequestKind, Tally)>)> {
    let mut all = Tally::default();
    let mut by_kind: Vec<_> = RequestKind::ALL.iter().map(|kind| (*kind, Tally::default())).collect();
    for row in requests::figures(conn)? {
        all.add(&row, now);
        if let Some((_, tally)) = by_kind.iter_mut().find(|(kind, _)| *kind == row.0) {
            tally.add(&row, now);
        }
    }
    Ok((all, by_kind))
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn the_median_is_the_middle() {
        let of = |hours: &[f64]| Tally { hours: hours.to_vec(), ..Tally::default() }.median_hours();
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7.0]), Some(7.0));
        assert_eq!(of(&[9.0, 1.0]), Some(5.0));
        assert_eq!(of(&[70.0, 1.0, 2.25]), Some(2.3));
    }
}

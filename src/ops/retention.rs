//! Keeping nothing longer than it may be kept: each rule once a day, in small steps, and what it has done to be read.

use std::sync::atomic::Ordering;

use chrono::NaiveDate;

use super::{By, Result, Service, erasure};
use crate::domain::consent::Purpose;
use crate::domain::retention::{RetentionMeans, RetentionRule};
use crate::domain::time::Instant;
use crate::store::retention::{self, Run};
use crate::store::{Conn, access_log};

/// Hours between two runs of a rule.
const EVERY_HOURS: i64 = 24;

/// So much in one transaction: others wait no longer than that.
const AT_ONCE: i64 = 500;

/// Ventures that one run anonymises at most, each in a transaction of its own; the next run goes on.
const VENTURES: i64 = 1000;

/// Carries out every rule whose day has come; gives how much was removed.
///
/// # Errors
/// The store's.
pub fn sweep(service: &Service) -> Result<usize> {
    let now = service.clock.now();
    let runs = service.read(|conn| Ok(retention::runs(conn)?))?;
    let mut all = 0;
    for rule in RetentionRule::ALL.iter().copied().filter(|rule| rule.means() == RetentionMeans::Job) {
        let last = runs.iter().find(|run| run.rule == rule).map(|run| run.ran_at);
        if last.is_some_and(|last| last.plus_seconds(EVERY_HOURS * 3600) > now) {
            continue;
        }
        // One rule that cannot be carried out holds up no other; its day stays come.
        let removed = match carry_out(service, rule, now) {
            Ok(removed) => removed,
            Err(error) => {
                tracing::error!(rule = rule.as_str(), %error, "a rule of retention cannot be carried out");
                continue;
            }
        };
        service.write(By::Operator, |act| {
            let count = i64::try_from(removed).unwrap_or(i64::MAX);
            retention::note(act.conn, rule, now, count)?;
            // A run that found nothing has done nothing.
            if removed > 0 { act.audit("retention.remove", rule.as_str(), &count) } else { Ok(()) }
        })?;
        all += removed;
    }
    if all > 0 {
        // The database's log forgets it too, with the next round of `erasure::settle`.
        service.unforgotten.store(true, Ordering::SeqCst);
    }
    Ok(all)
}

fn carry_out(service: &Service, rule: RetentionRule, now: Instant) -> Result<usize> {
    let before = rule.period().before(now.jakarta_day());
    match rule {
        RetentionRule::Profiles => anonymise(service, before),
        RetentionRule::Cases => {
            let before = Instant::start_of_jakarta_day(before);
            in_steps(service, |conn| Ok(retention::remove_cases(conn, before, AT_ONCE)?))
        }
        RetentionRule::Imports => {
            let before = Instant::start_of_jakarta_day(before);
            in_steps(service, |conn| Ok(retention::remove_quotes(conn, before, AT_ONCE)?))
        }
        RetentionRule::AccessLog => {
            let before = before.to_string();
            in_steps(service, |conn| Ok(access_log::remove_before(conn, &before, AT_ONCE)?))
        }
        RetentionRule::ListingConsent | RetentionRule::OneTimeCodes | RetentionRule::Audit | RetentionRule::Backups => {
            Ok(0)
        }
    }
}

/// Removes until there is nothing more to be removed.
fn in_steps(service: &Service, step: impl Fn(&mut Conn) -> Result<usize>) -> Result<usize> {
    let mut all = 0;
    loop {
        let some = service.write(By::Operator, |act| step(act.conn))?;
        all += some;
        if some == 0 {
            return Ok(all);
        }
    }
}

/// Ventures by erasure, each alone; people without a business by removing them.
fn anonymise(service: &Service, before: NaiveDate) -> Result<usize> {
    let day = before.to_string();
    // What was entered long after the workshop is not gone a minute later.
    let entered = Instant::start_of_jakarta_day(before).plus_days(1);
    let old = service.read(|conn| Ok(retention::old_ventures(conn, &day, entered, VENTURES)?))?;
    let mut erased = 0;
    for id in old {
        // Not if another process was faster.
        erased += usize::from(service.write(By::Operator, |act| erasure::erase_if_there(act, id))?);
    }
    Ok(erased + in_steps(service, |conn| Ok(retention::remove_people(conn, &day, entered, AT_ONCE)?))?)
}

/// A rule, and how it stands.
pub struct Standing {
    /// Which.
    pub rule: RetentionRule,
    /// When it was last carried out, if it is carried out here.
    pub run: Option<Run>,
    /// The day on which the time of the oldest is over; none when nothing is kept, or when it is not known here.
    pub next_due_on: Option<NaiveDate>,
}

/// Every rule and how it stands.
///
/// # Errors
/// The store's.
pub fn standing(conn: &mut Conn) -> Result<Vec<Standing>> {
    let mut runs = retention::runs(conn)?;
    let day = |at: Option<Instant>| at.map(Instant::jakarta_day);
    let written = |text: Option<String>| text.and_then(|text| text.parse::<NaiveDate>().ok());
    let mut all = Vec::new();
    for rule in RetentionRule::ALL.iter().copied() {
        let oldest = match rule {
            RetentionRule::ListingConsent => {
                day(retention::earliest_consent(conn, &Purpose::AnonymisedListing.to_string())?)
            }
            RetentionRule::Profiles => {
                let known = retention::known_cohorts(conn)?.into_iter();
                let since = known.filter_map(|(ends_on, first)| Some(written(Some(ends_on))?.max(first.jakarta_day())));
                since.min()
            }
            RetentionRule::Cases => day(retention::earliest_case(conn)?),
            RetentionRule::Imports => day(retention::earliest_quote(conn)?),
            RetentionRule::AccessLog => written(access_log::oldest(conn)?),
            RetentionRule::Audit => day(retention::earliest_deed(conn)?),
            RetentionRule::OneTimeCodes | RetentionRule::Backups => None,
        };
        let at = runs.iter().position(|run| run.rule == rule);
        all.push(Standing {
            rule,
            run: at.map(|at| runs.swap_remove(at)),
            next_due_on: oldest.and_then(|day| rule.period().after(day)),
        });
    }
    Ok(all)
}

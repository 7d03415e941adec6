//! Guessing passwords and codes: failed sign-ins are counted by the address they come from, over all processes.
//!
//! Only failures count, and only against the address: whoever guesses at somebody's password locks himself out and not
//! the account. Below twenty failures a minute nobody is refused.

use std::net::IpAddr;

use super::{Act, Result};
use crate::domain::time::Instant;
use crate::keys::Keys;
use crate::store::{Conn, sign_in_failure};

/// Failures a minute that are free.
const FREE: i32 = 20;
const MINUTE: i64 = 60;

fn subject(keys: &Keys, address: IpAddr) -> String {
    keys.hashing().address(&address.to_string())
}

/// For how many seconds sign-ins from an address are refused; `None` when they are not.
///
/// # Errors
/// The store's.
pub fn refused_for(conn: &mut Conn, keys: &Keys, address: IpAddr, now: Instant) -> Result<Option<i64>> {
    let seconds = now.seconds();
    let failures = sign_in_failure::count(conn, &subject(keys, address), seconds.div_euclid(MINUTE))?;
    Ok((failures >= FREE).then(|| MINUTE - seconds.rem_euclid(MINUTE)))
}

/// Counts a failed sign-in.
///
/// # Errors
/// The store's.
pub fn note_failure(act: &mut Act<'_>, address: IpAddr) -> Result<()> {
    let subject = subject(act.keys, address);
    Ok(sign_in_failure::note(act.conn, &subject, act.now.seconds().div_euclid(MINUTE))?)
}

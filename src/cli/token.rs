//! `sedaya token`: an access token for an account, by the operator's hand.

use std::io::{self, Write};

use serde_json::json;

use super::{Exit, Format, service};
use crate::config::Place;
use crate::keys::token;
use crate::ops::{By, Error, session};
use crate::store::user;

/// Start a session for an account and print its access token, for a script or a first look. It works for ten minutes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The account's name.
    username: String,
    #[command(flatten)]
    place: Place,
    /// `table` prints the access token alone; `json` prints what signing in would.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the command.
///
/// # Errors
/// When `out` or `log` cannot be written to.
pub fn run(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    let started = service::open(&args.place).and_then(|service| {
        let session = service
            .write(By::Operator, |act| {
                let found = user::by_username(act.conn, &args.username)?;
                let actor = found.and_then(|u| u.actor()).ok_or(Error::NotFound)?;
                session::start(act, actor)
            })
            .map_err(|e| format!("{}: {e}", args.username))?;
        let (tokens, now) = (service.keys.tokens(), service.clock.now());
        let access = tokens.issue(session.actor.user, session.actor.role, &session.family, now, &service.ids);
        Ok((access.map_err(|e| e.to_string())?, session.refresh_token))
    });
    match started {
        Ok((access, refresh)) if args.format == Format::Json => {
            let printed = json!({
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": token::LIFETIME,
                "refresh_token": refresh,
            });
            writeln!(out, "{printed}")?;
        }
        Ok((access, _)) => writeln!(out, "{access}")?,
        Err(error) => {
            writeln!(log, "sedaya: {error}")?;
            return Ok(Exit::Failed);
        }
    }
    Ok(Exit::Done)
}

//! `sedaya keys sealing`: a new key for personal data at rest, step by step.

use std::io::{self, IsTerminal as _, Write};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::cli::{Exit, Format, service};
use crate::clock::Clock;
use crate::config::Place;
use crate::keys::sealing::{self, SealingKeyState};
use crate::keys::{KeyError, Keys};
use crate::ops::reseal::{self, Resealed};

/// The steps, in their order.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add a key that begins to seal in a while. Restart every process until then
    Add {
        /// Minutes until it begins to seal, 1 to 1440: enough to restart every process. One that has not read the new key cannot
        /// open what it has sealed.
        #[arg(long, value_name = "NUMBER", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1440))]
        minutes: u16,
    },
    /// Seal anew, with the key that seals now, whatever is sealed with another. The service may go on; killed, begin it again
    Reseal,
    /// Take out the keys that nothing is sealed with any more. Keep a copy of the key file for the backups made before
    Prune,
}

/// Runs a step.
///
/// # Errors
/// When `out` or `log` cannot be written to.
pub fn run(
    command: &Command,
    place: &Place,
    format: Format,
    out: &mut dyn Write,
    log: &mut dyn Write,
) -> io::Result<Exit> {
    match command {
        Command::Add { minutes } => add(*minutes, place, format, out, log),
        Command::Reseal => reseal(place, format, out, log),
        Command::Prune => prune(place, format, out, log),
    }
}

fn add(minutes: u16, place: &Place, format: Format, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    match sealing::add(&place.key_file, Clock::System.now(), minutes) {
        Ok(key) => {
            writeln!(out, "{}", added(&key, format))?;
            Ok(Exit::Done)
        }
        Err(error) => {
            writeln!(log, "sedaya: {error}")?;
            Ok(if matches!(error, KeyError::SealingWaits(_)) { Exit::Refused } else { Exit::Failed })
        }
    }
}

fn added(key: &SealingKeyState, format: Format) -> String {
    match (format, key.seals_from) {
        (Format::Json, _) | (_, None) => json!(key).to_string(),
        (Format::Table, Some(from)) => format!(
            "added sealing key {}. Restart every process before {from}, when it begins to seal; after that run \
             `sedaya keys sealing reseal`.",
            key.id
        ),
    }
}

fn progress_bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} sealed anew, {eta} to go");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_odd| ProgressStyle::default_bar()))
}

fn reseal(place: &Place, format: Format, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    let bar = progress_bar();
    let done = service::open(place).and_then(|service| {
        let current = service.keys.personal().current().unwrap_or_default();
        let waiting = service.read(|conn| reseal::waiting(conn, current)).map_err(|e| e.to_string())?;
        bar.set_length(waiting);
        let done = reseal::reseal(&service, |rows| bar.inc(rows)).map_err(|e| e.to_string())?;
        Ok((current, done))
    });
    bar.finish_and_clear();
    let (key, Resealed { done, unopened }) = match done {
        Ok(done) => done,
        Err(error) => {
            writeln!(log, "sedaya: {error}")?;
            return Ok(Exit::Failed);
        }
    };
    match format {
        Format::Json => writeln!(out, "{}", json!({ "key": key, "resealed": done, "unopened": unopened }))?,
        Format::Table => writeln!(out, "{done} values sealed anew with key {key}; restart no process for it")?,
    }
    if unopened > 0 {
        writeln!(log, "sedaya: {unopened} values do not open and were left: is a key missing from the key file?")?;
        return Ok(Exit::Refused);
    }
    Ok(Exit::Done)
}

/// Nothing goes while something needs it: time must have passed, and the database hold nothing that is sealed with it.
fn prune(place: &Place, format: Format, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    let (path, now) = (&place.key_file, Clock::System.now());
    let done = sealing::may_go_from(path, now).map_err(|e| e.to_string()).and_then(|may_go| match may_go {
        None => Ok(Vec::new()),
        Some(from) if from > now => {
            Err(format!("answers and codes that are sealed with the old key are forgotten by {from}; come back then"))
        }
        Some(_) => {
            let db = service::as_it_stands(place)?;
            let keys = Keys::open(path).map_err(|e| e.to_string())?;
            let mut conn = db.read().map_err(|e| e.to_string())?;
            let current = keys.personal().current().unwrap_or_default();
            let passing = reseal::passing(&mut conn, current).map_err(|e| e.to_string())?;
            match reseal::waiting(&mut conn, current).map_err(|e| e.to_string())? {
                0 if passing > 0 => Err(format!(
                    "{passing} answers, codes or rows of imports are sealed with an older key and have not gone: let imports \
                     end, restart every process, and come back"
                )),
                0 => sealing::take_out(path, now).map_err(|e| e.to_string()),
                n => Err(format!("{n} values are sealed with an older key: run `sedaya keys sealing reseal` first")),
            }
        }
    });
    match (done, format) {
        (Err(error), _) => {
            writeln!(log, "sedaya: {error}")?;
            return Ok(Exit::Refused);
        }
        (Ok(ids), Format::Json) => writeln!(out, "{}", json!({ "removed": ids }))?,
        (Ok(ids), Format::Table) if ids.is_empty() => writeln!(out, "nothing to take out")?,
        (Ok(ids), Format::Table) => {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            writeln!(out, "took out sealing key {}", ids.join(", "))?;
        }
    }
    Ok(Exit::Done)
}

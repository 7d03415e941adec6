//! `sedaya keys`: the keys that access tokens are signed with, and those that personal data is sealed with.

mod sealing;

use std::io::{self, Write};

use serde_json::json;

use super::{Exit, Format};
use crate::clock::Clock;
use crate::config::Place;
use crate::keys::KeyError;
use crate::keys::file::{self, SigningKeyState};
use crate::keys::sealing::{SealingKeyState, sealing_keys};

/// The keys that access tokens are signed with, and those that personal data is sealed with.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    place: Place,
    /// How to print.
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the names of all keys, which one signs and which one seals
    List,
    /// Add a signing key that begins to sign in a while. Restart every process until then; nobody is signed out
    Rotate {
        /// Minutes until it begins to sign, 6 to 1440: enough to restart every process, and longer than others keep our
        /// public keys. 0 if the key in use is known to others.
        #[arg(long, value_name = "NUMBER", default_value_t = 10, value_parser = delay)]
        minutes: u16,
    },
    /// Take out the keys that no token needs any more. Restart every process for it to take effect
    Prune {
        /// Also those that tokens still need: their owners come back with their refresh tokens.
        #[arg(long)]
        at_once: bool,
    },
    /// Replace the key that personal data is sealed with: add, then reseal, then prune
    Sealing {
        #[command(subcommand)]
        command: sealing::Command,
    },
}

fn delay(text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(minutes @ (0 | 6..=1440)) => Ok(minutes),
        _ => Err("0, or from 6 to 1440".into()),
    }
}

/// Runs the command.
///
/// # Errors
/// When `out` or `log` cannot be written to.
pub fn run(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    let (path, now) = (&args.place.key_file, Clock::System.now());
    let done = match &args.command {
        Command::List => {
            file::signing_keys(path, now).and_then(|signing| Ok(list(&signing, &sealing_keys(path, now)?, args.format)))
        }
        Command::Rotate { minutes } => file::rotate(path, now, *minutes).map(|key| rotated(&key, args.format)),
        Command::Prune { at_once } => file::prune(path, now, *at_once).map(|kids| pruned(&kids, args.format)),
        Command::Sealing { command } => return sealing::run(command, &args.place, args.format, out, log),
    };
    match done {
        Ok(text) => {
            writeln!(out, "{text}")?;
            Ok(Exit::Done)
        }
        Err(error) => {
            writeln!(log, "sedaya: {error}")?;
            Ok(if matches!(error, KeyError::Waiting { .. }) { Exit::Refused } else { Exit::Failed })
        }
    }
}

fn list(keys: &[SigningKeyState], sealing: &[SealingKeyState], format: Format) -> String {
    if format == Format::Json {
        return json!({ "signing": keys, "sealing": sealing }).to_string();
    }
    let line = |key: &SigningKeyState| match key.signs_from {
        _ if key.signs => format!("{}  signs", key.kid),
        Some(from) if from > Clock::System.now() => format!("{}  will sign from {from}", key.kid),
        _ => format!("{}  verifies", key.kid),
    };
    let sealed = |key: &SealingKeyState| match key.seals_from {
        _ if key.seals => format!("{}  seals", key.id),
        Some(from) if from > Clock::System.now() => format!("{}  will seal from {from}", key.id),
        _ => format!("{}  opens", key.id),
    };
    keys.iter().map(line).chain(sealing.iter().map(sealed)).collect::<Vec<_>>().join("\n")
}

fn rotated(key: &SigningKeyState, format: Format) -> String {
    match (format, key.signs_from) {
        (Format::Json, _) | (_, None) => json!(key).to_string(),
        (Format::Table, _) if key.signs => format!(
            "added {}, which signs from now on. Run `sedaya keys prune --at-once`, then restart every process at once: \
             those that have not read it refuse its tokens.",
            key.kid
        ),
        (Format::Table, Some(from)) => format!(
            "added {}. Restart every process before {from}, when it begins to sign; then, eleven minutes later, \
             run `sedaya keys prune`.",
            key.kid
        ),
    }
}

fn pruned(kids: &[String], format: Format) -> String {
    match format {
        Format::Json => json!({ "removed": kids }).to_string(),
        Format::Table if kids.is_empty() => "nothing to take out yet".into(),
        Format::Table => format!("took out {}. Restart every process.", kids.join(", ")),
    }
}

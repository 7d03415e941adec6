//! `sedaya keys`: the keys that access tokens are signed with.

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::json;

use super::{Exit, Format};
use crate::clock::Clock;
use crate::keys::KeyError;
use crate::keys::file::{self, SigningKeyState};

/// The keys that access tokens are signed with.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    /// The key file.
    #[arg(long, global = true, env = "SEDAYA_KEY_FILE", value_name = "PATH", default_value = "sedaya-data/keys.json")]
    key_file: PathBuf,
    /// How to print.
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the names of the signing keys, and which one signs
    List,
    /// Add a signing key that begins to sign in a while. Restart every process until then; nobody is signed out
    Rotate {
        /// Minutes until it begins to sign: enough to restart every process. 0 if the key in use is known to others.
        #[arg(long, value_name = "NUMBER", default_value_t = 10, value_parser = clap::value_parser!(u16).range(0..=1440))]
        minutes: u16,
    },
    /// Take out the keys that no token needs any more. Restart every process for it to take effect
    Prune {
        /// Also those that tokens still need: their owners come back with their refresh tokens.
        #[arg(long)]
        at_once: bool,
    },
}

/// Runs the command.
///
/// # Errors
/// When `out` or `log` cannot be written to.
pub fn run(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    let (path, now) = (&args.key_file, Clock::System.now());
    let done = match args.command {
        Command::List => file::signing_keys(path, now).map(|keys| list(&keys, args.format)),
        Command::Rotate { minutes } => file::rotate(path, now, minutes).map(|key| rotated(&key, args.format)),
        Command::Prune { at_once } => file::prune(path, now, at_once).map(|kids| pruned(&kids, args.format)),
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

fn list(keys: &[SigningKeyState], format: Format) -> String {
    if format == Format::Json {
        return json!({ "signing": keys }).to_string();
    }
    let line = |key: &SigningKeyState| match key.signs_from {
        _ if key.signs => format!("{}  signs", key.kid),
        Some(from) if from > Clock::System.now() => format!("{}  will sign from {from}", key.kid),
        _ => format!("{}  verifies", key.kid),
    };
    keys.iter().map(line).collect::<Vec<_>>().join("\n")
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

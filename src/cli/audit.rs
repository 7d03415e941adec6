//! `sedaya audit`: the record of who did what, by the operator's hand.

use std::io::{self, Write};

use serde_json::json;

use super::{Exit, Format, service};
use crate::config::Place;
use crate::ops::audit_trail;
use crate::store::audit::Chain;

/// The record of who did what.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Walk the chain of hashes: was a row changed, removed or put in? Ends with 3 if so
    Verify(Verify),
}

#[derive(Debug, clap::Args)]
struct Verify {
    #[command(flatten)]
    place: Place,
    /// How to print the verdict.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the command.
///
/// # Errors
/// When `out` or `log` cannot be written to.
pub fn run(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    let Command::Verify(verify) = &args.command;
    let chain = service::open(&verify.place).and_then(|s| audit_trail::verify(&s).map_err(|e| e.to_string()));
    let chain = match chain {
        Ok(chain) => chain,
        Err(error) => {
            writeln!(log, "sedaya: {error}")?;
            return Ok(Exit::Failed);
        }
    };
    let (intact, rows, broken_at) = match chain {
        Chain::Intact { rows } => (true, rows, None),
        Chain::Broken { seq } => (false, seq - 1, Some(seq)),
    };
    match (verify.format, broken_at) {
        (Format::Json, _) => {
            writeln!(out, "{}", json!({ "intact": intact, "rows": rows, "broken_at": broken_at }))?;
        }
        (Format::Table, None) => writeln!(out, "intact: {rows} rows")?,
        (Format::Table, Some(seq)) => writeln!(
            out,
            "broken at row {seq}: it was changed or removed, or is missing. Rows 1 to {rows} are whole. Compare with a backup."
        )?,
    }
    Ok(if intact { Exit::Done } else { Exit::Refused })
}

//! `sedaya audit`: the record of who did what, by the operator's hand.

use std::io::{self, Write};

use serde_json::json;

use super::{Exit, Format, service};
use crate::config::Place;
use crate::ops::audit_trail;
use crate::store::chain::Chain;

/// The record of who did what.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Walk the chain of hashes: was a row changed, removed or put in? Ends with 3 if so
    ///
    /// Whoever can write the database could rebuild the whole chain. Therefore note the head that this prints in a
    /// place of your own, and ask for it next time with `--expect`: a chain that was rebuilt does not have it. The
    /// database is read as it stands, without bringing its tables up to date; the key file is not needed.
    Verify(Verify),
}

#[derive(Debug, clap::Args)]
struct Verify {
    #[command(flatten)]
    place: Place,
    /// The head that an earlier walk printed: is it still a point of the chain?
    #[arg(long, value_name = "HASH", value_parser = hash)]
    expect: Option<String>,
    /// How to print the verdict.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn hash(text: &str) -> Result<String, String> {
    let is_hex = text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if is_hex { Ok(text.to_owned()) } else { Err("64 hexadecimal digits in lower case".into()) }
}

/// Runs the command.
///
/// # Errors
/// When `out` or `log` cannot be written to.
pub fn run(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    let Command::Verify(verify) = &args.command;
    let expected = verify.expect.clone();
    let verified = service::as_it_stands(&verify.place)
        .and_then(|db| audit_trail::verify(&db, expected).map_err(|e| e.to_string()));
    let chain = match verified {
        Ok(chain) => chain,
        Err(error) => {
            writeln!(log, "sedaya: {error}")?;
            return Ok(Exit::Failed);
        }
    };
    let (rows, head, broken_at, expected_at) = match chain {
        Chain::Intact { rows, head, expected_at } => (rows, head, None, expected_at),
        Chain::Broken { rows, at } => (rows, None, Some(at), None),
    };
    let replaced = broken_at.is_none() && verify.expect.is_some() && expected_at.is_none();
    let intact = broken_at.is_none() && !replaced;
    match verify.format {
        Format::Json => {
            let verdict = json!({
                "intact": intact, "rows": rows, "head": head, "broken_at": broken_at, "expected_at": expected_at,
            });
            writeln!(out, "{verdict}")?;
        }
        Format::Table => {
            if let Some(at) = broken_at {
                writeln!(
                    out,
                    "broken at row {at}: it was changed, removed or put in. {rows} rows before it are whole. Compare \
                     with a backup."
                )?;
            } else if replaced {
                writeln!(
                    out,
                    "replaced: the {rows} rows fit together, but none has the hash expected. The chain was rebuilt, or \
                     is another one. Compare with a backup."
                )?;
            } else {
                let head = head.map(|head| format!(", head {head}")).unwrap_or_default();
                let noted = expected_at.map(|at| format!("; row {at} has the hash expected")).unwrap_or_default();
                writeln!(out, "intact: {rows} rows{head}{noted}")?;
            }
        }
    }
    Ok(if intact { Exit::Done } else { Exit::Refused })
}

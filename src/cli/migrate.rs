//! `sedaya migrate`: brings a database's tables up to date.

use std::io::{self, Write};

use serde_json::json;

use super::{Exit, Format};
use crate::config::Place;
use crate::store::{Db, Location};

/// Bring the database's tables up to date. `serve` does it too; this is for a database user that may change tables
/// where the service's own may not.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// How to print what was done.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the command.
///
/// # Errors
/// When `out` or `log` cannot be written to.
pub fn run(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    let applied = Location::parse(&args.place.database_url).and_then(|l| Db::open(l, 1)).and_then(|db| db.migrate());
    match applied {
        Ok(names) if args.format == Format::Json => writeln!(out, "{}", json!({ "applied": names }))?,
        Ok(names) if names.is_empty() => writeln!(out, "up to date")?,
        Ok(names) => names.iter().try_for_each(|name| writeln!(out, "applied {name}"))?,
        Err(error) => {
            writeln!(log, "sedaya: {error}")?;
            return Ok(Exit::Failed);
        }
    }
    Ok(Exit::Done)
}

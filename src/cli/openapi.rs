//! `sedaya openapi`: the document, printed or compared with the committed one.

use std::io::{self, Write};
use std::path::PathBuf;

use super::Exit;
use crate::api::document::{DocumentError, document};
use crate::api::routes::Routes;

/// The document goes to stdout, as `openapi/openapi.json` holds it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Compare with the committed document instead, and fail when they differ
    #[arg(long)]
    check: bool,
    /// The committed document
    #[arg(long, value_name = "PATH", default_value = "openapi/openapi.json")]
    file: PathBuf,
}

/// How to bring the committed document up to date.
pub const MEND: &str = "cargo run -- openapi > openapi/openapi.json";

/// The document as text, with a line feed at its end.
///
/// # Errors
/// When the annotations do not make a document.
pub fn text() -> Result<String, DocumentError> {
    let mut routes = Routes::default();
    crate::api::routes(&mut routes);
    Ok(format!("{:#}\n", document(&routes)?))
}

/// Runs the command: the document to `out`, why it fails to `log`.
///
/// # Errors
/// When `out` or `log` cannot be written to.
pub fn run(args: &Args, out: &mut impl Write, log: &mut impl Write) -> io::Result<Exit> {
    let text = match text() {
        Ok(text) => text,
        Err(error) => {
            writeln!(log, "sedaya: {error}")?;
            return Ok(Exit::Failed);
        }
    };
    if !args.check {
        out.write_all(text.as_bytes())?;
        return Ok(Exit::Done);
    }
    let file = args.file.display();
    match std::fs::read_to_string(&args.file) {
        Ok(committed) if committed == text => return Ok(Exit::Done),
        Ok(_) => writeln!(log, "sedaya: {file} is not what the code says. To mend it: {MEND}")?,
        Err(error) => writeln!(log, "sedaya: {file}: {error}. To mend it: {MEND}")?,
    }
    Ok(Exit::Failed)
}

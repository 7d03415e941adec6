//! `sedaya replay`: a list ranked again from its kit, without a database or a network.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Exit, Format};
use crate::ops::replay::{Kit, LARGEST, Named, Replay, Verdict, What};

/// Rank a list again from its kit, offline, and compare every line. Ends with 3 if something differs, or if it is no kit
///
/// A kit is what `GET /v1/match-lists/{id}/kit` gives. It proves itself: that its lines follow from its inputs, and that
/// neither was changed since they were hashed. Whether they are what was published is told by the output hash, which
/// stands on the list and with every investor who read it: compare. Which list, criteria and data the kit names is under
/// none of its hashes, so it is printed and not verified: that, too, the list with this output hash tells.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The kit; `-` for standard input.
    #[arg(value_name = "KIT")]
    pub kit: PathBuf,
    /// How to print the verdict.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Runs the command.
///
/// # Errors
/// When `out` or `log` cannot be written to.
pub fn run(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    let bytes = match read(&args.kit) {
        Ok(bytes) => bytes,
        Err(error) => {
            writeln!(log, "sedaya replay: {}: {error}", args.kit.display())?;
            return Ok(Exit::Failed);
        }
    };
    let replayed = Kit::read(&bytes)
        .map_err(|e| e.to_string())
        .and_then(|kit| Ok((kit.list.clone(), kit.replay().map_err(|e| e.to_string())?)));
    let (list, found) = match replayed {
        Ok(replayed) => replayed,
        Err(detail) => {
            match args.format {
                Format::Json => {
                    let fault = json!({"pointer": "", "code": "not_a_kit", "detail": detail});
                    writeln!(out, "{}", json!({ "errors": [fault] }))?;
                }
                Format::Table => writeln!(log, "sedaya replay: {}: {detail}", args.kit.display())?,
            }
            return Ok(Exit::Refused);
        }
    };
    match args.format {
        Format::Json => {
            serde_json::to_writer(&mut *out, &found)?;
            writeln!(out)?;
        }
        Format::Table => print(&list, &found, out)?,
    }
    Ok(if found.verdict == Verdict::Differs { Exit::Refused } else { Exit::Done })
}

/// The bytes of a kit, and no more than a kit may have.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let reader: Box<dyn Read> =
        if path.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(File::open(path)?) };
    reader.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other(format!("longer than the {} MiB that a kit may have", LARGEST >> 20)));
    }
    Ok(bytes)
}

fn print(list: &Named, found: &Replay, out: &mut dyn Write) -> io::Result<()> {
    let (equal, entries) = (found.entries_equal, found.entries);
    match found.verdict {
        Verdict::Verified => {
            writeln!(out, "verified: {equal} of {entries} lines made again from the inputs, equal to the byte")?;
        }
        Verdict::VerifiedExceptErased => {
            writeln!(
                out,
                "verified except erased: {}. {equal} of {entries} lines are left and are what was published; what they \
                 say of their own ventures was made again and is equal, their order fits",
                found.erased
            )?;
        }
        Verdict::Differs => {
            writeln!(out, "differs: {} differences; {equal} of {entries} lines are verified", found.differences_total)?;
        }
    }
    for position in &found.gaps {
        writeln!(out, "  {position}: dihapus atas permintaan / erased on request")?;
    }
    for difference in &found.differences {
        match difference.position {
            Some(position) => writeln!(out, "  line {position}: {}", words(difference.what))?,
            None => writeln!(out, "  {}", words(difference.what))?,
        }
    }
    let (then, now) = (&found.engine_version, &found.engine_version_now);
    if found.verdict == Verdict::Differs && then != now {
        writeln!(out, "  this is engine {now} and the list was made by engine {then}: replay it with that one")?;
    }
    writeln!(out, "engine {then}, replayed by {now}; cards: by their hash")?;
    writeln!(
        out,
        "named by the kit and not verified: list {:?}, criteria {:?} version {}, data version {}; compare the output hash with \
         the list's",
        list.id, list.criteria_id, list.criteria_version, list.data_version
    )?;
    writeln!(out, "inputs {}\noutput {}", found.inputs_hash, found.output_hash)
}

const fn words(what: What) -> &'static str {
    match what {
        What::Inputs => "what was ranked is no sound input any more",
        What::InputsHash => "what was ranked is not what was hashed when the list was made",
        What::OutputHash => "the lines are not those that were hashed when the list was made",
        What::Seed => "the seed that is printed is not the one that was drawn with",
        What::EngineVersion => "the engine that is named is not the one that ranked",
        What::Line => "its bytes are not those that were hashed",
        What::Result => "made again it is another line",
        What::Place => "it does not stand where it belongs",
        What::Count => "a line is missing, or too many",
        What::Audit => "the audit has other hashes",
    }
}

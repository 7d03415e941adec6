//! `sedaya import`: a workshop sheet into a cohort, by the same path as over HTTP.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::{Exit, Format, service};
use crate::config::Place;
use crate::domain::id::CohortId;
use crate::domain::intake::{Codebook, Layout};
use crate::domain::life::{ImportMode, ImportState};
use crate::ops::import::{self, Order};
use crate::ops::{By, Service};
use crate::reference;
use crate::sources::{template, workshop};
use crate::store;

/// Import a workshop sheet (CSV or XLSX) into a cohort, or print an empty one.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The sheet.
    #[arg(value_name = "FILE", required_unless_present = "template")]
    file: Option<PathBuf>,
    /// Into which cohort: its id. The only cohort there is, if left out.
    #[arg(long, value_name = "ID")]
    cohort: Option<CohortId>,
    /// Check only.
    #[arg(long)]
    dry_run: bool,
    /// What a faulty row does to the others.
    #[arg(long, value_enum, default_value_t)]
    mode: Mode,
    /// Print an empty sheet with all headers to standard output instead.
    #[arg(long, value_enum, value_name = "FORMAT", conflicts_with_all = ["file", "dry_run", "cohort"])]
    template: Option<Template>,
    #[command(flatten)]
    place: Place,
    /// How to print what was done.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
enum Mode {
    /// One faulty row keeps all rows out.
    #[default]
    AllOrNothing,
    /// Rows without a fault go in.
    ValidRows,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Template {
    Csv,
    Xlsx,
}

/// Runs the command.
///
/// # Errors
/// When `out` or `log` cannot be written to.
pub fn run(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    if let Some(kind) = args.template {
        return print_template(kind, out);
    }
    let file = args.file.as_deref().unwrap_or_else(|| Path::new(""));
    match import_file(args, file) {
        Ok((job, faults)) => {
            print(args, &job, &faults, out)?;
            Ok(if job.state == ImportState::Applied { Exit::Done } else { Exit::Refused })
        }
        Err(error) => {
            writeln!(log, "sedaya: {error}")?;
            Ok(Exit::Failed)
        }
    }
}

fn print_template(kind: Template, out: &mut dyn Write) -> io::Result<Exit> {
    let rubric = reference::rubric::sedaya_v1().clone().into();
    let today = crate::clock::Clock::System.now().jakarta_day();
    let layout = Layout::template(Codebook { rubric, regions: reference::region::names(), day: today, today });
    let bytes = match kind {
        Template::Csv => template::csv(&layout, &[])?,
        Template::Xlsx => template::xlsx(&layout, &[], None).map_err(io::Error::other)?,
    };
    out.write_all(&bytes)?;
    Ok(Exit::Done)
}

fn import_file(args: &Args, file: &Path) -> Result<(store::import::Import, Vec<store::import::RowFault>), String> {
    let service = service::open(&args.place)?;
    let unreadable = |e: io::Error| format!("{}: {e}", file.display());
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut File::open(file).map_err(unreadable)?, &mut hasher).map_err(unreadable)?;
    let order = Order {
        cohort: cohort(&service, args.cohort)?,
        mode: match args.mode {
            Mode::AllOrNothing => ImportMode::AllOrNothing,
            Mode::ValidRows => ImportMode::ValidRows,
        },
        dry_run: args.dry_run,
        file_name: file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
        file_hash: hasher.finalize().to_hex().to_string(),
    };
    let job = workshop::receive(&service, By::Operator, order, file).map_err(|e| e.to_string())?;
    let bar = progress_bar();
    let job = import::run(&service, job.id, &|done, all| {
        bar.set_length(u64::try_from(all).unwrap_or(0));
        bar.set_position(u64::try_from(done).unwrap_or(0));
    });
    bar.finish_and_clear();
    let job = job.map_err(|e| e.to_string())?;
    let faults = service
        .read(|conn| Ok(store::import::faults(conn, job.id, &store::Seek::First, 1000)?))
        .map_err(|e| e.to_string())?;
    Ok((job, faults.items))
}

/// On a terminal; nothing where nobody is looking.
fn progress_bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} rows, {eta} to go");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_odd| ProgressStyle::default_bar()))
}

fn cohort(service: &Service, wanted: Option<CohortId>) -> Result<CohortId, String> {
    if let Some(id) = wanted {
        return Ok(id);
    }
    let all = service.read(|conn| Ok(store::cohort::page(conn, &store::Seek::First, 2)?)).map_err(|e| e.to_string())?;
    match &all.items[..] {
        [only] => Ok(only.id),
        [] => Err("there is no cohort yet: make one with POST /v1/cohorts".to_owned()),
        _ => Err("there are several cohorts: say which with --cohort ID".to_owned()),
    }
}

/// An import as the API shows it, with its faults.
fn as_json(job: &store::import::Import, faults: &[store::import::RowFault]) -> Value {
    let errors: Vec<_> = faults
        .iter()
        .map(|f| json!({ "row": f.row_no, "column": f.column_name, "value": f.value, "code": f.code, "detail": f.detail_en }))
        .collect();
    json!({
        "id": job.id, "state": job.state, "dry_run": job.dry_run, "rows": job.rows_total, "created": job.created,
        "updated": job.updated, "unchanged": job.unchanged, "errors_total": job.errors_total, "errors": errors,
    })
}

fn print(
    args: &Args,
    job: &store::import::Import,
    faults: &[store::import::RowFault],
    out: &mut dyn Write,
) -> io::Result<()> {
    if args.format == Format::Json {
        return writeln!(out, "{}", as_json(job, faults));
    }
    for fault in faults {
        let value = if fault.value.is_empty() { String::new() } else { format!(" «{}»", fault.value) };
        writeln!(out, "row {}, {}{value}: {}", fault.row_no, fault.column_name, fault.detail_en)?;
    }
    let (state, dry) = (job.state.as_str(), if job.dry_run { " (dry run, nothing was written)" } else { "" });
    writeln!(
        out,
        "{state}{dry}: {} rows, {} created, {} updated, {} unchanged, {} faults",
        job.rows_total, job.created, job.updated, job.unchanged, job.errors_total
    )
}

//! One file a command. Machine-readable output goes to standard output, everything else to standard error.

pub mod analyse;
pub mod audit;
pub mod demo;
pub mod health;
pub mod import;
pub mod keys;
pub mod migrate;
pub mod openapi;
pub mod rank;
pub mod replay;
pub mod serve;
mod service;
pub mod token;
pub mod user;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// SEDAYA Match: connects assessed micro businesses with social investors.
#[derive(Debug, Parser)]
#[command(name = "sedaya", version, about, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Rank the ventures of a CSV table by a criteria document, offline
    Rank(rank::Args),
    /// Rank a CSV table by another method, offline: TOPSIS, VIKOR, PROMETHEE II, weighted sum or product
    Analyse(analyse::Args),
    /// Rank a list again from its kit, offline, and compare every line
    Replay(replay::Args),
    /// Load the workshop sample, rank it, print a list, serve the API: the one way to start
    Demo(demo::Args),
    /// Serve the API
    Serve(serve::Args),
    /// Import a workshop sheet into a cohort, or print an empty one
    Import(import::Args),
    /// Open accounts by the operator's hand
    User(user::Args),
    /// Print an access token for an account
    Token(token::Args),
    /// Replace the keys that access tokens are signed with and personal data is sealed with
    Keys(keys::Args),
    /// Prove that the record of who did what is whole
    Audit(audit::Args),
    /// Bring the database's tables up to date
    Migrate(migrate::Args),
    /// Print the OpenAPI document, or compare it with the committed one
    Openapi(openapi::Args),
    /// Ask whether the service on this machine is ready
    Health(health::Args),
}

/// How a command prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
}

/// How a command ended; clap ends with 2 by itself on wrong usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All went well.
    Done,
    /// Something outside failed: a file, a disk, a network.
    Failed,
    /// What was given was refused, and its faults were printed.
    Refused,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Refused => 3,
        })
    }
}

/// Reads the command line and runs the command.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    // Not locked: while a command runs, other threads write their log lines there.
    let mut log = std::io::stderr();
    let exit = match cli.command {
        Command::Rank(args) => rank::run(&args, &mut out, &mut log),
        Command::Analyse(args) => analyse::run(&args, &mut out, &mut log),
        Command::Replay(args) => replay::run(&args, &mut out, &mut log),
        Command::Demo(args) => demo::run(&args, &mut out, &mut log),
        Command::Serve(args) => serve::run(&args, &mut log),
        Command::Import(args) => import::run(&args, &mut out, &mut log),
        Command::User(args) => user::run(&args, &mut out, &mut log),
        Command::Token(args) => token::run(&args, &mut out, &mut log),
        Command::Keys(args) => keys::run(&args, &mut out, &mut log),
        Command::Audit(args) => audit::run(&args, &mut out, &mut log),
        Command::Migrate(args) => migrate::run(&args, &mut out, &mut log),
        Command::Openapi(args) => openapi::run(&args, &mut out, &mut log),
        Command::Health(args) => health::run(&args, &mut out, &mut log),
    };
    let exit = exit.and_then(|exit| out.flush().map(|()| exit));
    match exit {
        Ok(exit) => exit.into(),
        // Whoever read our output has seen enough: `sedaya rank … | head`.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Done.into(),
        Err(error) => {
            // With standard error gone too there is nobody left to tell.
            let _ = writeln!(log, "sedaya: {error}");
            Exit::Failed.into()
        }
    }
}

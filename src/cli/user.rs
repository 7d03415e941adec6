//! `sedaya user`: accounts by the operator's hand, the first administrator above all.

use std::io::{self, BufRead, IsTerminal, Write};

use serde_json::json;

use super::{Exit, Format, service};
use crate::config::Place;
use crate::domain::actor::Role;
use crate::domain::id::InvestorId;
use crate::keys::password;
use crate::ops::{By, user};

/// Accounts, by the operator's hand.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Open an account. The password is the first line of standard input
    Add(Add),
}

#[derive(Debug, clap::Args)]
struct Add {
    /// The name to sign in with.
    username: String,
    /// The role.
    #[arg(long, value_parser = role)]
    role: Role,
    /// The investor it acts for; with role investor only.
    #[arg(long, value_name = "ID")]
    investor_id: Option<InvestorId>,
    #[command(flatten)]
    place: Place,
    /// How to print the account.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text)
        .filter(|role| *role != Role::Owner)
        .ok_or_else(|| "one of admin, staff, assessor, investor, auditor".to_owned())
}

/// Runs the command.
///
/// # Errors
/// When `out` or `log` cannot be written to, or standard input cannot be read.
pub fn run(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    let Command::Add(add) = &args.command;
    let input = io::stdin();
    if input.is_terminal() {
        write!(log, "Password for {} ({} characters or more, shown as you type): ", add.username, password::SHORTEST)?;
        log.flush()?;
    }
    let mut line = String::new();
    input.lock().read_line(&mut line)?;
    let secret = line.trim_end_matches(['\r', '\n']);
    let length = secret.chars().count();
    if !(password::SHORTEST..=password::LONGEST).contains(&length) {
        writeln!(log, "sedaya: a password has {} to {} characters", password::SHORTEST, password::LONGEST)?;
        return Ok(Exit::Refused);
    }
    let made = password::hash(secret).map_err(|e| e.to_string()).and_then(|password_hash| {
        let service = service::open(&add.place)?;
        let new = user::NewUser {
            username: add.username.clone(),
            password_hash: Some(password_hash),
            identity: None,
            role: add.role,
            investor_id: add.investor_id,
        };
        service.write(By::Operator, |act| user::create(act, new)).map_err(|e| e.to_string())
    });
    match made {
        Ok(user) if add.format == Format::Json => {
            writeln!(out, "{}", json!({ "id": user.id, "username": user.username, "role": user.role }))?;
        }
        Ok(user) => writeln!(out, "opened {} for {} ({})", user.id, add.username, user.role.as_str())?,
        Err(error) => {
            writeln!(log, "sedaya: {error}")?;
            return Ok(Exit::Failed);
        }
    }
    Ok(Exit::Done)
}

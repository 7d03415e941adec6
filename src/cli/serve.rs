//! `sedaya serve`: the service, until it is told to stop.

use std::io::{self, Write};

use super::Exit;
use crate::app::App;
use crate::config::Config;
use crate::telemetry;

/// Serves until SIGTERM or Ctrl-C. On SIGTERM it first reports itself not ready, then finishes what is on its way.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    config: Config,
}

/// Runs the command; why it does not start goes to `log`.
///
/// # Errors
/// When there are no threads to be had, or `log` cannot be written to.
pub fn run(args: &Args, log: &mut impl Write) -> io::Result<Exit> {
    telemetry::init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match App::build(&args.config).await {
            Ok(app) => {
                app.run().await;
                Ok(Exit::Done)
            }
            Err(error) => {
                writeln!(log, "sedaya: {error}")?;
                Ok(Exit::Failed)
            }
        }
    })
}

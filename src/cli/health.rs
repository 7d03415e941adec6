//! `sedaya health`: whether the service on this machine is ready; for a container's health check.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::Exit;

const PATIENCE: Duration = Duration::from_secs(2);

/// Ask the service's admin listener whether it is ready.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the admin listener is.
    #[arg(long, env = "SEDAYA_ADMIN_ADDR", value_name = "HOST:PORT", default_value = "127.0.0.1:8081")]
    admin_addr: String,
}

/// Runs the command.
///
/// # Errors
/// When `out` or `log` cannot be written to.
pub fn run(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    match status_line(&args.admin_addr) {
        Ok(line) if line.starts_with("HTTP/1.1 200 ") => {
            writeln!(out, "ready")?;
            Ok(Exit::Done)
        }
        Ok(line) => {
            writeln!(log, "sedaya: not ready: {}", line.trim_end())?;
            Ok(Exit::Failed)
        }
        Err(error) => {
            writeln!(log, "sedaya: {}: {error}", args.admin_addr)?;
            Ok(Exit::Failed)
        }
    }
}

fn status_line(addr: &str) -> io::Result<String> {
    let found = addr.to_socket_addrs()?.next().ok_or_else(|| io::Error::other("no such address"))?;
    let mut stream = TcpStream::connect_timeout(&found, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n")?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line)
}

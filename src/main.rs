//! The `sedaya` binary: parse, configure, run a command; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    sedaya::cli::main()
}

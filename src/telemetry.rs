//! What the service says about itself on stderr: lines for people on a terminal, JSON elsewhere. Identifiers
//! are fields; bodies, tokens and personal data never appear.

use std::io::IsTerminal as _;
use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Starts logging, once a process. `RUST_LOG` chooses what is said; `info` unless set.
pub fn init() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_unset| EnvFilter::new("info"));
    let lines =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_span_events(FmtSpan::NONE);
    let started = if std::io::stderr().is_terminal() {
        lines.try_init()
    } else {
        // A request is one span, which the line has as `span`: the list of all spans would say it again.
        lines.json().flatten_event(true).with_span_list(false).with_ansi(false).try_init()
    };
    // Logging that has been started already goes on as it is.
    if started.is_ok() {
        std::panic::set_hook(Box::new(log_panic));
    }
}

/// One line a panic, inside the span of the request that it befell. The message stays out: it may hold values.
fn log_panic(info: &PanicHookInfo<'_>) {
    let location = info.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(location, "panic");
}

//! What the program reports about itself, on standard error: lines for people, or JSON for log collectors.

use std::{
    env,
    io::{self, IsTerminal},
};

use tracing_subscriber::{EnvFilter, fmt};

/// Starts reporting. `RUST_LOG` chooses what (default: info), `PACEMARK_LOG_FORMAT=json` how.
pub(super) fn start() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,memory_serve=warn"));
    // A line that cannot be written, as on a full disk, is lost: to complain about it on standard error would panic.
    let lines = fmt().with_env_filter(filter).with_writer(io::stderr).log_internal_errors(false);
    let lines = lines.with_ansi(io::stderr().is_terminal());
    if env::var("PACEMARK_LOG_FORMAT").is_ok_and(|format| format == "json") {
        lines.json().init();
    } else {
        lines.with_target(false).init();
    }
}

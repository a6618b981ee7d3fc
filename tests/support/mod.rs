//! What tests share.

pub mod db;
pub mod process;

use clap::Parser;
use pacemark::cli::Cli;
use pacemark::config::Config;

/// The settings a process without flags has, but for the variables of this machine.
pub fn config() -> Config {
    Config { database_url: None, base_url: None, ..Cli::parse_from(["pacemark"]).config }
}

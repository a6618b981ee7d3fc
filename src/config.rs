//! Settings, from flags or the environment. Every one has a default that works on a fresh machine.

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;

/// The default of [`Config::data_dir`].
pub const DEFAULT_DATA_DIR: &str = "./data";

/// What an installation can set; each also by the variable shown in `pacemark --help`.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Address and port to serve on. Put a reverse proxy with TLS in front of anything but loopback
    #[arg(
        long,
        global = true,
        env = "PACEMARK_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS"
    )]
    pub listen: SocketAddr,

    /// Where the private database lives. When root starts Pacemark in a directory closed to other accounts, the default is /var/lib/pacemark
    #[arg(long, global = true, env = "PACEMARK_DATA_DIR", default_value = DEFAULT_DATA_DIR, value_name = "DIR")]
    pub data_dir: PathBuf,

    /// A PostgreSQL server of your own (15 or newer) instead of the private one, as <postgres://user:password@host/database>
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,

    /// The most database connections of this process
    #[arg(long, global = true, env = "PACEMARK_DATABASE_CONNECTIONS", default_value_t = 16, value_name = "N",
          value_parser = clap::value_parser!(u32).range(2..=1000))]
    pub database_connections: u32,

    /// The address people use, such as <https://pacemark.example.com>: for links in messages, secure cookies and trusted origins
    #[arg(long, global = true, env = "PACEMARK_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,

    /// The mail server that takes our letters, as <smtps://user:password@host> (TLS from the start) or <smtp://user:password@host:587?tls=required> (STARTTLS). Without one, people are told in the application only
    #[arg(long, global = true, env = "PACEMARK_SMTP_URL", hide_env_values = true, value_name = "URL")]
    pub smtp_url: Option<String>,

    /// The sender of letters, such as "Pacemark <pacemark@example.com>"
    #[arg(
        long,
        global = true,
        env = "PACEMARK_MAIL_FROM",
        default_value = "Pacemark <pacemark@localhost>",
        value_name = "ADDRESS"
    )]
    pub mail_from: String,
}

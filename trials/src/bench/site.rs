//! The server under trial, its database and the people who use it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::args::Pace;
use super::company::{CHIEF, Company, region_head, seller};
use super::postgres::Postgres;
use crate::support::client::{self, Client};
use crate::support::home::Home;
use crate::support::server::{NewUser, Program, Server};

/// Of everybody.
pub const PASSWORD: &str = "kvarn-lykta-7-ostron";
/// Of the one who leads the company.
pub const CHIEF_EMAIL: &str = "chief@bench.example";
/// Sellers who have an account.
const WITH_ACCOUNT: u64 = 4;

/// A server that runs on data of its own.
#[derive(Debug)]
pub struct Site<'p> {
    /// The server; stops before its directory goes.
    pub server: Server,
    /// Its database.
    pub db: Postgres,
    /// Whose data it has.
    pub company: Company,
    /// How long and how often to measure.
    pub pace: Pace,
    /// Cookies of the chief, an executive.
    pub chief: String,
    /// Cookies of the head of a region, with ten teams and some sixty people.
    pub head: String,
    /// Cookies of some sellers.
    pub sellers: Vec<String>,
    /// An API token of the chief.
    pub token: String,
    /// Whether the company was there before.
    pub was_there: bool,
    program: &'p Program,
    home: Home,
}

impl<'p> Site<'p> {
    /// A server on an empty database, or on the one that is in `data`.
    pub async fn open(
        program: &'p Program,
        company: Company,
        pace: Pace,
        data: Option<&Path>,
    ) -> Result<Self> {
        let home = Home::new()?;
        let data = data.map_or_else(|| home.path("data"), Path::to_owned);
        let was_there = data.join("postgres").exists();
        let server = program.serve(&data).await?;
        let db = Postgres::of(server.data_dir())?;
        let (chief, head, sellers, token) = <(String, String, Vec<String>, String)>::default();
        Ok(Self { server, db, company, pace, chief, head, sellers, token, was_there, program, home })
    }

    /// Runs a command that must succeed, beside the server.
    pub async fn command(&self, args: &[&str]) -> Result<crate::support::server::Finished> {
        self.program.succeed(self.server.data_dir(), args, "").await
    }

    /// A path in the directory that goes away with the site.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path(name)
    }

    /// Makes the accounts and signs them in.
    pub async fn add_accounts(&mut self) -> Result<()> {
        self.chief = self.add(CHIEF_EMAIL, "executive", CHIEF).await?;
        self.head = self.add("head@bench.example", "manager", region_head(0)).await?;
        for index in 0..WITH_ACCOUNT {
            let cookies =
                self.add(&format!("seller{index}@bench.example"), "salesperson", seller(index)).await?;
            self.sellers.push(cookies);
        }
        self.token = self.program.add_token(self.server.data_dir(), CHIEF_EMAIL).await?;
        Ok(())
    }

    async fn add(&self, email: &str, role: &str, number: u64) -> Result<String> {
        if self.was_there {
            return client::sign_in(self.server.address, email, PASSWORD).await;
        }
        let number = number.to_string();
        let user = NewUser { email, role, employee_no: Some(&number), password: PASSWORD };
        self.program.add_user(self.server.data_dir(), &user).await?;
        client::sign_in(self.server.address, email, PASSWORD).await
    }

    /// A page as a browser of `cookies` asks for it.
    pub fn page(cookies: &str, path: &str) -> Vec<u8> {
        client::get(path, &[("cookie", cookies), ("accept-encoding", "gzip")])
    }

    /// A call of the API, by the chief.
    pub fn call(&self, path: &str) -> Vec<u8> {
        client::get(path, &[("authorization", &self.bearer()), ("accept-encoding", "gzip")])
    }

    /// The header's value that goes with the chief's token.
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// What the API answers to the chief.
    pub async fn json(&self, path: &str) -> Result<Value> {
        let mut client = Client::connect(self.server.address).await?;
        let request = client::get(path, &[("authorization", &self.bearer())]);
        let reply = client.exchange(&request).await.with_context(|| format!("no answer to {path}"))?;
        ensure!(reply.status == 200, "{path} was answered with {}: {}", reply.status, reply.text());
        reply.json()
    }

    /// Stops the server and starts it again on its data; how long that took, from the process to its first page.
    pub async fn restart(mut self) -> Result<(Self, Duration)> {
        let data_dir = self.server.data_dir().to_owned();
        self.server.stop().await?;
        let begun = Instant::now();
        self.server = self.program.serve(&data_dir).await?;
        ensure!(self.server.status_of("/login").await == Some(200), "there is no first page");
        Ok((self, begun.elapsed()))
    }
}

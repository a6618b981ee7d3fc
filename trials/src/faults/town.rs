//! A small company on a server of its own: two departments, a few people who sell, and tokens to write with.

use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::clerks::Ledger;
use super::report::Finding;
use super::sql::Sql;
use crate::support::home::Home;
use crate::support::server::{ANYWHERE, NewUser, Program, Server};

/// Of everybody.
pub const PASSWORD: &str = "kvarn-lykta-7-ostron";
/// The administrator.
pub const ADMIN: &str = "admin@trial.example";
/// A salesperson, employee 1.
pub const SELLER: &str = "seller@trial.example";
/// People who sell, numbered from 1.
pub const SELLERS: usize = 8;

const FILES: [(&str, &str); 3] = [
    ("departments.csv", "code,name,kind,parent\nC,Trial,company,\nN,North,sales,C\n"),
    (
        "products.csv",
        "sku,name,category,subcategory,unit_cost,list_price,currency\nP1,Fan,Fans,,60.00,100.00,SEK\n",
    ),
    ("customers.csv", "customer_no,name,segment,region\n1,Holmen,,\n2,Obbola,,\n3,Ankaret,,\n4,Nolia,,\n"),
];

/// The company and its server.
#[derive(Debug)]
pub struct Town<'p> {
    /// The server; nothing while it is down.
    pub server: Option<Server>,
    /// Its database.
    pub sql: Sql,
    /// The administrator's API token.
    pub token: String,
    program: &'p Program,
    data_dir: PathBuf,
    flags: Vec<String>,
    /// Goes away after the server, unless somebody else looks after it.
    home: Option<Home>,
}

impl<'p> Town<'p> {
    /// A town whose server runs with `flags`.
    pub async fn found(program: &'p Program, flags: &[&str]) -> Result<Self> {
        let home = Home::new()?;
        let town = Self::found_in(program, home.path("data"), flags).await?;
        Ok(Self { home: Some(home), ..town })
    }

    /// A town with its data in a directory that somebody else looks after.
    pub async fn found_in(program: &'p Program, data_dir: PathBuf, flags: &[&str]) -> Result<Self> {
        let flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let sql = Sql::of(&data_dir)?;
        let mut town = Self { server: None, sql, token: String::new(), program, data_dir, flags, home: None };
        town.start(ANYWHERE).await?;
        town.settle().await?;
        Ok(town)
    }

    async fn start(&mut self, listen: SocketAddr) -> Result<()> {
        let flags: Vec<&str> = self.flags.iter().map(String::as_str).collect();
        self.server = Some(self.program.serve_with(&self.data_dir, listen, &flags).await?);
        Ok(())
    }

    /// Ends the server without warning and starts it again at once, as a supervisor of the system does.
    pub async fn crash_and_start(&mut self) -> Result<()> {
        let server = self.server.take().context("no server")?;
        let listen = server.address;
        server.crash().await?;
        self.start(listen).await
    }

    /// The running server.
    pub fn server(&self) -> Result<&Server> {
        self.server.as_ref().context("the server is down")
    }

    /// A path beside the data.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.as_ref().map_or_else(|| self.data_dir.with_file_name(name), |home| home.path(name))
    }

    /// Where its data is.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    async fn settle(&mut self) -> Result<()> {
        let files = self.data_dir.with_extension("csv");
        fs::create_dir_all(&files)?;
        for (name, text) in FILES {
            fs::write(files.join(name), text)?;
        }
        let mut people = "employee_no,name,email,job_title,hired_on,left_on\n".to_owned();
        let mut places = "employee_no,department,lead,from,to\n".to_owned();
        for number in 1..=SELLERS {
            writeln!(people, "{number},Person {number},,,2020-01-01,")?;
            writeln!(places, "{number},N,no,2020-01-01,")?;
        }
        fs::write(files.join("employees.csv"), people)?;
        fs::write(files.join("memberships.csv"), places)?;
        let files = files.to_string_lossy().into_owned();
        self.program.succeed(&self.data_dir, &["import", "all", &files], "").await?;
        let admin = NewUser { email: ADMIN, role: "admin", employee_no: None, password: PASSWORD };
        self.program.add_user(&self.data_dir, &admin).await?;
        let seller =
            NewUser { email: SELLER, role: "salesperson", employee_no: Some("1"), password: PASSWORD };
        self.program.add_user(&self.data_dir, &seller).await?;
        self.token = self.program.add_token(&self.data_dir, ADMIN).await?;
        Ok(())
    }

    /// Looks for every acknowledged sale, and lets the program recompute all its totals.
    pub async fn audit(&self, ledger: &Ledger) -> Result<Vec<Finding>> {
        let rows =
            self.sql.rows("select order_no, count(*) from deals where source = 'trial' group by 1").await?;
        let stored: HashMap<&str, &str> = rows.iter().filter_map(|row| row.split_once('|')).collect();
        let missing = ledger.acknowledged.iter().filter(|order| !stored.contains_key(order.as_str())).count();
        let twice = stored.values().filter(|count| **count != "1").count();
        let changed = "select count(*) from deals d where source = 'trial' and coalesce((select sum(e.revenue) \
            from credit_entries e where e.deal_id = d.id), 0) <> 10000";
        let verified = self.program.run(&self.data_dir, &["verify"], "").await?;
        let odd = ledger.unexpected.len();
        let mut findings = vec![
            Finding::told("sales acknowledged", ledger.acknowledged.len()),
            Finding::told("tries that were refused or cut off, and repeated", ledger.repeated),
            Finding::none("acknowledged sales missing", missing),
            Finding::none("sales there twice", twice),
            Finding::none("sales not credited exactly once", self.sql.number(changed).await?),
            Finding::promise("totals recomputed", verdict(verified.success), verified.success),
            Finding::none("answers other than done, busy or unavailable", odd),
        ];
        findings.extend(ledger.unexpected.iter().take(3).map(|text| Finding::told(text, "")));
        Ok(findings)
    }
}

const fn verdict(success: bool) -> &'static str {
    if success { "all agree" } else { "they differ" }
}

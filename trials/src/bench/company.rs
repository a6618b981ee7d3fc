//! The made-up company: who there is, what they sell and what they want to reach. The same every time.
//!
//! A company of 16 regions with 150 teams below them: 167 departments on three levels. A chief, 16 heads of regions and
//! 150 heads of teams lead 1,000 sellers, of whom every fifth has changed teams once.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Result;
use chrono::{Datelike, Days, Months, NaiveDate};

use super::dice::Dice;

/// Regions, below the company.
pub const REGIONS: u64 = 16;
/// Teams, below the regions in turn.
pub const TEAMS: u64 = 150;
/// People who sell.
pub const SELLERS: u64 = 1000;
/// Products, in 8 categories in turn.
pub const PRODUCTS: u64 = 40;
/// Customers.
pub const CUSTOMERS: u64 = 20_000;
/// The seed of everything.
pub const SEED: u64 = 20_261_128;

/// The company on a day.
#[derive(Clone, Copy, Debug)]
pub struct Company {
    /// The last day of its history.
    pub today: NaiveDate,
    /// Order lines in its history.
    pub lines: u64,
}

impl Company {
    /// The first day of its history: three years back.
    pub fn first_day(&self) -> NaiveDate {
        self.today.checked_sub_months(Months::new(36)).unwrap_or(self.today)
    }

    /// First and last day of the present quarter.
    pub fn quarter(&self) -> (NaiveDate, NaiveDate) {
        span(self.today, self.today.month0() / 3 * 3, 3)
    }

    /// First and last day of the present year.
    pub fn year(&self) -> (NaiveDate, NaiveDate) {
        span(self.today, 0, 12)
    }

    /// Writes everything but the sales, one file of each kind.
    pub fn write(&self, directory: &Path) -> Result<()> {
        std::fs::create_dir_all(directory)?;
        departments(&mut file(directory, "departments.csv")?)?;
        self.employees(&mut file(directory, "employees.csv")?)?;
        self.memberships(&mut file(directory, "memberships.csv")?)?;
        products(&mut file(directory, "products.csv")?)?;
        customers(&mut file(directory, "customers.csv")?)?;
        self.goals(&mut file(directory, "goals.csv")?)
    }

    fn employees(&self, out: &mut impl Write) -> Result<()> {
        writeln!(out, "employee_no,name,email,job_title,hired_on,left_on")?;
        let hired = self.first_day();
        for number in 1..=1 + REGIONS + TEAMS + SELLERS {
            let title = if number == seller(0) || number > seller(0) { "Seller" } else { "Head" };
            writeln!(out, "{number},Person {number:04},p{number}@bench.example,{title},{hired},")?;
        }
        Ok(())
    }

    fn memberships(&self, out: &mut impl Write) -> Result<()> {
        writeln!(out, "employee_no,department,lead,from,to")?;
        let (start, mut dice) = (self.first_day(), Dice::new(SEED));
        writeln!(out, "{CHIEF},C,yes,{start},")?;
        for region in 0..REGIONS {
            writeln!(out, "{},{},yes,{start},", region_head(region), region_code(region))?;
        }
        for team in 0..TEAMS {
            writeln!(out, "{},{},yes,{start},", team_head(team), team_code(team))?;
        }
        for index in 0..SELLERS {
            let (who, team) = (seller(index), index % TEAMS);
            let mut since = start;
            if dice.chance(20) {
                let last = start + Days::new(dice.between(60, 1000));
                let before = (team + dice.between(1, TEAMS - 1)) % TEAMS;
                writeln!(out, "{who},{},no,{start},{last}", team_code(before))?;
                since = last + Days::new(1);
            }
            writeln!(out, "{who},{},no,{since},", team_code(team))?;
        }
        Ok(())
    }

    /// For the present quarter and year; what is expected, give or take a fifth.
    fn goals(&self, out: &mut impl Write) -> Result<()> {
        writeln!(out, "subject_kind,subject,metric,from,to,target,currency")?;
        let mut dice = Dice::new(SEED + 1);
        let line = 3 * list_price(PRODUCTS / 2) / 100;
        for ((from, to), part) in [(self.quarter(), 12), (self.year(), 3)] {
            let whole = self.lines * line / part;
            let mut goal = |kind: &str, subject: &str, expected: u64| {
                let target = (expected * dice.between(80, 120) / 100).max(1);
                writeln!(out, "{kind},{subject},revenue,{from},{to},{target}.00,SEK")
            };
            goal("company", "C", whole)?;
            for region in 0..REGIONS {
                goal("department", &region_code(region), whole / REGIONS)?;
            }
            for team in 0..TEAMS {
                goal("department", &team_code(team), whole / TEAMS)?;
            }
            for index in 0..SELLERS {
                goal("person", &seller(index).to_string(), whole / SELLERS)?;
            }
        }
        Ok(())
    }
}

/// Employee number of the one who leads the company.
pub const CHIEF: u64 = 1;

/// Employee number of the head of a region.
pub const fn region_head(region: u64) -> u64 {
    CHIEF + 1 + region
}

/// Employee number of the head of a team.
pub const fn team_head(team: u64) -> u64 {
    CHIEF + 1 + REGIONS + team
}

/// Employee number of a seller.
pub const fn seller(index: u64) -> u64 {
    CHIEF + 1 + REGIONS + TEAMS + index
}

/// Code of a region.
pub fn region_code(region: u64) -> String {
    format!("R{region:02}")
}

/// Code of a team.
pub fn team_code(team: u64) -> String {
    format!("T{team:03}")
}

/// Price of a piece, in öre.
pub const fn list_price(product: u64) -> u64 {
    10_000 + product * 2_500
}

/// A buffered file, to be filled line by line.
pub fn file(directory: &Path, name: &str) -> Result<BufWriter<File>> {
    Ok(BufWriter::with_capacity(1 << 20, File::create(directory.join(name))?))
}

/// Öre as they stand in a file.
pub fn money(minor: u64) -> String {
    format!("{}.{:02}", minor / 100, minor % 100)
}

fn span(today: NaiveDate, month0: u32, months: u32) -> (NaiveDate, NaiveDate) {
    let first = today.with_day(1).and_then(|day| day.with_month0(month0)).unwrap_or(today);
    let after = first.checked_add_months(Months::new(months)).unwrap_or(first);
    (first, after - Days::new(1))
}

fn departments(out: &mut impl Write) -> Result<()> {
    writeln!(out, "code,name,kind,parent\nC,Bench Company,company,")?;
    for region in 0..REGIONS {
        writeln!(out, "{},Region {region:02},sales,C", region_code(region))?;
    }
    for team in 0..TEAMS {
        writeln!(out, "{},Team {team:03},sales,{}", team_code(team), region_code(team % REGIONS))?;
    }
    Ok(())
}

fn products(out: &mut impl Write) -> Result<()> {
    writeln!(out, "sku,name,category,subcategory,unit_cost,list_price,currency")?;
    for product in 0..PRODUCTS {
        let (price, category) = (list_price(product), product % 8);
        let cost = money(price * 6 / 10);
        writeln!(out, "P{product:02},Product {product:02},Category {category},,{cost},{},SEK", money(price))?;
    }
    Ok(())
}

fn customers(out: &mut impl Write) -> Result<()> {
    writeln!(out, "customer_no,name,segment,region")?;
    for customer in 0..CUSTOMERS {
        writeln!(out, "{customer},Customer {customer:05},Segment {},Area {}", customer % 4, customer % 12)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_hold_today() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let company = Company { today: day("2026-05-31"), lines: 1 };
        assert_eq!(company.quarter(), (day("2026-04-01"), day("2026-06-30")));
        assert_eq!(company.year(), (day("2026-01-01"), day("2026-12-31")));
    }

    #[test]
    fn heads_and_sellers_have_numbers_of_their_own() {
        assert_eq!((region_head(15) + 1, team_head(149) + 1), (team_head(0), seller(0)));
    }
}

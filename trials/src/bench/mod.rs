//! Speed and size, beside what this machine can do at best.
//!
//! A made-up company is imported into a fresh private database; then the real server is asked over HTTP, and beside
//! each figure stands what the same machine does in the same run without our code: the ceiling.

mod args;
mod burst;
mod ceilings;
mod company;
mod compare;
mod constant;
mod copying;
mod dice;
mod imports;
mod load;
mod orders;
mod pages;
mod postgres;
mod report;
mod run;
mod sales;
mod site;
mod streams;
mod upkeep;
mod weight;

use anyhow::Result;

pub use args::Args;

use crate::support::server::Program;

/// Runs the benchmark, or compares what earlier ones wrote.
pub async fn run(program: &Program, args: Args) -> Result<()> {
    if let Some(args::Action::Compare { files }) = &args.action {
        return compare::files(files);
    }
    let mut reports = Vec::new();
    for lines in args.sizes() {
        let report = run::measure(program, &args, lines).await?;
        report.print();
        reports.push(report);
        if let Some(file) = &args.json {
            report::write(file, &reports)?;
        }
    }
    if let [small, large] = reports.as_slice() {
        compare::print(&small.json(), &large.json());
    }
    Ok(())
}

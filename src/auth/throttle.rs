//! Slows down guessing without letting anybody lock another out.
//!
//! Failures are counted per (account, known device), per (account, all unknown devices) and per network address,
//! in the database, so that every node sees them. A person on their own browser is counted apart from a stranger.

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::store;
use crate::error::{AppError, Result};

/// Failures before the first wait, for an account and for an address.
const FREE_TRIES: i32 = 5;
const FREE_TRIES_OF_AN_ADDRESS: i32 = 30;

/// The counters that a sign-in touches.
pub struct Counters {
    account: Vec<u8>,
    address: Vec<u8>,
}

impl Counters {
    /// For a sign-in as `email`, from `address`, on a device known for that account or not.
    pub fn new(email: &str, device: Option<&str>, address: IpAddr) -> Self {
        let device = device.unwrap_or("unknown");
        Self {
            account: key(&format!("account:{email}:{device}")),
            address: key(&format!("address:{}", network(address))),
        }
    }

    /// Refuses while one of the counters is blocked.
    pub async fn check(&self, conn: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
        let until = store::find_block(conn, &[self.account.clone(), self.address.clone()], now).await?;
        match until {
            Some(until) => {
                Err(AppError::TooMany { retry_after: (until - now).num_seconds().max(1).unsigned_abs() })
            }
            None => Ok(()),
        }
    }

    /// Counts a failure; each one beyond the free tries doubles the wait, up to 15 minutes.
    pub async fn count_failure(&self, conn: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
        for (key, free) in [(&self.account, FREE_TRIES), (&self.address, FREE_TRIES_OF_AN_ADDRESS)] {
            let failures = store::count_failure(conn, key, now).await?;
            if failures >= free {
                store::block(conn, key, now + wait(failures - free)).await?;
            }
        }
        Ok(())
    }

    /// Forgets the account's failures after a success; the address keeps its own.
    pub async fn clear(&self, conn: &mut PgConnection) -> Result<()> {
        store::clear_failures(conn, &self.account).await
    }
}

/// Guesses at secrets that stand in addresses, such as links for customers, counted by network address.
pub struct Guesses(Vec<u8>);

impl Guesses {
    /// Those at secrets of a sort, from `address`.
    pub fn new(sort: &str, address: IpAddr) -> Self {
        Self(key(&format!("{sort}:{}", network(address))))
    }

    /// Refuses while there were too many.
    pub async fn check(&self, conn: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
        match store::find_block(conn, std::slice::from_ref(&self.0), now).await? {
            Some(until) => {
                Err(AppError::TooMany { retry_after: (until - now).num_seconds().max(1).unsigned_abs() })
            }
            None => Ok(()),
        }
    }

    /// Counts a wrong one; beyond the free tries each doubles the wait.
    pub async fn count(&self, conn: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
        let failures = store::count_failure(conn, &self.0, now).await?;
        if failures >= FREE_TRIES_OF_AN_ADDRESS {
            store::block(conn, &self.0, now + wait(failures - FREE_TRIES_OF_AN_ADDRESS)).await?;
        }
        Ok(())
    }
}

fn wait(beyond: i32) -> Duration {
    Duration::seconds((30_i64 << beyond.clamp(0, 5)).min(15 * 60))
}

fn key(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

/// An IPv4 address, or the /64 that a household gets of IPv6.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            v6.to_ipv4_mapped().map_or_else(|| format!("{:x?}", &v6.segments()[..4]), |v4| v4.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        assert_eq!(wait(0).num_seconds(), 30);
        assert_eq!(wait(1).num_seconds(), 60);
        assert_eq!(wait(30).num_seconds(), 900);
    }

    #[test]
    fn a_household_shares_its_prefix() {
        let one: IpAddr = "2001:db8:1:2::1".parse().unwrap();
        let other: IpAddr = "2001:db8:1:2:ffff::9".parse().unwrap();
        assert_eq!(network(one), network(other));
        assert_eq!(network("::ffff:10.0.0.1".parse().unwrap()), "10.0.0.1");
    }
}

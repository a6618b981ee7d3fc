//! Accounts to look around with, one of each role. The passwords are new with every installation.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::people::email_of;
use super::staff::Staff;
use crate::auth::Role;
use crate::auth::accounts::{self, NewAccount};
use crate::auth::password::Passwords;
use crate::error::{AppError, Result};
use crate::kernel::id::UserId;

/// Who gets an account.
const WHO: [(&str, Role); 8] = [
    ("Elias Sandberg", Role::Salesperson),
    ("Karin Lindqvist", Role::Manager),
    ("Johanna Berg", Role::Manager),
    ("Anders Falk", Role::Executive),
    ("Nils Ahlgren", Role::Admin),
    ("Ylva Sandell", Role::Hr),
    ("Birgitta Ahl", Role::Finance),
    ("Sara Lind", Role::Support),
];

/// Words of a password; none longer than needed to be typed on a phone.
const WORDS: [&str; 128] = [
    "alpine", "amber", "anchor", "apple", "arrow", "autumn", "badger", "bamboo", "barrel", "basil", "beacon",
    "birch", "blixt", "blomma", "border", "bridge", "brook", "bronze", "butter", "cabin", "candle", "canvas",
    "castle", "cedar", "cherry", "clover", "cobalt", "comet", "copper", "coral", "cotton", "cricket", "dagg",
    "daisy", "dimma", "dolphin", "dragon", "dusk", "eagle", "ember", "falcon", "feather", "fern", "fjord",
    "flagga", "flame", "forest", "garden", "ginger", "glacier", "granit", "gravel", "gryning", "hammock",
    "harbour", "harvest", "hazel", "hedge", "heron", "hjort", "honey", "horizon", "humla", "indigo",
    "island", "ivory", "jasmine", "juniper", "kanel", "kettle", "klippa", "kompass", "koppar", "lantern",
    "laurel", "lavender", "lemon", "lilac", "lingon", "linnea", "lotus", "maple", "marble", "meadow",
    "mejsel", "mirror", "mossa", "mussel", "nectar", "nutmeg", "oasis", "ocean", "olive", "orchid", "otter",
    "paddle", "pebble", "pepper", "pine", "planet", "plum", "polar", "poppy", "prairie", "quartz", "rabbit",
    "raven", "regnbage", "ripple", "river", "saffron", "salmon", "sandal", "silver", "skog", "snow",
    "sparrow", "spruce", "starling", "storm", "summit", "sunset", "thistle", "thunder", "timmer", "tundra",
    "velvet", "willow",
];

/// An account that was made, with its password.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// Stored code of the role.
    pub role: &'static str,
    /// Sign-in address.
    pub email: String,
    /// As it is typed.
    pub password: String,
}

/// Makes the accounts.
pub(super) async fn create(
    conn: &mut PgConnection,
    staff: &mut Staff,
    now: DateTime<Utc>,
) -> Result<Vec<DemoAccount>> {
    let passwords = Passwords::default();
    let mut made = Vec::with_capacity(WHO.len());
    for (name, role) in WHO {
        let (index, employee) = staff.named(name).ok_or(AppError::NotFound)?;
        let (email, password) = (email_of(name), readable_password()?);
        let account = NewAccount { email: &email, name, role, employee: Some(employee) };
        let hash = passwords.hash(&password).await?;
        let user = accounts::create(conn, &account, Some(&hash), now).await?;
        staff.users.insert(index, user);
        made.push(DemoAccount { role: role.code(), email, password });
    }
    Ok(made)
}

/// The account of somebody who has one.
pub(super) fn of(staff: &Staff, name: &str) -> Result<UserId> {
    let (index, _) = staff.named(name).ok_or(AppError::NotFound)?;
    staff.users.get(&index).copied().ok_or(AppError::NotFound)
}

/// Four words and a number: some 34 bits, enough where sign-ins are throttled.
fn readable_password() -> Result<String> {
    let mut random = [0_u8; 5];
    getrandom::fill(&mut random).map_err(AppError::internal)?;
    let words: Vec<&str> = random[..4].iter().map(|byte| WORDS[usize::from(byte % 128)]).collect();
    Ok(format!("{}-{:02}", words.join("-"), random[4] % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_and_differ() {
        let (one, other) = (readable_password().unwrap(), readable_password().unwrap());
        assert!(one.len() >= 14 && one != other, "{one} {other}");
        let unique: std::collections::HashSet<_> = WORDS.into_iter().collect();
        assert_eq!(unique.len(), WORDS.len());
    }
}

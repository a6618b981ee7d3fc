//! Passwords: long rather than odd, never truncated, hashed with argon2id on few threads.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::error::{AppError, Result};

/// Fewest characters of a password.
pub const MIN_LENGTH: usize = 12;
/// Most characters of a password.
pub const MAX_LENGTH: usize = 128;
/// How long a sign-in waits for its turn before it is told to come back.
const QUEUE: Duration = Duration::from_secs(3);

/// The most common passwords of public breaches (Django's list, after Royce Williams).
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// A hash of nothing in particular: an unknown account costs the same work as a known one.
static DECOY: LazyLock<String> = LazyLock::new(|| {
    Argon2::default()
        .hash_password(b"no account has this password")
        .map(|hash| hash.to_string())
        .unwrap_or_default()
});

/// Hashes and compares passwords, two at a time, so that a burst of sign-ins leaves the server responsive.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(2)) }
    }
}

impl Passwords {
    /// The PHC string to store.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.take_turn(move || {
            Argon2::default()
                .hash_password(password.as_bytes())
                .map(|hash| hash.to_string())
                .map_err(AppError::internal)
        })
        .await?
    }

    /// Whether `password` belongs to `stored`; without a stored hash the same work is done in vain.
    pub async fn verify(&self, password: &str, stored: Option<String>) -> Result<bool> {
        let password = password.to_owned();
        self.take_turn(move || {
            let known = stored.is_some();
            let stored = stored.unwrap_or_else(|| DECOY.clone());
            let matches = PasswordHash::new(&stored)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
            matches && known
        })
        .await
    }

    async fn take_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = tokio::time::timeout(QUEUE, Arc::clone(&self.turns).acquire_owned()).await;
        let permit = turn.map_err(|_| AppError::TooMany { retry_after: 5 })?.map_err(AppError::internal)?;
        let outcome = tokio::task::spawn_blocking(move || {
            let outcome = work();
            drop(permit);
            outcome
        });
        outcome.await.map_err(AppError::internal)
    }
}

/// Why a new password is refused, as a message key. `own_words` are names and addresses it must not be made of.
pub fn check(password: &str, own_words: &[&str]) -> std::result::Result<(), &'static str> {
    let length = password.chars().count();
    if length < MIN_LENGTH {
        return Err("password-too-short");
    }
    if length > MAX_LENGTH {
        return Err("password-too-long");
    }
    let plain = password.to_lowercase();
    if is_common(&plain) {
        return Err("password-common");
    }
    if made_of(&plain, own_words) { Err("password-own-words") } else { Ok(()) }
}

/// A breached password, alone, repeated, or dressed up with digits and signs at its ends.
fn is_common(plain: &str) -> bool {
    let core = plain.trim_matches(|c: char| !c.is_alphabetic());
    let distinct = plain.chars().collect::<HashSet<_>>().len();
    distinct < 4 || COMMON.contains(plain) || COMMON.contains(core)
}

/// Whether next to nothing is left once the given words and the product's name are taken out.
fn made_of(plain: &str, own_words: &[&str]) -> bool {
    let words = own_words.iter().flat_map(|words| words.split(|c: char| !c.is_alphanumeric()));
    let mut rest = plain.replace("pacemark", "");
    for word in words.filter(|word| word.chars().count() >= 3) {
        rest = rest.replace(&word.to_lowercase(), "");
    }
    rest.chars().filter(|c| c.is_alphabetic()).count() < 4 && rest.len() < plain.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_what_counts() {
        assert_eq!(check("short", &[]), Err("password-too-short"));
        assert_eq!(check(&"x y".repeat(60), &[]), Err("password-too-long"));
        assert_eq!(check("korrekt häst batteri", &[]), Ok(()));
    }

    #[test]
    fn breached_and_own_words_are_refused() {
        assert_eq!(check("password1234", &[]), Err("password-common"));
        assert_eq!(check("aaaaaaaaaaaa", &[]), Err("password-common"));
        assert_eq!(check("pacemark2026!", &[]), Err("password-own-words"));
        assert_eq!(check("Sandberg-Elias-1", &["Elias Sandberg"]), Err("password-own-words"));
        assert_eq!(check("nordhem202626", &["Nordhem Ventilation"]), Err("password-own-words"));
    }

    #[tokio::test]
    async fn a_hash_fits_only_its_own_password() {
        let passwords = Passwords::default();
        let stored = passwords.hash("korrekt häst batteri").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify("korrekt häst batteri", Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("korrekt hast batteri", Some(stored)).await.unwrap());
        assert!(!passwords.verify("no account has this password", None).await.unwrap());
    }
}

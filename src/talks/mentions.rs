//! Who is brought in with "@": by full name, or by first name where only one is called that.

use crate::auth::accounts::Holder;
use crate::kernel::id::UserId;

/// Somebody who can be brought in: only those who may see the thing that is talked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reachable {
    /// Their account.
    pub user: UserId,
    /// Full name.
    pub name: String,
}

impl Reachable {
    /// The holders of accounts.
    pub fn of(holders: Vec<Holder>) -> Vec<Self> {
        holders.into_iter().map(|holder| Self { user: holder.user, name: holder.name }).collect()
    }

    fn first_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or_default()
    }
}

/// Everybody mentioned in `text`, each once. The fault is what follows an "@" that means nobody of `reachable`, or
/// more than one.
pub fn find(text: &str, reachable: &[Reachable]) -> Result<Vec<UserId>, String> {
    let mut found = Vec::new();
    for rest in starts(text) {
        let user = named(rest, reachable).ok_or_else(|| word(rest).to_owned())?;
        if !found.contains(&user) {
            found.push(user);
        }
    }
    Ok(found)
}

/// What follows each "@" that begins a word; an address such as karin@nordhem.example mentions nobody.
fn starts(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('@').filter_map(move |(at, _)| {
        let before = text[..at].chars().next_back();
        let rest = &text[at + 1..];
        let begins = before.is_none_or(|c| !c.is_alphanumeric());
        (begins && rest.starts_with(char::is_alphanumeric)).then_some(rest)
    })
}

fn named(rest: &str, reachable: &[Reachable]) -> Option<UserId> {
    let full = reachable.iter().filter(|one| begins_with(rest, &one.name)).max_by_key(|one| one.name.len());
    if let Some(one) = full {
        return Some(one.user);
    }
    let mut first = reachable.iter().filter(|one| begins_with(rest, one.first_name()));
    let one = first.next()?;
    first.next().is_none().then_some(one.user)
}

/// Whether `text` begins with the whole of `name`, in any case.
fn begins_with(text: &str, name: &str) -> bool {
    let mut letters = text.chars();
    let same =
        name.chars().all(|c| letters.next().is_some_and(|other| c.to_lowercase().eq(other.to_lowercase())));
    same && !letters.next().is_some_and(char::is_alphanumeric)
}

fn word(rest: &str) -> &str {
    rest.split(|c: char| !c.is_alphanumeric() && c != '-').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Vec<Reachable> {
        ["Karin Lindqvist", "Elias Sandberg", "Elias Berg", "Åsa Öberg"]
            .iter()
            .zip(1..)
            .map(|(name, id)| Reachable { user: UserId(id), name: (*name).to_owned() })
            .collect()
    }

    #[test]
    fn people_are_found_by_full_name_or_by_a_first_name_of_their_own() {
        let find = |text| find(text, &people());
        assert_eq!(find("@karin, what do you say? And @Åsa Öberg?"), Ok(vec![UserId(1), UserId(4)]));
        assert_eq!(find("@Elias Berg and @Elias Berg again"), Ok(vec![UserId(3)]));
        assert_eq!(find("write to karin@nordhem.example or 3 @ 50"), Ok(vec![]));
    }

    #[test]
    fn a_name_that_is_nobodys_or_two_peoples_is_a_fault() {
        let find = |text| find(text, &people());
        assert_eq!(find("ask @Petra Holm"), Err("Petra".to_owned()));
        assert_eq!(find("@Elias?"), Err("Elias".to_owned()));
        assert_eq!(find("@Karinsson"), Err("Karinsson".to_owned()));
    }
}

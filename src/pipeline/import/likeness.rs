//! How alike two names are.

/// A name without case, spaces and marks.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How alike two names are, 0 to 100: the share of characters that need not be changed.
pub(super) fn likeness(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) =
        (plain(left).chars().collect(), plain(right).chars().collect());
    let longest = left.len().max(right.len());
    if longest == 0 {
        return 0;
    }
    (longest - distance(&left, &right)) * 100 / longest
}

/// The most alike of some, when it is alike enough; the first of several.
pub(super) fn nearest<'a, T>(
    name: &str,
    among: impl IntoIterator<Item = (&'a str, T)>,
    enough: usize,
) -> Option<T> {
    let mut best: Option<(usize, T)> = None;
    for (other, value) in among {
        let like = likeness(name, other);
        if like >= enough && best.as_ref().is_none_or(|(most, _)| like > *most) {
            best = Some((like, value));
        }
    }
    best.map(|(_, value)| value)
}

/// How many characters must be changed, added or taken away (Levenshtein).
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = (0..=right.len()).collect();
    for (row, one) in left.iter().enumerate() {
        let mut now = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let changed = before[column] + usize::from(one != other);
            now.push(changed.min(before[column + 1] + 1).min(now[column] + 1));
        }
        before = now;
    }
    before[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_without_spaces_and_case() {
        assert_eq!(likeness("GTXPro", "GTX Pro"), 100);
        assert_eq!(likeness("Gtx Plus Pro", "GTX Pro"), 60);
        assert_eq!(likeness("", ""), 0);
        let products = [("GTX Plus Pro", 1), ("GTX Pro", 2), ("MG Special", 3)];
        assert_eq!(nearest("GTXPro", products, 60), Some(2));
        assert_eq!(nearest("Unheard of", products, 60), None);
    }
}

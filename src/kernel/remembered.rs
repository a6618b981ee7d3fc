//! Values that hold for one revision of what they were made of.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};

/// Most values of one revision; further ones are made anew each time.
const MOST: usize = 1_000;

/// Values by key, of the latest revision that anybody asked about. Clones share them.
#[derive(Debug)]
pub struct Remembered<K, V>(Arc<Mutex<Sheet<K, V>>>);

#[derive(Debug)]
struct Sheet<K, V> {
    revision: i64,
    values: HashMap<K, Arc<V>>,
}

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Sheet { revision: 0, values: HashMap::new() })))
    }
}

impl<K, V> Clone for Remembered<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Eq + Hash, V> Remembered<K, V> {
    /// The value of `key` at `revision`, if it is known.
    pub fn at(&self, revision: i64, key: &K) -> Option<Arc<V>> {
        let sheet = self.0.lock().ok()?;
        let value = sheet.values.get(key).filter(|_| sheet.revision == revision)?;
        Some(Arc::clone(value))
    }

    /// Keeps a value for those who ask about the same revision; an older one than what is there is not kept.
    pub fn keep(&self, revision: i64, key: K, value: V) -> Arc<V> {
        let value = Arc::new(value);
        if let Ok(mut sheet) = self.0.lock() {
            if sheet.revision < revision {
                *sheet = Sheet { revision, values: HashMap::new() };
            }
            if sheet.revision == revision && sheet.values.len() < MOST {
                sheet.values.insert(key, Arc::clone(&value));
            }
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_holds_for_its_revision_only() {
        let remembered = Remembered::default();
        remembered.keep(7, "a", 1);
        assert_eq!(remembered.clone().at(7, &"a").as_deref(), Some(&1));
        assert_eq!(remembered.at(8, &"a"), None);
        assert_eq!(remembered.at(7, &"b"), None);
        remembered.keep(8, "b", 2);
        assert_eq!(remembered.at(7, &"a"), None, "the older revision is gone");
        assert_eq!(*remembered.keep(7, "a", 1), 1, "one who is late gets their value");
        assert_eq!(remembered.at(7, &"a"), None, "and nobody else does");
        assert_eq!(remembered.at(8, &"b").as_deref(), Some(&2));
    }
}

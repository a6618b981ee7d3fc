//! Values that hold for one revision of what they were made of.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};

/// Most values of one revision, unless somebody says otherwise; further ones are made anew each time.
const MOST: usize = 1_000;

/// Values by key, of the latest revision that anybody asked about. Clones share them.
#[derive(Debug)]
pub struct Remembered<K, V, R = i64> {
    most: usize,
    sheet: Arc<Mutex<Sheet<K, V, R>>>,
}

#[derive(Debug)]
struct Sheet<K, V, R> {
    revision: R,
    values: HashMap<K, Arc<V>>,
}

impl<K, V, R: Default> Default for Remembered<K, V, R> {
    fn default() -> Self {
        Self::with_room_for(MOST)
    }
}

impl<K, V, R> Clone for Remembered<K, V, R> {
    fn clone(&self) -> Self {
        Self { most: self.most, sheet: Arc::clone(&self.sheet) }
    }
}

impl<K, V, R: Default> Remembered<K, V, R> {
    /// Nothing yet, and so many values at most.
    pub fn with_room_for(most: usize) -> Self {
        let sheet = Sheet { revision: R::default(), values: HashMap::new() };
        Self { most, sheet: Arc::new(Mutex::new(sheet)) }
    }
}

impl<K: Eq + Hash, V, R: Copy + PartialOrd> Remembered<K, V, R> {
    /// The value of `key` at `revision`, if it is known.
    pub fn at(&self, revision: R, key: &K) -> Option<Arc<V>> {
        let sheet = self.sheet.lock().ok()?;
        let value = sheet.values.get(key).filter(|_| sheet.revision == revision)?;
        Some(Arc::clone(value))
    }

    /// Keeps a value for those who ask about the same revision; an older one than what is there is not kept.
    pub fn keep(&self, revision: R, key: K, value: V) -> Arc<V> {
        let value = Arc::new(value);
        if let Ok(mut sheet) = self.sheet.lock() {
            if sheet.revision < revision {
                *sheet = Sheet { revision, values: HashMap::new() };
            }
            if sheet.revision == revision && sheet.values.len() < self.most {
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

    #[test]
    fn there_is_room_for_so_many() {
        let remembered = Remembered::with_room_for(2);
        for key in 0..3 {
            remembered.keep(1, key, key);
        }
        assert_eq!((remembered.at(1, &1).as_deref(), remembered.at(1, &2)), (Some(&1), None));
    }
}

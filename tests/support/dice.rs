//! Chance that a test can repeat.

use chrono::NaiveDate;

use super::world::day;

/// Numbers that look like chance and are the same every time.
pub struct Dice(pub u64);

impl Dice {
    /// From 0 up to `sides`, without it.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// The same, as amounts are.
    pub fn number(&mut self, below: u64) -> i64 {
        i64::try_from(self.roll(below)).unwrap()
    }

    /// One of several.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.roll(from.len() as u64)).unwrap()]
    }

    /// One of the first 28 days of so many months.
    pub fn date(&mut self, first_month: u32, months: u64) -> NaiveDate {
        let month = first_month + u32::try_from(self.roll(months)).unwrap();
        day(month, 1 + u32::try_from(self.roll(28)).unwrap())
    }
}

//! Chance that comes out the same every time: `SplitMix64` from a seed.

/// A sequence of numbers that look random and depend on the seed alone.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// Dice whose sequence belongs to `seed`.
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Other dice, so that what they decide does not shift what these decide.
    pub(super) fn fork(&mut self) -> Self {
        Self(self.next())
    }

    /// A number from 0 to `count` - 1; 0 when there is nothing to choose from.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let drawn = self.next() % u64::try_from(count.max(1)).unwrap_or(1);
        usize::try_from(drawn).unwrap_or_default()
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.abs_diff(low).saturating_add(1);
        low.saturating_add_unsigned(self.next() % span)
    }

    /// True `permille` times in a thousand.
    pub(super) fn chance(&mut self, permille: i64) -> bool {
        self.between(0, 999) < permille
    }

    /// One of `choices`, if there are any.
    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        choices.get(self.below(choices.len()))
    }

    /// The place of one of `weights`, each as likely as it weighs; the last when nothing weighs anything.
    pub(super) fn weighted(&mut self, weights: &[i64]) -> usize {
        let mut drawn = self.between(0, weights.iter().sum::<i64>().max(1) - 1);
        let hit = weights.iter().position(|weight| {
            drawn -= weight;
            drawn < 0
        });
        hit.unwrap_or(weights.len().saturating_sub(1))
    }

    /// Brings `items` into another order.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

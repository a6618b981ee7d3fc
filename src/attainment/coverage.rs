//! How a goal is covered by the goals below it (rule 16). It is shown; nothing is adjusted by itself.

/// A goal and the sum of the goals below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The target of the goal.
    pub parent: i64,
    /// The targets below it, summed.
    pub parts: i64,
}

/// What [`Coverage`] comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covered {
    /// This much of the target is on nobody.
    Unassigned(i64),
    /// The parts are the target.
    Exact,
    /// The parts are this much more than the target.
    Buffer(i64),
}

impl Coverage {
    /// Compares the two.
    pub fn state(&self) -> Covered {
        match self.parts.saturating_sub(self.parent) {
            0 => Covered::Exact,
            surplus if surplus > 0 => Covered::Buffer(surplus),
            lack => Covered::Unassigned(lack.saturating_neg()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_is_named() {
        let state = |parent, parts| Coverage { parent, parts }.state();
        assert_eq!(state(900, 810), Covered::Unassigned(90));
        assert_eq!(state(900, 900), Covered::Exact);
        assert_eq!(state(900, 950), Covered::Buffer(50));
    }
}

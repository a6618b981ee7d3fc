//! The rates of a group, and the order of groups.

use std::cmp::Ordering;

use super::Figures;
use crate::kernel::ratio::Pct;

/// The columns that the table is sorted by.
pub(super) const COLUMNS: [&str; 10] =
    ["name", "opened", "won", "lost", "rate", "cycle", "delivered", "on-time", "lead", "score"];

impl Figures {
    /// Of what was decided, the share that was won; nothing where nothing was.
    pub(super) fn win_rate(&self) -> Option<Pct> {
        Pct::of(self.decisions.won, self.decisions.won + self.decisions.lost)
    }

    /// Of the orders that had a date, the share that kept it.
    pub(super) fn on_time(&self) -> Option<Pct> {
        Pct::of(self.deliveries.on_time, self.deliveries.owed)
    }
}

/// A group with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Id, segment or month; empty for nobody's, or without a segment.
    pub(super) key: String,
    /// As shown.
    pub(super) name: String,
    /// Where it stands when it is sorted by name: people and products by name, months by time, departments by the tree.
    pub(super) place: String,
    pub(super) figures: Figures,
}

impl Row {
    /// What a column is sorted by; what is not there comes last either way.
    fn value(&self, column: &str) -> Option<i64> {
        let (decisions, deliveries) = (&self.figures.decisions, &self.figures.deliveries);
        match column {
            "opened" => Some(decisions.opened),
            "won" => Some(decisions.won),
            "lost" => Some(decisions.lost),
            "rate" => self.figures.win_rate().map(|rate| rate.0),
            "cycle" => decisions.cycle.map(i64::from),
            "delivered" => Some(deliveries.orders),
            "on-time" => self.figures.on_time().map(|share| share.0),
            "lead" => deliveries.lead.map(i64::from),
            _ => self.figures.scores.average(),
        }
    }
}

/// In the order of a column.
pub(super) fn sort(rows: &mut [Row], (column, descending): (&str, bool)) {
    rows.sort_by(|a, b| {
        let turned = |order: Ordering| if descending { order.reverse() } else { order };
        let by_place = a.place.cmp(&b.place);
        match column {
            "name" => turned(by_place),
            _ => match (a.value(column), b.value(column)) {
                (Some(a), Some(b)) => turned(a.cmp(&b)).then(by_place),
                (a, b) => b.is_some().cmp(&a.is_some()).then(by_place),
            },
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, won: i64, lost: i64, scores: (i64, i64)) -> Row {
        let mut figures = Figures::default();
        (figures.decisions.won, figures.decisions.lost) = (won, lost);
        (figures.scores.answers, figures.scores.sum) = scores;
        Row { key: name.into(), name: name.into(), place: name.into(), figures }
    }

    #[test]
    fn rates_are_of_what_there_is() {
        let some = row("a", 2, 1, (3, 26));
        assert_eq!(some.figures.win_rate().unwrap().to_string_2(), "66.67");
        assert_eq!(some.figures.scores.average(), Some(867), "26 of 3 answers");
        let none = row("b", 0, 0, (0, 0));
        assert_eq!((none.figures.win_rate(), none.figures.scores.average()), (None, None));
    }

    #[test]
    fn what_has_no_figure_comes_last_either_way() {
        let mut rows = vec![row("a", 0, 0, (0, 0)), row("b", 1, 3, (0, 0)), row("c", 1, 1, (0, 0))];
        let names = |rows: &[Row]| rows.iter().map(|row| row.name.clone()).collect::<String>();
        sort(&mut rows, ("rate", false));
        assert_eq!(names(&rows), "bca");
        sort(&mut rows, ("rate", true));
        assert_eq!(names(&rows), "cba");
        sort(&mut rows, ("name", true));
        assert_eq!(names(&rows), "cba");
    }
}

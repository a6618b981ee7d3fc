//! Draws the progress chart: grid, lines, marks and the labels at the lines' ends.

use std::fmt::{self, Formatter, Write as _};

use chrono::NaiveDate;

use super::super::{Place, percent_of};
use super::ProgressChart;
use super::axes::{day_ticks, nice_ticks};
use crate::web::ui::{Escaped, look};

/// The least distance between two labels at the right, in hundredths of the height.
const LABEL_HEIGHT: i64 = 560;

/// A chart with its scale.
pub(super) struct Drawing<'a> {
    chart: &'a ProgressChart,
    ticks: Vec<i64>,
    max: i64,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(chart: &'a ProgressChart) -> Self {
        let lines = [&chart.actual, &chart.pace, &chart.goal, &chart.last_year];
        let high = chart.forecast.map(|(_, _, high)| high);
        let highest =
            lines.into_iter().flatten().map(|(_, value)| *value).chain(high).max().unwrap_or(0).max(0);
        let ticks = nice_ticks(percent_of(highest, 103), chart.unit.smallest_step());
        let max = ticks.last().copied().unwrap_or(0).max(1);
        Self { chart, ticks, max }
    }

    pub(super) fn draw(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let look = look(self.chart.status);
        write!(f, r#"<svg class="state-{look}" role="img" aria-labelledby="chart-title chart-text">"#)?;
        write!(f, r#"<title id="chart-title">{}</title>"#, Escaped(&self.chart.title))?;
        write!(f, r#"<desc id="chart-text">{}</desc>"#, Escaped(&self.chart.description))?;
        self.draw_grid(f)?;
        f.write_str(r#"<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%" overflow="visible">"#)?;
        self.draw_line(f, "last", &self.chart.last_year)?;
        self.draw_forecast(f)?;
        self.draw_line(f, "pace", &self.chart.pace)?;
        self.draw_goal(f)?;
        self.draw_actual(f)?;
        f.write_str("</svg>")?;
        self.draw_today(f)?;
        self.draw_revisions(f)?;
        self.draw_reached(f)?;
        self.draw_labels(f)?;
        f.write_str("</svg>")
    }

    fn y(&self, value: i64) -> Place {
        Place::of(value, self.max).turned()
    }

    fn short(&self, value: i64) -> String {
        self.chart.unit.short(self.chart.l, value)
    }

    fn draw_grid(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for tick in &self.ticks {
            let (class, y) = (if *tick == 0 { "axis" } else { "grid" }, self.y(*tick));
            let label = self.chart.unit.tick(self.chart.l, *tick);
            write!(f, r#"<line class="{class}" x1="0" x2="100%" y1="{y}%" y2="{y}%"/>"#)?;
            write!(f, r#"<text x="0" dx="-8" y="{y}%" dy="4" text-anchor="end">{label}</text>"#)?;
        }
        let today =
            (self.chart.has_begun() && !self.chart.is_over()).then(|| self.chart.x_end(self.chart.today));
        for (day, name) in day_ticks(self.chart) {
            let x = self.chart.x(day);
            write!(f, r#"<line class="grid" x1="{x}%" x2="{x}%" y1="0" y2="100%"/>"#)?;
            // the word "Today" is wider than a month's name and has the right of way
            if today.is_none_or(|today| (today.0 - x.0 - 200).abs() > 800) {
                write!(f, r#"<text x="{x}%" y="100%" dy="18" dx="4">{}</text>"#, Escaped(&name))?;
            }
        }
        Ok(())
    }

    /// A line from nothing at the start over the ends of the given days.
    fn draw_line(&self, f: &mut Formatter<'_>, class: &str, points: &[(NaiveDate, i64)]) -> fmt::Result {
        if points.is_empty() {
            return Ok(());
        }
        write!(f, r#"<path class="{class}" d="M0 {}"#, self.y(0))?;
        for (day, value) in points {
            write!(f, "L{} {}", self.chart.x_end(*day), self.y(*value))?;
        }
        f.write_str(r#""/>"#)
    }

    /// The likely line from today to the end, in a band that opens quickly and then slowly.
    fn draw_forecast(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some((low, likely, high)) = self.forecast() else {
            return Ok(());
        };
        let (start, now) = (self.chart.x_end(self.chart.today), self.chart.reached());
        let middle = |step: i64| between(now, likely, step, 8);
        let x = |step: i64| Place(start.0 + (Place::END.0 - start.0) * step / 8);
        let edge = |step: i64, end: i64| {
            // the root of the share of the way, in thousandths
            let spread = i64::from((1_000_000 * u32::try_from(step).unwrap_or(0) / 8).isqrt());
            self.y(between(
                middle(step),
                middle(step).saturating_add(end.saturating_sub(likely)),
                spread,
                1_000,
            ))
        };
        f.write_str(r#"<path class="band" d=""#)?;
        for step in 0..=8 {
            write!(f, "{}{} {}", if step == 0 { "M" } else { "L" }, x(step), edge(step, high))?;
        }
        for step in (0..=8).rev() {
            write!(f, "L{} {}", x(step), edge(step, low))?;
        }
        write!(f, r#"Z"/><path class="likely" d="M{start} {}L100 {}"/>"#, self.y(now), self.y(likely))
    }

    /// The forecast, where today leaves something to forecast.
    fn forecast(&self) -> Option<(i64, i64, i64)> {
        self.chart.forecast.filter(|_| self.chart.has_begun() && !self.chart.is_over())
    }

    /// The goal as steps at its revisions.
    fn draw_goal(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut goals = self.chart.goal.iter();
        let Some((_, first)) = goals.next() else {
            return Ok(());
        };
        write!(f, r#"<path class="goal" d="M0 {}"#, self.y(*first))?;
        for (day, target) in goals {
            write!(f, "H{}V{}", self.chart.x(*day), self.y(*target))?;
        }
        f.write_str(r#"H100"/>"#)
    }

    /// What was reached, as steps: a deal is an event.
    fn draw_actual(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.chart.has_begun() {
            return Ok(());
        }
        let last = self.chart.last_day();
        let mut steps = format!("M0 {}", self.y(0));
        for (day, value) in self.chart.actual.iter().filter(|(day, _)| *day <= last) {
            write!(steps, "H{}V{}", self.chart.x_end(*day), self.y(*value))?;
        }
        let end = self.chart.x_end(last);
        write!(f, r#"<path class="area" d="{steps}H{end}V100H0Z"/><path class="actual" d="{steps}H{end}"/>"#)
    }

    fn draw_today(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.chart.has_begun() || self.chart.is_over() {
            return Ok(());
        }
        let (x, word) = (self.chart.x_end(self.chart.today), self.chart.l.t("chart-today"));
        write!(f, r#"<line class="today" x1="{x}%" x2="{x}%" y1="0" y2="100%"/>"#)?;
        write!(
            f,
            r#"<text class="strong" x="{x}%" y="100%" dy="18" text-anchor="middle">{}</text>"#,
            Escaped(&word)
        )
    }

    /// A dot where the goal was revised, and in words the last revision.
    fn draw_revisions(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (day, target) in self.chart.goal.iter().skip(1) {
            write!(
                f,
                r#"<circle class="revdot" cx="{}%" cy="{}%" r="4"/>"#,
                self.chart.x(*day),
                self.y(*target)
            )?;
        }
        let [.., (_, from), (day, to)] = self.chart.goal.as_slice() else {
            return Ok(());
        };
        let values = [("from", self.short(*from).into()), ("to", self.short(*to).into())];
        let text = self.chart.l.tr("chart-revised", &values);
        let (x, y) = (self.chart.x(*day), self.y(*to));
        let (dx, anchor) = if x.0 > 5_500 { (-8, "end") } else { (8, "start") };
        write!(
            f,
            r#"<text class="halo" x="{x}%" y="{y}%" dx="{dx}" dy="-8" text-anchor="{anchor}">{}</text>"#,
            Escaped(&text)
        )
    }

    fn draw_reached(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.chart.has_begun() {
            return Ok(());
        }
        let reached = self.chart.reached();
        let (x, y) = (self.chart.x_end(self.chart.last_day()), self.y(reached));
        let (dx, anchor) = if x.0 < 3_000 { (10, "start") } else { (-10, "end") };
        let text = format!("{} {}", self.chart.l.t("chart-actual"), self.short(reached));
        write!(f, r#"<circle class="dot" cx="{x}%" cy="{y}%" r="5"/>"#)?;
        write!(
            f,
            r#"<text class="strong halo" x="{x}%" y="{y}%" dx="{dx}" dy="-8" text-anchor="{anchor}">{}</text>"#,
            Escaped(&text)
        )
    }

    /// The names of the lines at their right ends, moved apart where they would overlap.
    fn draw_labels(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut labels: Vec<(i64, &str, i64, &str)> = Vec::new();
        if let Some((low, likely, high)) = self.forecast() {
            labels.extend([
                (high, "chart-high", 0, ""),
                (likely, "chart-likely", 0, " strong"),
                (low, "chart-low", 0, ""),
            ]);
        }
        if !self.chart.goal.is_empty() {
            labels.push((self.chart.target(), "chart-goal", 0, " strong"));
        }
        if let Some((_, value)) = self.chart.last_year.last() {
            labels.push((*value, "chart-last-year", 0, ""));
        }
        labels.sort_by_key(|(value, ..)| std::cmp::Reverse(*value));
        for label in &mut labels {
            label.2 = self.y(label.0).0;
        }
        move_apart(&mut labels);
        for (value, key, y, class) in labels {
            let text = format!("{} {}", self.chart.l.t(key), self.short(value));
            write!(
                f,
                r#"<text class="m-hide{class}" x="100%" dx="8" y="{}%" dy="4">{}</text>"#,
                Place(y),
                Escaped(&text)
            )?;
        }
        Ok(())
    }
}

/// Pushes labels, sorted from the top, down to a distance, and back up from the bottom where they leave the picture.
fn move_apart(labels: &mut [(i64, &str, i64, &str)]) {
    let mut least = 0;
    for label in labels.iter_mut() {
        label.2 = label.2.max(least);
        least = label.2 + LABEL_HEIGHT;
    }
    let mut most = Place::END.0;
    for label in labels.iter_mut().rev() {
        label.2 = label.2.min(most);
        most = label.2 - LABEL_HEIGHT;
    }
}

/// `from` plus `step` of `steps` of the way to `to`.
fn between(from: i64, to: i64, step: i64, steps: i64) -> i64 {
    let way = (i128::from(to) - i128::from(from)) * i128::from(step) / i128::from(steps);
    i64::try_from(i128::from(from) + way).unwrap_or(to)
}

//! The bullet graph (Stephen Few): what was reached against the goal, with where one should be today and where it will land.

use std::fmt::{self, Write};

use askama::filters::HtmlSafe;

use super::{Place, Unit, bar_class, percent_of};
use crate::web::i18n::Localiser;
use crate::web::ui::Escaped;

/// A goal's state in one bar. Large has labels; small fits a table row; television is twice as large.
#[derive(Clone, Debug)]
pub struct Bullet {
    l: Localiser,
    unit: Unit,
    what: String,
    actual: i64,
    target: i64,
    status: &'static str,
    pace: Option<i64>,
    forecast: Option<(i64, i64, i64)>,
    max: Option<i64>,
    size: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Large,
    Small,
    Television,
}

/// Heights in pixels.
struct Frame {
    zoom: i64,
    top: i64,
    height: i64,
    max: i64,
}

impl Bullet {
    /// A large bullet of `what` ("Order intake"), with labels. `status` is the goal's state and colours the bar.
    pub fn new(l: Localiser, unit: Unit, what: &str, actual: i64, target: i64, status: &'static str) -> Self {
        let what = what.to_owned();
        let (pace, forecast, max, size) = (None, None, None, Size::Large);
        Self { l, unit, what, actual, target, status, pace, forecast, max, size }
    }

    /// With the triangle at what should have been reached today.
    #[must_use]
    pub fn pace(mut self, pace: impl Into<Option<i64>>) -> Self {
        self.pace = pace.into();
        self
    }

    /// With the whisker from low over likely to high.
    #[must_use]
    pub fn forecast(mut self, forecast: impl Into<Option<(i64, i64, i64)>>) -> Self {
        self.forecast = forecast.into();
        self
    }

    /// For a table row: 24 px, no labels, the scale always 112 % of the goal, so that rows compare.
    #[must_use]
    pub fn small(mut self) -> Self {
        self.size = Size::Small;
        self.max = Some(percent_of(self.target, 112));
        self
    }

    /// For a wall screen.
    #[must_use]
    pub fn television(mut self) -> Self {
        self.size = Size::Television;
        self
    }

    /// On a scale that ends at `max`; what is beyond is cut.
    #[must_use]
    pub fn scale(mut self, max: i64) -> Self {
        self.max = Some(max);
        self
    }

    fn frame(&self) -> Frame {
        let zoom = if self.size == Size::Television { 2 } else { 1 };
        let top = if self.size == Size::Small { 4 } else { 8 };
        let high = self.forecast.map_or(0, |(_, _, high)| percent_of(high, 103));
        let fitting = percent_of(self.target, 118).max(high).max(percent_of(self.actual, 104));
        Frame { zoom, top: top * zoom, height: 16 * zoom, max: self.max.unwrap_or(fitting).max(1) }
    }

    /// The whole graph as a sentence.
    fn sentence(&self) -> String {
        let say = |value| self.unit.short(self.l, value);
        let (what, actual, target) = (self.what.as_str(), say(self.actual), say(self.target));
        let mut text = self.l.tr(
            "bullet-actual",
            &[("what", what.into()), ("actual", actual.into()), ("target", target.into())],
        );
        if let Some(pace) = self.pace {
            text += &self.l.tr("bullet-pace", &[("pace", say(pace).into())]);
        }
        if let Some((low, likely, high)) = self.forecast {
            let values =
                [("low", say(low).into()), ("likely", say(likely).into()), ("high", say(high).into())];
            text += &self.l.tr("bullet-forecast", &values);
        }
        text
    }

    fn draw_ranges(&self, f: &mut impl Write, frame: &Frame) -> fmt::Result {
        let Frame { top, height, max, .. } = *frame;
        let ranges = [
            ("b3", Place::END),
            ("b2", Place::of(self.target, max)),
            ("b1", Place::of(percent_of(self.target, 80), max)),
        ];
        for (class, width) in ranges {
            write!(
                f,
                r#"<rect class="{class}" x="0" y="{top}" width="{width}%" height="{height}" rx="3"/>"#
            )?;
        }
        let (y, thickness) = (top + 4 * frame.zoom, 8 * frame.zoom);
        let (class, width) = (bar_class(self.status), Place::of(self.actual, max));
        write!(
            f,
            r#"<rect class="bar {class}" x=".5" y="{y}" width="{width}%" height="{thickness}" rx="2"/>"#
        )
    }

    fn draw_forecast(&self, f: &mut impl Write, frame: &Frame) -> fmt::Result {
        let Some((low, likely, high)) = self.forecast else {
            return Ok(());
        };
        let [low, likely, high] = [low, likely, high].map(|value| Place::of(value, frame.max));
        let (y, arm) = (frame.top + 8 * frame.zoom, 3 * frame.zoom);
        write!(f, r#"<line class="fc" x1="{low}%" x2="{high}%" y1="{y}" y2="{y}"/>"#)?;
        for end in [low, high] {
            write!(f, r#"<line class="fc" x1="{end}%" x2="{end}%" y1="{}" y2="{}"/>"#, y - arm, y + arm)?;
        }
        write!(f, r#"<circle class="fcdot" cx="{likely}%" cy="{y}" r="{}"/>"#, halves(7 * frame.zoom))
    }

    fn draw_marks(&self, f: &mut impl Write, frame: &Frame) -> fmt::Result {
        let Frame { zoom, top, height, max } = *frame;
        let goal = Place::of(self.target, max);
        let (width, y, tall) = (3 * zoom, top - 4 * zoom, height + 8 * zoom);
        let left = halves(3 * zoom);
        write!(
            f,
            r#"<svg x="{goal}%" overflow="visible"><rect class="goal" x="-{left}" y="{y}" width="{width}" height="{tall}" rx="1"/></svg>"#
        )?;
        let Some(pace) = self.pace else { return Ok(()) };
        let at = Place::of(pace, max);
        let (arm, above, tip, end) = (halves(11 * zoom), top - 7 * zoom, top + zoom, top + height);
        write!(
            f,
            r#"<svg x="{at}%" overflow="visible"><path class="pace" d="M-{arm} {above}H{arm}L0 {tip}z"/></svg>"#
        )?;
        write!(f, r#"<line class="paceline" x1="{at}%" x2="{at}%" y1="{top}" y2="{end}"/>"#)
    }

    /// The pace's label gives way to the goal's: near it, it turns away, and very near it is left out. Both turn
    /// inward near the ends.
    fn draw_labels(&self, f: &mut impl Write, frame: &Frame) -> fmt::Result {
        let y = frame.top + frame.height + 15 * frame.zoom;
        let goal = Place::of(self.target, frame.max);
        if let Some(pace) = self.pace {
            let at = Place::of(pace, frame.max);
            if let Some(place) = beside(at, goal) {
                self.draw_label(f, "", place, y, "chart-pace-today", pace)?;
            }
        }
        self.draw_label(f, r#" class="strong""#, inward(goal), y, "chart-goal", self.target)
    }

    fn draw_label(
        &self,
        f: &mut impl Write,
        class: &str,
        (x, anchor): (Place, &str),
        y: i64,
        key: &str,
        value: i64,
    ) -> fmt::Result {
        let text = format!("{} {}", self.l.t(key), self.unit.short(self.l, value));
        write!(f, r#"<text{class} x="{x}%" y="{y}" text-anchor="{anchor}">{}</text>"#, Escaped(&text))
    }
}

/// Where the label of a mark stands, and how it is anchored there.
fn inward(at: Place) -> (Place, &'static str) {
    match at.0 {
        ..1_000 => (Place(0), "start"),
        1_000..=9_000 => (at, "middle"),
        _ => (Place::END, "end"),
    }
}

/// The same for a mark that stands beside the goal's: on a phone the two labels need a third of the width.
fn beside(at: Place, goal: Place) -> Option<(Place, &'static str)> {
    match (goal.0 - at.0, at.0) {
        (-1_700..=1_700, _) => None,
        (1_701..=3_200, 3_500..) => Some((at, "end")),
        (-3_200..=-1_701, ..=6_500) => Some((at, "start")),
        _ => Some(inward(at)),
    }
}

/// Half pixels as pixels.
fn halves(count: i64) -> String {
    format!("{}{}", count / 2, if count % 2 == 0 { "" } else { ".5" })
}

impl fmt::Display for Bullet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frame = self.frame();
        let class = match self.size {
            Size::Large => "",
            Size::Small => " bullet--sm",
            Size::Television => " bullet--tv",
        };
        write!(f, r#"<svg class="bullet{class}" role="img" aria-label="{}">"#, Escaped(&self.sentence()))?;
        self.draw_ranges(f, &frame)?;
        self.draw_forecast(f, &frame)?;
        self.draw_marks(f, &frame)?;
        if self.size != Size::Small {
            self.draw_labels(f, &frame)?;
        }
        f.write_str("</svg>")
    }
}

impl HtmlSafe for Bullet {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::lang::Lang;

    const SEK: Unit = Unit::Money { exponent: 2 };

    fn bullet(actual: i64, target: i64) -> Bullet {
        Bullet::new(Localiser::new(Lang::En), SEK, "Order intake", actual, target, "on")
    }

    #[test]
    fn a_goal_with_everything() {
        let graph = bullet(1_024_500_00, 1_600_000_00).pace(880_600_00).forecast((
            1_490_000_00,
            1_680_000_00,
            1_860_000_00,
        ));
        insta::assert_snapshot!(graph);
    }

    #[test]
    fn a_goal_in_a_table_in_swedish() {
        let graph =
            Bullet::new(Localiser::new(Lang::Sv), Unit::Count, "Nya kunder", 3, 6, "risk").pace(4).small();
        insta::assert_snapshot!(graph);
    }

    #[test]
    fn every_figure_stays_inside_the_picture() {
        for (actual, target) in
            [(0, 0), (5, 0), (-500, 100), (i64::MAX, 1), (i64::MIN, i64::MAX), (1, i64::MAX)]
        {
            let graph = bullet(actual, target).pace(i64::MAX).forecast((i64::MIN, 0, i64::MAX)).to_string();
            assert!(!graph.contains(r#"="-"#) || !graph.contains("%\"-"), "{graph}");
            for part in graph.split('"').filter_map(|part| part.strip_suffix('%')) {
                assert!((0.0..=100.0).contains(&part.parse::<f64>().unwrap()), "{part} in {graph}");
            }
        }
    }

    #[test]
    fn names_are_escaped() {
        let graph = Bullet::new(Localiser::new(Lang::En), SEK, "\"><script>", 1, 2, "on").to_string();
        assert!(!graph.contains("<script") && graph.contains("&quot;&gt;&lt;script&gt;"));
    }
}

//! What goals of those who support sales are measured by.

use sqlx::PgConnection;

use super::{Figure, Line, On};
use crate::attainment::service::Span;
use crate::attainment::{Metric, Nature};
use crate::error::Result;
use crate::facts::{self, Facts};
use crate::kernel::ratio::scale;
use crate::notices::Value;

pub(super) async fn lines(conn: &mut PgConnection, on: &On<'_>) -> Result<Vec<Line>> {
    let metrics: Vec<Metric> = Metric::ALL.into_iter().filter(|metric| !metric.is_of_sales()).collect();
    let spans = |period| {
        let span = Span { subject: on.subject(), category: None, basis: on.company.basis, period };
        metrics.iter().map(move |metric| (*metric, span))
    };
    let asked: Vec<_> = spans(on.period).chain(spans(on.before)).collect();
    let sums = facts::sums(conn, &asked).await?;
    let (now, before) = sums.split_at(metrics.len().min(sums.len()));
    let known = metrics.iter().zip(now.iter().zip(before));
    let known = known.filter(|(_, (now, before))| **now != Facts::default() || **before != Facts::default());
    Ok(known.map(|(metric, (now, before))| line(on, *metric, *now, *before)).collect())
}

fn line(on: &On<'_>, metric: Metric, now: Facts, before: Facts) -> Line {
    let days = format!("from={}&last={}", on.period.start, on.period.last_day());
    Line::new("fact", format!("/facts?metric={}&{days}", metric.code()))
        .with("what", Value::counted(metric, None))
        .figure(figure(metric, now), figure(metric, before))
        .about(on.about())
}

/// What facts come to; nothing of a whole that is nothing.
fn figure(metric: Metric, of: Facts) -> Option<Figure> {
    let Nature::Ratio { scale: unit, .. } = metric.nature() else {
        return Some(Figure::Count { value: of.part });
    };
    let value = scale(of.part, unit, of.whole)?;
    Some(match metric {
        Metric::CustomerScore => Figure::Points { value },
        Metric::FirstReplyTime => Figure::Minutes { value },
        _ => Figure::Percent { value },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_worked_out_from_their_facts() {
        let facts = |part, whole| Facts { part, whole };
        assert_eq!(figure(Metric::OnTimeDelivery, facts(88, 100)), Some(Figure::Percent { value: 8_800 }));
        assert_eq!(figure(Metric::CustomerScore, facts(1_290, 3)), Some(Figure::Points { value: 430 }));
        assert_eq!(figure(Metric::FirstReplyTime, facts(0, 0)), None);
        assert_eq!(figure(Metric::Leads, facts(7, 0)), Some(Figure::Count { value: 7 }));
    }
}

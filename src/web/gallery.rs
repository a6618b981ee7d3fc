//! The page of all components, rendered in a test and looked at when a component changes.

use askama::Template;
use chrono::NaiveDate;

use super::charts::{Bullet, Coverage, MiniBar, ProgressChart, Sparkline, Unit};
use super::i18n::Localiser;
use super::shell::{Shell, Toast};
use super::ui::{Choice, FilterTag, Link, Pager, Problem, SortLink};

const SEK: Unit = Unit::Money { exponent: 0 };

/// Every component in every state, about an invented company.
#[derive(Template)]
#[template(path = "components_gallery.html")]
pub struct Gallery {
    /// The frame.
    pub shell: Shell,
    crumbs: Vec<Link>,
    views: Vec<Link>,
    problems: Vec<Problem>,
    mistake: Option<String>,
    fine: Option<String>,
    choices: Vec<Choice>,
    filters: Vec<FilterTag>,
    pager: Pager,
    sort_name: SortLink,
    sort_amount: SortLink,
    bullets: Vec<Bullet>,
    rows: Vec<Row>,
    coverages: Vec<Coverage>,
    reward: MiniBar,
    chart: ProgressChart,
    facts: Vec<(&'static str, &'static str)>,
}

/// A person in the table.
struct Row {
    name: &'static str,
    actual: i64,
    gap: i64,
    status: &'static str,
    bullet: Bullet,
    line: Sparkline,
}

/// What a goal has, needs and is.
type Figures = (i64, i64, i64, &'static str);

impl Gallery {
    /// The page in the language of `shell`.
    pub fn new(mut shell: Shell) -> Self {
        let l = shell.l;
        shell.toast = Some(Toast {
            text: "Holmen Skog, SEK 168,000".into(),
            undo_url: Some("/deals/341/undo".into()),
            undo_fields: vec![("version".into(), "1".into())],
        });
        if let Some(team) = shell.nav.first_mut().and_then(|group| group.items.get_mut(1)) {
            (team.count, team.hot) = (Some(3), true);
        }
        let message = "Enter the order value as a number, like 168 000";
        Self {
            crumbs: vec![
                Link::new("/goals/1", "Nordhem 42.0M"),
                Link::new("/goals/6", "Sales North"),
                Link::new("", "Elias"),
            ],
            views: vec![
                Link::new("?v=all", "Everyone").current(true).count(8),
                Link::new("?v=behind", "Behind pace").count(3),
            ],
            problems: vec![Problem { field: "amount".into(), message: message.into() }],
            mistake: Some(message.into()),
            fine: None,
            choices: ["FTX 400", "FTX 600", "Ventus 12"].map(|name| Choice::new(name, name)).into(),
            filters: vec![FilterTag { label: "November".into(), href: "?".into() }],
            pager: Pager {
                first: 51,
                last: 100,
                total: 6012,
                previous: Some("?page=1".into()),
                next: Some("?page=3".into()),
            },
            sort_name: SortLink { href: "?sort=name".into(), sorted: None },
            sort_amount: SortLink { href: "?sort=amount".into(), sorted: Some("descending") },
            bullets: bullets(l),
            rows: rows(l),
            coverages: [[240, 210, 190, 170], [240, 210, 250, 200], [260, 310, 250, 200]]
                .map(coverage)
                .into(),
            reward: MiniBar { value: 64, max: 100, colour: "kudos", label: l.pct(64) },
            chart: chart(l),
            facts: vec![
                ("Actual", "SEK 1.02M"),
                ("Against pace", "+144k"),
                ("Likely", "1.68M"),
                ("Chance", "7 in 10"),
            ],
            shell,
        }
    }
}

fn bullets(l: Localiser) -> Vec<Bullet> {
    let forecast = (1_490_000, 1_680_000, 1_860_000);
    let goals: [Figures; 4] = [
        (1_024_500, 880_000, 1_600_000, "on"),
        (800_000, 890_000, 1_600_000, "risk"),
        (500_000, 890_000, 1_600_000, "off"),
        (0, 30_000, 1_600_000, "none"),
    ];
    let reached = Bullet::new(l, SEK, "Order intake", 1_660_000, 1_600_000, "reached");
    let others = goals.map(|(actual, pace, target, status)| {
        Bullet::new(l, SEK, "Order intake", actual, target, status)
            .pace(pace)
            .forecast((status == "on").then_some(forecast))
    });
    std::iter::once(reached).chain(others).collect()
}

fn rows(l: Localiser) -> Vec<Row> {
    let people: [(&str, Figures); 4] = [
        ("Maja Öberg", (1_312_000, 1_111_000, 2_000_000, "on")),
        ("Lars-Erik Holm", (842_000, 889_000, 1_600_000, "risk")),
        ("Johan Nyström", (771_000, 1_000_000, 1_800_000, "off")),
        ("Sofia Bergqvist", (840_000, 444_000, 800_000, "reached")),
    ];
    people
        .map(|(name, (actual, pace, target, status))| Row {
            name,
            actual,
            gap: actual - pace,
            status,
            bullet: Bullet::new(l, SEK, name, actual, target, status).pace(pace).small(),
            line: Sparkline { values: vec![3, 5, 2, 6, 4, 7, 5], reference: Some(4), label: name.to_owned() },
        })
        .into()
}

fn coverage(parts: [i64; 4]) -> Coverage {
    Coverage { parts: parts.to_vec(), target: 900, label: "Goals of the parts".into() }
}

fn chart(l: Localiser) -> ProgressChart {
    let from = NaiveDate::default();
    let day = |days: u64| from + chrono::Days::new(days);
    ProgressChart {
        l,
        unit: SEK,
        title: "Order intake".into(),
        description: "Ahead of pace".into(),
        status: "on",
        from,
        end: day(90),
        today: day(48),
        actual: [
            (1, 118),
            (5, 164),
            (8, 205),
            (14, 369),
            (19, 407),
            (21, 549),
            (26, 631),
            (33, 727),
            (40, 848),
            (47, 1_024),
        ]
        .map(|(days, thousands)| (day(days), thousands * 1_000))
        .into(),
        pace: vec![(day(11), 180_000), (day(48), 880_000), (day(89), 1_600_000)],
        goal: vec![(from, 1_450_000), (day(11), 1_600_000)],
        last_year: [(10, 90), (30, 500), (50, 690), (70, 1_100), (89, 1_380)]
            .map(|(days, k)| (day(days), k * 1_000))
            .into(),
        forecast: Some((1_490_000, 1_680_000, 1_860_000)),
    }
}

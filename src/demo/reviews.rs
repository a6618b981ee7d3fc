//! Two standing meetings of the demo company: Sales North by the month, Delivery by the week, with what they decided.

use chrono::{Days, NaiveDate};
use sqlx::PgConnection;

use super::staff::Staff;
use super::timeline::Timeline;
use crate::error::{AppError, Result};
use crate::kernel::id::UserId;
use crate::org::{Company, company};
use crate::reviews::rhythm::Rhythm;
use crate::reviews::steps::{Act, Side};
use crate::reviews::{self, Hand, Review, Said, SeriesDraft, SeriesId, Wanted};

/// What was decided: how many meetings before the last one, what, by whom, due how many days after the meeting, about what, and
/// after how many days it was done, or why it was dropped.
struct Decided {
    back: usize,
    what: &'static str,
    who: &'static str,
    due: u64,
    about: &'static str,
    end: End,
}

#[derive(Clone, Copy)]
enum End {
    Open,
    Done(u64),
    Dropped(&'static str),
}

const fn decided(
    back: usize,
    (what, who, about): (&'static str, &'static str, &'static str),
    due: u64,
    end: End,
) -> Decided {
    Decided { back, what, who, due, about, end }
}

/// A standing meeting: its name, its department's code, who leads it, when it is, guests, how many days ago it began, what was
/// said about which section, and what was decided.
struct Meeting {
    name: &'static str,
    department: &'static str,
    lead: &'static str,
    rhythm: Rhythm,
    guests: &'static [&'static str],
    since: u64,
    said: &'static [(usize, &'static str, &'static str)],
    decided: &'static [Decided],
}

const MEETINGS: [Meeting; 2] = [
    Meeting {
        name: "Sales North monthly",
        department: "NORTH",
        lead: "Karin Lindqvist",
        rhythm: Rhythm::Workday(3),
        guests: &["Sara Lind"],
        since: 100,
        said: &[
            (
                2,
                "goals",
                "Johan loses on price in the public sector. We look at which offers we should not have made.",
            ),
            (
                1,
                "back",
                "Two of the returns were the wrong size. Ordering forms are checked before they go out.",
            ),
            (0, "", "Peter's customers are shared out. Everybody has a list."),
            (0, "goals", "Mikael and Johan are behind; both have too few offers out, not too few wins."),
        ],
        decided: &[
            decided(2, ("Go through lost offers of the spring", "Johan Nyström", "goals"), 14, End::Done(10)),
            decided(
                2,
                ("Try the new leasing offer with three customers", "Amira Haddad", "sales"),
                21,
                End::Dropped("Finance has withdrawn the leasing offer."),
            ),
            decided(
                1,
                ("Check ordering forms before they are sent", "Linnea Forsberg", "back"),
                10,
                End::Open,
            ),
            decided(
                1,
                ("Call five customers that have not ordered for half a year", "Elias Sandberg", "customers"),
                12,
                End::Done(11),
            ),
            decided(
                0,
                ("Ten more offers each before the month ends", "Mikael Ekström", "goals"),
                40,
                End::Open,
            ),
            decided(
                0,
                ("Ask production for delivery times of the large units", "Sara Lind", ""),
                35,
                End::Open,
            ),
        ],
    },
    Meeting {
        name: "Delivery on Mondays",
        department: "DELIVERY",
        lead: "Sara Lind",
        rhythm: Rhythm::Weekly(1),
        guests: &["Annika Rosén", "Karin Lindqvist"],
        since: 35,
        said: &[
            (
                1,
                "facts",
                "The northern route was late twice, both times because goods came late from assembly.",
            ),
            (0, "", "A second van from next week."),
        ],
        decided: &[
            decided(
                3,
                ("Load the northern route the evening before", "Mats Fridén", "facts"),
                7,
                End::Done(5),
            ),
            decided(
                1,
                ("Agree with assembly on a last hour for goods", "Annika Rosén", "facts"),
                2,
                End::Open,
            ),
            decided(0, ("Plan the routes with two vans", "Leila Hosseini", ""), 21, End::Open),
        ],
    },
];

struct Stage<'a> {
    company: Company,
    timeline: &'a Timeline<'a>,
    staff: &'a Staff,
}

/// Lets both meetings be held from their beginning up to yesterday.
pub(super) async fn create(conn: &mut PgConnection, timeline: &Timeline<'_>, staff: &Staff) -> Result<()> {
    let stage = Stage { company: company::find(conn).await?, timeline, staff };
    for meeting in &MEETINGS {
        stage.run(conn, meeting).await?;
    }
    Ok(())
}

impl Stage<'_> {
    fn user(&self, name: &str) -> Result<UserId> {
        let (index, _) = self.staff.named(name).ok_or(AppError::NotFound)?;
        self.staff.users.get(&index).copied().ok_or(AppError::NotFound)
    }

    fn person(&self, name: &str) -> Result<crate::kernel::id::EmployeeId> {
        self.staff.named(name).map(|(_, id)| id).ok_or(AppError::NotFound)
    }

    fn hand(&self, name: &str, day: NaiveDate, hour: i64) -> Result<Hand> {
        let at = self.timeline.moment(day, hour * 60);
        Ok(Hand { user: self.user(name)?, name: name.to_owned(), at })
    }

    async fn run(&self, conn: &mut PgConnection, meeting: &Meeting) -> Result<()> {
        let guests: Result<Vec<_>> = meeting.guests.iter().map(|name| self.person(name)).collect();
        let draft = SeriesDraft {
            name: meeting.name.to_owned(),
            department: self.staff.department(meeting.department).ok_or(AppError::NotFound)?,
            rhythm: meeting.rhythm,
            leader: None,
            guests: guests?,
        };
        let begun = self.timeline.today - Days::new(meeting.since);
        let series = reviews::make(conn, &self.company, &self.hand(meeting.lead, begun, 9)?, &draft).await?;
        let days = self.days(conn, meeting, series).await?;
        for back in (0..days).rev() {
            let Some(review) = reviews::planned(conn, series).await? else { break };
            self.meet(conn, meeting, &review, back).await?;
        }
        Ok(())
    }

    /// How many meetings there are before today.
    async fn days(&self, conn: &mut PgConnection, meeting: &Meeting, series: SeriesId) -> Result<usize> {
        let first = reviews::planned(conn, series).await?.map(|first| first.on);
        let next = |on: &NaiveDate| meeting.rhythm.next(*on, &self.company.calendar);
        Ok(std::iter::successors(first, next).take_while(|on| *on < self.timeline.today).count())
    }

    /// Says and decides what belongs to the meeting that is `back` before the last, and ends it.
    async fn meet(
        &self,
        conn: &mut PgConnection,
        meeting: &Meeting,
        review: &Review,
        back: usize,
    ) -> Result<()> {
        let hand = self.hand(meeting.lead, review.on, 10)?;
        for (_, section, body) in meeting.said.iter().filter(|(at, ..)| *at == back) {
            reviews::note(conn, &hand, review, (section, 0), body).await?;
        }
        for decided in meeting.decided.iter().filter(|decided| decided.back == back) {
            self.decide(conn, meeting, review, decided).await?;
        }
        reviews::hold(conn, &self.company, &hand, (review.id, review.version)).await
    }

    async fn decide(
        &self,
        conn: &mut PgConnection,
        meeting: &Meeting,
        review: &Review,
        decided: &Decided,
    ) -> Result<()> {
        let wanted = Wanted {
            section: decided.about.to_owned(),
            what: decided.what.to_owned(),
            owner: self.person(decided.who)?,
            due: review.on + Days::new(decided.due),
        };
        let id = reviews::decide(conn, &self.hand(meeting.lead, review.on, 10)?, review, &wanted).await?;
        let (act, after, reason) = match decided.end {
            End::Open => return Ok(()),
            End::Done(days) => (Act::Finish, days, ""),
            End::Dropped(reason) => (Act::Drop, decided.due, reason),
        };
        let hand = self.hand(meeting.lead, review.on + Days::new(after), 15)?;
        let side = Side { chair: true, ..Side::default() };
        let said = Said { version: 1, reason: reason.to_owned(), wanted: None };
        let decision = reviews::decision(conn, id).await?;
        reviews::take(conn, &hand, side, &decision, (act, &said)).await.map(drop)
    }
}

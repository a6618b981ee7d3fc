//! Sales that are booked together, in one transaction: claims are taken, what the sales refer to is looked up, deals
//! are booked and recorded and answers kept, all of them with the statements that one sale takes.

use std::pin::Pin;

use axum::http::StatusCode;
use serde_json::json;
use sqlx::{PgConnection, PgPool};

use super::idempotency::{self, Answer, Claim, Claimed};
use super::query::Paging;
use super::sale::{Sale, SaleItem, StoredSale};
use super::sale_intake::Request;
use super::sale_known::Known;
use super::sale_store::{self as store, SaleFilter};
use crate::audit::{self, Entry, Event};
use crate::auth::{Actor, Role};
use crate::error::{AppError, Found, Result};
use crate::goals::Viewer;
use crate::sales::booking::{self, Booked, Order, Stamp};
use crate::sales::{DealDraft, DealStatus};

/// Where sales are, for answers that say so.
pub const PATH: &str = "/api/v1/sales";

/// Books all of `requests`, or none when one of them meets a failure that only shows when it is written. No two carry
/// the same key.
pub fn carry_out<'a>(db: &'a PgPool, requests: &'a [Request]) -> Attempt<'a> {
    Box::pin(attempt(db, requests))
}

/// Boxed, because the compiler cannot see for every lifetime at once that what happens here may move between threads.
type Attempt<'a> = Pin<Box<dyn Future<Output = Result<Vec<Result<Answer>>>> + Send + 'a>>;

async fn attempt(db: &PgPool, requests: &[Request]) -> Result<Vec<Result<Answer>>> {
    let mut tx = db.begin().await?;
    let mut answers = claim(&mut tx, requests).await?;
    let drafts = drafts(&mut tx, requests, &mut answers).await?;
    book(&mut tx, requests, &drafts, &mut answers).await?;
    let answers: Vec<Result<Answer>> = answers
        .into_iter()
        .map(|answer| answer.unwrap_or_else(|| Err(AppError::internal("no answer"))))
        .collect();
    let kept = idempotency::kept(requests.iter().map(|request| request.claim.as_ref()).zip(&answers));
    idempotency::keep_all(&mut tx, kept).await?;
    tx.commit().await?;
    Ok(answers)
}

/// Books one sale; a refusal is an answer too, which the same request gets again.
pub async fn carry_out_alone(db: &PgPool, request: &Request) -> Result<Answer> {
    let failure = match carry_out(db, std::slice::from_ref(request)).await {
        Ok(mut answers) => return answers.pop().ok_or_else(|| AppError::internal("no answer"))?,
        Err(failure) => failure,
    };
    let answer = Answer::refusal(&failure, PATH).ok_or(failure)?;
    let Some(claim) = &request.claim else { return Ok(answer) };
    let mut tx = db.begin().await?;
    let mut claimed = idempotency::take_all(&mut tx, std::slice::from_ref(claim)).await?;
    if let Some(Claimed::Before(first)) = claimed.pop().transpose()? {
        return Ok(first);
    }
    idempotency::keep_all(&mut tx, std::iter::once((claim, &answer)).collect()).await?;
    tx.commit().await?;
    Ok(answer)
}

/// An answer, once there is one.
type Pending = Option<Result<Answer>>;

/// Takes the claims; those who come second have their answer already.
async fn claim(conn: &mut PgConnection, requests: &[Request]) -> Result<Vec<Pending>> {
    let claims: Vec<Claim> = requests.iter().filter_map(|request| request.claim.clone()).collect();
    let mut claimed = idempotency::take_all(conn, &claims).await?.into_iter();
    let answers = requests.iter().map(|request| {
        request.claim.as_ref()?;
        match claimed.next()? {
            Ok(Claimed::Now) => None,
            Ok(Claimed::Before(answer)) => Some(Ok(answer)),
            Err(conflict) => Some(Err(conflict)),
        }
    });
    Ok(answers.collect())
}

/// The deals of those that have no answer yet; what is refused has one afterwards.
async fn drafts(
    conn: &mut PgConnection,
    requests: &[Request],
    answers: &mut [Pending],
) -> Result<Vec<Option<DealDraft>>> {
    let known = Known::find(conn, &open_sales(requests, answers)).await?;
    let drafts = requests.iter().zip(answers).map(|(request, answer)| {
        if answer.is_some() {
            return None;
        }
        let draft = draft(request, &known);
        draft.map_err(|failure| *answer = Some(Answer::refusal(&failure, PATH).ok_or(failure))).ok()
    });
    Ok(drafts.collect())
}

/// What those say that have no answer yet.
fn open_sales<'a>(requests: &'a [Request], answers: &[Pending]) -> Vec<(Viewer, &'a Sale)> {
    let open = requests.iter().zip(answers).filter(|(_, answer)| answer.is_none());
    let sale = |request: &'a Request| {
        Some((Viewer::new(&request.actor, request.today), request.sale.as_ref().ok()?))
    };
    open.filter_map(|(request, _)| sale(request)).collect()
}

fn draft(request: &Request, known: &Known) -> Result<DealDraft> {
    let sale = request.sale.as_ref().map_err(Clone::clone)?;
    permit(&request.actor, sale)?;
    known.draft(Viewer::new(&request.actor, request.today), sale)
}

/// House sales are for those who answer for the whole company; whose sales others may log is a matter of
/// whom they see.
fn permit(actor: &Actor, sale: &Sale) -> Result<()> {
    let anybody = matches!(actor.role, Role::Admin | Role::Executive);
    if sale.employee_no.is_some() || anybody { Ok(()) } else { Err(AppError::Forbidden) }
}

/// Books the drafts, records them, and writes the answers.
async fn book(
    conn: &mut PgConnection,
    requests: &[Request],
    drafts: &[Option<DealDraft>],
    answers: &mut [Pending],
) -> Result<()> {
    let mut places = Vec::new();
    let mut orders = Vec::new();
    for (place, (request, draft)) in requests.iter().zip(drafts).enumerate() {
        if let Some(draft) = draft {
            places.push(place);
            orders.push(Order { draft, stamp: Stamp { by: Some(request.actor.user), at: request.now } });
        }
    }
    let Some(first) = places.first() else { return Ok(()) };
    let booked = booking::book_all(conn, &requests[*first].company, &orders).await?;
    let mut events = Vec::new();
    for (place, booked) in places.into_iter().zip(booked) {
        let request = &requests[place];
        let sale = request.sale.as_ref().map_err(Clone::clone)?;
        if let Booked::New(id) = booked {
            let details = json!({ "source": sale.source, "order_no": sale.order_no });
            let event = Event::new("deal.logged", "deal", id.0).with(details);
            events.push(Entry { by: Some(request.actor.user), at: request.now, event });
        }
        answers[place] = Some(answer(conn, request, sale, booked).await?);
    }
    audit::record_all(conn, events).await
}

async fn answer(
    conn: &mut PgConnection,
    request: &Request,
    sale: &Sale,
    booked: Booked,
) -> Result<Result<Answer>> {
    let Booked::New(id) = booked else { return known_already(conn, request, sale, booked).await };
    let status = DealStatus::Booked;
    let stored = StoredSale { id, status, logged_at: request.now, sale: sale.clone() };
    written(StatusCode::CREATED, Some(format!("{PATH}/{id}")), stored).map(Ok)
}

/// The sale that is there when it says the same, else a conflict.
async fn known_already(
    conn: &mut PgConnection,
    request: &Request,
    sale: &Sale,
    booked: Booked,
) -> Result<Result<Answer>> {
    let filter = SaleFilter { id: Some(booked.id()), ..SaleFilter::default() };
    let page = Paging { after: 0, limit: 1 };
    let stored = store::list(conn, Viewer::system(request.today), &filter, page).await?.pop().found()?;
    if stored.sale == *sale {
        return written(StatusCode::OK, None, stored).map(Ok);
    }
    let conflict = AppError::Conflict("api-sale-exists");
    Ok(Answer::refusal(&conflict, PATH).ok_or(conflict))
}

fn written(status: StatusCode, location: Option<String>, stored: StoredSale) -> Result<Answer> {
    let body = serde_json::to_string(&SaleItem::from(stored)).map_err(AppError::internal)?;
    Ok(Answer { status: status.as_u16(), location, body })
}

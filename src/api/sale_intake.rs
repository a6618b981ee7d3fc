//! The desk where sales are handed in: whatever waits at the same moment is booked in one transaction.
//!
//! A transaction costs a flush to disk and a dozen statements, whether it holds one sale or fifty. So a sale that
//! arrives alone is booked at once, and those that arrive while others are being written go together as the next
//! lot. Each gets its own answer, and only after the transaction has been committed. A lot in which one sale fails is
//! booked again one by one, so that nobody suffers from a neighbour.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgPool;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::idempotency::{Answer, Claim};
use super::sale::Sale;
use super::sale_lot as lot;
use crate::auth::Actor;
use crate::error::{AppError, Result};
use crate::org::Company;

/// Lots that are under way at a time: while one waits for the disk, the next is prepared.
const DESKS: usize = 4;
/// Most sales in a lot.
const LOT: usize = 64;
/// Sales that may wait; further ones wait for their turn to wait.
const WAITING: usize = 1_024;

/// A sale that is handed in, with all that decides what becomes of it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who sends it.
    pub actor: Actor,
    /// Whose company.
    pub company: Arc<Company>,
    /// When it came.
    pub now: DateTime<Utc>,
    /// The business date then.
    pub today: NaiveDate,
    /// Its idempotency key, if it has one.
    pub claim: Option<Claim>,
    /// What it says, or what is wrong with it.
    pub sale: Result<Sale>,
}

struct Job {
    request: Request,
    reply: oneshot::Sender<Result<Answer>>,
}

/// Where sales are handed in.
#[derive(Clone)]
pub struct Intake(mpsc::Sender<Job>);

impl Intake {
    /// Opens the desks; they close when nobody can hand in anything any more.
    pub fn open(db: &PgPool) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..DESKS {
            tokio::spawn(attend(db.clone(), Arc::clone(&receiver)));
        }
        Self(sender)
    }

    /// Hands in a sale and waits for its answer. It is carried out even when nobody waits any more.
    pub async fn hand_in(&self, request: Request) -> Result<Answer> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Job { request, reply }).await.map_err(|_| AppError::Unavailable)?;
        answer.await.map_err(|_| AppError::internal("a lot of sales was dropped"))?
    }
}

async fn attend(db: PgPool, receiver: Arc<Mutex<mpsc::Receiver<Job>>>) {
    loop {
        let mut jobs = Vec::with_capacity(LOT);
        if receiver.lock().await.recv_many(&mut jobs, LOT).await == 0 {
            return;
        }
        // in a task of its own, so that a panic costs one lot and not the desk
        let _panicked = tokio::spawn(carry_out(db.clone(), jobs)).await;
    }
}

async fn carry_out(db: PgPool, jobs: Vec<Job>) {
    let (requests, replies): (Vec<_>, Vec<_>) = jobs.into_iter().map(|job| (job.request, job.reply)).unzip();
    for (reply, answer) in replies.into_iter().zip(answers(&db, &requests).await) {
        let _nobody_waits = reply.send(answer);
    }
}

async fn answers(db: &PgPool, requests: &[Request]) -> Vec<Result<Answer>> {
    if requests.len() > 1 && !repeats_a_key(requests) {
        match lot::carry_out(db, requests).await {
            Ok(answers) => return answers,
            Err(AppError::Unavailable) => {
                return requests.iter().map(|_| Err(AppError::Unavailable)).collect();
            }
            Err(_) => {}
        }
    }
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        answers.push(lot::carry_out_alone(db, request).await);
    }
    answers
}

/// Whether two requests carry the same key: the second is answered from what the first has left.
fn repeats_a_key(requests: &[Request]) -> bool {
    let mut seen = HashSet::new();
    let mut keys =
        requests.iter().filter_map(|request| request.claim.as_ref()).map(|claim| (claim.user, &claim.key));
    keys.any(|key| !seen.insert(key))
}

//! Small writes of programs, done once however often they are sent: the key is claimed, the answer kept, in the transaction of
//! the work.

use axum::http::{HeaderMap, StatusCode};
use serde::Serialize;
use sqlx::{Postgres, Transaction};

use super::idempotency::{self, Answer, Claim, Claimed};
use crate::error::{AppError, Result};
use crate::web::context::Ctx;

/// A write by a program that may have been sent before.
pub struct Once {
    claim: Option<Claim>,
    path: String,
}

/// What is to be done with it.
pub enum Turn {
    /// It is for the caller to do, in this transaction.
    Now(Transaction<'static, Postgres>),
    /// It was done before; this was the answer.
    Before(Answer),
}

impl Once {
    /// A write at `path`. The path belongs to what a key stands for, so that one key for two things is a conflict.
    pub fn new(ctx: &Ctx, headers: &HeaderMap, path: String, body: &[u8]) -> Result<Self> {
        let whole = [path.as_bytes(), b"\n", body].concat();
        Ok(Self { claim: Claim::of(headers, &whole, ctx.actor.user, ctx.now)?, path })
    }

    /// Begins it, waiting for others with the same key.
    pub async fn begin(&self, ctx: &Ctx) -> Result<Turn> {
        let mut tx = ctx.app.begin().await?;
        let claims: Vec<Claim> = self.claim.iter().cloned().collect();
        let claimed = idempotency::take_all(&mut tx, &claims).await?.pop().transpose()?;
        match claimed {
            Some(Claimed::Before(answer)) => {
                tx.commit().await?;
                Ok(Turn::Before(answer))
            }
            Some(Claimed::Now) | None => Ok(Turn::Now(tx)),
        }
    }

    /// Ends it: keeps the answer with the work, or a refusal without it.
    pub async fn end(
        self,
        ctx: &Ctx,
        mut tx: Transaction<'static, Postgres>,
        done: Result<Answer>,
    ) -> Result<Answer> {
        match done {
            Ok(answer) => {
                self.keep(&mut tx, &answer).await?;
                tx.commit().await?;
                Ok(answer)
            }
            Err(failure) => {
                tx.rollback().await?;
                self.refuse(ctx, failure).await
            }
        }
    }

    async fn refuse(self, ctx: &Ctx, failure: AppError) -> Result<Answer> {
        let answer = Answer::refusal(&failure, &self.path).ok_or(failure)?;
        if self.claim.is_none() {
            return Ok(answer);
        }
        match self.begin(ctx).await? {
            Turn::Before(first) => Ok(first),
            Turn::Now(mut tx) => {
                self.keep(&mut tx, &answer).await?;
                tx.commit().await?;
                Ok(answer)
            }
        }
    }

    async fn keep(&self, tx: &mut Transaction<'static, Postgres>, answer: &Answer) -> Result<()> {
        let Some(claim) = &self.claim else { return Ok(()) };
        idempotency::keep_all(tx, std::iter::once((claim, answer)).collect()).await
    }
}

/// The answer that says what there is now, and where, if it is new.
pub fn written(status: StatusCode, location: Option<String>, body: &impl Serialize) -> Result<Answer> {
    let body = serde_json::to_string(body).map_err(AppError::internal)?;
    Ok(Answer { status: status.as_u16(), location, body })
}

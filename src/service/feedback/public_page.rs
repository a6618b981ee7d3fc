//! `/f/{token}`: where a customer answers. It shows the company's name and what the customer knows of their order, nothing
//! else; wrong, expired and used links look alike.

use std::net::SocketAddr;

use askama::Template;
use axum::Extension;
use axum::extract::{ConnectInfo, Path};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};

use super::links::Link;
use super::{AnswerForm, Area, answer as give, changes_until, store};
use crate::auth::secret;
use crate::auth::session::Visitor;
use crate::auth::throttle::Guesses;
use crate::error::{AppError, Result};
use crate::kernel::lang::Lang;
use crate::service::Hand;
use crate::web::context::Visit;
use crate::web::form::{Form, FormErrors};
use crate::web::i18n::Localiser;
use crate::web::list::ListQuery;
use crate::web::page::Page;
use crate::web::shell::Shell;
use crate::web::ui::Choice;

#[derive(Template)]
#[template(path = "service/answer.html")]
struct AnswerPage {
    shell: Shell,
    token: String,
    about: String,
    /// When an answer that was given can be changed for the last time.
    thanks: Option<String>,
    form: AnswerForm,
    errors: FormErrors,
    scores: Vec<Choice>,
    areas: Vec<Choice>,
    other: Lang,
    /// They were asked, and bought elsewhere or not at all.
    lost: bool,
}

impl AnswerPage {
    /// A question, asked otherwise of whoever did not buy.
    fn ask(&self, what: &str) -> String {
        let of = if self.lost { "-lost" } else { "" };
        let company = self.shell.company.clone();
        self.shell.l.tr(&format!("service-answer-{what}{of}"), &[("company", company.into())])
    }

    fn has(&self, codes: &[String], area: &Choice) -> bool {
        codes.contains(&area.value)
    }
}

type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// The link of a secret; not found when it is wrong, expired or used, and counted then.
async fn known(visit: &Visit, token: &str, guesses: &Guesses) -> Result<Link> {
    let mut tx = visit.app.begin().await?;
    guesses.check(&mut tx, visit.now).await?;
    let link = store::find_link(&mut tx, &secret::hash(token), visit.now).await?;
    if link.is_none() {
        guesses.count(&mut tx, visit.now).await?;
        tx.commit().await?;
    }
    link.ok_or(AppError::NotFound)
}

fn guesses(visit: &Visit, peer: &Peer, headers: &HeaderMap) -> Guesses {
    Guesses::new("feedback", Visitor::new(&visit.app, peer.as_deref(), headers).address)
}

/// What the customer knows it by: "Order 10234: Ventus 12".
fn about(l: Localiser, link: &Link) -> String {
    match &link.order_no {
        Some(no) => l.tr("service-answer-order", &[("no", no.into()), ("products", (&link.about).into())]),
        None => link.about.clone(),
    }
}

fn page(
    visit: &Visit,
    token: String,
    link: &Link,
    lang: Lang,
    form: AnswerForm,
    errors: FormErrors,
) -> AnswerPage {
    let l = Localiser::new(lang);
    let company = visit.company.name.clone();
    let until = link.answered_at.map(|at| l.datetime(changes_until(at), visit.company.zone));
    AnswerPage {
        shell: Shell { l, company, path: String::new(), ..Shell::default() },
        about: about(l, link),
        token,
        thanks: until,
        form,
        errors,
        scores: (0..=10).map(|score: i16| Choice::new(score.to_string(), score.to_string())).collect(),
        areas: Area::ALL.map(|area| Choice::new(area.code(), area.name(l))).into(),
        other: lang.other(),
        lost: link.opportunity.is_some(),
    }
}

/// Not for search engines, in whatever they look.
fn unlisted(mut response: Response) -> Response {
    let name = HeaderName::from_static("x-robots-tag");
    response.headers_mut().insert(name, HeaderValue::from_static("noindex, nofollow"));
    response
}

/// `GET /f/{token}?lang=`
pub async fn show(
    visit: Visit,
    Path(token): Path<String>,
    query: ListQuery,
    peer: Peer,
    headers: HeaderMap,
) -> Result<Response> {
    let link = known(&visit, &token, &guesses(&visit, &peer, &headers)).await?;
    let lang = query.get("lang").and_then(Lang::from_code).unwrap_or(link.lang);
    let said = store::said(&mut *visit.app.read().await?, link.id).await?;
    let form = said.as_ref().map(AnswerForm::of).unwrap_or_default();
    let page = page(&visit, token, &link, lang, form, FormErrors::default());
    Ok(unlisted(Page::ok(page).into_response()))
}

/// `POST /f/{token}/language?lang=`: the same form in another language, with what was typed.
pub async fn speak(
    visit: Visit,
    Path(token): Path<String>,
    query: ListQuery,
    peer: Peer,
    headers: HeaderMap,
    Form(form): Form<AnswerForm>,
) -> Result<Response> {
    let link = known(&visit, &token, &guesses(&visit, &peer, &headers)).await?;
    let lang = query.get("lang").and_then(Lang::from_code).unwrap_or(link.lang);
    let page = page(&visit, token, &link, lang, form, FormErrors::default());
    Ok(unlisted(Page::ok(page).into_response()))
}

/// `POST /f/{token}`: answers, or changes what was answered within a day.
pub async fn answer(
    visit: Visit,
    Path(token): Path<String>,
    peer: Peer,
    headers: HeaderMap,
    Form(form): Form<AnswerForm>,
) -> Result<Response> {
    let link = known(&visit, &token, &guesses(&visit, &peer, &headers)).await?;
    let lang = Lang::from_code(&form.lang).unwrap_or(link.lang);
    let said = match form.read() {
        Ok(said) => said,
        Err(errors) => {
            let page = page(&visit, token, &link, lang, form, errors);
            return Ok(unlisted(Page::invalid(page).into_response()));
        }
    };
    let mut tx = visit.app.begin().await?;
    give(&mut tx, &Hand::nobody(&visit.company, visit.now), (&token, lang), &said).await?;
    tx.commit().await?;
    Ok(unlisted(Redirect::to(&format!("/f/{token}?lang={}", lang.code())).into_response()))
}

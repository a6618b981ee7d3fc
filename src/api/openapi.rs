//! The OpenAPI document, from the handlers themselves.

use std::sync::LazyLock;

use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, RefOr, Response};
use utoipa::{Modify, OpenApi, ToResponse};

use super::problem::Problem;
use super::{
    agreements, attainment, cases, catalogue, closings, facts, feedback, follow_ups, goals, opportunities,
    opportunity_moves, orders, plans, reviews, sale_create, sales,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Pacemark",
        version = "1",
        description = "Goals, attainment and sales of the company, for programs.\n\n\
            **Tokens.** Every request carries `Authorization: Bearer pmk_…`. Make a token under your account; it has \
            your rights, and what you may not see does not exist for it.\n\n\
            **Figures.** Money is `{\"amount\": \"1234.50\", \"currency\": \"SEK\"}`; things that are counted are \
            `{\"amount\": \"12\", \"currency\": null}`. Percentages are text with two decimals. Dates are \
            `YYYY-MM-DD` and the last day of a span belongs to it.\n\n\
            **Pages.** Lists answer `items` and `next_cursor`; send the latter as `cursor` until it is null.\n\n\
            **Errors** are problem details (RFC 9457); with 422 `errors` names each fault.",
        license(name = "MIT", identifier = "MIT")
    ),
    servers((url = "/")),
    paths(
        goals::index,
        attainment::show,
        sales::index,
        sales::show,
        sale_create::create,
        opportunities::index,
        opportunities::create,
        opportunities::show,
        opportunity_moves::create,
        facts::create,
        orders::index,
        orders::show,
        orders::promise,
        orders::deliver,
        reviews::index,
        reviews::decisions,
        reviews::step,
        follow_ups::index,
        follow_ups::create,
        follow_ups::outcome,
        cases::index,
        cases::create,
        cases::step,
        feedback::index,
        agreements::index,
        agreements::show,
        agreements::create,
        agreements::step,
        plans::index,
        plans::show,
        closings::index,
        closings::show,
        catalogue::departments,
        catalogue::employees,
        catalogue::products,
        catalogue::customers
    ),
    components(
        schemas(Problem),
        responses(
            BadRequest, Unauthorized, Forbidden, NotFound, Conflict, TooLarge, UnsupportedMedia, Invalid, Internal,
            Unavailable
        )
    ),
    tags(
        (name = "Attainment", description = "How far goals are reached"),
        (name = "Agreements", description = "How goals come about between the two they concern"),
        (name = "Planning", description = "Scenarios of periods to come"),
        (name = "Closing", description = "Periods that are settled"),
        (name = "Sales", description = "What was sold"),
        (name = "Process", description = "From first call to follow-up"),
        (name = "Open deals", description = "What may become an order"),
        (name = "Reviews", description = "Standing meetings, and what they decide"),
        (name = "Service", description = "What happens after the sale"),
        (name = "Company", description = "Numbers and codes to speak of the company with")
    ),
    security(("token" = [])),
    modifiers(&Tokens, &Failures)
)]
struct Api;

/// The document, built once.
pub fn document() -> &'static Document {
    static DOCUMENT: LazyLock<Document> = LazyLock::new(Api::openapi);
    &DOCUMENT
}

/// `GET /api/openapi.json`: it holds no data, so everybody may read it.
pub async fn show() -> Json<&'static Document> {
    Json(document())
}

/// How programs sign in.
struct Tokens;

impl Modify for Tokens {
    fn modify(&self, document: &mut Document) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("pmk_…");
        let scheme = scheme.description(Some("An API token, made under your account")).build();
        if let Some(components) = &mut document.components {
            components.add_security_scheme("token", SecurityScheme::Http(scheme));
        }
    }
}

/// What can happen to every request.
struct Failures;

impl Modify for Failures {
    fn modify(&self, document: &mut Document) {
        let every = [
            ("400", "BadRequest"),
            ("401", "Unauthorized"),
            ("422", "Invalid"),
            ("500", "Internal"),
            ("503", "Unavailable"),
        ];
        let operations =
            document.paths.paths.values_mut().flat_map(|item| [&mut item.get, &mut item.post]).flatten();
        for operation in operations {
            for (status, name) in every {
                let reference: RefOr<Response> = RefOr::Ref(utoipa::openapi::Ref::from_response_name(name));
                operation.responses.responses.insert(status.to_owned(), reference);
            }
        }
    }
}

macro_rules! failures {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {$(
        $(#[$doc])*
        #[derive(ToResponse)]
        #[response(description = $text, content_type = "application/problem+json")]
        #[expect(dead_code, reason = "describes what problem::response answers")]
        pub struct $name(Problem);
    )*};
}

failures! {
    /// 400
    BadRequest "The request cannot be read, for example a body that is no JSON";
    /// 401
    Unauthorized "No token, or one that is unknown, revoked or of a disabled account";
    /// 403
    Forbidden "The token's owner may not do this";
    /// 404
    NotFound "It does not exist, or not for the token's owner";
    /// 409
    Conflict "It contradicts what is there; `detail` says how";
    /// 413
    TooLarge "The body is larger than 1 MiB";
    /// 415
    UnsupportedMedia "The body is not `application/json`";
    /// 422
    Invalid "Values are missing, unknown or wrong; `errors` names each";
    /// 500
    Internal "A fault of ours; nothing has changed";
    /// 503
    Unavailable "The database cannot be reached or is too busy; nothing has changed";
}

//! The static files: each served at its own name and at a name with its content's hash, which browsers keep for a year.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::Router;
use memory_serve::MemoryServe;

static ADDRESSES: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    let manifest = files().manifest();
    manifest
        .iter()
        .map(|(route, served)| (route.trim_start_matches('/'), format!("/static{served}")))
        .collect()
});

fn files() -> MemoryServe {
    memory_serve::load!().index_file(None).enable_hashed_routes(true)
}

/// Serves every static file below `/static`, compressed beforehand.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().nest("/static", files().into_router())
}

/// The address of the static file `name`, as in `asset("app.css")`. A name that is no file comes back unchanged.
pub fn asset(name: &'static str) -> &'static str {
    ADDRESSES.get(name).map_or(name, String::as_str)
}

#[cfg(test)]
mod tests {
    use tower::ServiceExt;

    use super::*;

    #[test]
    fn an_address_carries_the_hash_of_the_content() {
        let css = asset("app.css");
        assert!(css.starts_with("/static/app.") && css.len() > "/static/app.css".len(), "{css}");
        assert_eq!(asset("nothing.css"), "nothing.css");
    }

    #[tokio::test]
    async fn a_style_sheet_names_files_by_their_hash() {
        let request = axum::http::Request::get(asset("app.css")).body(axum::body::Body::empty()).unwrap();
        let answer = router::<()>().oneshot(request).await.unwrap();
        let style = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let style = String::from_utf8(style.to_vec()).unwrap();
        for name in ["sans.woff2", "chev.svg"] {
            let address = asset(name).trim_start_matches("/static/");
            assert_ne!(address, name);
            assert!(
                style.contains(&format!("url(\"{address}\")")),
                "the style sheet does not name {address}"
            );
        }
    }
}

//! The words and the components: both languages say the same, every key exists, every component renders.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use askama::Template;
use pacemark::kernel::lang::Lang;
use pacemark::web::gallery::Gallery;
use pacemark::web::shell::Shell;
use scraper::{Html, Selector};

/// Keys that are put together from parts, with every part there is.
const EXPANDED: [(&str, &[&str]); 20] = [
    ("status-", &["reached", "on", "risk", "off", "none", "not-started", "met", "exceeded", "missed"]),
    ("team-status-", &["reached", "on", "risk", "off", "none"]),
    ("team-mix-", &["reached", "on", "risk", "off"]),
    (
        "team-csv-",
        &["number", "person", "goal", "actual", "attainment", "expected", "against", "likely", "status"],
    ),
    ("explain-csv-", &["date", "order", "customer", "product", "person", "event", "share", "value"]),
    ("explain-event-", &["sale", "return", "cancellation", "correction"]),
    ("attainment-need-", &["mine", "theirs"]),
    ("attainment-more-", &["mine", "theirs"]),
    ("api-fact-", &["choice", "range", "length", "rows", "pattern", "default", "example"]),
    ("api-place-", &["path", "query", "header"]),
    ("home-import-", &["running", "done", "refused", "failed", "text", "faults"]),
    ("review-ask-", &["decisions", "goals", "sales", "customers", "back", "facts", "unseen", "market"]),
    ("review-line-decision-", &["open", "overdue", "done", "dropped"]),
    ("review-line-sales-", &["revenue", "orders", "units"]),
    (
        "review-line-back-",
        &[
            "returned",
            "cancelled",
            "product",
            "price",
            "delivery-time",
            "service",
            "wrong-item",
            "damaged",
            "no-need",
            "other",
        ],
    ),
    ("process-by-", &["month", "person", "department", "product", "segment"]),
    (
        "orders-state-",
        &["received", "confirmed", "in-production", "ready", "partly-delivered", "delivered", "closed"],
    ),
    (
        "orders-standing-",
        &["delivered", "delivered-late", "late", "at-risk", "on-track", "without-date", "closed"],
    ),
    ("review-rhythm-", &["weekly", "workday", "monthday"]),
    ("review-said-", &["weekly", "workday", "monthday"]),
];

/// A language's messages with the variables that each needs.
fn catalogue(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files(&Path::new("locales").join(lang.code()), "ftl") {
        let mut current = String::new();
        for line in fs::read_to_string(&file).unwrap().lines() {
            if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
                line.split(" =").next().unwrap().clone_into(&mut current);
                let twice = messages.insert(current.clone(), BTreeSet::new());
                assert!(
                    twice.is_none(),
                    "{current} stands twice in {lang:?}, the second time in {}",
                    file.display()
                );
            }
            let names = line.split('$').skip(1).map(|rest| word(rest, "_-").to_owned());
            if let Some(variables) = messages.get_mut(&current) {
                variables.extend(names);
            }
        }
    }
    messages
}

/// The keys that `text` asks for: `t("key")`, `tr("key"`, and literals that can be nothing else, as `"nav-home"`.
fn used(text: &str) -> BTreeSet<String> {
    let calls = [".t(\"", ".tr(\"", "\"nav-", "\"chart-"];
    let places = calls.into_iter().flat_map(|call| text.match_indices(call));
    let keys = places.map(|(at, call)| {
        let quote = at + call.find('"').unwrap_or(0);
        word(&text[quote + 1..], "-").to_owned()
    });
    keys.filter(|key| !key.is_empty() && !["nav-", "chart-title", "chart-text"].contains(&key.as_str()))
        .collect()
}

/// The letters, digits and `also` at the start of `text`.
fn word<'a>(text: &'a str, also: &str) -> &'a str {
    text.split(|c: char| !c.is_ascii_alphanumeric() && !also.contains(c)).next().unwrap_or("")
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = |path: PathBuf| {
        if path.is_dir() { files(&path, extension) } else { vec![path] }
    };
    entries.flat_map(found).filter(|path| path.extension().is_some_and(|end| end == extension)).collect()
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_variables() {
    let (english, swedish) = (catalogue(Lang::En), catalogue(Lang::Sv));
    let only = |a: &BTreeMap<String, _>, b: &BTreeMap<String, _>| {
        a.keys().filter(|key| !b.contains_key(*key)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(only(&english, &swedish), Vec::<String>::new(), "only in English");
    assert_eq!(only(&swedish, &english), Vec::<String>::new(), "only in Swedish");
    for (key, variables) in &english {
        assert_eq!(variables, &swedish[key], "variables of {key}");
    }
}

#[test]
fn every_message_that_pages_and_code_ask_for_exists() {
    let known = catalogue(Lang::En);
    let sources = files(Path::new("templates"), "html").into_iter().chain(files(Path::new("src"), "rs"));
    for file in sources {
        for key in used(&fs::read_to_string(&file).unwrap()) {
            assert!(known.contains_key(&key), "{key} in {} is in no catalogue", file.display());
        }
    }
    for (prefix, endings) in EXPANDED {
        for ending in endings {
            assert!(known.contains_key(&format!("{prefix}{ending}")), "{prefix}{ending} is in no catalogue");
        }
    }
}

#[test]
fn the_gallery_renders_in_both_languages_without_a_missing_word() {
    for lang in Lang::ALL {
        let text = Gallery::new(Shell::for_tests(lang)).render().unwrap();
        let page = Html::parse_document(&text);
        let words: String = page.root_element().text().collect();
        for key in catalogue(lang).keys() {
            assert!(!text.contains(&format!("[{key}]")), "{key} lacks its values");
        }
        assert!(!words.contains("nav-"), "{words}");
        let styled = Selector::parse("[style], style").unwrap();
        assert!(page.select(&styled).next().is_none(), "a component has styles of its own");
        let html = page.select(&Selector::parse("html").unwrap()).next().unwrap();
        assert_eq!(html.attr("lang"), Some(lang.code()));
    }
}

#[test]
fn every_icon_and_static_file_that_a_page_names_exists() {
    let text = Gallery::new(Shell::for_tests(Lang::En)).render().unwrap();
    let sprite = fs::read_to_string("static/icons.svg").unwrap();
    for address in text.split('"').filter(|part| part.starts_with("/static/icons.")) {
        let name = address.split('#').nth(1).unwrap();
        assert!(sprite.contains(&format!("id=\"{name}\"")), "no icon {name}");
    }
    assert!(text.contains("/static/app.") && text.contains("/static/htmx.min."));
}

#[test]
fn a_form_s_mistake_is_tied_to_its_field_and_keeps_what_was_typed() {
    let page = Html::parse_document(&Gallery::new(Shell::for_tests(Lang::En)).render().unwrap());
    let one = |selector: &str| page.select(&Selector::parse(selector).unwrap()).next().unwrap();
    let input = one("#amount");
    assert_eq!((input.attr("value"), input.attr("aria-invalid")), (Some("about 170"), Some("true")));
    assert_eq!(input.attr("aria-describedby"), Some("amount-e amount-h"));
    assert_eq!(one(".error-summary a").attr("href"), Some("#amount"));
    assert!(one("#amount-e").text().collect::<String>().contains("168 000"));
}

/// Writes the gallery for looking at it: `PACEMARK_GALLERY=folder`.
#[test]
fn the_gallery_can_be_written_to_a_folder() {
    let Ok(folder) = std::env::var("PACEMARK_GALLERY") else {
        return;
    };
    for lang in Lang::ALL {
        let text = Gallery::new(Shell::for_tests(lang)).render().unwrap();
        fs::write(Path::new(&folder).join(format!("{}.html", lang.code())), text).unwrap();
    }
}

//! The page of all components, rendered in a test and looked at when a component changes.

use askama::Template;

use super::shell::Shell;
use super::ui::{Choice, Link, Pager, Problem, SortLink};

/// Every component in every state.
#[derive(Template)]
#[template(path = "components_gallery.html")]
pub struct Gallery {
    /// The frame.
    pub shell: Shell,
    links: Vec<Link>,
    problems: Vec<Problem>,
    error: Option<String>,
    choices: Vec<Choice>,
    pager: Pager,
    sort: SortLink,
}

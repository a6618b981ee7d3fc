//! Small pieces of markup, as values that templates print: `{{ crate::web::ui::icon("plus") }}`.
//!
//! Larger components are macros in `templates/components/`.

use std::fmt;

use askama::filters::HtmlSafe;

use super::assets::asset;
use super::i18n::{ByValue, Localiser};

/// Finished markup; whatever a user wrote has been escaped inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Html(String);

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

/// Text made safe for an element's content or a quoted attribute.
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            let (plain, special) = rest.split_at(at);
            f.write_str(plain)?;
            f.write_str(match special.as_bytes()[0] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &special[1..];
        }
        f.write_str(rest)
    }
}

/// An icon of the sprite, 18 px.
pub fn icon(name: &str) -> Html {
    icon_class(name, "")
}

/// A small icon, 15 px, for buttons and tags.
pub fn icon_sm(name: &str) -> Html {
    icon_class(name, "i--sm")
}

/// An icon with further classes, such as `i--fill t-on` for a state's shape.
pub fn icon_class(name: &str, class: &str) -> Html {
    let (sprite, name, class) = (asset("icons.svg"), Escaped(name), Escaped(class));
    Html(format!(r#"<svg class="i {class}" aria-hidden="true"><use href="{sprite}#{name}"/></svg>"#))
}

/// A goal's state as shape, word and colour: `reached`, `on`, `risk`, `off`, `none`, `not-started`, `met`, `exceeded`
/// or `missed`.
pub fn status(l: impl ByValue<Localiser>, state: &str) -> Html {
    status_word(state, &l.value().t(&format!("status-{state}")))
}

/// A state in other words than its own.
pub fn status_word(state: &str, word: &str) -> Html {
    let look = look(state);
    let shape = if look == "none" { String::new() } else { icon(&format!("st-{look}")).0 };
    Html(format!(r#"<span class="status status--{look}">{shape}{}</span>"#, Escaped(word)))
}

/// The colour class of `state`: closed goals look like the open states that they ended in.
pub fn look(state: &str) -> &'static str {
    match state {
        "reached" | "met" | "exceeded" => "reached",
        "on" => "on",
        "risk" => "risk",
        "off" | "missed" => "off",
        "kudos" => "kudos",
        _ => "none",
    }
}

/// A person's initials on a colour that stays the same for the name.
pub fn avatar(name: &str) -> Html {
    avatar_class(name, "")
}

/// An avatar with a further class: `avatar--sm` or `avatar--lg`.
pub fn avatar_class(name: &str, class: &str) -> Html {
    let colour = name.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 6 + 1;
    let (initials, class) = (initials(name), Escaped(class));
    let initials = Escaped(&initials);
    Html(format!(
        r#"<span class="avatar av-{colour} {class}" data-i="{initials}" aria-hidden="true"></span>"#
    ))
}

/// The first letters of the first and the last name.
fn initials(name: &str) -> String {
    let mut words = name.split([' ', '-']).filter_map(|word| word.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

/// One mistake of a form: the id of its field and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field's name, which is also its id.
    pub field: String,
    /// What is wrong, in the reader's language.
    pub message: String,
}

/// One choice of a select or of radio chips.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the reader sees.
    pub label: String,
}

impl Choice {
    /// A choice that sends `value` and reads `label`.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }

    /// Whether the form holds this choice.
    pub fn is(&self, value: &str) -> bool {
        self.value == value
    }
}

/// Which rows of a list are shown, and the way to the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pager {
    /// The number of the first row shown, from 1.
    pub first: i64,
    /// The number of the last row shown.
    pub last: i64,
    /// How many rows there are.
    pub total: i64,
    /// The link to the rows before.
    pub previous: Option<String>,
    /// The link to the rows after.
    pub next: Option<String>,
}

/// A column heading that sorts, and how its column is sorted now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SortLink {
    /// The link that sorts by the column, or turns the order where it is sorted already.
    pub href: String,
    /// `ascending`, `descending`, or nothing where another column sorts.
    pub sorted: Option<&'static str>,
}

/// A filter that is on, and the link without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterTag {
    /// "Status: at risk".
    pub label: String,
    /// The page without the filter.
    pub href: String,
}

/// A link of tabs, segmented views, menus or breadcrumbs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Where it leads.
    pub href: String,
    /// What it reads.
    pub label: String,
    /// Whether it is where the reader is.
    pub current: bool,
    /// How many things are there.
    pub count: Option<i64>,
}

impl Link {
    /// A link to `href` that reads `label`.
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: href.into(), label: label.into(), current: false, count: None }
    }

    /// The same link, marked as where the reader is when `current`.
    #[must_use]
    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }

    /// The same link with a count.
    #[must_use]
    pub fn count(mut self, count: i64) -> Self {
        self.count = Some(count);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::lang::Lang;

    #[test]
    fn markup_characters_are_escaped() {
        assert_eq!(Escaped("a<b> & \"c\" 'd' å").to_string(), "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39; å");
        assert!(avatar("<x> \"y\"").to_string().contains("data-i=\"&lt;&quot;\""));
    }

    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        for (name, expected) in [("Lars-Erik Holm", "LH"), ("Cher", "C"), ("åsa öberg", "ÅÖ"), ("", "")] {
            assert_eq!(initials(name), expected);
        }
    }

    #[test]
    fn a_status_is_shape_and_word() {
        let risk = status(Localiser::new(Lang::Sv), "risk").to_string();
        assert!(risk.contains("#st-risk") && risk.contains("I riskzonen"), "{risk}");
        assert!(!status(Localiser::new(Lang::En), "none").to_string().contains("<svg"));
    }
}

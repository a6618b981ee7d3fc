//! The little markup of the API's descriptions: blank lines between paragraphs, `` `code` `` and `**strong**`.

/// Paragraphs of a description.
pub type Prose = Vec<Vec<Piece>>;

/// A stretch of text in one look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it is.
    Plain(String),
    /// What is typed or answered.
    Code(String),
    /// What a paragraph is about.
    Strong(String),
}

/// Reads a description.
pub fn read(text: &str) -> Prose {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(|paragraph| pieces(&paragraph.replace('\n', " "))).collect()
}

/// Between backquotes stands code, everything else may hold strong words.
fn pieces(text: &str) -> Vec<Piece> {
    let stretches = text.split('`').enumerate();
    stretches
        .flat_map(
            |(at, stretch)| {
                if at % 2 == 1 { vec![Piece::Code(stretch.to_owned())] } else { strong_and_plain(stretch) }
            },
        )
        .collect()
}

fn strong_and_plain(text: &str) -> Vec<Piece> {
    let stretches = text.split("**").enumerate().filter(|(_, stretch)| !stretch.is_empty());
    let piece = |(at, stretch): (usize, &str)| {
        if at % 2 == 1 { Piece::Strong(stretch.to_owned()) } else { Piece::Plain(stretch.to_owned()) }
    };
    stretches.map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::{Piece, read};

    #[test]
    fn code_and_strong_words_are_told_from_the_rest() {
        let plain = |text: &str| Piece::Plain(text.to_owned());
        let expected = vec![
            vec![Piece::Strong("Pages.".to_owned()), plain(" Send "), Piece::Code("cursor".to_owned())],
            vec![plain("Two lines")],
        ];
        assert_eq!(read("**Pages.** Send `cursor`\n\nTwo\nlines"), expected);
    }
}

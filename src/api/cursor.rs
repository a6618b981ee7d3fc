//! Cursors: opaque text that says after which row a page begins. Rows are in order of their id, which never
//! changes, so that no row is left out or repeated however many are added while somebody pages.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The cursor of the page that begins after `id`.
pub fn encode(id: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("after:{id}"))
}

/// Reads a cursor that we gave.
pub fn decode(text: &str) -> Option<i64> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    std::str::from_utf8(&bytes).ok()?.strip_prefix("after:")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_cursors_are_read() {
        assert_eq!(decode(&encode(42)), Some(42));
        assert_eq!(decode(&encode(i64::MAX)), Some(i64::MAX));
        for text in ["", "42", "YWZ0ZXI6", "YWZ0ZXI6OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "å"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}

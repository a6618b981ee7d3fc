//! Cursors: opaque text that says after which row a page begins. Rows are in order of their id, which never
//! changes, so that no row is left out or repeated however many are added while somebody pages.
//! Any 16 hexadecimal digits are a cursor.

/// The cursor of the page that begins after `id`.
pub fn encode(id: i64) -> String {
    format!("{:016x}", id.cast_unsigned())
}

/// Reads a cursor.
pub fn decode(text: &str) -> Option<i64> {
    let shaped = text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let bits = if shaped { u64::from_str_radix(text, 16).ok()? } else { return None };
    Some(bits.cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_cursors_are_read() {
        for id in [0, 42, i64::MAX, -1] {
            assert_eq!(decode(&encode(id)), Some(id));
        }
        for text in ["", "42", "+000000000000001", "000000000000002A", "00000000000000000"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}

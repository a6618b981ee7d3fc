//! An example of a schema, as JSON in reading order.

use serde_json::Value;

use super::schema::{properties, resolve};

/// What an example is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A body to send: what is required, and what has an example of its own.
    Request,
    /// An answer: everything.
    Answer,
}

/// An example with two spaces before each level.
pub fn json(document: &Value, schema: &Value, of: Of) -> String {
    write(document, schema, of, "\n")
}

/// `line` is a new line with the spaces of this level.
fn write(document: &Value, schema: &Value, of: Of, line: &str) -> String {
    let resolved = resolve(document, schema);
    let deeper = format!("{line}  ");
    if let Some(example) = schema.get("example").or_else(|| resolved.get("example")) {
        return example.to_string();
    }
    if let Some(choice) = resolved["oneOf"].get(0) {
        return write(document, choice, of, line);
    }
    if let Some(choice) = resolved["enum"].get(0) {
        return choice.to_string();
    }
    let shown =
        |property: &Value, required| of == Of::Answer || required || property.get("example").is_some();
    match resolved["type"].as_str() {
        Some("object") => {
            let rows =
                properties(resolved).into_iter().filter(|(_, property, required)| shown(property, *required));
            let row = |(name, property, _): (&str, &Value, bool)| {
                format!("\"{name}\": {}", write(document, property, of, &deeper))
            };
            enclosed("{", rows.map(row), "}", line)
        }
        Some("array") => {
            enclosed("[", [write(document, &resolved["items"], of, &deeper)].into_iter(), "]", line)
        }
        _ => leaf(resolved),
    }
}

fn enclosed(open: &str, rows: impl Iterator<Item = String>, close: &str, line: &str) -> String {
    let rows: Vec<String> = rows.map(|row| format!("{line}  {row}")).collect();
    format!("{open}{}{line}{close}", rows.join(","))
}

/// A value of a type that nobody gave an example for.
fn leaf(schema: &Value) -> String {
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
    match (kind, schema["format"].as_str()) {
        (Some("string"), Some("date")) => "\"2026-11-17\"".to_owned(),
        (Some("string"), Some("date-time")) => "\"2026-11-17T09:30:00Z\"".to_owned(),
        (Some("string"), _) => "\"\"".to_owned(),
        (Some("integer" | "number"), _) => {
            schema.get("minimum").map_or_else(|| "1".to_owned(), ToString::to_string)
        }
        (Some("boolean"), _) => "true".to_owned(),
        _ => "null".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Of, json};

    #[test]
    fn a_request_holds_what_is_required_and_an_answer_everything() {
        let schema = json!({ "type": "object", "required": ["no", "rows"], "properties": {
            "no": { "type": "string", "example": "SO-1" },
            "note": { "type": "string" },
            "rows": { "type": "array", "items": { "type": "integer" } },
        } });
        let request = "{\n  \"no\": \"SO-1\",\n  \"rows\": [\n    1\n  ]\n}";
        assert_eq!(json(&json!({}), &schema, Of::Request), request);
        assert!(json(&json!({}), &schema, Of::Answer).contains("\"note\": \"\""));
    }
}

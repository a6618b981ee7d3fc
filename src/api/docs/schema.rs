//! A schema of the OpenAPI document as rows for a reader: one per field, with its type, its limits and an example.

use serde_json::Value;

use super::prose::{self, Prose};

/// A field of an object, or a parameter.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name; of a field inside a list in the same table, with the way to it.
    pub name: String,
    /// Its type.
    pub kind: Vec<Word>,
    /// Whether it has to be there.
    pub required: bool,
    /// What it is.
    pub text: Prose,
    /// What it is limited to, and an example.
    pub facts: Vec<Fact>,
}

impl Field {
    /// The values to choose from, where there are no others.
    pub fn choices(&self) -> Option<&[String]> {
        let choice = self.facts.iter().find(|fact| fact.key == "api-fact-choice");
        choice.map(|fact| fact.values.as_slice())
    }
}

/// A word of a type; the name of an object leads to its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As it is shown.
    pub text: String,
    /// Whether it is an object with a table of its own.
    pub object: bool,
}

/// Something to know about a value: a message key and the values as they are typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Key of what is said.
    pub key: &'static str,
    /// The values.
    pub values: Vec<String>,
}

/// The part of `document` that `schema` refers to, or the schema itself.
pub fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let pointer = schema["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema)
}

/// The last part of a reference.
pub fn name(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// Whether the schema is an object with fields.
pub fn is_object(schema: &Value) -> bool {
    schema["properties"].is_object()
}

/// The fields of an object, those that are required first; rows of a list stand under it.
pub fn fields(document: &Value, schema: &Value) -> Vec<Field> {
    let schema = resolve(document, schema);
    let rows = properties(schema).into_iter().flat_map(|(name, property, required)| {
        let field = Field {
            name: name.to_owned(),
            required,
            kind: kind(document, property),
            text: prose::read(description(property)),
            facts: facts(document, property),
        };
        let inside =
            fields(document, &property["items"]).into_iter().filter(|_| property["items"]["$ref"].is_null());
        let inside = inside.map(move |row| Field { name: format!("{name}[].{}", row.name), ..row });
        std::iter::once(field).chain(inside)
    });
    rows.collect()
}

/// Name, schema and whether it is required, of each property in reading order.
pub fn properties(schema: &Value) -> Vec<(&str, &Value, bool)> {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let place = |name: &str| required.iter().position(|known| *known == name);
    let all = schema["properties"].as_object().into_iter().flatten();
    let mut rows: Vec<_> = all.map(|(name, schema)| (name.as_str(), schema, place(name).is_some())).collect();
    rows.sort_by_key(|(name, _, _)| place(name).unwrap_or(usize::MAX));
    rows
}

fn description(schema: &Value) -> &str {
    let own = schema["description"].as_str();
    let either = || schema["oneOf"].as_array()?.iter().find_map(|choice| choice["description"].as_str());
    own.or_else(either).unwrap_or_default()
}

/// The type in the words of the format: `string`, `integer | null`, `LineInput[]`.
pub fn kind(document: &Value, schema: &Value) -> Vec<Word> {
    let word = |text: &str| Word { text: text.to_owned(), object: false };
    let resolved = resolve(document, schema);
    if let (Some(name), true) = (name(schema), is_object(resolved)) {
        return vec![Word { text: name.to_owned(), object: true }];
    }
    if let Some(choices) = resolved["oneOf"].as_array() {
        let mut words: Vec<Word> = choices.iter().flat_map(|choice| kind(document, choice)).collect();
        words.dedup();
        return joined(words);
    }
    match &resolved["type"] {
        Value::Array(types) => joined(types.iter().filter_map(Value::as_str).map(word).collect()),
        Value::String(list) if list == "array" => {
            let mut words = kind(document, &resolved["items"]);
            words.push(word("[]"));
            words
        }
        Value::String(text) => {
            vec![word(resolved["format"].as_str().filter(|_| text == "string").unwrap_or(text))]
        }
        _ => Vec::new(),
    }
}

fn joined(words: Vec<Word>) -> Vec<Word> {
    let or = Word { text: " | ".to_owned(), object: false };
    let mut all: Vec<Word> = words.into_iter().flat_map(|word| [word, or.clone()]).collect();
    all.pop();
    all
}

/// Limits, default and example of a value.
pub fn facts(document: &Value, schema: &Value) -> Vec<Fact> {
    let limits = plain(document, schema);
    let list = |key| limits[key].as_array().map(|values| values.iter().map(typed).collect::<Vec<_>>());
    let one = |key| schema.get(key).or_else(|| limits.get(key)).map(|value| vec![typed(value)]);
    let all = [
        ("api-fact-choice", list("enum")),
        ("api-fact-range", range(limits, "minimum", "maximum")),
        ("api-fact-length", range(limits, "minLength", "maxLength")),
        ("api-fact-rows", range(limits, "minItems", "maxItems")),
        ("api-fact-pattern", one("pattern")),
        ("api-fact-default", one("default")),
        ("api-fact-example", one("example")),
    ];
    all.into_iter().filter_map(|(key, values)| Some(Fact { key, values: values? })).collect()
}

/// The schema that limits a value which may also be null.
fn plain<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let resolved = resolve(document, schema);
    match resolved["oneOf"].as_array().map(Vec::as_slice) {
        Some([only, null]) if null["type"] == "null" => resolve(document, only),
        _ => resolved,
    }
}

fn range(schema: &Value, least: &str, most: &str) -> Option<Vec<String>> {
    let bound = |key: &str| schema.get(key).map(ToString::to_string);
    let text = match (bound(least), bound(most)) {
        (Some(least), Some(most)) => format!("{least}–{most}"),
        (Some(least), None) => format!("≥ {least}"),
        (None, Some(most)) => format!("≤ {most}"),
        (None, None) => return None,
    };
    Some(vec![text])
}

/// A value as it is typed: text without its quotation marks.
pub fn typed(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(words: &[Word]) -> String {
        words.iter().map(|word| word.text.as_str()).collect()
    }

    #[test]
    fn types_are_named_as_in_the_format() {
        let document = json!({ "s": { "Line": { "type": "object", "properties": {} }, "Kind": { "type": "string", "enum": ["a"] } } });
        let line = json!({ "$ref": "#/s/Line" });
        assert_eq!(text(&kind(&document, &json!({ "type": ["string", "null"] }))), "string | null");
        assert_eq!(text(&kind(&document, &json!({ "type": "array", "items": line }))), "Line[]");
        assert_eq!(text(&kind(&document, &json!({ "oneOf": [line, { "type": "null" }] }))), "Line | null");
        assert_eq!(text(&kind(&document, &json!({ "type": "string", "format": "date" }))), "date");
        assert_eq!(facts(&document, &json!({ "$ref": "#/s/Kind" }))[0].values, ["a"]);
    }

    #[test]
    fn what_is_required_stands_first_and_rows_of_a_list_under_it() {
        let row = json!({ "type": "object", "properties": { "no": { "type": "integer", "minimum": 1 } } });
        let list = json!({ "type": "object", "required": ["items"], "properties": {
            "cursor": { "type": "string" }, "items": { "type": "array", "items": row } } });
        let rows = fields(&json!({}), &list);
        assert_eq!(
            rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(),
            ["items", "items[].no", "cursor"]
        );
        assert_eq!(rows[1].facts, [Fact { key: "api-fact-range", values: vec!["≥ 1".to_owned()] }]);
    }
}

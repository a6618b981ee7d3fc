//! The OpenAPI document in the order in which people read it: by tag, each operation with all it takes and answers.

use std::collections::BTreeSet;

use serde_json::Value;

use super::example::{self, Of};
use super::prose::{self, Prose};
use super::schema::{self, Field, Word};

/// The whole reference.
#[derive(Debug)]
pub struct Reference {
    /// What holds for every request.
    pub intro: Prose,
    /// The operations by tag.
    pub groups: Vec<Group>,
    /// The objects that fields consist of.
    pub objects: Vec<Object>,
}

/// The operations of a tag.
#[derive(Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub text: String,
    /// Its operations.
    pub operations: Vec<Operation>,
}

/// One request that can be made.
#[derive(Debug)]
pub struct Operation {
    /// Its name for programs, and its anchor.
    pub id: String,
    /// `GET` or `POST`.
    pub method: String,
    /// The path with its parameters in braces.
    pub path: String,
    /// In a line.
    pub summary: String,
    /// In full.
    pub text: Prose,
    /// Everything that goes into the address or the head of the request.
    pub parameters: Vec<Parameter>,
    /// What is sent.
    pub body: Option<Body>,
    /// What comes back, by status.
    pub answers: Vec<Answer>,
    /// Path and query of the example.
    pub address: String,
}

impl Operation {
    /// The example as a command for a shell, for the installation at `base`.
    pub fn curl(&self, base: &str) -> String {
        let mut lines = vec!["curl -H \"Authorization: Bearer $TOKEN\"".to_owned()];
        if let Some(body) = &self.body {
            lines.push("-H \"Content-Type: application/json\"".to_owned());
            lines.push(format!("-d '{}'", body.example));
        }
        lines.push(format!("\"{base}{}\"", self.address));
        lines.join(" \\\n  ")
    }
}

/// A parameter and where it goes: `path`, `query` or `header`.
#[derive(Debug)]
pub struct Parameter {
    /// Where.
    pub place: String,
    /// What.
    pub field: Field,
}

impl Parameter {
    /// Key of the words for its place.
    pub fn place_key(&self) -> &'static str {
        match self.place.as_str() {
            "path" => "api-place-path",
            "header" => "api-place-header",
            _ => "api-place-query",
        }
    }
}

/// The body of a request.
#[derive(Debug)]
pub struct Body {
    /// Its fields.
    pub fields: Vec<Field>,
    /// An example of it.
    pub example: String,
}

/// What comes back with a status.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: String,
    /// When.
    pub text: Prose,
    /// The type of its body.
    pub kind: Vec<Word>,
    /// The fields, where the type has no table of its own.
    pub fields: Vec<Field>,
    /// An example, of a success.
    pub example: Option<String>,
}

impl Answer {
    /// Whether the request was done.
    pub fn is_success(&self) -> bool {
        self.status.starts_with('2')
    }
}

/// An object with its fields.
#[derive(Debug)]
pub struct Object {
    /// Its name, and its anchor.
    pub name: String,
    /// What it is.
    pub text: Prose,
    /// What it consists of.
    pub fields: Vec<Field>,
}

impl Reference {
    /// Reads the document.
    pub fn of(document: &Value) -> Self {
        let groups: Vec<Group> = items(&document["tags"]).map(|tag| group(document, tag)).collect();
        let objects = objects(document, &groups);
        Self { intro: prose::read(text(&document["info"], "description")), groups, objects }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn entries(map: &Value) -> impl Iterator<Item = (&String, &Value)> {
    map.as_object().into_iter().flatten()
}

fn group(document: &Value, tag: &Value) -> Group {
    let of_tag = |operation: &Value| items(&operation["tags"]).any(|name| *name == tag["name"]);
    let all = entries(&document["paths"]).flat_map(|(path, methods)| {
        entries(methods).map(move |(method, operation)| (method, path, operation))
    });
    let own = all.filter(|(_, _, operation)| of_tag(operation));
    Group {
        name: text(tag, "name").to_owned(),
        text: text(tag, "description").to_owned(),
        operations: own.map(|(method, path, operation)| read(document, method, path, operation)).collect(),
    }
}

fn read(document: &Value, method: &str, path: &str, operation: &Value) -> Operation {
    let parameters: Vec<Parameter> =
        items(&operation["parameters"]).map(|item| parameter(document, item)).collect();
    Operation {
        id: text(operation, "operationId").to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(operation, "summary").to_owned(),
        text: prose::read(text(operation, "description")),
        address: address(document, path, operation),
        parameters,
        body: operation.get("requestBody").map(|body| self::body(document, body)),
        answers: entries(&operation["responses"])
            .map(|(status, answer)| self::answer(document, status, answer))
            .collect(),
    }
}

fn parameter(document: &Value, item: &Value) -> Parameter {
    let schema = with_example(item);
    let field = Field {
        name: text(item, "name").to_owned(),
        kind: schema::kind(document, &schema),
        required: item["required"] == true,
        text: prose::read(text(item, "description")),
        facts: schema::facts(document, &schema),
    };
    Parameter { place: text(item, "in").to_owned(), field }
}

/// The schema of a parameter with the example that stands beside it.
fn with_example(item: &Value) -> Value {
    let mut schema = item["schema"].clone();
    if let (Some(schema), Some(example)) = (schema.as_object_mut(), item.get("example")) {
        schema.insert("example".to_owned(), example.clone());
    }
    schema
}

fn body(document: &Value, body: &Value) -> Body {
    let schema = &body["content"]["application/json"]["schema"];
    Body { fields: schema::fields(document, schema), example: example::json(document, schema, Of::Request) }
}

fn answer(document: &Value, status: &str, answer: &Value) -> Answer {
    let answer = schema::resolve(document, answer);
    let content = entries(&answer["content"]).next().map(|(_, content)| &content["schema"]);
    let listed = content.filter(|schema| schema::name(schema).is_some_and(is_list));
    Answer {
        status: status.to_owned(),
        text: prose::read(text(answer, "description")),
        kind: match listed {
            Some(_) => Vec::new(),
            None => content.map(|schema| schema::kind(document, schema)).unwrap_or_default(),
        },
        fields: listed.map(|schema| schema::fields(document, schema)).unwrap_or_default(),
        example: content
            .filter(|_| status.starts_with('2'))
            .map(|schema| example::json(document, schema, Of::Answer)),
    }
}

/// Pages of lists are shown where they are answered.
fn is_list(name: &str) -> bool {
    name.starts_with("List_")
}

/// An address to try: parameters in the path, and in the query when the request needs any, then all with an example.
fn address(document: &Value, path: &str, operation: &Value) -> String {
    let value =
        |item: &Value| example::json(document, &with_example(item), Of::Request).trim_matches('"').to_owned();
    let placed =
        |place: &'static str| items(&operation["parameters"]).filter(move |item| item["in"] == place);
    let path = placed("path").fold(path.to_owned(), |path, item| {
        path.replace(&format!("{{{}}}", text(item, "name")), &value(item))
    });
    if !placed("query").any(|item| item["required"] == true) {
        return path;
    }
    let shown = placed("query").filter(|item| item["required"] == true || item.get("example").is_some());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(shown.map(|item| (text(item, "name"), value(item))));
    format!("{path}?{}", query.finish())
}

/// Every object that some field consists of, by name.
fn objects(document: &Value, groups: &[Group]) -> Vec<Object> {
    let operations = || groups.iter().flat_map(|group| &group.operations);
    let parameters = operations().flat_map(|operation| &operation.parameters).flat_map(|one| &one.field.kind);
    let sent =
        operations().filter_map(|operation| operation.body.as_ref()).flat_map(|body| words(&body.fields));
    let answers = || operations().flat_map(|operation| &operation.answers);
    let answered = answers().flat_map(|answer| answer.kind.iter().chain(words(&answer.fields)));
    let mut open: Vec<String> = named(parameters.chain(sent).chain(answered));
    let mut known = BTreeSet::new();
    while let Some(name) = open.pop() {
        let fields = schema::fields(document, &document["components"]["schemas"][&name]);
        if known.insert(name) {
            open.extend(named(words(&fields)));
        }
    }
    known.into_iter().map(|name| object(document, name)).collect()
}

fn words(fields: &[Field]) -> impl Iterator<Item = &Word> {
    fields.iter().flat_map(|field| &field.kind)
}

fn named<'a>(words: impl Iterator<Item = &'a Word>) -> Vec<String> {
    words.filter(|word| word.object).map(|word| word.text.clone()).collect()
}

fn object(document: &Value, name: String) -> Object {
    let schema = &document["components"]["schemas"][&name];
    let text = prose::read(text(schema, "description"));
    Object { text, fields: schema::fields(document, schema), name }
}

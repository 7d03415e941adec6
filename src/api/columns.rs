//! The columns of a list as a table. They come from the schema of its items, so that an operation has the same ones on every
//! page, whatever stands there and whoever reads.

use serde::Deserialize;
use serde_json::Value;

use super::contract::resolve;

/// Stands at the member that names the elements of a list, where they have columns: `{"cell": "score", "of": ["ENT"]}`.
const SPREAD: &str = "x-columns";

/// What stands there.
#[derive(Deserialize)]
struct Spread {
    /// The member that stands in an element's cell.
    cell: String,
    /// The names that have a column. An element of another name stands in the cell of the whole list, as all do.
    of: Vec<String>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its header.
    pub(crate) name: String,
    path: Vec<String>,
    element: Option<Element>,
}

/// One element of a list, found by what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Element {
    by: String,
    called: String,
    cell: String,
}

impl Column {
    /// The column of a member.
    pub(crate) fn of_member(name: &str) -> Self {
        Self::at(&[name.to_owned()], None)
    }

    fn at(path: &[String], element: Option<Element>) -> Self {
        let mut name = path.join(".");
        if let Some(element) = &element {
            name = format!("{name}.{}", element.called);
        }
        Self { name, path: path.to_vec(), element }
    }

    /// What a row has for it; null where it has nothing.
    pub(crate) fn value<'a>(&self, row: &'a Value) -> &'a Value {
        let found = self.path.iter().fold(row, |value, member| &value[member.as_str()]);
        let Some(Element { by, called, cell }) = &self.element else { return found };
        let elements = found.as_array().map(Vec::as_slice).unwrap_or_default();
        let wanted = elements.iter().find(|element| element[by.as_str()] == called.as_str());
        wanted.map_or(&Value::Null, |element| &element[cell.as_str()])
    }
}

/// The columns of an operation that answers a list; none for any other.
pub(crate) fn of_operation(document: &Value, operation: &Value) -> Vec<Column> {
    let answer = resolve(document, &operation["responses"]["200"]["content"]["application/json"]["schema"]);
    let mut columns = Vec::new();
    let items = &answer["properties"]["items"]["items"];
    if !items.is_null() {
        add(document, items, &mut Vec::new(), &mut columns);
    }
    columns
}

/// Deeper than any item of ours: a schema that leads to itself ends here.
const DEEPEST: usize = 8;

/// Adds the columns of what a schema allows: of an object those of its members, of a choice those of each.
fn add(document: &Value, schema: &Value, path: &mut Vec<String>, columns: &mut Vec<Column>) {
    let schema = resolve(document, schema);
    let parts: Vec<&Value> =
        ["allOf", "anyOf", "oneOf"].iter().filter_map(|kind| schema[*kind].as_array()).flatten().collect();
    let members = schema["properties"].as_object().filter(|_| path.len() < DEEPEST);
    for part in &parts {
        if part["type"] != "null" {
            add(document, part, path, columns);
        }
    }
    for (name, member) in members.into_iter().flatten() {
        path.push(name.clone());
        add(document, member, path, columns);
        path.pop();
    }
    if !parts.is_empty() || members.is_some() {
        return;
    }
    for (by, member) in resolve(document, &schema["items"])["properties"].as_object().into_iter().flatten() {
        let Ok(Spread { cell, of }) = Spread::deserialize(&member[SPREAD]) else { continue };
        let element = |called| Element { by: by.clone(), called, cell: cell.clone() };
        of.into_iter().for_each(|called| put(Column::at(path, Some(element(called))), columns));
    }
    put(Column::at(path, None), columns);
}

/// Two kinds of an item share the columns of what both have.
fn put(column: Column, columns: &mut Vec<Column>) {
    if !columns.contains(&column) {
        columns.push(column);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::json;

    /// The columns of items of this schema.
    pub(crate) fn columns(items: &Value, schemas: &Value) -> Vec<Column> {
        let page = json!({"type": "object", "properties": {"items": {"type": "array", "items": items}}});
        let operation = json!({"responses": {"200": {"content": {"application/json": {"schema": page}}}}});
        of_operation(&json!({"components": {"schemas": schemas}}), &operation)
    }

    fn names(items: &Value, schemas: &Value) -> Vec<String> {
        columns(items, schemas).into_iter().map(|column| column.name).collect()
    }

    #[test]
    fn members_are_columns_and_choices_share_them() {
        let schemas = json!({
            "Coded": {"type": "object", "properties": {"code": {"type": "string"}, "label": {"type": "string"}}},
            "Gone": {"type": "object", "properties": {"gone": {"type": "boolean"}, "position": {"type": "integer"}}},
            "Line": {"allOf": [
                {"type": "object", "properties": {
                    "kota": {"oneOf": [{"$ref": "#/components/schemas/Coded"}, {"type": "null"}]},
                    "position": {"type": "integer"},
                }},
                {"type": "object", "properties": {"sums": {"type": "object", "additionalProperties": true}}},
            ]},
        });
        let either = json!({"anyOf": [{"$ref": "#/components/schemas/Gone"}, {"$ref": "#/components/schemas/Line"}]});
        assert_eq!(names(&either, &schemas), ["gone", "position", "kota.code", "kota.label", "sums"]);
        let own = json!({"Tree": {"type": "object", "properties": {"of": {"$ref": "#/components/schemas/Tree"}}}});
        assert_eq!(names(&json!({"$ref": "#/components/schemas/Tree"}), &own).len(), 1, "it ends");
        let document = json!({});
        assert!(of_operation(&document, &json!({"responses": {"204": {}}})).is_empty());
    }

    #[test]
    fn a_list_of_known_codes_has_a_column_for_each() {
        let code = json!({"type": "string", SPREAD: {"cell": "score", "of": ["ENT", "PRD"]}});
        let score = json!({"type": "object", "properties": {"code": code, "score": {"type": "number"}}});
        let items = json!({"type": "object", "properties": {"scores": {"type": "array", "items": score}}});
        let columns = columns(&items, &json!({}));
        let row = json!({"scores": [{"code": "PRD", "score": 75}, {"code": "NEW", "score": 10}]});
        let told: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.value(&row))).collect();
        assert_eq!(told, [("scores.ENT", &Value::Null), ("scores.PRD", &json!(75)), ("scores", &row["scores"])]);
    }
}

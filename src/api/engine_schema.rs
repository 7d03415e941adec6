//! How a criteria document and a ranking look, in full, for clients that are generated from the OpenAPI document.
//!
//! A document that is sent is read by [`crate::domain::criteria`], which names every fault by a code of its own and
//! knows the fields in use. So these schemas describe it and do not check it: see [`CHECKED_BY`].

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::criteria::Missing;
use crate::engine::Flag;

/// Marks a schema that the domain checks in a body: the contract only asks whether it is an object.
pub(crate) const CHECKED_BY: &str = "x-checked-by";

/// Longer than a text in a body of 1 MiB can be.
const LONGEST: u32 = 1_000_000;

/// A type that stands for one of [`schemas`] in annotations.
macro_rules! stands_for_schema {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        pub struct $name;

        impl PartialSchema for $name {
            /// A place holder: the document puts the schema in its place.
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().into()
            }
        }
        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

stands_for_schema! {
    /// A criteria document.
    CriteriaDocument,
    /// A line of a live ranking.
    RankedVenture,
    /// A ranking in full.
    WholeRanking,
}

/// The schemas, by name.
pub(crate) fn schemas() -> Map<String, Value> {
    let mut all = Map::new();
    for (name, schema) in criteria_parts().into_iter().chain(value_functions()).chain(ranking_parts()) {
        all.insert(name.to_owned(), schema);
    }
    all
}

/// A member of an object: its name and its schema.
type Member<'a> = (&'a str, Value);

/// A closed object; members whose name ends in `?` may be left out.
fn object(description: &str, members: &[Member<'_>]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, schema) in members {
        let plain = name.trim_end_matches('?');
        if plain == *name {
            required.push(plain);
        }
        properties.insert(plain.to_owned(), schema.clone());
    }
    json!({
        "type": "object", "description": description, "properties": properties, "required": required,
        "additionalProperties": false,
    })
}

/// An object of an answer: more members may come.
fn answered(description: &str, members: &[Member<'_>]) -> Value {
    let mut schema = object(description, members);
    if let Some(members) = schema.as_object_mut() {
        members.remove("additionalProperties");
    }
    schema
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn number(description: &str) -> Value {
    json!({ "type": "number", "description": description })
}

fn within(description: &str, most: f64) -> Value {
    json!({ "type": "number", "minimum": 0, "maximum": most, "description": description })
}

fn count(description: &str) -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": 100_000_000, "description": description })
}

fn text(description: &str, longest: u32) -> Value {
    json!({ "type": "string", "maxLength": longest, "description": description })
}

fn list(description: &str, items: &Value, least: u32, most: u32) -> Value {
    let mut schema = json!({ "type": "array", "items": items, "maxItems": most, "description": description });
    if least > 0 {
        schema["minItems"] = json!(least);
    }
    schema
}

fn one_of(description: &str, values: &[&str]) -> Value {
    json!({ "type": "string", "enum": values, "description": description })
}

fn or_null(schema: &Value) -> Value {
    json!({ "anyOf": [schema, { "type": "null" }] })
}

/// What a filter can want: a text, a number or a truth, or a list of them.
fn wanted() -> Value {
    let texts = json!({ "type": "string", "maxLength": LONGEST });
    let items = json!({ "anyOf": [texts, { "type": "number" }, { "type": "boolean" }] });
    json!({
        "description": "`is`: a value. `gte`, `lte`: a number. `between`, `overlaps`: two numbers, rising. Otherwise a \
            list of values.",
        "anyOf": [
            { "type": "boolean" },
            { "type": "number" },
            { "type": "string", "maxLength": LONGEST },
            { "type": "array", "items": items, "maxItems": 10_000 },
        ],
    })
}

fn criteria_parts() -> Vec<(&'static str, Value)> {
    let policies: Vec<&str> = Missing::ALL.iter().map(|missing| missing.as_str()).collect();
    let field = text("The key of a field, from `GET /v1/fields`.", 200);
    let op = reference("Op");
    let missing = one_of("What an answer that is missing counts as; `pessimistic` if left out.", &policies);
    let title = object(
        "What people call it, in both languages. Needed for criteria that are kept.",
        &[("id", text("Bahasa Indonesia.", LONGEST)), ("en", text("English.", LONGEST))],
    );
    let filter = object(
        "A condition that a venture must meet.",
        &[
            ("field", field.clone()),
            ("op", op.clone()),
            ("value", wanted()),
            ("on_unknown?", one_of("What becomes of ventures without an answer.", &["exclude", "include_flagged"])),
        ],
    );
    let preference = object(
        "Something that earns points.",
        &[
            ("field", field.clone()),
            ("weight", within("Its weight beside the others; at most six decimals. 0 drops it.", 1e6)),
            ("missing?", missing.clone()),
            ("value", reference("ValueFunction")),
        ],
    );
    let group = object("Which ventures.", &[("field", field), ("op", op), ("value", wanted())]);
    let share = object(
        "A share of the places, from the top.",
        &[
            ("kind", json!({ "type": "string", "const": "share", "description": "Always `share`." })),
            ("min", within("The least share.", 1.0)),
        ],
    );
    let fair = object(
        "As many in every prefix as chance alone would leave out with probability `alpha` at most (FA*IR).",
        &[
            ("kind", json!({ "type": "string", "const": "fair", "description": "Always `fair`." })),
            ("p", within("The share of the group that chance would give; above 0 and below 1.", 1.0)),
            ("alpha", within("The level of the test; above 0 and below 1, usually 0.1.", 1.0)),
        ],
    );
    let rule = json!({ "oneOf": [share, fair], "description": "How many of the first places are theirs." });
    let representation = object("A declared floor for a group of ventures.", &[("group", group), ("rule", rule)]);
    let mut document = object(
        "What an investor looks for.",
        &[
            ("title?", title),
            ("filters?", list("All must be met.", &reference("Filter"), 0, 64)),
            ("preferences", list("What earns points.", &reference("Preference"), 1, 64)),
            ("method?", one_of("How points make a score; `additive` if left out.", &["additive", "geometric"])),
            ("floor?", within("With `geometric` only: what a value of 0 counts as; 0.01 if left out.", 0.5)),
            ("missing?", missing),
            ("min_coverage?", within("The least share of weight that must be known; 0 if left out.", 1.0)),
            ("representation?", representation),
            ("seed?", text("Seed of the lottery among equals, of previews only.", LONGEST)),
            (
                "limit?",
                json!({
                    "type": "integer", "minimum": 1, "maximum": u32::MAX,
                    "description": "How many places a list has; 50 if left out.",
                }),
            ),
        ],
    );
    document[CHECKED_BY] = json!("domain");
    document["example"] = json!({
        "title": {"id": "Pembukuan dan produk", "en": "Bookkeeping and product"},
        "filters": [{"field": "kota", "op": "in", "value": ["31.75"], "on_unknown": "include_flagged"}],
        "preferences": [
            {"field": "dimension.MGT", "weight": 60, "value": {"kind": "linear", "from": 0, "to": 100}},
            {"field": "dimension.PRD", "weight": 40, "value": {"kind": "linear", "from": 0, "to": 100}},
        ],
        "limit": 20,
    });
    vec![("CriteriaDocument", document), ("Filter", filter), ("Preference", preference)]
}

/// The eight kinds of value function, and the choice of them.
fn value_functions() -> Vec<(&'static str, Value)> {
    let value = || json!({ "type": "number", "minimum": 0, "maximum": 1 });
    let x = || json!({ "type": "number" });
    let kinds: Vec<(&str, &str, &str, Vec<Member<'_>>)> = vec![
        (
            "linear",
            "LinearValue",
            "Rises evenly from 0 to 1; falls where `from` is above `to`.",
            vec![("from", number("Worth 0.")), ("to", number("Worth 1."))],
        ),
        (
            "log",
            "LogValue",
            "As `linear`, on the logarithm: for money.",
            vec![("from", number("Worth 0; above 0.")), ("to", number("Worth 1; above 0."))],
        ),
        (
            "points",
            "PointsValue",
            "Straight lines between points, level outside them.",
            vec![(
                "points",
                list(
                    "Pairs of x, strictly rising, and its value from 0 to 1.",
                    &list("x, value.", &x(), 2, 2),
                    1,
                    10_000,
                ),
            )],
        ),
        (
            "steps",
            "StepsValue",
            "Stairs.",
            vec![
                ("breaks", list("Where a step begins; strictly rising.", &x(), 0, 10_000)),
                ("values", list("The value of each step: one more than breaks.", &value(), 1, 10_001)),
            ],
        ),
        (
            "range",
            "RangeValue",
            "1 between the two in the middle, 0 outside the outer two.",
            vec![("points", list("a ≤ b ≤ c ≤ d.", &x(), 4, 4))],
        ),
        (
            "target",
            "TargetValue",
            "1 at the target, less with each step away from it.",
            vec![
                ("at", number("The target.")),
                ("from", number("The lower end of the scale.")),
                ("to", number("The upper end of the scale.")),
            ],
        ),
        (
            "table",
            "TableValue",
            "A value for each code; a part of a hierarchy stands for all below it.",
            vec![
                (
                    "values",
                    json!({
                        "type": "object", "additionalProperties": value(), "description": "Values by code.",
                        "example": {"KBLI2020:C10": 1, "KBLI2020:I56": 0.7},
                    }),
                ),
                ("other", within("The value of every other code.", 1.0)),
            ],
        ),
        (
            "overlap",
            "OverlapValue",
            "The share of the wanted that the venture has.",
            vec![("values", list("The wanted.", &json!({ "type": "string", "maxLength": LONGEST }), 0, 10_000))],
        ),
    ];
    let named = |name: &str| reference(name);
    let choice = json!({
        "description": "Maps the answers of a field to 0 … 1. It is declared, never estimated from who else is there.",
        "oneOf": kinds.iter().map(|(_, name, ..)| named(name)).collect::<Vec<_>>(),
        "discriminator": {
            "propertyName": "kind",
            "mapping": kinds.iter()
                .map(|(kind, name, ..)| ((*kind).to_owned(), named(name)["$ref"].clone()))
                .collect::<Map<_, _>>(),
        },
    });
    let mut all = vec![("ValueFunction", choice)];
    for (kind, name, description, members) in kinds {
        let tag = json!({ "type": "string", "const": kind, "description": format!("Always `{kind}`.") });
        let members: Vec<_> = std::iter::once(("kind", tag)).chain(members).collect();
        all.push((name, object(description, &members)));
    }
    all
}

fn ranking_parts() -> Vec<(&'static str, Value)> {
    let flags: Vec<&str> = Flag::ALL.iter().map(|flag| flag.as_str()).collect();
    let field = text("The field.", 200);
    let venture = reference("VentureId");
    let place = |description: &str| json!({ "type": "integer", "minimum": 1, "description": description });
    let short = || json!({ "type": "string", "maxLength": LONGEST });
    let raw = json!({
        "description": "The answer: a number, a text, a set, or both ends of a range. Null is not answered or not \
            applicable.",
        "anyOf": [
            { "type": "number" },
            short(),
            list("A set, or both ends of a range.", &json!({ "anyOf": [short(), { "type": "number" }] }), 0, 10_000),
            { "type": "null" },
        ],
    });
    let contribution = answered(
        "What one preference gave.",
        &[
            ("field", field.clone()),
            ("weight", within("Its share of all weights.", 1.0)),
            ("raw", raw),
            ("value", or_null(&within("The answer's value, or what its policy gave; null where it drops out.", 1.0))),
            ("points", within("Its points of the score; all of them add up to it exactly.", 100.0)),
        ],
    );
    let result = answered(
        "What one filter said.",
        &[
            ("field", text("The field; `coverage` for the document's own.", 200)),
            ("result", one_of("`unknown`: there is no answer to test.", &["pass", "fail", "unknown"])),
        ],
    );
    let change = answered(
        "A level to be raised.",
        &[
            ("field", field),
            ("from", number("The level now; between two where the assessors' median is.")),
            ("to", json!({ "type": "integer", "minimum": 1, "maximum": 5, "description": "The level then." })),
        ],
    );
    let filters = list("In the order of the document; coverage last.", &reference("FilterResult"), 0, 129);
    let changes = |description: &str| list(description, &reference("LevelChange"), 0, 10_000);
    let ranked = answered(
        "A venture in its place, with everything that put it there and that would move it.",
        &[
            ("id", venture.clone()),
            ("rank", place("By merit; equals share one.")),
            ("position", place("In the final order; differs from the rank among equals and under a floor.")),
            ("tie_size", place("How many share the score.")),
            ("score", within("0–100.", 100.0)),
            (
                "interval",
                list("The score with all that is unknown at its worst, and at its best.", &number("0–100."), 2, 2),
            ),
            ("coverage", within("Known weight ÷ applicable weight.", 1.0)),
            ("contributions", list("In the order of the document.", &reference("Contribution"), 0, 64)),
            ("filters", filters.clone()),
            ("flags", list("What to know beside the score.", &reference("RankingFlag"), 0, 10)),
            (
                "gap_to_cutoff",
                or_null(&within(
                    "Points that draw level with the last place of the others; null if there is none.",
                    100.0,
                )),
            ),
            ("changes", changes("The fewest-step rises of one field that pass the cut-off.")),
            (
                "combination",
                or_null(&changes(
                    "The fewest-step rise of several fields together that passes it; null where none does, and where finding it \
                     would take more than 500,000 looks, or more than its share of the 30,000,000 that a ranking is given.",
                )),
            ),
        ],
    );
    let mut line = ranked.clone();
    line["properties"]["venture_id"] = venture.clone();
    if let Some(required) = line["required"].as_array_mut() {
        required.push(json!("venture_id"));
    }
    let excluded = answered(
        "A venture that a filter or a policy keeps out.",
        &[
            ("id", venture.clone()),
            ("filters", filters),
            (
                "rank_without_filters",
                or_null(&place("1 + how many of those with a place score higher; null without a score.")),
            ),
        ],
    );
    let summary = answered(
        "What a ranking comes to.",
        &[
            ("eligible", count("Ventures with a place.")),
            ("excluded", count("Ventures that a filter or a policy keeps out.")),
            ("pending", count("Ventures still to be assessed.")),
            ("cutoff_score", or_null(&within("The score of the last place; null if fewer are eligible.", 100.0))),
            ("cutoff_ties", count("How many have exactly that score.")),
        ],
    );
    let mut echo = reference("CriteriaDocument");
    echo["description"] = json!("The document with weights that sum to 1 and every default written out.");
    let most = 100_000_000;
    let whole = answered(
        "A ranking in full: the object that `sedaya rank --format json` prints, and its data version.",
        &[
            ("criteria", echo),
            ("results", list("Every eligible venture, in the final order.", &reference("RankedRow"), 0, most)),
            ("excluded", list("Who is kept out, and by what.", &reference("ExcludedVenture"), 0, most)),
            ("pending", list("Who is still to be assessed.", &venture, 0, most)),
            ("summary", reference("RankingSummary")),
            ("data_version", count("The data version that was ranked.")),
        ],
    );
    vec![
        ("RankingFlag", one_of("Something to know beside a score.", &flags)),
        ("Contribution", contribution),
        ("FilterResult", result),
        ("LevelChange", change),
        ("RankedRow", ranked),
        ("RankedVenture", line),
        ("ExcludedVenture", excluded),
        ("RankingSummary", summary),
        ("WholeRanking", whole),
    ]
}

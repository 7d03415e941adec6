//! The document's `webhooks`: what is sent to those who asked to be told. `ops::event` writes the messages; a test holds them
//! against these schemas.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema as _, ToSchema};

use crate::domain::delivery::EventKind;
use crate::domain::id::{CriteriaId, ImportId, InvestorId, MatchId, MatchListId, VentureId};
use crate::domain::life::ImportState;
use crate::domain::match_life::MatchState;
use crate::domain::time::Instant;

/// Declares a message: an envelope of its own for each, since generated clients want a name for each.
macro_rules! messages {
    ($($kind:ident $name:ident $tag:ident of $data:ident: $summary:literal, $when:literal;)+) => {
        $(
            #[doc = $summary]
            #[derive(Serialize, ToSchema)]
            pub struct $name {
                r#type: $tag,
                /// When it happened.
                timestamp: Instant,
                data: $data,
            }

            /// What happened: always the same.
            #[derive(Serialize)]
            pub struct $tag;

            impl utoipa::PartialSchema for $tag {
                fn schema() -> RefOr<Schema> {
                    utoipa::openapi::ObjectBuilder::new()
                        .schema_type(utoipa::openapi::Type::String)
                        .enum_values(Some([EventKind::$kind.as_str()]))
                        .into()
                }
            }
            impl ToSchema for $tag {}
        )+

        /// Kind, name of the schema, what it is, when it is sent.
        const MESSAGES: &[(EventKind, &str, &str, &str)] =
            &[$((EventKind::$kind, stringify!($name), $summary, $when)),+];

        /// The schemas of all messages, with those that they lead to.
        pub(super) fn schemas() -> Vec<(String, RefOr<Schema>)> {
            let mut schemas = Vec::new();
            $(
                schemas.push((stringify!($name).to_owned(), $name::schema()));
                schemas.push((stringify!($data).to_owned(), $data::schema()));
                $data::schemas(&mut schemas);
                $name::schemas(&mut schemas);
            )+
            schemas
        }
    };
}

messages! {
    MatchListPublished MatchListPublishedMessage MatchListPublishedType of PublishedList: "A match list was published",
        "When a second person has published a list. The investor of the list hears of it, and the programme.";
    MatchMoved MatchMovedMessage MatchMovedType of MovedMatch: "A match has moved",
        "When a match has come to stand elsewhere, whoever moved it; one match's moves come in their order. The investor of the \
         match hears of it, and the programme.";
    MatchDue MatchDueMessage MatchDueType of DueMatch: "A match waits for a word of its investor",
        "When an investor should have been in contact with an owner and has not said so: after seven days from the introduction, then \
         after thirty days without a word. Seven days later the match ends. The investor hears of it, and the programme.";
    CriteriaPublished CriteriaPublishedMessage CriteriaPublishedType of PublishedCriteria: "A version of criteria was published",
        "When a version ranks from now on. The investor of the criteria hears of it, and the programme.";
    ImportFinished ImportFinishedMessage ImportFinishedType of FinishedImport: "An import has ended",
        "When an import was applied or refused. The programme hears of it.";
    DataRequestDue DataRequestDueMessage DataRequestDueType of DueDataRequest: "A request about personal data is due",
        "When somebody's request about their data must be answered. The programme hears of it.";
}

/// A list that was published.
#[derive(Serialize, ToSchema)]
pub struct PublishedList {
    id: MatchListId,
    criteria_id: CriteriaId,
    /// The version of the criteria that it was ranked by.
    #[schema(example = 1, minimum = 1)]
    criteria_version: i32,
    /// How many lines it has.
    #[schema(example = 10, minimum = 0)]
    entries_total: i32,
    /// The investor; to the programme only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    investor_id: Option<InvestorId>,
}

/// A match that has moved.
#[derive(Serialize, ToSchema)]
pub struct MovedMatch {
    id: MatchId,
    /// Rises with each move: a higher one is newer.
    #[schema(example = 2, minimum = 1)]
    version: i32,
    state: MatchState,
    /// The newest list that suggested it.
    list_id: MatchListId,
    /// The venture's code on the investor's lists.
    #[schema(example = "2m7k9q4w1x8c5v3b6n0h2j4f6d", max_length = 40)]
    code: String,
    /// The investor; to the programme only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    investor_id: Option<InvestorId>,
    /// The venture; to the programme only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    venture_id: Option<VentureId>,
}

/// A match that waits for a word of its investor.
#[derive(Serialize, ToSchema)]
pub struct DueMatch {
    id: MatchId,
    /// As it was when the word was missed.
    #[schema(example = 5, minimum = 1)]
    version: i32,
    state: MatchState,
    /// When it ends if nothing comes: make the move `contact` before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<Instant>,
    /// The venture's code on the investor's lists.
    #[schema(example = "2m7k9q4w1x8c5v3b6n0h2j4f6d", max_length = 40)]
    code: String,
    /// The investor; to the programme only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    investor_id: Option<InvestorId>,
    /// The venture; to the programme only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    venture_id: Option<VentureId>,
}

/// A version of criteria that was published.
#[derive(Serialize, ToSchema)]
pub struct PublishedCriteria {
    id: CriteriaId,
    /// The number of the version.
    #[schema(example = 2, minimum = 1)]
    number: i32,
    /// The investor; to the programme only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    investor_id: Option<InvestorId>,
}

/// An import that has ended.
#[derive(Serialize, ToSchema)]
pub struct FinishedImport {
    id: ImportId,
    state: ImportState,
    /// Whether it only checked.
    dry_run: bool,
    /// Rows of the file.
    #[schema(example = 130, minimum = 0)]
    rows: i64,
    /// New businesses.
    #[schema(example = 100, minimum = 0)]
    created: i64,
    /// Businesses that have changed.
    #[schema(example = 0, minimum = 0)]
    updated: i64,
    /// Businesses that were the same already.
    #[schema(example = 0, minimum = 0)]
    unchanged: i64,
    /// Faults found.
    #[schema(example = 0, minimum = 0)]
    errors_total: i64,
}

/// A request about personal data that is due.
#[derive(Serialize, ToSchema)]
pub struct DueDataRequest {
    /// The id of the request.
    #[schema(example = "drq_01jcnq8xvgf0nadk1qh2t8wz5e", max_length = 30)]
    id: String,
    /// Until when it must be answered.
    due_at: Instant,
}

/// The `webhooks` of the document.
pub(super) fn document() -> Value {
    let header = |name: &str, description: &str, example: &str| {
        json!({
            "name": name, "in": "header", "required": true, "description": description, "example": example,
            "schema": { "type": "string", "maxLength": 500 },
        })
    };
    let parameters = json!([
        header(
            "webhook-id",
            "The id of the delivery, the same at every attempt: whoever has seen it has had this message.",
            "dlv_01jcnq8xvgf0nadk1qh2t8wz5e"
        ),
        header(
            "webhook-timestamp",
            "When this attempt was made, in seconds since 1970. Refuse old ones.",
            "1731549600"
        ),
        header(
            "webhook-signature",
            "`v1,` and HMAC-SHA256 in base64 over `webhook-id`, `webhook-timestamp` and the body with dots between them; \
             one for each secret that is live, with spaces between them. One that fits is enough.",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        ),
    ]);
    let webhook = |(kind, schema, summary, when): &(EventKind, &str, &str, &str)| {
        let id: String = kind.as_str().split(['.', '_']).map(capital).collect();
        let said = json!({ "description": "Thank you: it has arrived." });
        let operation = json!({ "post": {
            "operationId": format!("on{id}"), "tags": ["webhooks"], "summary": summary,
            "description": format!("{when} Sent at least once; whatever is answered but 2xx within fifteen seconds is sent \
                again. 410 ends it for good."),
            "security": [], "parameters": parameters,
            "requestBody": {
                "required": true,
                "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } },
            },
            "responses": { "2XX": said, "410": { "description": "Nobody listens here any more: the webhook is disabled." } },
        }});
        (kind.as_str().to_owned(), operation)
    };
    Value::Object(MESSAGES.iter().map(webhook).collect::<Map<_, _>>())
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

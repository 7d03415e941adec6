//! Through whom messages reach owners' phones: one port, and what may stand behind it.

use serde_json::json;

use super::answer;
use crate::domain::intake::Secret;
use crate::domain::message::Words;
use crate::domain::time::Instant;
use crate::ops::message::Letter;
use crate::ops::outbox::Attempt;
use crate::outbound::Outbound;

/// Who carries messages to phones.
#[derive(Clone, Debug)]
pub enum Messenger {
    /// Nobody: each message is a line in the log, with most of the number left out. For demos; elsewhere codes are not shown, or
    /// whoever reads the log could sign in as any owner.
    Console {
        /// Whether one-time codes are.
        shows_codes: bool,
    },
    /// The WhatsApp Cloud API. Outside a conversation it takes templates only, so the text stands in one that says no more than
    /// ours.
    WhatsApp {
        /// `{base}/{version}/{phone number id}/messages`.
        url: String,
        /// The bearer token.
        token: Secret,
        /// The name of the template.
        template: String,
        /// The name of the template for one-time codes: one of WhatsApp's kind for authentication, with a button that copies the
        /// code.
        code_template: String,
        /// Their language: `id`.
        language: String,
    },
    /// Any gateway that takes a number and a text as JSON over HTTPS.
    Gateway {
        /// Where it is.
        url: String,
        /// The bearer token.
        token: Secret,
    },
}

impl Messenger {
    /// Carries a message once. `id` is the same at every attempt.
    pub(super) async fn carry(&self, outbound: &Outbound, id: &str, letter: &Letter, now: Instant) -> Attempt {
        let (url, token, body) = match self {
            Self::Console { shows_codes } => {
                let text = match &letter.words {
                    Words::Code(_) if !shows_codes => "Kode SEDAYA: …".to_owned(),
                    words => words.text(),
                };
                tracing::info!(id, to = letter.phone.masked(), text, "a message to an owner");
                return Attempt { status: None, failure: None, pause: None };
            }
            Self::WhatsApp { url, token, template, code_template, language } => {
                let language = json!({ "code": language });
                let template = match &letter.words {
                    Words::News => json!({"name": template, "language": language}),
                    Words::Code(code) => {
                        let code = json!([{"type": "text", "text": code.expose()}]);
                        let text = json!({"type": "body", "parameters": code});
                        let button = json!({"type": "button", "sub_type": "url", "index": "0", "parameters": code});
                        json!({"name": code_template, "language": language, "components": [text, button]})
                    }
                };
                let to = letter.phone.digits();
                let body = json!({"messaging_product": "whatsapp", "to": to, "type": "template", "template": template});
                (url, token, body)
            }
            Self::Gateway { url, token } => {
                (url, token, json!({"to": letter.phone.international(), "text": letter.words.text(), "id": id}))
            }
        };
        let bearer = Secret::new(format!("Bearer {}", token.expose()));
        let headers =
            [("content-type", "application/json"), ("authorization", bearer.expose()), ("idempotency-key", id)];
        let attempt = answer::read(outbound.post(url, &headers, body.to_string()).await, now);
        if let Some(status @ (401 | 403)) = attempt.status {
            tracing::error!(status, "the messenger refuses the token: messages wait until it is put right");
        }
        attempt
    }
}

//! From what an operator has set to a messenger, or to words that say what is missing.

use crate::config::{Messenger as Settings, MessengerKind};
use crate::couriers::messenger::Messenger;
use crate::domain::intake::Secret;
use crate::outbound::Outbound;

/// The environment variable that holds the token, if no file does.
const TOKEN: &str = "SEDAYA_MESSENGER_TOKEN";

/// Shorter tokens are samples.
const SHORTEST_TOKEN: usize = 16;

/// The messenger that is set; `None` where owners are sent no messages.
///
/// # Errors
/// What is missing or wrong, and what to do.
pub(super) fn open(set: &Settings, outbound: &Outbound) -> Result<Option<Messenger>, String> {
    let messenger = match set.kind.unwrap_or(MessengerKind::None) {
        MessengerKind::None => return Ok(None),
        MessengerKind::Console => Messenger::Console { shows_codes: set.keeps_claim_codes },
        MessengerKind::Gateway => {
            let url = set.url.clone().ok_or("SEDAYA_MESSENGER_URL is missing: say where the gateway takes messages")?;
            Messenger::Gateway { url: callable(url, outbound)?, token: token(set)? }
        }
        MessengerKind::Whatsapp => {
            let part = |value: &Option<String>, usual: Option<&str>, name: &str, what: &str, fits: fn(u8) -> bool| {
                let value = value.as_deref().or(usual).ok_or_else(|| format!("{name} is missing: {what}"))?;
                let good = !value.is_empty() && value.bytes().all(fits);
                if good { Ok(value.to_owned()) } else { Err(format!("{name} is not valid: {what}")) }
            };
            let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
            let version = |b: u8| b.is_ascii_alphanumeric() || b == b'.';
            let digit = |b: u8| b.is_ascii_digit();
            let id = &set.whatsapp_phone_id;
            let id = part(id, None, "SEDAYA_WHATSAPP_PHONE_ID", "the id, in digits, of the number that sends", digit)?;
            let release = &set.whatsapp_version;
            let release = part(
                release,
                Some("v23.0"),
                "SEDAYA_WHATSAPP_VERSION",
                "a version of the API, such as v23.0",
                version,
            )?;
            let template = &set.whatsapp_template;
            let what = "the name of the approved template that says `Ada kabar dari SEDAYA` and nothing else";
            let template = part(template, None, "SEDAYA_WHATSAPP_TEMPLATE", what, word)?;
            let code_template = &set.whatsapp_code_template;
            let what = "the name of the approved template, of the kind for authentication, that carries one-time codes";
            let code_template = part(code_template, None, "SEDAYA_WHATSAPP_CODE_TEMPLATE", what, word)?;
            let language = &set.whatsapp_language;
            let language = part(
                language,
                Some("id"),
                "SEDAYA_WHATSAPP_LANGUAGE",
                "the language of the template, such as id",
                word,
            )?;
            let base = set.url.as_deref().unwrap_or("https://graph.facebook.com").trim_end_matches('/');
            let url = callable(format!("{base}/{release}/{id}/messages"), outbound)?;
            Messenger::WhatsApp { url, token: token(set)?, template, code_template, language }
        }
    };
    Ok(Some(messenger))
}

/// An address that nobody may ever call would be a messenger that never arrives.
fn callable(url: String, outbound: &Outbound) -> Result<String, String> {
    match outbound.may_call(&url) {
        Ok(()) => Ok(url),
        Err(reason) => {
            Err(format!("SEDAYA_MESSENGER_URL: {reason}; list its origin in SEDAYA_OUTBOUND_ALLOW if it is yours"))
        }
    }
}

fn token(set: &Settings) -> Result<Secret, String> {
    let missing =
        || format!("the messenger needs a token: name its file in SEDAYA_MESSENGER_TOKEN_FILE, or put it into {TOKEN}");
    let (text, place) = match &set.token_file {
        Some(path) => {
            let place = format!("the token file {}", path.display());
            (std::fs::read_to_string(path).map_err(|e| format!("{place}: {e}"))?, place)
        }
        None => (std::env::var(TOKEN).map_err(|_not_there| missing())?, TOKEN.to_owned()),
    };
    let token = Secret::new(text.trim());
    let good = token.expose().len() >= SHORTEST_TOKEN && token.expose().bytes().all(|b| b.is_ascii_graphic());
    if good {
        Ok(token)
    } else {
        Err(format!(
            "{place} holds no token: it has at least {SHORTEST_TOKEN} visible characters and no spaces between"
        ))
    }
}

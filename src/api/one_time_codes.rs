//! One-time codes: an owner confirms a phone with one, and signs in with one.

use std::time::Duration;

use actix_web::post;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep_until};
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::{Anyone, Caller};
use super::codes::Code;
use super::json::Json;
use super::once::{Answered, Once};
use super::problem::{Fault, Problem, Result};
use super::routes::Routes;
use super::sign_in::{Tokens, may_try, refused, tokens};
use crate::domain::id::DeliveryId;
use crate::domain::one_time_code::LIVES;
use crate::domain::phone::Phone;
use crate::domain::right::op;
use crate::domain::text::Text;
use crate::ops::one_time_code::{self, Asked, Confirmed};
use crate::ops::{Act, throttle};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(set_my_phone).add(confirm_my_phone).add(request_sign_in_code).add(sign_in_with_code);
}

/// A phone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneNumber {
    /// As people write it: `0812…`, `+62 812…`.
    #[schema(example = "0812 3456 7890", min_length = 1, max_length = 40)]
    phone: String,
}

/// A code that was sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SentCode {
    /// The digits of the newest message.
    #[schema(example = "481516", min_length = 1, max_length = 40)]
    code: String,
}

/// A request for a code, and the code that was sent for it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestAndCode {
    /// As `/v1/auth/otp` has named the request.
    #[schema(example = "msg_01jcnq8xvgf0nadk1qh2t8wz5e", max_length = 1_048_576)]
    request: String,
    /// The digits of the message.
    #[schema(example = "481516", max_length = 1_048_576)]
    code: String,
}

/// A code is on its way, if the phone is an owner's.
#[derive(Serialize, ToSchema)]
pub struct RequestedCode {
    /// The name of this request: its code is tried with it.
    #[schema(example = "msg_01jcnq8xvgf0nadk1qh2t8wz5e", max_length = 30)]
    request: String,
    /// Seconds for which the code works.
    #[schema(example = 600, minimum = 1, maximum = 600)]
    expires_in: i64,
}

/// No answer about a stranger's phone comes sooner than this: how long the work took would tell whether it is known here.
const AT_LEAST: Duration = Duration::from_millis(250);

/// A code is on its way, if the phone is one that it may be sent to.
#[derive(Serialize, ToSchema)]
pub struct CodeOnItsWay {
    /// Seconds for which it works.
    #[schema(example = 600, minimum = 1, maximum = 600)]
    expires_in: i64,
}

const ON_ITS_WAY: CodeOnItsWay = CodeOnItsWay { expires_in: LIVES };

fn phone(text: &str) -> Result<Phone> {
    let detail = Text::new(
        "Bukan nomor HP. Contoh: 0812 3456 7890 atau +62 812 3456 7890.",
        "Not a phone number. Example: 0812 3456 7890 or +62 812 3456 7890.",
    );
    Phone::parse(text).ok_or_else(|| Problem::invalid_body(vec![Fault::at("/phone".to_owned(), "not_a_phone", detail)]))
}

/// Digits as they were typed: spaces and dashes do not matter.
fn digits(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '-')).take(20).collect()
}

/// Say which phone is mine
///
/// Use it when an owner wants to sign in without the paper: a code of six digits goes to the phone and works for ten minutes. Send it
/// to `/v1/me/phone/confirmation`. Five codes an hour, to one phone and for one account. Where no messages are sent: 409 `no_messenger`.
#[utoipa::path(
    tag = "me",
    params(Once),
    responses((status = 202, body = CodeOnItsWay)),
    extensions(("x-problems" = json!(["no_messenger"])))
)]
#[post("/v1/me/phone")]
pub async fn set_my_phone(
    caller: Caller<op::SetMyPhone>,
    Json(sent): Json<PhoneNumber>,
    once: Once,
) -> Result<Answered> {
    let actor = caller.actor;
    let phone = phone(&sent.phone)?;
    let deed = move |act: &mut Act<'_>| match one_time_code::ask_to_confirm(act, &actor, &phone)? {
        Asked::Sent => Ok(Answer::accepted("/v1/me/phone/confirmation", ON_ITS_WAY)?.no_store()),
        Asked::TooMany(seconds) => {
            Err(Problem::new(Code::RateLimited).retry_after(u32::try_from(seconds).unwrap_or(1)))
        }
    };
    once.act(&caller, deed).await
}

/// Confirm my phone
///
/// Use it with the code of the newest message. From then on the phone signs the owner in (`/v1/auth/otp`), messages go to it, and the
/// code on paper has ended. A code works once, for ten minutes and five tries.
#[utoipa::path(
    tag = "me",
    responses((status = 204)),
    extensions(("x-problems" = json!(["phone_in_use"])))
)]
#[post("/v1/me/phone/confirmation")]
pub async fn confirm_my_phone(caller: Caller<op::ConfirmMyPhone>, Json(sent): Json<SentCode>) -> Result<Answer<()>> {
    let actor = caller.actor;
    let code = digits(&sent.code);
    match caller.act(move |act| one_time_code::confirm(act, &actor, &code)).await? {
        Confirmed::Done => Ok(Answer::none()),
        Confirmed::InUse => Err(Problem::new(Code::PhoneInUse)),
        Confirmed::Wrong => {
            let detail = Text::new(
                "Kode salah atau tidak berlaku lagi. Periksa pesan terbaru, atau minta kode baru.",
                "Not the code, or not any more. Look at the newest message, or ask for a new code.",
            );
            Err(Problem::invalid_body(vec![Fault::at("/code".to_owned(), "wrong_code", detail)]))
        }
    }
}

/// Ask for a code to sign in with
///
/// Use it for owners who have confirmed their phone: a code of six digits goes there and works for ten minutes. Send it to
/// `/v1/auth/otp/token` with the `request` of this answer: no other request can use up its code. Every phone is answered alike, known or
/// not, also after the fifth code in an hour, when no more are sent. Where no messages are sent: 409 `no_messenger`; staff can issue a new claim code then.
#[utoipa::path(
    tag = "auth",
    security(()),
    responses((status = 202, body = RequestedCode)),
    extensions(("x-problems" = json!(["no_messenger"])))
)]
#[post("/v1/auth/otp")]
pub async fn request_sign_in_code(
    request: Anyone<op::RequestSignInCode>,
    Json(sent): Json<PhoneNumber>,
) -> Result<Answer<RequestedCode>> {
    let begun = Instant::now();
    let (phone, address) = (phone(&sent.phone)?, request.address);
    let named = request.write(move |act| one_time_code::ask_to_sign_in(act, &phone, address)).await?;
    sleep_until(begun + AT_LEAST).await;
    let requested = RequestedCode { request: named.to_string(), expires_in: LIVES };
    Ok(Answer::accepted("/v1/auth/otp/token", requested)?.no_store())
}

/// Sign in with a code
///
/// Use it with the name of the request and the code of its message. A code works once, for ten minutes and five tries.
#[utoipa::path(
    tag = "auth",
    security(()),
    responses((status = 200, body = Tokens)),
    extensions(("x-problems" = json!(["wrong_credentials"])))
)]
#[post("/v1/auth/otp/token")]
pub async fn sign_in_with_code(
    request: Anyone<op::SignInWithCode>,
    Json(sent): Json<RequestAndCode>,
) -> Result<Answer<Tokens>> {
    let begun = Instant::now();
    may_try(&request).await?;
    let address = request.address;
    let (named, code) = (sent.request.parse::<DeliveryId>().ok(), digits(&sent.code));
    // One transaction, whatever is wrong: the try and the failure are kept.
    let session = request
        .write(move |act| {
            let session = match named {
                Some(named) => one_time_code::sign_in(act, named, &code)?,
                None => None,
            };
            if session.is_none() {
                throttle::note_failure(act, address)?;
            }
            Ok(session)
        })
        .await?;
    if session.is_none() {
        sleep_until(begun + AT_LEAST).await;
    }
    tokens(&request, session.ok_or_else(refused)?)
}

//! *Kartu Hasil*: one page of paper that goes home with an owner. What the business is strong in, the next step, and the code by
//! which its owner signs in, also as a QR code. Others see paper: nothing of matches or of what the owner has asked stands on it.

use std::fmt::Write as _;

use actix_web::http::header;
use actix_web::{HttpResponse, post};
use qrcode::QrCode;
use qrcode::render::svg;
use quick_xml::escape::escape;

use super::caller::Caller;
use super::criteria::Nothing;
use super::json::Json;
use super::parameters::Path;
use super::problem::{Problem, Result};
use super::routes::Routes;
use crate::domain::consent::FREE;
use crate::domain::id::VentureId;
use crate::domain::look::LookKind;
use crate::domain::right::op;
use crate::domain::status::step_in_words;
use crate::domain::text::{Lang, Words};
use crate::ops::doors::{self, Found};
use crate::ops::own_venture::{self, Own};
use crate::ops::{looks, me, user};

/// Adds the routes of this file.
pub(crate) fn routes(routes: &mut Routes) {
    routes.add(print_result_card);
}

/// What a printed page may load: its own style, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/// For A5, so that two fit on a sheet; large enough to be read without glasses.
const STYLE: &str = "@page{size:A5;margin:12mm}body{font:12pt/1.4 sans-serif;margin:1em auto;max-width:34em;color:#000}\
    h1{font-size:16pt;margin:0}h2{font-size:12pt;margin:1em 0 .2em}p,ul{margin:.2em 0}.code{font:bold 16pt monospace}\
    .claim{display:flex;gap:1em;align-items:center}svg{flex:none;width:34mm;height:34mm}@media screen{body{padding:0 1em}}footer{margin-top:1em;font-size:9pt}";

/// What stands on a card.
struct Card<'a> {
    own: &'a Own,
    /// What comes next where there is no step to name.
    otherwise: &'a str,
    found: &'a Found,
    code: &'a str,
    /// Where the code is entered.
    address: Option<&'a str>,
}

impl Card<'_> {
    fn html(&self, lang: Lang) -> Result<String> {
        let say = |id: &'static str, en: &'static str| Words::new(id, en).get(lang);
        let own = self.own;
        let mut page = format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>\
             <p><strong>{}</strong></p>",
            lang.tag(),
            escape(&own.name),
            title = say("Kartu Hasil SEDAYA", "SEDAYA Result Card"),
        );
        let mut part = |heading: &str, body: &str| {
            // Writing to a String cannot fail.
            let _ = write!(page, "<h2>{heading}</h2>{body}");
        };
        let strengths = own.strengths().into_iter().map(|d| &own.rubric.dimensions()[d].label);
        let strengths: String = strengths.map(|label| format!("<li>{}</li>", escape(label.get(lang)))).collect();
        if !strengths.is_empty() {
            part(say("Kekuatan usaha Anda", "What your business is strong in"), &format!("<ul>{strengths}</ul>"));
        }
        let level = own.outcome.as_ref().map_or_else(
            || say("belum cukup data", "not enough data yet"),
            |outcome| outcome.readiness.name(&own.rubric, lang),
        );
        let notice = say("Bukan nasihat investasi.", "Not investment advice.");
        part(say("Tingkat kesiapan", "Readiness"), &format!("<p>{}. {notice}</p>", escape(level)));
        part(say("Langkah berikutnya", "Next step"), &self.step(lang));
        let image = QrCode::new(self.code).map_err(Problem::internal)?;
        let image = image.render::<svg::Color<'_>>().quiet_zone(true).build();
        // A part of the page needs no declaration of its own.
        let image = image.split_once("?>").map_or(image.as_str(), |(_, svg)| svg);
        let keep = say(
            "Dengan kode ini Anda melihat status Anda. Simpan baik-baik: siapa pun yang memegangnya dapat membukanya.",
            "With this code you see your status. Keep it safe: whoever holds it can open it.",
        );
        let enter = self.address.map_or_else(
            || {
                say("Tanyakan kepada staf program di mana memasukkannya.", "Ask programme staff where to enter it.")
                    .into()
            },
            |address| format!("{} <strong>{}</strong>", say("Masukkan di", "Enter it at"), escape(address)),
        );
        let claim = format!(
            "<div class=\"claim\">{image}<div><p class=\"code\">{}</p><p>{enter}</p><p>{keep}</p></div></div>",
            self.code
        );
        part(say("Status Anda", "Your status"), &claim);
        let _ = write!(page, "<footer>{}</footer></body></html>", FREE.get(lang));
        Ok(page)
    }

    /// The one next step, and what that very step opens.
    fn step(&self, lang: Lang) -> String {
        let (rubric, outcome) = (&self.own.rubric, self.own.outcome.as_ref());
        let Some((indicator, words)) = outcome.and_then(|outcome| step_in_words(rubric, outcome)) else {
            return format!("<p>{}</p>", escape(self.otherwise));
        };
        let mut step = format!("<p>{}</p>", escape(words.get(lang)));
        if let Some(opening) = self.found.steps.iter().find(|opening| opening.indicator == indicator) {
            let (opens, shut) = (opening.doors.len(), self.found.doors - self.found.open);
            let _ = match lang {
                Lang::Id => write!(step, "<p>Langkah ini membuka {opens} dari {shut} pintu yang masih tertutup.</p>"),
                Lang::En => write!(step, "<p>This step opens {opens} of the {shut} doors that are still shut.</p>"),
            };
        }
        step
    }
}

/// Print a result card
///
/// Use it at the end of a workshop: one page to print and hand over. It holds a new code to sign in with, and where to enter it if the
/// operator has said so; an earlier code stops working, as after `issueClaimCode`. Others see paper: nothing of matches or of requests
/// about data stands on it.
#[utoipa::path(
    tag = "ventures",
    params(VentureId),
    responses((
        status = 200,
        description = "A page for print.",
        content_type = "text/html",
        body = String,
        example = "<!doctype html><html lang=\"id\"><head><title>Kartu Hasil SEDAYA</title></head><body>…</body></html>"
    )),
    extensions(("x-problems" = json!(["no_rubric"])))
)]
#[post("/v1/ventures/{id}/result-card")]
pub async fn print_result_card(
    caller: Caller<op::PrintResultCard>,
    Path(id): Path<VentureId>,
    Json(Nothing {}): Json<Nothing>,
) -> Result<HttpResponse> {
    let (actor, lang) = (caller.actor, caller.lang);
    let read = caller.run(move |service| {
        looks::note(service, &actor, LookKind::Record, [id], service.clock.now())?;
        Ok((own_venture::own(service, id)?, me::status_on_paper(service, id)?, doors::own(service, id)?.0))
    });
    let (own, status, found) = read.await?;
    let code = caller.act(move |act| user::issue_claim_code(act, id)).await?;
    let address = caller.app.public_url.as_deref();
    let card = Card { own: &own, otherwise: status.next_step.get(lang), found: &found, code: &code, address };
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(card.html(lang)?))
}

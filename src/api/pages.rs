//! Pages for people: what each error code means, and the way in.

use std::fmt::Write as _;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::codes::{Code, ShapeFault};
use super::context::Context;
use super::problem::{Problem, Result};
use super::routes::Routes;
use super::state::State;
use crate::domain::text::{Lang, Words};

/// Adds the pages.
pub(crate) fn routes(routes: &mut Routes) {
    let get = |path: &'static str| web::resource(path);
    routes
        .page("/", get("/").route(web::get().to(front)))
        .page("/openapi.json", get("/openapi.json").route(web::get().to(openapi)))
        .page("/problems", get("/problems").route(web::get().to(problems)))
        .page("/problems/{code}", get("/problems/{code}").route(web::get().to(problem)))
        .page("/docs", get("/docs").route(web::get().to(to_docs)))
        .page(
            "/docs/{_:.*}",
            web::scope("/docs").wrap(actix_web::middleware::from_fn(swagger_headers)).service(swagger()),
        );
}

fn swagger() -> utoipa_swagger_ui::SwaggerUi {
    let config =
        utoipa_swagger_ui::Config::from("/openapi.json").display_request_duration(true).persist_authorization(true);
    utoipa_swagger_ui::SwaggerUi::new("/{_:.*}").config(config)
}

/// The documentation's own scripts and styles, and nothing from elsewhere.
async fn swagger_headers(
    req: actix_web::dev::ServiceRequest,
    next: actix_web::middleware::Next<impl actix_web::body::MessageBody>,
) -> std::result::Result<actix_web::dev::ServiceResponse<impl actix_web::body::MessageBody>, actix_web::Error> {
    const POLICY: &str =
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";
    let mut response = next.call(req).await?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(POLICY));
    Ok(response)
}

async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

async fn openapi(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "public, max-age=60"))
        .body(state.document.clone())
}

const TITLE: Words = Words::new("Kode galat", "Error codes");

async fn front(request: HttpRequest) -> Result<HttpResponse> {
    let lang = Context::of(&request)?.lang;
    let says = Words::new(
        "Layanan yang mempertemukan usaha mikro yang telah dinilai dengan investor sosial.",
        "The service that connects assessed micro businesses with social investors.",
    );
    let docs = Words::new("Dokumentasi API", "API documentation");
    Ok(html(
        lang,
        "SEDAYA Match",
        &format!(
            "<p>{}</p><ul><li><a href=\"/docs/\">{}</a></li><li><a href=\"/problems\">{}</a></li></ul>",
            says.get(lang),
            docs.get(lang),
            TITLE.get(lang)
        ),
    ))
}

async fn problems(request: HttpRequest) -> Result<HttpResponse> {
    let lang = Context::of(&request)?.lang;
    let mut rows = String::from("<table>");
    for code in Code::ALL {
        let e = code.entry();
        let _ = write!(
            rows,
            "<tr><td><a href=\"/problems/{0}\"><code>{0}</code></a></td><td>{1}</td><td>{2}</td></tr>",
            e.code,
            e.status.as_u16(),
            escape(e.title.get(lang))
        );
    }
    let faults = Words::new("Kode di dalam errors", "Codes within errors");
    let _ = write!(rows, "</table><h2>{}</h2><table>", faults.get(lang));
    for fault in ShapeFault::ALL {
        let words = fault.words().get(lang).replace("{}", "…");
        let _ = write!(rows, "<tr><td><code>{}</code></td><td>{}</td></tr>", fault.code(), escape(&words));
    }
    rows.push_str("</table>");
    Ok(html(lang, TITLE.get(lang), &rows))
}

async fn problem(request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse> {
    let lang = Context::of(&request)?.lang;
    let entry = Code::parse(&code).ok_or_else(Problem::not_found)?.entry();
    let retry = match entry.retryable {
        true => Words::new("Permintaan yang sama boleh dicoba lagi.", "The same request may be tried again."),
        false => Words::new("Permintaan yang sama akan ditolak lagi.", "The same request will be refused again."),
    };
    let body = format!(
        "<p><code>{}</code> · HTTP {}</p><p>{}</p><p>{}</p><p><a href=\"/problems\">{}</a></p>",
        entry.code,
        entry.status.as_u16(),
        escape(entry.remedy.get(lang)),
        retry.get(lang),
        TITLE.get(lang)
    );
    Ok(html(lang, entry.title.get(lang), &body))
}

fn html(lang: Lang, title: &str, body: &str) -> HttpResponse {
    let page = format!(
        "<!doctype html><html lang=\"{0}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{1}</title></head><body><h1>{1}</h1>{body}</body></html>",
        lang.tag(),
        escape(title)
    );
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(page)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

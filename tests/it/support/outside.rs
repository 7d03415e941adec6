//! A server that is not ours, on this machine: what it answers is the test's to say, and it counts who asks.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use futures_util::stream;

/// How the server answers.
#[derive(Clone, Debug)]
pub enum Manner {
    /// With this.
    Body(String),
    /// With this status and nothing else.
    Status(u16),
    /// By pointing elsewhere.
    Redirect(String),
    /// Without an end.
    Endless,
    /// Never.
    Silent,
}

type Answers = Arc<Mutex<Box<dyn Fn(&str) -> Manner + Send>>>;

/// The server.
pub struct Outsider {
    /// Where it is: `http://127.0.0.1:PORT`.
    pub url: String,
    answers: Answers,
    asked: Arc<AtomicUsize>,
    server: ServerHandle,
}

impl Outsider {
    /// Starts one on a free port.
    pub fn start() -> Self {
        let answers: Answers = Arc::new(Mutex::new(Box::new(|_| Manner::Status(404))));
        let asked = Arc::new(AtomicUsize::new(0));
        let (says, counts) = (answers.clone(), asked.clone());
        let server = HttpServer::new(move || {
            let (says, counts) = (says.clone(), counts.clone());
            App::new().default_service(web::to(move |request: HttpRequest| {
                counts.fetch_add(1, Ordering::SeqCst);
                let manner = (says.lock().unwrap())(request.path());
                async move { answer(manner).await }
            }))
        });
        let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        let running = server.run();
        let handle = running.handle();
        tokio::spawn(running);
        Self { url, answers, asked, server: handle }
    }

    /// Answers like this from now on, by path.
    pub fn answers(&self, how: impl Fn(&str) -> Manner + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(how);
    }

    /// How often it was asked for anything.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Goes away: connections are refused from now on.
    pub async fn leave(&self) {
        self.server.stop(false).await;
    }
}

async fn answer(manner: Manner) -> HttpResponse {
    match manner {
        Manner::Body(text) => HttpResponse::Ok().content_type("application/json").body(text),
        Manner::Status(status) => HttpResponse::build(StatusCode::from_u16(status).unwrap()).finish(),
        Manner::Redirect(to) => HttpResponse::Found().insert_header(("location", to)).finish(),
        Manner::Endless => {
            let block = || Some((Ok::<_, actix_web::Error>(Bytes::from_static(&[b' '; 1 << 16])), ()));
            HttpResponse::Ok().streaming(stream::unfold((), move |()| async move { block() }))
        }
        // Longer than anybody waits; the server's end takes it along.
        Manner::Silent => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            HttpResponse::Ok().finish()
        }
    }
}

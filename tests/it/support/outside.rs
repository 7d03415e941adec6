//! A server that is not ours, on this machine: what it answers is the test's to say, and it counts who asks.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use futures_util::stream;
use tokio::sync::oneshot;

/// How the server answers.
#[derive(Clone, Debug)]
pub enum Manner {
    /// With this.
    Body(String),
    /// With this status and nothing else.
    Status(u16),
    /// With this status, and this wish for a pause.
    Pause(u16, String),
    /// By pointing elsewhere.
    Redirect(String),
    /// Without an end.
    Endless,
    /// Never.
    Silent,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Heard {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Heard {
    /// A header, if it is there once.
    pub fn header(&self, name: &str) -> &str {
        let mut all = self.headers.iter().filter(|(known, _)| known == name);
        let (_, value) = all.next().unwrap_or_else(|| panic!("no {name}: {self:?}"));
        assert!(all.next().is_none(), "{name} stands twice");
        value
    }
}

type Answers = Arc<Mutex<Box<dyn Fn(&str) -> Manner + Send>>>;

/// One request that waits: tells that it has arrived, and goes on when the other end is dropped.
type Held = Arc<Mutex<Option<(oneshot::Sender<()>, oneshot::Receiver<()>)>>>;

/// The server.
pub struct Outsider {
    /// Where it is: `http://127.0.0.1:PORT`.
    pub url: String,
    answers: Answers,
    asked: Arc<AtomicUsize>,
    heard: Arc<Mutex<Vec<Heard>>>,
    held: Held,
    server: ServerHandle,
}

impl Outsider {
    /// Starts one on a free port.
    pub fn start() -> Self {
        let answers: Answers = Arc::new(Mutex::new(Box::new(|_| Manner::Status(404))));
        let asked = Arc::new(AtomicUsize::new(0));
        let held = Held::default();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (says, counts, holds, hears) = (answers.clone(), asked.clone(), held.clone(), heard.clone());
        let server = HttpServer::new(move || {
            let (says, counts, holds, hears) = (says.clone(), counts.clone(), holds.clone(), hears.clone());
            App::new().default_service(web::to(move |request: HttpRequest, body: Bytes| {
                counts.fetch_add(1, Ordering::SeqCst);
                hears.lock().unwrap().push(as_heard(&request, &body));
                let manner = (says.lock().unwrap())(request.path());
                let held = holds.lock().unwrap().take();
                async move {
                    if let Some((arrived, go_on)) = held {
                        let _ = arrived.send(());
                        let _ = go_on.await;
                    }
                    answer(manner).await
                }
            }))
        });
        let server = server.workers(1).disable_signals().bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", server.addrs()[0]);
        let running = server.run();
        let handle = running.handle();
        tokio::spawn(running);
        Self { url, answers, asked, heard, held, server: handle }
    }

    /// Answers like this from now on, by path.
    pub fn answers(&self, how: impl Fn(&str) -> Manner + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(how);
    }

    /// Holds the next request: the first tells when it has arrived, the second lets it go on when it is dropped.
    pub fn hold(&self) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let ((tell, arrived), (go_on, wait)) = (oneshot::channel(), oneshot::channel());
        *self.held.lock().unwrap() = Some((tell, wait));
        (arrived, go_on)
    }

    /// How often it was asked for anything.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// What it was sent so far, in order.
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// Goes away: connections are refused from now on.
    pub async fn leave(&self) {
        self.server.stop(false).await;
    }
}

fn as_heard(request: &HttpRequest, body: &Bytes) -> Heard {
    let headers = request.headers().iter();
    Heard {
        method: request.method().to_string(),
        path: request.path().to_owned(),
        headers: headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

async fn answer(manner: Manner) -> HttpResponse {
    match manner {
        Manner::Body(text) => HttpResponse::Ok().content_type("application/json").body(text),
        Manner::Status(status) => HttpResponse::build(StatusCode::from_u16(status).unwrap()).finish(),
        Manner::Pause(status, pause) => {
            HttpResponse::build(StatusCode::from_u16(status).unwrap()).insert_header(("retry-after", pause)).finish()
        }
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

//! What the shared machinery of a request costs: a signed-in read of the running service against a bare actix handler that
//! returns the same body, turn by turn in one run. Everything is on: token, account, rates, headers, log lines.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

/// Requests under way at once: enough to keep the server busy.
const CONNECTIONS: usize = 8;

/// Each server gets so many turns of this length.
const TURNS: usize = 7;
const TURN: Duration = Duration::from_secs(1);

/// The demo, stopped when it is dropped.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_sedaya"));
    demo.args(["demo", "--addr", "127.0.0.1:0", "--format", "json"]).current_dir(folder.path());
    // A limit that is counted and never reached.
    demo.env("SEDAYA_RATE_LIMIT", "1000000000").stdout(Stdio::piped());
    // Its log is written, to a file.
    demo.stderr(std::fs::File::create(folder.path().join("log")).unwrap());
    let mut demo = Demo(demo.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(demo.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let addr: SocketAddr = ready["url"].as_str().unwrap().trim_start_matches("http://").parse().unwrap();
    let login = ready["logins"].as_array().unwrap().iter().find(|l| l["persona"] == "investor").unwrap();
    let body = json!({"username": login["username"], "password": login["password"]}).to_string();
    let sign_in = format!(
        "POST /v1/auth/token HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let tokens: Value = serde_json::from_slice(&Client::new(addr, sign_in).ask().unwrap()).unwrap();
    let token = tokens["access_token"].as_str().unwrap();

    println!("{CONNECTIONS} connections, the best, the middle and the worst of {TURNS} turns of {TURN:?} each");
    let list = ready["match_list_id"].as_str().unwrap();
    for path in ["/v1/me".to_owned(), format!("/v1/match-lists/{list}/entries?limit=20")] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n");
        let body = Client::new(addr, request.clone()).ask().unwrap();
        let bare = bare(body.clone());
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            theirs.push(requests_a_second(bare, &request));
            ours.push(requests_a_second(addr, &request));
        }
        let (ours, theirs) = (spread(ours), spread(theirs));
        let path = path.replace(list, "{id}");
        println!("{path}, {} bytes", body.len());
        println!("  bare handler {} | {} | {} a second", theirs[2], theirs[1], theirs[0]);
        println!("  the service  {} | {} | {} a second: {} %", ours[2], ours[1], ours[0], ours[1] * 100 / theirs[1]);
    }
}

/// Worst, middle, best.
fn spread(mut turns: Vec<usize>) -> [usize; 3] {
    turns.sort_unstable();
    [turns[0], turns[turns.len() / 2], turns[turns.len() - 1]]
}

/// An actix handler and nothing else.
fn bare(body: Vec<u8>) -> SocketAddr {
    let body = web::Bytes::from(body);
    let handler = move || {
        let body = body.clone();
        let answer = move || {
            let body = body.clone();
            async move { HttpResponse::Ok().content_type("application/json").body(body) }
        };
        App::new().default_service(web::to(answer))
    };
    // Bound here, so that nobody asks before somebody listens.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async { HttpServer::new(handler).listen(listener).unwrap().run().await })
    });
    addr
}

fn requests_a_second(addr: SocketAddr, request: &str) -> usize {
    let clients = (0..CONNECTIONS).map(|_| Client::new(addr, request.to_owned())).collect::<Vec<_>>();
    let began = Instant::now();
    let done: usize = std::thread::scope(|scope| {
        let count = |mut client: Client| {
            let mut done = 0;
            while began.elapsed() < TURN {
                client.ask().unwrap();
                done += 1;
            }
            done
        };
        let running = clients.into_iter().map(|client| scope.spawn(move || count(client))).collect::<Vec<_>>();
        running.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    (done as f64 / began.elapsed().as_secs_f64()) as usize
}

/// The least that speaks HTTP/1.1 on a kept connection, so that both servers get as much of the machine as can be.
struct Client {
    stream: BufReader<TcpStream>,
    request: String,
}

impl Client {
    fn new(addr: SocketAddr, request: String) -> Self {
        let stream = TcpStream::connect(addr).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::with_capacity(1 << 17, stream), request }
    }

    /// The body of an answer that must be 200.
    fn ask(&mut self) -> std::io::Result<Vec<u8>> {
        self.stream.get_mut().write_all(self.request.as_bytes())?;
        let (mut length, mut line) = (0, String::new());
        self.stream.read_line(&mut line)?;
        assert!(line.starts_with("HTTP/1.1 200 "), "{line}");
        while line != "\r\n" {
            line.clear();
            self.stream.read_line(&mut line)?;
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(body)
    }
}

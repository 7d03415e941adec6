//! What requests cost on the running service, with everything on: token, account, rates, headers, log lines.
//!
//! First the shared machinery: a signed-in read against a bare actix handler that returns the same body, turn by turn in one
//! run. Then how long one person waits, on one connection: an owner's status, and what staff who tune criteria ask over a
//! thousand ventures.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

/// Requests under way at once: enough to keep the server busy.
const CONNECTIONS: usize = 8;

/// Each server gets so many turns of this length.
const TURNS: usize = 7;
const TURN: Duration = Duration::from_secs(1);

/// So often is asked on one connection.
const WAITS: usize = 200;

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
    let investor = sign_in(addr, &ready, "investor");

    println!("{CONNECTIONS} connections, the best, the middle and the worst of {TURNS} turns of {TURN:?} each");
    let list = ready["match_list_id"].as_str().unwrap();
    for path in ["/v1/me".to_owned(), format!("/v1/match-lists/{list}/entries?limit=20")] {
        let request = get(&path, &investor);
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

    println!("one connection, {WAITS} requests each");
    wait(addr, "/v1/me/status, an owner", get("/v1/me/status", &sign_in(addr, &ready, "owner")));
    a_thousand_more(folder.path());
    let staff = sign_in(addr, &ready, "staff");
    let weighed = |weights: [u32; 6]| {
        let fields = ["ENT", "PRD", "DGM", "FAC", "MGT", "SOC"];
        let value = json!({"kind": "linear", "from": 0, "to": 100});
        let one = |(code, weight): (&str, u32)| json!({"field": format!("dimension.{code}"), "weight": weight, "value": value});
        json!({"title": {"id": "Bobot", "en": "Weights"}, "filters": [], "preferences": fields.into_iter().zip(weights).map(one).collect::<Vec<_>>(), "limit": 50})
    };
    let (document, other) = (weighed([15, 20, 15, 15, 20, 15]), weighed([40, 5, 30, 5, 5, 15]));
    let ranked = read(addr, post("/v1/rankings", &staff, &json!({"document": document})));
    println!("  over {} ventures:", ranked["summary"]["eligible"]);
    let first = &ranked["results"][0]["id"];
    let group = json!({"field": "women_led", "op": "is", "value": true});
    for (what, body) in [
        ("compare", json!({"before": document, "after": other})),
        ("stability", json!({"document": document})),
        ("fairness", json!({"document": document, "group": group, "p": 0.5, "alpha": 0.1})),
        ("tornado", json!({"document": document, "venture_id": first})),
        ("acceptability", json!({"document": document})),
        ("second-opinions", json!({"document": document})),
    ] {
        let path = format!("/v1/rankings/{what}");
        wait(addr, &path, post(&path, &staff, &body));
    }
}

/// The sample thirteen times more, under other numbers, into the demo in a folder.
fn a_thousand_more(folder: &Path) {
    let mut reader = csv::Reader::from_reader(sedaya::demo::CSV);
    let headers = reader.headers().unwrap().clone();
    let numbers = ["Kode peserta", "Kode usaha"].map(|name| headers.iter().position(|h| h.ends_with(name)).unwrap());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut sheet = csv::Writer::from_path(folder.join("more.csv")).unwrap();
    sheet.write_record(&headers).unwrap();
    for copy in 0..13 {
        for row in &rows {
            let cell = |(n, text): (usize, &str)| match text {
                "" => String::new(),
                text if numbers.contains(&n) => format!("{text}-{copy}"),
                text => text.to_owned(),
            };
            sheet.write_record(row.iter().enumerate().map(cell)).unwrap();
        }
    }
    sheet.flush().unwrap();
    let mut import = Command::new(env!("CARGO_BIN_EXE_sedaya"));
    import.args(["import", "more.csv", "--format", "json"]).current_dir(folder);
    import.args(["--database-url", "sqlite:sedaya-demo/sedaya.db", "--key-file", "sedaya-demo/keys.json"]);
    let done = import.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

/// How long one person waits.
fn wait(addr: SocketAddr, what: &str, request: String) {
    let mut client = Client::new(addr, request);
    let size = client.ask().unwrap().len();
    let mut waits: Vec<Duration> = (0..WAITS)
        .map(|_| {
            let began = Instant::now();
            client.ask().unwrap();
            began.elapsed()
        })
        .collect();
    waits.sort_unstable();
    let ms = |at: usize| waits[at].as_secs_f64() * 1e3;
    println!("  {what}, {size} bytes: p50 {:.2} ms, p99 {:.2} ms", ms(WAITS / 2), ms(WAITS * 99 / 100));
}

fn sign_in(addr: SocketAddr, ready: &Value, persona: &str) -> String {
    let login = ready["logins"].as_array().unwrap().iter().find(|l| l["persona"] == persona).unwrap();
    let (path, body) = match persona {
        "owner" => ("/v1/auth/claim", json!({"code": login["password"]})),
        _ => ("/v1/auth/token", json!({"username": login["username"], "password": login["password"]})),
    };
    read(addr, post(path, "", &body))["access_token"].as_str().unwrap().to_owned()
}

fn get(path: &str, token: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n")
}

fn post(path: &str, token: &str, body: &Value) -> String {
    let body = body.to_string();
    let bearer = if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") };
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\n{bearer}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn read(addr: SocketAddr, request: String) -> Value {
    serde_json::from_slice(&Client::new(addr, request).ask().unwrap()).unwrap()
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

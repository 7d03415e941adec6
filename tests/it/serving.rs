//! Starting, being looked after, and stopping.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use reqwest::Client;
use sedaya::app::{App, StartError};
use serde_json::Value;

use crate::support::app::{TestApp, config, problem_of, refused};
use crate::support::probe;

#[tokio::test]
async fn the_operators_pages() {
    let app = TestApp::start().await;
    let get = async |path: &str| app.client.get(format!("http://{}{path}", app.app.admin_addr)).send().await.unwrap();
    assert_eq!(get("/livez").await.status(), 200);
    assert_eq!(get("/readyz").await.text().await.unwrap(), "ready\n");
    app.request("GET", "/v1/fields").send().await.unwrap();
    let metrics = get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("sedaya_requests_total{operation=\"listFields\",status=\"4xx\"} 1"), "{metrics}");
    assert!(metrics.contains("sedaya_problems_total{code=\"unauthenticated\"} 1"), "{metrics}");
    assert_eq!(problem_of(get("/v1/fields").await).await.0, 404, "the API is not served here");
    for path in ["/livez", "/readyz", "/metrics"] {
        assert_eq!(refused(app.request("GET", path)).await.0, 404, "{path} is not served to the public");
    }
}

/// Not ready first, then no new connections, and what is on its way is finished.
#[tokio::test]
async fn stopping_loses_no_request() {
    let TestApp { app, client, .. } = TestApp::start_with(|_| {}, |outside| outside.routes = probe::routes).await;
    let (addr, admin, state) = (app.addr, app.admin_addr, app.state.clone());
    let on_its_way = tokio::spawn(client.get(format!("http://{addr}/v1/probes/hold")).send());
    while state.metrics.in_flight() == 0 {
        tokio::task::yield_now().await;
    }
    let stopping = tokio::spawn(app.stop(Duration::from_millis(500)));
    assert_eq!(on_its_way.await.unwrap().unwrap().status(), 204);
    let ready = client.get(format!("http://{admin}/readyz")).send().await.unwrap();
    assert_eq!(problem_of(ready).await.1, "unavailable");
    assert_eq!(client.get(format!("http://{admin}/livez")).send().await.unwrap().status(), 200);
    let late = client.get(format!("http://{addr}/v1/probes/fixed")).send().await.unwrap();
    assert_eq!((late.status().as_u16(), late.headers()["connection"].to_str().unwrap()), (200, "close"));
    stopping.await.unwrap();
    let after = Client::builder().no_proxy().build().unwrap().get(format!("http://{addr}/")).send().await;
    assert!(after.unwrap_err().is_connect());
}

#[tokio::test]
async fn a_start_that_fails_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let mut wrong = config(&dir);
    wrong.place.database_url = "mysql://somewhere".into();
    let error = App::build(&wrong).await.err().unwrap();
    assert!(error.to_string().contains("sqlite:"), "{error}");
    let taken = TestApp::start().await;
    wrong = config(&dir);
    wrong.addr = taken.app.addr.to_string();
    let error = App::build(&wrong).await.err().unwrap();
    assert!(matches!(error, StartError::Listen { .. }), "{error}");
    std::fs::write(dir.path().join("keys.json"), "{}").unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(dir.path().join("keys.json"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .unwrap();
    let error = App::build(&config(&dir)).await.err().unwrap();
    assert!(error.to_string().contains("is not valid"), "{error}");
}

/// The binary: makes its keys, logs JSON without a terminal, stops on SIGTERM with exit code 0.
#[cfg(unix)]
#[tokio::test]
async fn the_binary_serves_and_stops_on_sigterm() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let mut child = Command::new(env!("CARGO_BIN_EXE_sedaya"))
        .args(["serve", "--drain", "0", "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0"])
        .env("SEDAYA_DATABASE_URL", format!("sqlite:{}", path("s.db")))
        .env("SEDAYA_KEY_FILE", path("keys.json"))
        .env("RUST_LOG", "info")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let addr = loop {
        let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        if line["message"] == "listening" {
            break line["addr"].as_str().unwrap().to_owned();
        }
    };
    let client = Client::builder().no_proxy().build().unwrap();
    let answer =
        client.get(format!("http://{addr}/v1/fields?secret=canary")).bearer_auth("canary").send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(answer.status(), 401);
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let status = tokio::task::spawn_blocking(move || {
        let rest: Vec<String> = lines.map(Result::unwrap).collect();
        (child.wait().unwrap(), rest)
    });
    let (status, rest) = status.await.unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(
        rest.iter().any(|l| l.contains(&id) && l.contains("\"status\":401") && l.contains("listFields")),
        "{rest:#?}"
    );
    assert!(!rest.iter().any(|l| l.contains("canary")), "{rest:#?}");
}

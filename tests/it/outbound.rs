//! The one way out: a URL that somebody gives must not make the service call its own network.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sedaya::outbound::{Failure, Limits, Lookup, Outbound, origin, system};

use crate::support::outside::{Manner, Outsider};

/// Times short enough to wait for.
fn limits(allowed: &[&str]) -> Limits {
    let allowed: BTreeSet<String> = allowed.iter().map(|o| origin(o).unwrap()).collect();
    Limits {
        connect: Duration::from_millis(300),
        whole: Duration::from_millis(600),
        told: Duration::from_millis(600),
        allowed,
    }
}

fn client(allowed: &[&str], lookup: Lookup) -> Outbound {
    Outbound::new(limits(allowed), lookup).unwrap()
}

/// A name service that leads every name to the same addresses and counts.
fn leading_to(addresses: &[&str]) -> (Lookup, Arc<AtomicUsize>) {
    let addresses: Vec<IpAddr> = addresses.iter().map(|a| a.parse().unwrap()).collect();
    let asked = Arc::new(AtomicUsize::new(0));
    let counts = asked.clone();
    let lookup: Lookup = Arc::new(move |_| {
        counts.fetch_add(1, Ordering::SeqCst);
        let found = addresses.clone();
        Box::pin(async move { Ok(found) })
    });
    (lookup, asked)
}

async fn get(client: &Outbound, url: &str) -> Result<Vec<u8>, Failure> {
    client.get(url, 1000).await
}

#[tokio::test]
async fn urls_with_an_address_inside_are_refused_however_it_is_written() {
    let (lookup, asked) = leading_to(&["1.1.1.1"]);
    let client = client(&[], lookup);
    let inside = [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "0",
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "１２７.0.0.1",
        "127。0。0。1",
    ];
    for host in inside {
        assert_eq!(get(&client, &format!("https://{host}/")).await, Err(Failure::Address), "{host}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0, "nobody was asked about them");
}

#[tokio::test]
async fn names_that_lead_inside_are_refused_when_they_are_resolved() {
    assert_eq!(get(&client(&[], system()), "https://localhost/").await, Err(Failure::Address));
    for inside in [&["127.0.0.1"][..], &["1.1.1.1", "10.0.0.1"], &["::1"], &["::ffff:1.1.1.1"], &["64:ff9b::1.1.1.1"]] {
        let (lookup, asked) = leading_to(inside);
        assert_eq!(get(&client(&[], lookup), "https://example.org/").await, Err(Failure::Address), "{inside:?}");
        assert_eq!(asked.load(Ordering::SeqCst), 1, "one resolution an attempt");
    }
}

/// A name service that first says something harmless and then another thing finds no second question to answer.
#[tokio::test]
async fn an_attempt_resolves_once_and_connects_to_what_was_checked() {
    let outsider = Outsider::start();
    outsider.answers(|_| Manner::Body("inside".into()));
    let port = outsider.url.rsplit(':').next().unwrap().to_owned();
    let asked = Arc::new(AtomicUsize::new(0));
    let counts = asked.clone();
    let lookup: Lookup = Arc::new(move |_| {
        let first = counts.fetch_add(1, Ordering::SeqCst) == 0;
        let address: IpAddr = if first { "127.0.0.1" } else { "127.0.0.2" }.parse().unwrap();
        Box::pin(async move { Ok(vec![address]) })
    });
    let url = format!("http://rebind.example:{port}/");
    let client = client(&[&format!("http://rebind.example:{port}")], lookup);
    assert_eq!(get(&client, &url).await, Ok(b"inside".to_vec()));
    assert_eq!((asked.load(Ordering::SeqCst), outsider.asked()), (1, 1));
    // The next attempt asks again: nothing of the last one is used for it. Nobody listens on 127.0.0.2.
    assert_eq!(get(&client, &url).await, Err(Failure::Connection));
    assert_eq!((asked.load(Ordering::SeqCst), outsider.asked()), (2, 1));
}

#[tokio::test]
async fn only_https_on_listed_ports_without_credentials() {
    let (lookup, asked) = leading_to(&["127.0.0.1"]);
    let client = client(&[], lookup);
    let refused = [
        ("http://example.org/", Failure::Scheme),
        ("ftp://example.org/", Failure::Scheme),
        ("file:///etc/passwd", Failure::Scheme),
        ("gopher://example.org/", Failure::Scheme),
        ("blob:https://example.org/x", Failure::Scheme),
        ("https://example.org:22/", Failure::Port),
        ("https://example.org:80/", Failure::Port),
        ("https://example.org:5432/", Failure::Port),
        ("https://user@example.org/", Failure::Credentials),
        ("https://:password@example.org/", Failure::Credentials),
        ("https://1.1.1.1@127.0.0.1/", Failure::Credentials),
        ("example.org", Failure::Url),
        ("https://", Failure::Url),
        ("", Failure::Url),
    ];
    for (url, why) in refused {
        assert_eq!(get(&client, url).await, Err(why), "{url}");
    }
    assert_eq!(get(&client, &format!("https://example.org/{}", "x".repeat(3000))).await, Err(Failure::Url));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn only_the_very_origin_that_is_listed_is_exempt() {
    let (listed, other) = (Outsider::start(), Outsider::start());
    for outsider in [&listed, &other] {
        outsider.answers(|_| Manner::Body("here".into()));
    }
    let client = client(&[&listed.url], system());
    assert_eq!(get(&client, &format!("{}/a?b=c", listed.url)).await, Ok(b"here".to_vec()));
    assert_eq!(get(&client, &other.url).await, Err(Failure::Scheme));
    let port = listed.url.rsplit(':').next().unwrap();
    assert_eq!(get(&client, &format!("http://localhost:{port}/")).await, Err(Failure::Scheme));
    assert_eq!(get(&client, &format!("http://u:p@127.0.0.1:{port}/")).await, Err(Failure::Credentials));
    assert_eq!((listed.asked(), other.asked()), (1, 0));
    for text in ["", "example.org", "http://a/b", "http://a/", "http://a?b", "http://u@a", "ftp://a", "http://"] {
        assert!(origin(text).is_err(), "{text}");
    }
    assert_eq!(origin("https://A.example:443"), Ok("https://a.example".into()));
}

#[tokio::test]
async fn redirects_are_answers_and_not_followed() {
    let (first, second) = (Outsider::start(), Outsider::start());
    let to = second.url.clone();
    first.answers(move |_| Manner::Redirect(to.clone()));
    let client = client(&[&first.url, &second.url], system());
    assert_eq!(get(&client, &first.url).await, Err(Failure::Status(302)));
    assert_eq!((first.asked(), second.asked()), (1, 0));
}

#[tokio::test]
async fn answers_are_bounded_in_size_and_time() {
    let outsider = Outsider::start();
    let client = client(&[&outsider.url], system());
    for (manner, expected) in [
        (Manner::Body("x".repeat(1000)), Ok(1000)),
        (Manner::Body("x".repeat(1001)), Err(Failure::TooLong)),
        (Manner::Endless, Err(Failure::TooLong)),
        (Manner::Silent, Err(Failure::Late)),
        (Manner::Status(204), Err(Failure::Status(204))),
        (Manner::Status(503), Err(Failure::Status(503))),
    ] {
        let how = manner.clone();
        outsider.answers(move |_| how.clone());
        assert_eq!(get(&client, &outsider.url).await.map(|body| body.len()), expected, "{manner:?}");
    }
    outsider.leave().await;
    assert_eq!(get(&client, &outsider.url).await, Err(Failure::Connection));
}

/// The environment's proxy would see everything and could lead anywhere.
#[tokio::test]
async fn no_proxy_is_used() {
    let proxy = Outsider::start();
    proxy.answers(|_| Manner::Body("proxied".into()));
    let program = std::env::current_exe().unwrap();
    let run = std::process::Command::new(program)
        .args(["--exact", "outbound::calls_as_the_environment_of_a_proxy_would_have_it"])
        .env("http_proxy", &proxy.url)
        .env("HTTP_PROXY", &proxy.url)
        .env("all_proxy", &proxy.url)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(proxy.asked(), 0);
}

#[tokio::test]
async fn calls_as_the_environment_of_a_proxy_would_have_it() {
    let outsider = Outsider::start();
    outsider.answers(|_| Manner::Body("direct".into()));
    assert_eq!(get(&client(&[&outsider.url], system()), &outsider.url).await, Ok(b"direct".to_vec()));
}

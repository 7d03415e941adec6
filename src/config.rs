//! What an operator sets: by flag, or by environment variable where containers do.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

/// Reads an origin that may be called.
pub use crate::outbound::origin as callable;

/// Which database and which keys: what every command that works on data stands on.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// The database: `sqlite:PATH` or `postgres://…`.
    #[arg(
        long,
        global = true,
        env = "SEDAYA_DATABASE_URL",
        value_name = "URL",
        default_value = "sqlite:sedaya-data/sedaya.db",
        hide_env_values = true
    )]
    pub database_url: String,
    /// The key file; made when it is first needed. Back it up apart from the database.
    #[arg(long, global = true, env = "SEDAYA_KEY_FILE", value_name = "PATH", default_value = "sedaya-data/keys.json")]
    pub key_file: PathBuf,
    /// The file of tombstones, by which a restored database forgets again what was erased; beside the key file unless told.
    /// Keep it apart from the database: a copy of both restores what was to be forgotten.
    #[arg(long, global = true, env = "SEDAYA_TOMBSTONE_FILE", value_name = "PATH")]
    pub tombstone_file: Option<PathBuf>,
}

/// Where the service listens and what it stands on.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// What it stands on.
    #[command(flatten)]
    pub place: Place,
    /// Where the API listens; port 0 takes a free one.
    #[arg(long, env = "SEDAYA_ADDR", value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    pub addr: String,
    /// Where owners open the service, as result cards print it; left out, they say to ask for it.
    #[arg(long, env = "SEDAYA_PUBLIC_URL", value_name = "ORIGIN", value_parser = public_url)]
    pub public_url: Option<String>,
    /// Where `/livez`, `/readyz` and `/metrics` listen. Keep it away from the internet.
    #[arg(long, env = "SEDAYA_ADMIN_ADDR", value_name = "HOST:PORT", default_value = "127.0.0.1:8081")]
    pub admin_addr: String,
    /// Connections to read the database with, and so the number of requests that may use it at once.
    #[arg(long, env = "SEDAYA_CONNECTIONS", value_name = "NUMBER", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub connections: u32,
    /// A request is answered within this many seconds, or with 503.
    #[arg(long = "deadline", env = "SEDAYA_DEADLINE", value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub deadline: Duration,
    /// Requests a minute for each account, and for each address of those who have not signed in; 0 for no limit.
    #[arg(long, env = "SEDAYA_RATE_LIMIT", value_name = "NUMBER", default_value_t = 600)]
    pub rate_limit: u32,
    /// Origins of web pages that may call the API, separated by commas; none if left out.
    #[arg(long, env = "SEDAYA_CORS_ORIGINS", value_name = "ORIGIN", value_delimiter = ',', value_parser = origin)]
    pub cors_origins: Vec<String>,
    /// A JSON file of OpenID issuers whose access tokens are believed for accounts that have an identity there.
    #[arg(long, env = "SEDAYA_ISSUERS", value_name = "PATH")]
    pub issuers: Option<PathBuf>,
    /// Origins that may be called, by webhooks too, although they are not HTTPS on the public internet, separated by commas:
    /// `http://sso.intern:8080`.
    #[arg(long, env = "SEDAYA_OUTBOUND_ALLOW", value_name = "ORIGIN", value_delimiter = ',', value_parser = callable)]
    pub outbound_allow: Vec<String>,
    /// Through whom owners are sent messages.
    #[command(flatten)]
    pub messenger: Messenger,
    /// Proxies of your own in front of the service, each of which adds to `X-Forwarded-For`.
    #[arg(long, env = "SEDAYA_PROXIES", value_name = "NUMBER", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=10))]
    pub proxies: u8,
    /// After SIGTERM, stay up this many seconds while `/readyz` says no, so that a balancer can turn away first.
    #[arg(long = "drain", env = "SEDAYA_DRAIN", value_name = "SECONDS", default_value = "3", value_parser = seconds)]
    pub drain: Duration,
}

/// Through whom owners are sent messages. The token stands in a file or in `SEDAYA_MESSENGER_TOKEN`, never on the command line.
#[derive(Args, Clone, Debug, Default)]
pub struct Messenger {
    /// Through whom owners are sent messages; left out, nobody (`serve`) or the console (`demo`).
    #[arg(long = "messenger", env = "SEDAYA_MESSENGER", value_name = "WHO")]
    pub kind: Option<MessengerKind>,
    /// Where the gateway takes messages; for WhatsApp the beginning of the address, `https://graph.facebook.com` if left out.
    #[arg(long = "messenger-url", env = "SEDAYA_MESSENGER_URL", value_name = "URL")]
    pub url: Option<String>,
    /// A file that holds the token which the messenger asks for, and nothing else.
    #[arg(long = "messenger-token-file", env = "SEDAYA_MESSENGER_TOKEN_FILE", value_name = "PATH")]
    pub token_file: Option<PathBuf>,
    /// The version of WhatsApp's Cloud API: `v23.0`.
    #[arg(long = "whatsapp-version", env = "SEDAYA_WHATSAPP_VERSION", value_name = "VERSION")]
    pub whatsapp_version: Option<String>,
    /// The id (not the number) of the WhatsApp number that sends.
    #[arg(long = "whatsapp-phone-id", env = "SEDAYA_WHATSAPP_PHONE_ID", value_name = "DIGITS")]
    pub whatsapp_phone_id: Option<String>,
    /// The name of the approved WhatsApp template that says `Ada kabar dari SEDAYA` and nothing else.
    #[arg(long = "whatsapp-template", env = "SEDAYA_WHATSAPP_TEMPLATE", value_name = "NAME")]
    pub whatsapp_template: Option<String>,
    /// The name of the approved WhatsApp template, of the kind for authentication, that carries one-time codes.
    #[arg(long = "whatsapp-code-template", env = "SEDAYA_WHATSAPP_CODE_TEMPLATE", value_name = "NAME")]
    pub whatsapp_code_template: Option<String>,
    /// The language of the WhatsApp templates; `id` if left out.
    #[arg(long = "whatsapp-language", env = "SEDAYA_WHATSAPP_LANGUAGE", value_name = "CODE")]
    pub whatsapp_language: Option<String>,
    /// Whether codes on paper go on working once a phone is confirmed: in a demo.
    #[arg(skip)]
    pub keeps_claim_codes: bool,
}

/// Who carries messages to phones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MessengerKind {
    /// Nobody: owners are sent no messages, and staff call them.
    None,
    /// Nobody either, but each message is a line in the log, and counts as delivered. For demos.
    Console,
    /// WhatsApp's Cloud API.
    Whatsapp,
    /// A gateway that takes JSON over HTTPS.
    Gateway,
}

/// An origin as browsers send it: scheme and host, a port if it is not the usual one, and nothing behind.
fn origin(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let fits =
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-:[]".contains(&b));
    if fits { Ok(text.to_owned()) } else { Err("an origin like https://app.example.org, without a path".into()) }
}

/// Where people reach the service: an origin, and HTTPS unless it is this machine.
fn public_url(text: &str) -> Result<String, String> {
    let origin = callable(text)?;
    let is_here = |rest: &str| {
        let behind = ["localhost", "127.0.0.1", "[::1]"].iter().find_map(|host| rest.strip_prefix(host));
        behind.is_some_and(|port| port.is_empty() || port.starts_with(':'))
    };
    match origin.strip_prefix("http://") {
        Some(rest) if !is_here(rest) => Err("https, unless it is this machine: https://sedaya.example.org".into()),
        _ => Ok(origin),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(s) if (0.0..=3600.0).contains(&s) => Ok(Duration::from_secs_f64(s)),
        _ => Err("a number of seconds from 0 to 3600".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::public_url;

    #[test]
    fn a_public_url_is_an_origin_and_safe_to_type() {
        for good in [
            "https://sedaya.example.org",
            "https://sedaya.example.org:8443",
            "http://127.0.0.1:8080",
            "http://[::1]:80",
        ] {
            assert_eq!(public_url(good).unwrap(), good.trim_end_matches(":80"));
        }
        for bad in [
            "http://sedaya.example.org",
            "http://localhost.example.org",
            "http://127.0.0.1.example.org:80",
            "https://sedaya.example.org/",
            "https://sedaya.example.org/masuk",
            "https://sedaya.example.org#a",
            "https://a:b@sedaya.example.org",
            "javascript:alert(1)",
            "sedaya.example.org",
            "",
        ] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }
}

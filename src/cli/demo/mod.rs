//! `sedaya demo`: the workshop, ranked for four investors, in one command.

mod load;
mod logins;
mod print;

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Exit, Format, service};
use crate::api::rankings::live_entry;
use crate::app::{App, Outside};
use crate::config::{Config, Messenger, MessengerKind, Place, callable};
use crate::ops::{Service, live};
use crate::store::Seek;
use crate::telemetry;
pub use load::{Imported, load};
pub use logins::Logins;

/// Load the workshop sample (synthetic data), rank it for four investors, print one list with its explanations, and serve
/// the API with its documentation. A second demo on the same folder changes nothing and starts at once.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the demo lives: database, keys, logins.
    #[arg(long, value_name = "DIR", default_value = "sedaya-demo")]
    data: PathBuf,
    /// Where the API listens; port 0 takes a free one, for the admin listener too.
    #[arg(long, env = "SEDAYA_ADDR", value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    addr: String,
    /// Where the admin listener is; next to the API's port if left out.
    #[arg(long, env = "SEDAYA_ADMIN_ADDR", value_name = "HOST:PORT")]
    admin_addr: Option<String>,
    /// Requests a minute for each account, and for each address of those who have not signed in; 0 for no limit.
    #[arg(long, env = "SEDAYA_RATE_LIMIT", value_name = "NUMBER", default_value_t = 600)]
    rate_limit: u32,
    /// Origins that webhooks may call although they are not HTTPS on the public internet, separated by commas:
    /// `http://127.0.0.1:9000` to try webhooks on the own machine.
    #[arg(long, env = "SEDAYA_OUTBOUND_ALLOW", value_name = "ORIGIN", value_delimiter = ',', value_parser = callable)]
    outbound_allow: Vec<String>,
    /// Through whom owners are sent messages.
    #[command(flatten)]
    messenger: Messenger,
    /// Load and print, and do not serve.
    #[arg(long)]
    no_serve: bool,
    /// `json` prints one line, all of standard output.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Args {
    /// With port 0 the admin listener takes a free one too; otherwise it is the API's neighbour.
    fn admin_addr(&self) -> String {
        if let Some(addr) = &self.admin_addr {
            return addr.clone();
        }
        let (host, port) = self.addr.rsplit_once(':').unwrap_or(("127.0.0.1", "8080"));
        let port = match port.parse::<u16>() {
            Ok(0) | Err(_) => 0,
            Ok(port) => port.checked_add(1).unwrap_or(0),
        };
        format!("{host}:{port}")
    }

    /// The demo's own address; with port 0 nobody knows it yet.
    fn public_url(&self) -> Option<String> {
        (!self.addr.ends_with(":0")).then(|| format!("http://{}", self.addr))
    }

    fn config(&self) -> Config {
        Config {
            place: Place {
                database_url: format!("sqlite:{}", self.data.join("sedaya.db").display()),
                key_file: self.data.join("keys.json"),
                tombstone_file: None,
            },
            addr: self.addr.clone(),
            public_url: self.public_url(),
            admin_addr: self.admin_addr(),
            connections: 8,
            deadline: Duration::from_secs(10),
            drain: Duration::ZERO,
            rate_limit: self.rate_limit,
            proxies: 0,
            cors_origins: Vec::new(),
            issuers: None,
            outbound_allow: self.outbound_allow.clone(),
            messenger: Messenger {
                kind: self.messenger.kind.or(Some(MessengerKind::Console)),
                keeps_claim_codes: true,
                ..self.messenger.clone()
            },
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When `out` or `log` cannot be written to, or there are no threads to be had.
pub fn run(args: &Args, out: &mut dyn Write, log: &mut dyn Write) -> io::Result<Exit> {
    telemetry::init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match runtime.block_on(demo(args, out)) {
        Ok(()) => Ok(Exit::Done),
        Err(error) => {
            writeln!(log, "sedaya: {error}")?;
            Ok(Exit::Failed)
        }
    }
}

async fn demo(args: &Args, out: &mut dyn Write) -> Result<(), String> {
    let text = |e: &dyn std::fmt::Display| e.to_string();
    let config = args.config();
    std::fs::create_dir_all(&args.data).map_err(|e| format!("{}: {e}", args.data.display()))?;
    let (logins, service) = tokio::task::block_in_place(|| prepare(args, &config))?;
    let app = if args.no_serve {
        None
    } else {
        Some(App::build_with(&config, Outside::default()).await.map_err(|e| text(&e))?)
    };
    let urls = app.as_ref().map(|app| (format!("http://{}", app.addr), format!("http://{}", app.admin_addr)));
    tokio::task::block_in_place(|| match args.format {
        Format::Json => {
            let line = json_line(&service, &logins, urls.as_ref()).map_err(|e| text(&e))?;
            writeln!(out, "{line}").map_err(|e| text(&e))
        }
        Format::Table => print::tables(&service, &logins, urls.as_ref(), &args.data, out).map_err(|e| text(&e)),
    })?;
    out.flush().map_err(|e| text(&e))?;
    // The app has pools of its own.
    drop(service);
    if let Some(app) = app {
        app.run().await;
    }
    Ok(())
}

/// Opens what is there, or makes it.
fn prepare(args: &Args, config: &Config) -> Result<(Logins, Service), String> {
    let text = |e: &dyn std::fmt::Display| e.to_string();
    let file = args.data.join("demo-logins.json");
    let service = service::open(&config.place)?;
    if let Some(logins) = Logins::read(&file)? {
        return Ok((logins, service));
    }
    let logins = load(&service).map_err(|e| text(&e))?;
    logins.write(&file)?;
    Ok((logins, service))
}

fn json_line(service: &Service, logins: &Logins, urls: Option<&(String, String)>) -> Result<Value, String> {
    let mut matches = Vec::new();
    let mut seek = Seek::First;
    loop {
        let (_, page) = live::page(service, logins.criteria_id, &seek, 100).map_err(|e| e.to_string())?;
        let last = page.items.last().map(|(place, _)| *place);
        for (_, line) in page.items {
            matches.push(live_entry(line).map_err(|_problem| "a line cannot be printed".to_owned())?);
        }
        match last.filter(|_| page.after) {
            Some(place) => seek = Seek::After(place),
            None => break,
        }
    }
    Ok(json!({
        "url": urls.map(|u| &u.0),
        "admin_url": urls.map(|u| &u.1),
        "logins": logins.logins,
        "criteria_id": logins.criteria_id,
        "match_list_id": logins.match_list_id,
        "matches": matches,
        "imported": logins.imported,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Demo {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn webhooks_can_be_tried_on_the_own_machine() {
        let read = |args: &[&str]| Demo::try_parse_from([&["demo"], args].concat()).map(|demo| demo.args.config());
        let allowed = read(&["--outbound-allow", "http://127.0.0.1:9000,http://localhost:9001"]).unwrap();
        assert_eq!(allowed.outbound_allow, ["http://127.0.0.1:9000", "http://localhost:9001"]);
        assert!(read(&[]).unwrap().outbound_allow.is_empty());
        assert!(read(&["--outbound-allow", "127.0.0.1"]).is_err());
    }
}

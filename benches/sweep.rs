//! What a round of the sweep costs over 100,000 matches that wait for an answer: when none is over time, when some are, and when all
//! are at once, as after a long outage.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::sync::Arc;
use std::time::Instant as Stopwatch;

use sedaya::cli::demo::load;
use sedaya::clock::Clock;
use sedaya::domain::id::Ids;
use sedaya::domain::match_life::MatchState;
use sedaya::keys::Keys;
use sedaya::ops::{Service, matches};
use sedaya::store::matches::{Match, insert, of_investor};
use sedaya::store::venture::{self, Venture};
use sedaya::store::{Db, Location};

const MATCHES: usize = 100_000;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("bench.db").display());
    let db = Db::open(Location::parse(&url).unwrap(), 2).unwrap();
    db.migrate().unwrap();
    let keys = Arc::new(Keys::open(&folder.path().join("keys.json")).unwrap());
    let clock = Arc::new(Clock::System);
    let service = Service::new(db, keys, clock, Arc::new(Ids::Random));
    let logins = load(&service).unwrap();
    let now = service.clock.now();
    let list = service.read(|conn| Ok(sedaya::store::match_list::find(conn, logins.match_list_id)?)).unwrap().unwrap();
    let one = service.read(|conn| Ok(of_investor(conn, list.investor_id)?)).unwrap().remove(0);
    // As many open requests a venture as there may be.
    let first = service.read(|conn| Ok(venture::find(conn, one.venture_id)?)).unwrap().unwrap();
    let another = |n: usize| Venture { id: service.ids.next(now), external_ref: format!("bench {n}"), ..first.clone() };
    let ventures: Vec<Venture> = (0..2 * MATCHES / 3 + 1).map(another).collect();
    service.db.write(|conn| venture::insert_many(conn, &ventures)).unwrap();
    let waiting = |n: usize, over: bool| Match {
        id: service.ids.next(now),
        venture_id: ventures[n / 3].id,
        state: MatchState::AwaitingOwner,
        furthest: MatchState::AwaitingOwner,
        asked_at: Some(now.plus_days(-14)),
        reached_at: Some(now.plus_days(-14)),
        due_at: Some(now.plus_days(if over { -1 } else { 1 })),
        expires_at: Some(now.plus_days(if over { -1 } else { 1 })),
        ..one.clone()
    };
    let add = |from: usize, to: usize, over: bool| {
        let all: Vec<Match> = (from..to).map(|n| waiting(n, over)).collect();
        service.db.write(|conn| insert(conn, &all)).unwrap();
    };
    let round = |what: &str| {
        let began = Stopwatch::now();
        let ended = matches::sweep(&service).unwrap();
        println!("{what}: {ended} ended in {:.3} s", began.elapsed().as_secs_f64());
    };
    add(0, MATCHES - 1_000, false);
    round("100,000 waiting, none over time");
    add(MATCHES - 1_000, MATCHES, true);
    round("100,000 waiting, 1,000 over time");
    add(MATCHES, 2 * MATCHES, true);
    round("200,000 waiting, 100,000 over time");
}

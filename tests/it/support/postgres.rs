//! A throwaway PostgreSQL cluster for this test run, where the server's binaries are installed.
//!
//! Statics are never dropped, so nothing in this process can be trusted to stop the server. A guardian shell
//! holds the read end of a pipe instead: when the test process ends, however it ends, the pipe closes, and the
//! guardian stops the server and removes its folder.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// The URL of the cluster's `postgres` database, or `None` where there is no server to start.
///
/// `SEDAYA_TEST_PG=off` leaves it out, `SEDAYA_TEST_PG=require` fails without it.
pub fn url() -> Option<&'static str> {
    static URL: LazyLock<Option<String>> = LazyLock::new(|| {
        let wish = std::env::var("SEDAYA_TEST_PG").unwrap_or_default();
        let url = if wish == "off" { None } else { binaries().map(|bin| start(&bin)) };
        assert!(url.is_some() || wish != "require", "SEDAYA_TEST_PG=require, but no PostgreSQL server was found");
        let said = match &url {
            Some(_) => "tests: SQLite and a throwaway PostgreSQL",
            None => "tests: SQLite only (install PostgreSQL's server to run them on it too)",
        };
        // The test harness hides prints; this line is for people.
        let _ = writeln!(std::io::stderr(), "{said}");
        url
    });
    URL.as_deref()
}

/// The newest installed server's folder of binaries.
fn binaries() -> Option<PathBuf> {
    if let Ok(bin) = std::env::var("PG_BIN") {
        return Some(PathBuf::from(bin));
    }
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|e| Some((e.file_name().to_str()?.parse().ok()?, e.path().join("bin"))))
        .filter(|(_, bin)| bin.join("initdb").exists())
        .collect();
    found.sort();
    let on_path = || {
        std::env::split_paths(&std::env::var_os("PATH")?)
            .find(|d| d.join("initdb").exists() && d.join("pg_ctl").exists())
    };
    found.pop().map(|(_, bin)| bin).or_else(on_path)
}

/// Dumps a database with `pg_dump` and restores it with `psql` into another, empty one.
pub fn restore(from: &str, into: &str) {
    let bin = binaries().expect("the server's binaries");
    let run = |command: &mut Command| {
        let output = command.output().expect("a command of PostgreSQL");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = dir.path().join("dump.sql");
    run(Command::new(bin.join("pg_dump")).arg("--dbname").arg(from).arg("--file").arg(&file));
    run(Command::new(bin.join("psql")).args(["-q", "-v", "ON_ERROR_STOP=1", "--dbname", into, "-f"]).arg(&file));
}

/// PostgreSQL refuses to run as root; there it runs as the user that its package makes.
fn command(program: &Path) -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0\n"));
    if root {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn start(bin: &Path) -> String {
    // Short: a socket's path has about a hundred characters.
    let dir = tempfile::Builder::new().prefix("sdy").tempdir().expect("a temporary folder").keep();
    if let Ok(output) = Command::new("chown").arg("postgres").arg(&dir).output() {
        let _ = output.status;
    }
    let (data, log) = (dir.join("d"), dir.join("log"));
    let run = |command: &mut Command, what: &str| {
        let output = command.output().unwrap_or_else(|e| panic!("{what}: {e}"));
        assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    };
    run(
        command(&bin.join("initdb"))
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"])
            .arg(&data),
        "initdb",
    );
    let guardian = r#"read -r _; "$@" -m immediate stop >/dev/null 2>&1; rm -rf "$SEDAYA_TEST_DIR""#;
    let stop = command(&bin.join("pg_ctl"));
    let mut shell = Command::new("sh");
    shell.args(["-c", guardian, "guardian"]).arg(stop.get_program()).args(stop.get_args()).arg("-D").arg(&data);
    let shell = shell
        .env("SEDAYA_TEST_DIR", &dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a guardian shell");
    // The pipe must stay open as long as this process lives.
    std::mem::forget(shell);
    let options = format!(
        "-c listen_addresses='' -c unix_socket_directories={} -c fsync=off -c synchronous_commit=off \
         -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB",
        dir.display()
    );
    let mut start = command(&bin.join("pg_ctl"));
    start.arg("-D").arg(&data).arg("-w").arg("-l").arg(&log).arg("-o").arg(options).arg("start");
    // The server inherits the output; a pipe would keep us waiting for its end.
    let status = start.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("pg_ctl");
    assert!(status.success(), "pg_ctl start: see {}", log.display());
    format!("postgres://postgres@/postgres?host={}", dir.display())
}

/// Every row of every table of a database, as text.
pub fn dump(url: &str) -> String {
    use diesel::prelude::*;
    use diesel::sql_types::Text;
    #[derive(diesel::QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        line: String,
    }
    use diesel::connection::SimpleConnection as _;
    let mut conn = diesel::PgConnection::establish(url).expect("a connection");
    // Bytes that are letters are shown as letters.
    conn.batch_execute("SET bytea_output = 'escape'").expect("a setting");
    let mut ask = |sql: &str| -> Vec<String> {
        let found: Vec<Line> = diesel::sql_query(sql).load(&mut conn).expect("rows");
        found.into_iter().map(|row| row.line).collect()
    };
    let tables = ask("SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'");
    assert!(!tables.is_empty());
    tables.iter().flat_map(|table| ask(&format!("SELECT t::text AS line FROM \"{table}\" t"))).collect()
}

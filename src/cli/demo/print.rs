//! What `sedaya demo` prints for people: one list with its explanations, and how to go on.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use comfy_table::{ContentArrangement, Table, presets};

use super::Logins;
use crate::api::investor_view::{InvestorView, Reader, Wording};
use crate::demo;
use crate::domain::actor::{Actor, Role};
use crate::domain::id::UserId;
use crate::domain::text::Lang;
use crate::ops::Service;
use crate::ops::line::Line;
use crate::ops::match_list::{self, View};
use crate::store::{self, Seek};

/// Prints the list, the logins and the addresses.
pub fn tables(
    service: &Service,
    logins: &Logins,
    urls: Option<&(String, String)>,
    folder: &Path,
    out: &mut dyn Write,
) -> io::Result<()> {
    let imported = &logins.imported;
    writeln!(out, "{}\n{}\n", demo::NOTICE.id, demo::NOTICE.en)?;
    writeln!(
        out,
        "{}: {} participants, {} ventures, {} assessments, {} faults\n",
        demo::COHORT,
        imported.participants,
        imported.ventures,
        imported.assessments,
        imported.errors
    )?;
    list(service, logins, out)?;
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(["persona", "username", "password"]);
    for login in &logins.logins {
        let username = if login.username.is_empty() { "(claim code)" } else { &login.username };
        table.add_row([&login.persona, username, &login.password]);
    }
    writeln!(out, "{table}\nkept in {}", folder.join("demo-logins.json").display())?;
    match urls {
        Some((url, admin)) => writeln!(
            out,
            "\nAPI            {url}\nDocumentation  {url}/docs/\nAdmin          {admin}/readyz\n\nCtrl-C stops it."
        ),
        None => Ok(()),
    }
}

/// The list of persona `investor`, as that investor reads it.
fn list(service: &Service, logins: &Logins, out: &mut dyn Write) -> io::Result<()> {
    let read = || -> Result<_, Box<dyn std::error::Error>> {
        let list = service.read(|conn| Ok(store::match_list::find(conn, logins.match_list_id)?))?;
        let list = list.ok_or("the demo's list is not there any more")?;
        let name = service.read(|conn| Ok(store::investor::find(conn, list.investor_id)?))?.map(|i| i.name);
        let reader = Actor {
            user: crate::domain::id::Ids::Random.next::<UserId>(service.clock.now()),
            role: Role::Investor,
            investor: Some(list.investor_id),
            venture: None,
            companion: false,
        };
        let View { list, page, rankable, .. } = match_list::page(service, &reader, list.id, &Seek::First, 10)?;
        let wording = Wording::of(&rankable, Lang::Id);
        let codes = service.keys.venture_codes(list.investor_id);
        let shown = page.items.iter().filter_map(|placed| placed.line.as_ref());
        let as_read = Reader::of(&list, reader.role);
        let view = |line: &Arc<Line>| InvestorView::new(line, codes.encode(line.venture), as_read, &wording);
        let views: Vec<_> = shown.map(view).collect();
        Ok((name.unwrap_or_default(), list, views))
    };
    let (name, list, views) = read().map_err(|e| io::Error::other(e.to_string()))?;
    writeln!(out, "{name}: {} of {} entries", views.len(), list.entries_total)?;
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["#", "skor", "kode", "kartu", "kesiapan", "mengapa"]);
    for view in &views {
        table.add_row(view.row());
    }
    writeln!(out, "{table}\nlottery seed {}, engine {}\n", list.seed, list.engine_version)
}

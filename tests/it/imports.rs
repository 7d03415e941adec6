//! Imports over HTTP: the sample in both formats, dry runs, faults in both modes, interruptions, and what is never kept.

use std::panic::{AssertUnwindSafe, catch_unwind};

use reqwest::multipart::{Form, Part};
use sedaya::demo;
use sedaya::domain::consent::Purpose;
use sedaya::domain::id::VentureId;
use sedaya::domain::life::{ImportMode, ImportState};
use sedaya::ops::import::{self, Order};
use sedaya::ops::{By, consent};
use sedaya::sources::workshop;
use sedaya::store::{self, audit};
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};
use crate::support::sheet::Rows;

/// Businesses of the sample, and people without one.
const GROUPS: u64 = 80 + 16;

fn counts(job: &Reply) -> [u64; 4] {
    ["created", "updated", "unchanged", "errors_total"].map(|key| job.body[key].as_u64().unwrap())
}

/// How many ventures and people a cohort has.
async fn stored(p: &Programme, cohort: &str) -> (usize, usize) {
    let ventures = p.walk("staff", &format!("/v1/ventures?cohort_id={cohort}"), 100).await;
    let people = p.walk("staff", &format!("/v1/cohorts/{cohort}/participants"), 100).await;
    (ventures.len(), people.len())
}

/// Row, column and code of every fault.
async fn faults(p: &Programme, job: &Reply) -> Vec<(u64, String, String)> {
    let path = format!("/v1/imports/{}/errors", job.body["id"].as_str().unwrap());
    let all = p.walk("staff", &path, 100).await;
    assert_eq!(p.walk("staff", &path, 2).await, all);
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    all.iter()
        .map(|f| {
            assert!(!text(&f["detail"]).is_empty());
            (f["row"].as_u64().unwrap(), text(&f["column"]), text(&f["code"]))
        })
        .collect()
}

over_http!(the_same_sheet_in_both_formats_changes_nothing_the_second_time, |p| {
    let cohort = p.new_cohort("Dua format").await;
    let accepted = send(p.upload(&cohort, "a.csv", demo::CSV, &[])).await.expect(202);
    assert_eq!(accepted.body["state"], "queued");
    let path = accepted.header("location").unwrap();
    assert_eq!(path, format!("/v1/imports/{}", accepted.body["id"].as_str().unwrap()));
    let job = p.ended(path).await;
    assert_eq!((&job.body["state"], &job.body["mode"]), (&json!("applied"), &json!("all_or_nothing")));
    assert_eq!((&job.body["rows"], &job.body["rows_done"]), (&json!(120), &json!(120)));
    assert_eq!(counts(&job), [GROUPS, 0, 0, 0]);
    assert_eq!(stored(p, &cohort).await, (80, 100));
    for (name, bytes) in [("b.csv", demo::CSV), ("c.xlsx", demo::XLSX)] {
        // Ids made within one millisecond have no order among each other.
        p.advance(1);
        let again = p.import(&cohort, name, bytes, &[("mode", "valid_rows")]).await;
        assert_eq!(counts(&again), [0, 0, GROUPS, 0], "{name}");
    }
    let jobs = p.walk("staff", "/v1/imports", 2).await;
    let names: Vec<_> = jobs.iter().map(|job| job["file_name"].as_str().unwrap()).collect();
    assert_eq!(names[..3], ["c.xlsx", "b.csv", "a.csv"]);
    for role in ["auditor", "assessor", "investor", "owner", "admin"] {
        assert_eq!(p.get(role, path).await.refusal(), (403, "forbidden"));
    }
});

over_http!(a_dry_run_writes_nothing, |p| {
    let cohort = p.new_cohort("Coba dulu").await;
    let version = p.service().rankable().unwrap().version;
    let tried = p.import(&cohort, "a.xlsx", demo::XLSX, &[("dry_run", "true")]).await;
    assert_eq!((&tried.body["dry_run"], counts(&tried)), (&json!(true), [GROUPS, 0, 0, 0]));
    assert_eq!(stored(p, &cohort).await, (0, 0));
    assert_eq!(p.service().rankable().unwrap().version, version);
    let mut rows = Rows::sample();
    p.import(&cohort, "a.csv", &rows.csv(), &[("dry_run", "false")]).await;
    rows.set(0, "Alamat usaha", "Jl. Contoh Baru No. 1");
    let tried = p.import(&cohort, "a.csv", &rows.csv(), &[("dry_run", "true")]).await;
    assert_eq!(counts(&tried), [0, 1, GROUPS - 1, 0]);
    let real = p.import(&cohort, "a.csv", &rows.csv(), &[]).await;
    assert_eq!(counts(&real), counts(&tried));
    // With a fault, all or nothing would be refused; the valid rows would go in.
    rows.set(5, "Kecamatan", "Atlantis");
    let refused = p.import(&cohort, "a.csv", &rows.csv(), &[("dry_run", "true")]).await;
    assert_eq!((&refused.body["state"], &refused.body["errors_total"]), (&json!("refused"), &json!(1)));
});

over_http!(every_fault_comes_at_once_with_row_and_column, |p| {
    let mut rows = Rows::sample();
    rows.set(2, "Kebutuhan dana minimum", "banyak").set(2, "Nomor HP", "rahasia-123").set(2, "NIK", "12345");
    rows.set(9, "ENT1", "6").set(9, "Surel", "bukan surel");
    rows.set(30, "Kecamatan", "Atlantis").set(31, "Persetujuan pencocokan", "ya");
    let at = Rows::on_sheet;
    let mut want = vec![
        (at(2), "Kebutuhan dana minimum", "not_a_number"),
        (at(2), "Nomor HP", "bad_phone"),
        (at(2), "NIK", "bad_nik"),
        (at(9), "ENT1 Lama dan keteraturan usaha", "not_one_to_five"),
        (at(9), "Surel", "bad_email"),
        (at(30), "Kecamatan", "unknown_region"),
        (at(31), "Persetujuan pencocokan", "consent_needs_reference"),
    ];
    want.sort();
    let cohort = p.new_cohort("Salah").await;
    for mode in ["all_or_nothing", "valid_rows"] {
        let job = p.import(&cohort, "salah.csv", &rows.csv(), &[("mode", mode)]).await;
        let mut found = faults(p, &job).await;
        found.sort();
        let found: Vec<_> = found.iter().map(|(row, column, code)| (*row, column.as_str(), code.as_str())).collect();
        assert_eq!(found, want, "{mode}");
        let errors = p.get("staff", &format!("/v1/imports/{}/errors", job.body["id"].as_str().unwrap())).await;
        assert_eq!(errors.header("cache-control"), Some("no-store"));
        for personal in ["rahasia", "12345", "bukan surel"] {
            assert!(!errors.text.contains(personal), "{personal}");
        }
        assert!(errors.text.contains("Atlantis"));
        if mode == "all_or_nothing" {
            assert_eq!((&job.body["state"], counts(&job)), (&json!("refused"), [0, 0, 0, 7]));
            assert_eq!(stored(p, &cohort).await, (0, 0));
        } else {
            let wrong: std::collections::BTreeSet<_> =
                [2, 9, 30, 31].iter().map(|n| rows.cell(*n, "Kode peserta")).collect();
            assert_eq!(wrong.len(), 4);
            assert_eq!(job.body["state"], "applied");
            assert_eq!(counts(&job)[0], stored(p, &cohort).await.0 as u64 + 16);
            assert!(counts(&job)[0] >= GROUPS - 4);
        }
    }
    // The mended sheet brings what is missing and nothing else.
    let mended = p.import(&cohort, "benar.csv", demo::CSV, &[]).await;
    assert_eq!(counts(&mended)[0] + counts(&mended)[1] + counts(&mended)[2], GROUPS);
    assert_eq!(stored(p, &cohort).await, (80, 100));
});

over_http!(a_person_stands_for_one_business, |p| {
    let mut rows = Rows::only(&[0, 4]);
    let twice = rows.repeat(0);
    rows.set(twice, "Kode usaha", "LAIN-01").set(twice, "Nama usaha", "Usaha Lain");
    let bare = rows.repeat(1);
    for column in ["Kode usaha", "Nama usaha"] {
        rows.set(bare, column, "");
    }
    let cohort = p.new_cohort("Dua usaha").await;
    let job = p.import(&cohort, "a.csv", &rows.csv(), &[]).await;
    assert_eq!(job.body["state"], "refused", "{}", job.text);
    let found = faults(p, &job).await;
    assert!(found.iter().any(|(_, column, code)| (column.as_str(), code.as_str()) == ("Kode usaha", "differs")));
    let job = p.import(&cohort, "a.csv", &rows.csv(), &[("mode", "valid_rows")]).await;
    assert_eq!(job.body["state"], "applied", "{}", job.text);
    let (ventures, people) = stored(p, &cohort).await;
    assert_eq!((ventures, people), (2, 2));
});

over_http!(files_and_forms_that_cannot_be, |p| {
    let cohort = p.cohort().await;
    for (bytes, code) in [
        (&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"[..], "file_not_a_sheet"),
        (b"", "file_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file_old_excel_or_password"),
        (b"PK\x03\x04rubbish", "file_broken"),
        (b"Kode peserta,Nama peserta\n\"P1,x", "file_open_quote"),
        (b"Tinggi,Berat\n1,2\n", "unknown_header"),
    ] {
        let job = p.import(&cohort, "apa.xlsx", bytes, &[]).await;
        assert_eq!(job.body["state"], "refused", "{code}");
        let found = faults(p, &job).await;
        assert!(found.iter().any(|(row, _, found)| *row >= 1 && found == code), "{code}: {found:?}");
    }
    let refused = async |form: Form| send(p.by("staff", "POST", "/v1/imports").multipart(form)).await;
    let file = || Part::bytes(demo::CSV.to_vec()).file_name("a.csv");
    assert_eq!(refused(Form::new().text("cohort_id", cohort.clone())).await.faults(), [("file", "missing_member")]);
    let all = Form::new().part("file", file()).text("mode", "some").text("dry_run", "yes").text("colour", "red");
    let all = refused(all).await.expect(422);
    let mut found = all.faults();
    found.sort_unstable();
    let want = [("cohort_id", "missing_member"), ("colour", "unknown_member")];
    assert_eq!(found, [&want[..], &[("dry_run", "not_allowed"), ("mode", "not_allowed")]].concat());
    let twice = Form::new().part("file", file()).part("file", file()).text("cohort_id", cohort.clone());
    assert_eq!(refused(twice).await.faults(), [("file", "repeated_parameter")]);
    for id in ["coh_01jcnq8xvgf0nadk1qh2t8wz5e", "ven_01jcnq8xvgf0nadk1qh2t8wz5e", "x", ""] {
        let nowhere = Form::new().part("file", file()).text("cohort_id", id);
        assert_eq!(refused(nowhere).await.refusal(), (404, "not_found"), "{id}");
    }
    let json = p.post("staff", "/v1/imports", &json!({"cohort_id": cohort})).await;
    assert_eq!(json.refusal(), (415, "unsupported_media_type"));
    let large = Part::bytes(vec![b'x'; (32 << 20) + 1]).file_name("a.csv");
    let large = refused(Form::new().text("cohort_id", cohort.clone()).part("file", large)).await;
    assert_eq!(large.refusal(), (413, "body_too_large"));
    assert_eq!(p.get("staff", "/v1/imports").await.items().len(), 6 + 1, "nothing but files left a trace");
});

/// Takes a large sheet in without waking the worker of the service.
fn received(p: &Programme, cohort: &str, rows: &Rows) -> store::import::Import {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, &rows.csv()).unwrap();
    let order = Order {
        cohort: cohort.parse().unwrap(),
        mode: ImportMode::AllOrNothing,
        dry_run: false,
        file_name: "besar.csv".into(),
        file_hash: String::new(),
    };
    workshop::receive(p.service(), By::Account(&p.actor("staff")), order, file.path()).unwrap()
}

over_http!(an_interrupted_import_goes_on_without_doubling, |p| {
    let cohort = p.new_cohort("Terputus").await;
    let rows = Rows::sample().times(5);
    let job = received(p, &cohort, &rows);
    let (total, version) = (5 * GROUPS, p.service().rankable().unwrap().version);
    // Killed after the first batch.
    let killed = catch_unwind(AssertUnwindSafe(|| import::run(p.service(), job.id, &|_, _| panic!("killed"))));
    assert!(killed.is_err());
    let half = p.service().read(|conn| Ok(store::import::find(conn, job.id)?.unwrap())).unwrap();
    assert_eq!(half.state, ImportState::Running);
    assert!(half.created > 0 && (half.created as u64) < total, "{half:?}");
    let shown = p.get("staff", &format!("/v1/imports/{}", job.id)).await.expect(200);
    assert_eq!((&shown.body["state"], &shown.body["finished_at"]), (&json!("running"), &Value::Null));
    // Nothing of it is ranked before all of it is there.
    assert_eq!(p.service().rankable().unwrap().version, version);
    // Another process starts and finds it.
    let other = p.twin().await;
    let ended = other.ended(&format!("/v1/imports/{}", job.id)).await;
    assert_eq!((&ended.body["state"], counts(&ended)), (&json!("applied"), [total, 0, 0, 0]));
    assert_eq!(stored(p, &cohort).await, (5 * 80, 5 * 100));
    let rankable = p.service().rankable().unwrap();
    assert_eq!(rankable.version, version + 5 * 80);
    let again = p.import(&cohort, "besar.csv", &rows.csv(), &[]).await;
    assert_eq!(counts(&again), [0, 0, total, 0]);
});

over_http!(two_processes_carry_one_import, |p| {
    let cohort = p.new_cohort("Berdua").await;
    let job = received(p, &cohort, &Rows::sample().times(5));
    let (one, two) = std::thread::scope(|scope| {
        let run = || import::run(p.service(), job.id, &|_, _| {}).unwrap();
        let (one, two) = (scope.spawn(run), scope.spawn(run));
        (one.join().unwrap(), two.join().unwrap())
    });
    for job in [one, two] {
        assert_eq!((job.state, job.created, job.unchanged), (ImportState::Applied, 5 * GROUPS as i64, 0));
    }
    let lines = p.service().read(|conn| Ok(audit::between(conn, 0, i64::MAX, 100_000)?)).unwrap();
    let ends = lines.iter().filter(|l| l.action == "import.finish" && l.subject == job.id.to_string()).count();
    assert_eq!(ends, 1);
});

over_http!(a_form_that_was_taken_back_is_not_imported_again, |p| {
    let list = format!("/v1/match-lists/{}/entries/1", p.logins.match_list_id);
    let venture: VentureId = p.get("staff", &list).await.body["venture_id"].as_str().unwrap().parse().unwrap();
    let path = format!("/v1/ventures/{venture}");
    let before = p.get("staff", &path).await.expect(200);
    p.service().write(By::Operator, |act| consent::withdraw(act, venture, Purpose::AnonymisedListing)).unwrap();
    let after = send(p.by("staff", "GET", &path).header("if-none-match", before.etag())).await.expect(200);
    let mut rows = Rows::sample();
    let reference = before.body["external_ref"].as_str().unwrap();
    let row = (0..rows.len()).find(|n| rows.cell(*n, "Kode usaha") == reference).unwrap();
    rows.set(row, "Lama usaha (tahun)", "9,5");
    let cohort = p.cohort().await;
    let job = p.import(&cohort, "a.csv", &rows.csv(), &[("mode", "valid_rows")]).await;
    assert_eq!(counts(&job), [0, 1, GROUPS - 1, 0]);
    let listing = |reply: &Reply| {
        let all = reply.body["consents"].as_array().unwrap().iter();
        all.filter(|c| c["purpose"] == "anonymised_listing").cloned().collect::<Vec<_>>()
    };
    let imported = p.get("staff", &path).await.expect(200);
    assert_eq!(listing(&imported), listing(&after));
    assert_eq!(p.get("investor", &list).await.body["gone"], true);
    // A form of a later day is a new consent.
    p.advance(2 * 86_400);
    rows.set(row, "Tanggal persetujuan", "21/11/2024").set(row, "Persetujuan daftar anonim", "F-999/L");
    p.import(&cohort, "a.csv", &rows.csv(), &[("mode", "valid_rows")]).await;
    assert_eq!(listing(&p.get("staff", &path).await).len(), 2);
    assert_eq!(p.get("investor", &list).await.body["position"], 1);
    assert!(p.get("investor", &list).await.body.get("gone").is_none());
});

//! Whose word and whose number count: the owner's, and nobody else's who stands beside the business; and what a later sheet changes.

use sedaya::domain::consent::{Purpose, TEXT_VERSION};
use sedaya::domain::id::VentureId;
use sedaya::ops::import::PrivatePerson;
use sedaya::ops::{By, consent};
use sedaya::store::{StoreError, venture};
use serde_json::{Value, json};

use crate::messages::Post;
use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::Reply;

const HEAD: &str = "Kode peserta,Nama peserta,Jenis peserta,Peran peserta,Nomor HP,Surel,Kelompok usia,Kehadiran,Kode usaha,\
Nama usaha,Alamat usaha,Persetujuan asesmen,Persetujuan pencocokan,Persetujuan daftar anonim,Persetujuan statistik,\
Boleh ditemukan: PENA,Tanggal persetujuan,Kode asesor,ENT1";

const OWNER: &str =
    "P1,Satu Sampel,KPM PENA,pemilik,0800-0000-0001,satu@contoh.invalid,31-45,daring,U1,Warung Sampel,Jl. Contoh 1";
const HELPER: &str = "P2,Dua Sampel,Pilar sosial,Pendamping,0800-0000-0002,,46-60,hadir langsung,U1,Warung Sampel,";

async fn import(p: &Programme, cohort: &str, rows: &[String]) -> Reply {
    let sheet = format!("{HEAD}\n{}\n", rows.join("\n"));
    p.import(cohort, "a.csv", sheet.as_bytes(), &[]).await
}

async fn applied(p: &Programme, cohort: &str, rows: &[String]) {
    let job = import(p, cohort, rows).await;
    assert_eq!(job.body["state"], "applied", "{}", errors(p, &job).await);
}

async fn errors(p: &Programme, job: &Reply) -> Value {
    let path = format!("/v1/imports/{}/errors", job.body["id"].as_str().unwrap());
    p.get("staff", &path).await.expect(200).body["items"].clone()
}

/// The one venture of a cohort, as staff see it.
async fn known(p: &Programme, cohort: &str) -> Value {
    let all = p.walk("staff", &format!("/v1/ventures?cohort_id={cohort}"), 100).await;
    assert_eq!(all.len(), 1);
    p.get("staff", &format!("/v1/ventures/{}", all[0]["id"].as_str().unwrap())).await.expect(200).body
}

/// Purpose, reference and whether it was taken back, of each consent.
fn consents(venture: &Value) -> Vec<(String, String, bool)> {
    let all = venture["consents"].as_array().unwrap().iter();
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    all.map(|c| (text(&c["purpose"]), text(&c["reference"]), c["withdrawn_at"].is_string())).collect()
}

fn listing(venture: &Value) -> Vec<(String, bool)> {
    let all = consents(venture).into_iter().filter(|(purpose, ..)| purpose == "anonymised_listing");
    all.map(|(_, reference, back)| (reference, back)).collect()
}

over_http!(nobody_but_the_owner_consents_for_a_business, |p| {
    let cohort = p.new_cohort("Berdua").await;
    let no = format!("{OWNER},tidak,tidak,tidak,tidak,tidak,,,");
    let helper = |day: &str| format!("{HELPER},F-9/A,F-9/M,F-9/L,F-9/S,F-9/P,{day},,");
    // In whatever order the rows stand, and with the helper's row first to name the business.
    applied(p, &cohort, &[helper(""), no.clone()]).await;
    assert_eq!(consents(&known(p, &cohort).await), []);
    assert_eq!(known(p, &cohort).await["profile"]["participant_type"], "kpm_pena");
    applied(p, &cohort, &[format!("{OWNER},,F-1/M,F-1/L,,,18/11/2024,,")]).await;
    assert_eq!(listing(&known(p, &cohort).await), [("F-1/L".to_owned(), false)]);
    // What the owner has taken back is not the helper's to give, whether or not the sheet has the owner on it.
    let venture: VentureId = known(p, &cohort).await["id"].as_str().unwrap().parse().unwrap();
    p.service().write(By::Operator, |act| consent::withdraw(act, venture, Purpose::AnonymisedListing)).unwrap();
    p.advance(3 * 86_400);
    applied(p, &cohort, &[helper("22/11/2024")]).await;
    applied(p, &cohort, &[helper("21/11/2024"), no]).await;
    assert_eq!(listing(&known(p, &cohort).await), [("F-1/L".to_owned(), true)]);
    assert_eq!(known(p, &cohort).await["profile"]["participant_type"], "kpm_pena");
    // Nor is it given in days to come.
    let early = import(p, &cohort, &[format!("{OWNER},,,F-2/L,,,23/11/2099,,")]).await;
    let fault = &errors(p, &early).await[0];
    assert_eq!((&fault["code"], &fault["column"]), (&json!("consent_in_future"), &json!("Tanggal persetujuan")));
    assert_eq!(early.body["state"], "refused");
});

over_http!(without_a_role_that_says_so_the_row_that_describes_is_the_owners, |p| {
    let cohort = p.new_cohort("Tanpa peran").await;
    let owner = OWNER.replace(",pemilik,", ",,");
    // The second person has the earlier code.
    let other = "P0,Nol Sampel,Pilar sosial,,0800-0000-0003,,46-60,,U1,,,,F-9/M,F-9/L,,,,,".to_owned();
    applied(p, &cohort, &[format!("{owner},,F-1/M,,,,,,"), other.clone()]).await;
    assert_eq!(consents(&known(p, &cohort).await), [("matching".to_owned(), "F-1/M".to_owned(), false)]);
    assert_eq!(known(p, &cohort).await["profile"]["participant_type"], "kpm_pena");
    // A later sheet that only has the other does not make that one the owner.
    applied(p, &cohort, &[other.replace(",U1,,", ",U1,Warung Sampel,").replace("F-9/M", "F-8/M")]).await;
    assert_eq!(consents(&known(p, &cohort).await).len(), 1);
});

over_http!(a_form_of_a_later_day_renews_and_the_same_changes_nothing, |p| {
    let cohort = p.new_cohort("Diperbarui").await;
    let form = |reference: &str, day: &str| [format!("{OWNER},,,{reference},,,{day},,")];
    applied(p, &cohort, &form("F-1/L", "18/11/2023")).await;
    for (reference, day, wanted) in [
        ("F-2/L", "19/11/2024", &["F-1/L", "F-2/L"][..]),
        ("F-2/L", "19/11/2024", &["F-1/L", "F-2/L"]),
        ("F-1/L", "18/11/2023", &["F-1/L", "F-2/L"]),
        ("F-3/L", "19/11/2024", &["F-1/L", "F-2/L"]),
        ("F-4/L", "", &["F-1/L", "F-2/L"]),
    ] {
        applied(p, &cohort, &form(reference, day)).await;
        let found: Vec<_> = listing(&known(p, &cohort).await).into_iter().map(|(reference, _)| reference).collect();
        assert_eq!(found, wanted, "{reference} {day}");
    }
});

over_http!(a_short_sheet_takes_nothing_back, |p| {
    let cohort = p.new_cohort("Koreksi").await;
    applied(p, &cohort, &[format!("{OWNER},,,,,,,,")]).await;
    let before = known(p, &cohort).await;
    assert_eq!((&before["address"], &before["people"][0]["phone"]), (&json!("Jl. Contoh 1"), &json!("+6280000000001")));
    let path = format!("/v1/participants/{}", before["people"][0]["id"].as_str().unwrap());
    let person = p.get("staff", &path).await.expect(200).body;
    let short = "Kode peserta,Nama peserta,Kode usaha,Nama usaha,Lama usaha\nP1,Satu Sampel Baru,U1,Warung Baru,3\n";
    assert_eq!(p.import(&cohort, "b.csv", short.as_bytes(), &[]).await.body["updated"], 1);
    let after = known(p, &cohort).await;
    assert_eq!((&after["name"], &after["people"][0]["name"]), (&json!("Warung Baru"), &json!("Satu Sampel Baru")));
    for member in ["address", "legal_numbers"] {
        assert_eq!(after[member], before[member], "{member}");
    }
    assert_eq!(after["profile"]["participant_type"], "kpm_pena");
    let same = p.get("staff", &path).await.expect(200).body;
    for member in ["phone", "email", "participant_type", "attendance"] {
        assert!(!person["contact"][member].is_null(), "{member}");
        assert_eq!(same["contact"][member], person["contact"][member], "{member}");
    }
    let people = p.walk("staff", &format!("/v1/cohorts/{cohort}/participants"), 100).await;
    assert_eq!(people[0]["adult"], true);
});

over_http!(a_business_that_may_not_be_rated_is_not, |p| {
    let cohort = p.new_cohort("Tidak dinilai").await;
    let row = |form: &str, day: &str, level: u8| [format!("{OWNER},{form},,,,,{day},AS-1,{level}")];
    applied(p, &cohort, &row("F-1/A", "18/11/2024", 3)).await;
    let venture: VentureId = known(p, &cohort).await["id"].as_str().unwrap().parse().unwrap();
    let ratings = async || p.walk("staff", &format!("/v1/assessments?venture_id={venture}"), 100).await;
    let before = ratings().await;
    p.service().write(By::Operator, |act| consent::withdraw(act, venture, Purpose::Assessment)).unwrap();
    let refused = import(p, &cohort, &row("F-1/A", "18/11/2024", 4)).await;
    let fault = &errors(p, &refused).await[0];
    let told = (&fault["code"], &fault["column"], &fault["row"]);
    assert_eq!(told, (&json!("assessment_taken_back"), &json!("Kode asesor"), &json!(2)));
    assert_eq!((&refused.body["state"], ratings().await), (&json!("refused"), before));
    // The rest of the row goes in without the ratings; and a new form lets them in.
    applied(p, &cohort, &[format!("{OWNER},,F-1/M,,,,18/11/2024,,")]).await;
    p.advance(3 * 86_400);
    applied(p, &cohort, &row("F-2/A", "22/11/2024", 4)).await;
    assert_eq!(ratings().await[0]["ratings"]["ENT1"]["value"], 4.0);
});

over_http!(no_identity_number_is_a_code_and_no_message_repeats_one, |p| {
    let cohort = p.new_cohort("Salah kolom").await;
    let nik = "3175010185010001";
    let sheet = format!(
        "Kode peserta,Nama peserta,Kode usaha,Nama usaha,Kecamatan,Jenis peserta,Kehadiran,Kode asesor,ENT1\n\
         {nik},Satu,3175.0101.8501.0001,Warung,satu@contoh.id,0812-3456 7890,Atlantis,{nik},3\n"
    );
    let job = p.import(&cohort, "a.csv", sheet.as_bytes(), &[]).await;
    let all = errors(p, &job).await;
    let mut codes: Vec<_> = all.as_array().unwrap().iter().map(|fault| fault["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, [&["nik_as_code"; 3][..], &["unknown_choice"; 2], &["unknown_region"]].concat());
    let kept = crate::privacy::dump(&p.db);
    for personal in [nik, "3175.0101", "satu@contoh.id", "0812-3456"] {
        assert!(!kept.contains(personal), "{personal}");
    }
    assert!(kept.contains("Atlantis"));
    // The header line may be none.
    let headless = format!("Kode peserta,Nama peserta,{nik},satu@contoh.id\n");
    let job = p.import(&cohort, "b.csv", headless.as_bytes(), &[]).await;
    assert_eq!(errors(p, &job).await.as_array().unwrap().len(), 2);
    let kept = crate::privacy::dump(&p.db);
    assert!(!kept.contains(nik) && !kept.contains("satu@contoh.id"));
});

/// Lets somebody with a phone stand beside the business of the owner persona.
async fn with_helper(p: &Programme) {
    let venture = p.user("owner").venture_id.unwrap();
    let known = p.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200).body;
    let (code, name) = (known["external_ref"].as_str().unwrap(), known["name"].as_str().unwrap());
    let sheet = format!(
        "Kode peserta,Nama peserta,Peran peserta,Nomor HP,Kelompok usia,Kode usaha,Nama usaha\n\
         AA-1,Pendamping Sampel,Pendamping,0800-0000-0777,31-45,{code},{name}\n"
    );
    p.advance(1);
    let job = p.import(&p.cohort().await, "pendamping.csv", sheet.as_bytes(), &[]).await;
    assert_eq!(job.body["updated"], 1, "{}", job.text);
    let known = p.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200).body;
    assert_eq!(known["people"].as_array().unwrap().len(), 2);
}

over_http!(only_the_owners_name_and_number_cross, |p| {
    let t = Post::start_with(p, |config| config.messenger.keeps_claim_codes = true).await;
    with_helper(&t.service).await;
    let id = t.service.ask_owner().await;
    let agreed = json!({"move": "accept", "consent": {"text_version": TEXT_VERSION}});
    t.service.step("owner", &id, agreed).await.expect(200);
    let contact = async || {
        let seen = t.service.get("investor", &format!("/v1/matches/{id}")).await.expect(200);
        assert!(!seen.text.contains("777") && !seen.text.contains("Pendamping Sampel"), "{}", seen.text);
        seen.body["contact"]["people"].clone()
    };
    let venture = t.service.user("owner").venture_id.unwrap();
    let known = t.service.get("staff", &format!("/v1/ventures/{venture}")).await.expect(200).body;
    let owner = &known["people"][0];
    let people = contact().await;
    assert_eq!((people.as_array().unwrap().len(), &people[0]["phone"]), (1, &owner["phone"]));
    assert_eq!(people[0]["person"], owner["name"]);
    // The number that the owner has confirmed comes first.
    t.drain().await;
    crate::one_time_codes::confirm(&t, "0812 9999 0001").await;
    assert_eq!(contact().await[0]["phone"], "+6281299990001");
});

over_http!(a_message_on_a_helpers_phone_reaches_no_owner, |p| {
    let t = Post::start(p).await;
    with_helper(&t.service).await;
    // The owner's own phone is not known.
    let (keys, id) = (&p.service().keys, t.service.user("owner").venture_id.unwrap());
    let forget = |conn: &mut sedaya::store::Conn| -> Result<(), StoreError> {
        let mut row = venture::participants_of(conn, &[id])?.remove(0);
        let mut private = PrivatePerson::open(keys, row.id, &row.sealed).unwrap();
        assert_eq!(private.role.as_deref(), Some("pemilik"));
        private.phone = None;
        let text = serde_json::to_vec(&private).unwrap();
        row.sealed = keys.personal().seal(format!("participants {}", row.id).as_bytes(), &text).unwrap();
        row.version += 1;
        assert!(venture::update_participant(conn, &row)?);
        Ok(())
    };
    p.db.db.write(forget).unwrap();
    let id = t.service.ask_owner().await;
    t.drain().await;
    let seen = t.seen(&id).await;
    assert_eq!((&seen["message"]["state"], &seen["message"]["failure"]), (&json!("given_up"), &json!("no_phone")));
    assert!(seen.get("expires_at").is_none() && seen["moves"].as_array().unwrap().contains(&json!("reach")));
    assert_eq!(t.heard().len(), 0);
});

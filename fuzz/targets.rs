//! What is fuzzed: a target for each parser of bytes from outside. Each takes any bytes and must not panic; what it
//! accepts must print and read again as the same, and what is not ours must be refused.
//!
//! This one list serves two harnesses: the fuzzers of this folder, and the tests, which run the corpora and
//! thousands of mutations of them on stable Rust (`tests/it/fuzz.rs`).

use std::io::{Cursor, Write as _};
use std::sync::{Arc, LazyLock};

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use sedaya::api::answer::{none_match_holds, read_if_match};
use sedaya::api::context::language;
use sedaya::api::contract::{Contract, Operation};
use sedaya::api::page::{open_cursor, seal_cursor};
use sedaya::api::table::Form;
use sedaya::api::{cohorts, investors, json, users};
use sedaya::domain::actor::Role;
use sedaya::domain::canonical;
use sedaya::domain::criteria::{Criteria, Source};
use sedaya::domain::field::Registry;
use sedaya::domain::id::{CohortId, Ids, UserId, VentureId};
use sedaya::domain::intake::Codebook;
use sedaya::domain::time::Instant;
use sedaya::keys::Keys;
use sedaya::ops::replay::{Kit, Verdict};
use sedaya::reference::rubric::sedaya_v1;
use sedaya::sources::{Format, Sheet, detect};
use sedaya::store::Seek;
use serde_json::{Value, json};

/// A target: any bytes in, a panic if what it promises does not hold.
pub type Target = fn(&[u8]);

/// All targets by name; each has a corpus of that name.
pub const ALL: &[(&str, Target)] = &[
    ("accept", accept),
    ("accept_language", accept_language),
    ("criteria", criteria),
    ("csv", csv),
    ("cursor", cursor),
    ("etag", etag),
    ("filter", filter),
    ("id", id),
    ("json_body", json_body),
    ("kit", kit),
    ("merge_patch", merge_patch),
    ("token", token),
    ("xlsx", xlsx),
    ("xlsx_sheet", xlsx_sheet),
];

const NOW: Instant = Instant::from_micros(1_731_550_000_000_000);

static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys::ephemeral().expect("keys"));

/// A request with one header of these bytes, if they can be one.
fn with_header(name: HeaderName, bytes: &[u8]) -> Option<HttpRequest> {
    let value = HeaderValue::from_bytes(bytes).ok()?;
    Some(TestRequest::default().insert_header((name, value)).to_http_request())
}

/// `Accept`: a form that there is, or 406; the same each time.
pub fn accept(data: &[u8]) {
    let Some(request) = with_header(header::ACCEPT, data) else { return };
    let all = [Form::Json, Form::Csv, Form::Xlsx];
    let wanted = Form::wanted(&request, &all).ok();
    assert_eq!(wanted, Form::wanted(&request, &all).ok());
    if let Some(form) = wanted {
        // Alone, the form that was liked best is liked too.
        assert_eq!(Form::wanted(&request, &[form]).ok(), Some(form));
    }
}

/// `Accept-Language`: one of the two languages, the same each time.
pub fn accept_language(data: &[u8]) {
    let Some(request) = with_header(header::ACCEPT_LANGUAGE, data) else { return };
    assert_eq!(language(&request), language(&request));
}

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::new(sedaya_v1()));

/// Criteria as text: read, printed and read again they are the same; refused with at least one fault.
pub fn criteria(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Source::read(text) {
        Ok(source) => criteria_of(&source),
        Err(faults) => assert!(!faults.is_empty()),
    }
}

fn criteria_of(source: &Source) {
    match Criteria::parse(source, &*REGISTRY) {
        Ok(read) => {
            let printed = read.canonical().expect("canonical JSON");
            let again = Source::read(&printed).expect("what was printed is JSON");
            let again = Criteria::parse(&again, &*REGISTRY).expect("what was read is read again");
            assert_eq!(again.canonical().expect("canonical JSON"), printed);
            assert_eq!(again.echo(), read.echo());
        }
        Err(faults) => assert!(!faults.is_empty()),
    }
}

/// One filter of criteria that are whole otherwise.
pub fn filter(data: &[u8]) {
    let Ok(filter) = serde_json::from_slice::<Value>(data) else { return };
    let whole = json!({
        "filters": [filter],
        "preferences": [
            {"field": "dimension.MGT", "weight": 1, "value": {"kind": "linear", "from": 0, "to": 100}},
        ],
    });
    criteria_of(&Source::from(whole));
}

fn book() -> Codebook {
    static RUBRIC: LazyLock<Arc<sedaya::domain::rubric::Rubric>> = LazyLock::new(|| Arc::new(sedaya_v1().clone()));
    Codebook {
        rubric: RUBRIC.clone(),
        regions: [("31.75.10".to_owned(), "Cipayung".to_owned())].into(),
        day: chrono::NaiveDate::from_ymd_opt(2024, 11, 14).expect("a day"),
        today: chrono::NaiveDate::from_ymd_opt(2024, 11, 20).expect("a day"),
    }
}

/// Every row of a sheet is read or refused with its faults, and the rows come in their order.
fn sheet(bytes: Vec<u8>) {
    match Sheet::from_bytes(bytes, book()) {
        Ok(sheet) => {
            let mut last = 0;
            for row in sheet {
                let number = match row {
                    Ok(row) => row.row.row,
                    Err(faults) => faults.first().expect("a row that is refused has a fault").row,
                };
                assert!(number >= last, "row {number} after row {last}");
                last = number;
            }
        }
        Err(fault) => assert!(!fault.into_row_errors().is_empty()),
    }
}

/// A sheet as CSV.
pub fn csv(data: &[u8]) {
    if detect(data) == Ok(Format::Csv) {
        sheet(data.to_vec());
    }
}

/// A workbook.
pub fn xlsx(data: &[u8]) {
    sheet(data.to_vec());
}

/// The rows of a workbook whose package is whole: bytes of a package seldom unpack once they are changed.
pub fn xlsx_sheet(data: &[u8]) {
    let relation = |kind: &str, target: &str| {
        format!(r#"<Relationships><Relationship Id="r1" Type="http://x/{kind}" Target="{target}"/></Relationships>"#)
    };
    let parts = [
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml").into_bytes()),
        ("xl/workbook.xml", br#"<workbook><sheets><sheet name="S" r:id="r1"/></sheets></workbook>"#.to_vec()),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/s.xml").into_bytes()),
        ("xl/worksheets/s.xml", data.to_vec()),
    ];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in parts {
        zip.start_file(name, stored).expect("a part");
        zip.write_all(&content).expect("its bytes");
    }
    sheet(zip.finish().expect("a package").into_inner());
}

/// A cursor: only what was sealed here, for this caller and list, opens, and as what it was.
pub fn cursor(data: &[u8]) {
    let place = b"cursor usr_x /v1/cohorts";
    let text = String::from_utf8_lossy(data).into_owned();
    assert_eq!(open_cursor::<String>(KEYS.cursors(), place, &text), None, "it was not sealed here");
    let seek = if data.len().is_multiple_of(2) { Seek::After(text) } else { Seek::Before(text) };
    let sealed = seal_cursor(KEYS.cursors(), place, &seek).expect("a seal").expect("not the first page");
    assert_eq!(open_cursor(KEYS.cursors(), place, &sealed), Some(seek));
    assert_eq!(open_cursor::<String>(KEYS.cursors(), b"cursor usr_y /v1/cohorts", &sealed), None);
    let altered = altered(&sealed, data);
    if altered != sealed {
        assert_eq!(open_cursor::<String>(KEYS.cursors(), place, &altered), None, "{altered}");
    }
}

/// A text with one letter changed, added or taken away, as the bytes say.
fn altered(text: &str, data: &[u8]) -> String {
    let (at, to) = (data.first().copied().unwrap_or(7), data.last().copied().unwrap_or(b'A'));
    let mut bytes = text.as_bytes().to_vec();
    // From the end too: the last letter of base64 has bits that say nothing.
    let at = if at < 128 { usize::from(at) % bytes.len() } else { bytes.len() - 1 - usize::from(at) % bytes.len() };
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n";
    let letter = letters[usize::from(to) % letters.len()];
    match to % 3 {
        0 => bytes[at] = letter,
        1 => bytes.insert(at, letter),
        _ => drop(bytes.remove(at)),
    }
    String::from_utf8(bytes).expect("letters")
}

/// `If-Match` and `If-None-Match`: a version of ours, or none; what is printed of it is read again.
pub fn etag(data: &[u8]) {
    if let Some(request) = with_header(header::IF_MATCH, data)
        && let Ok(read) = read_if_match(&request)
    {
        // Below 0: no tag of ours, which no version is.
        if read.0 >= 0 {
            let printed = format!("\"{}.staff.id\"", read.0);
            assert!(String::from_utf8_lossy(data).contains(&format!("\"{}.", read.0)));
            let again = with_header(header::IF_MATCH, printed.as_bytes()).expect("a tag is a header");
            assert_eq!(read_if_match(&again).ok(), Some(read));
        }
    }
    if let Some(request) = with_header(header::IF_NONE_MATCH, data) {
        let tag = "\"3.staff.id\"";
        let sent = String::from_utf8_lossy(data);
        assert!(!none_match_holds(&request, tag) || sent.contains(tag) || sent.contains('*'));
    }
}

/// Ids: one spelling each, and of one kind.
pub fn id(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let kinds = [
        text.parse::<VentureId>().ok().map(|id| id.to_string()),
        text.parse::<CohortId>().ok().map(|id| id.to_string()),
        text.parse::<UserId>().ok().map(|id| id.to_string()),
    ];
    assert!(kinds.iter().flatten().count() <= 1);
    for printed in kinds.into_iter().flatten() {
        assert_eq!(printed, text);
    }
}

/// How deep a JSON value nests.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// A JSON body: read, printed and read again it is the same, and it is never deeper than allowed.
pub fn json_body(data: &[u8]) {
    let Ok(value) = json::parse(data) else { return };
    assert!(depth(&value) <= 32);
    let printed = canonical::to_string(&value).expect("canonical JSON");
    let again = json::parse(printed.as_bytes()).expect("what was printed is JSON");
    assert_eq!(canonical::to_string(&again).expect("canonical JSON"), printed);
}

/// A kit: printed and read again it is the same, and replays as the same; a line that is another one is found.
pub fn kit(data: &[u8]) {
    let Ok(read) = Kit::read(data) else { return };
    let printed = read.text().expect("canonical JSON");
    let again = Kit::read(printed.as_bytes()).expect("what was printed is a kit");
    assert_eq!(again.text().expect("canonical JSON"), printed);
    let found = read.clone().replay().expect("a verdict");
    assert_eq!(again.replay().expect("a verdict"), found);
    let mut altered = read;
    if let Some(line) = altered.lines.first_mut() {
        line.card = json!({ "altered": line.card });
        assert_eq!(altered.replay().expect("a verdict").verdict, Verdict::Differs);
    }
}

/// A merge patch: what its schema lets through is read, and no member that there is not, nor a null that takes nothing away, passes.
pub fn merge_patch(data: &[u8]) {
    static PATCHES: LazyLock<Vec<Arc<Operation>>> = LazyLock::new(|| {
        let document = serde_json::from_str(include_str!("../openapi/openapi.json")).expect("the document");
        let contract = Contract::compile(&document, &[]).expect("a contract");
        let named = |id: &str| contract.operations().find(|o| o.id == id).expect("an operation").clone();
        ["changeCohort", "changeInvestor", "changeUser"].map(named).to_vec()
    });
    let Ok(patch) = json::parse(data) else { return };
    for operation in PATCHES.iter() {
        let faults = operation.shape_faults(&patch).expect("a body");
        if !faults.is_empty() {
            continue;
        }
        let members = patch.as_object().expect("a patch is an object");
        // An account's identity elsewhere is all that a patch can take away.
        let may_be_null = |name: &str| operation.id == "changeUser" && name == "identity";
        assert!(members.iter().all(|(name, value)| !value.is_null() || may_be_null(name)), "{}: a null", operation.id);
        assert!(!members.contains_key("id") && !members.contains_key("version") && !members.contains_key("role"));
        // A date like 2024-02-31 no schema can tell; that is an error then, and no panic.
        match operation.id.as_str() {
            "changeCohort" => drop(serde_json::from_value::<cohorts::CohortChange>(patch.clone())),
            "changeInvestor" => drop(serde_json::from_value::<investors::InvestorChange>(patch.clone())),
            _ => drop(serde_json::from_value::<users::UserChange>(patch.clone())),
        }
    }
}

/// An access token: only the very one that was issued holds.
pub fn token(data: &[u8]) {
    let ids = Ids::seeded("fuzz");
    let user: UserId = ids.next(NOW);
    let text = String::from_utf8_lossy(data);
    assert!(KEYS.tokens().verify(&text, NOW).is_err(), "it was not issued here");
    let issued = KEYS.tokens().issue(user, Role::Staff, "s", NOW, &ids).expect("a token");
    assert_eq!(KEYS.tokens().verify(&issued, NOW).expect("it holds").user, user);
    let altered = altered(&issued, data);
    if altered != issued {
        assert!(KEYS.tokens().verify(&altered, NOW).is_err(), "{altered}");
    }
}

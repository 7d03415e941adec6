//! Lists as tables: the same rows as the JSON, in a spreadsheet's forms.

use calamine::{Data, Reader as _, Xlsx};

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::send;

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn entries(p: &Programme) -> String {
    format!("/v1/match-lists/{}/entries?limit=5", p.logins.match_list_id)
}

over_http!(a_page_is_the_same_rows_in_every_form, |p| {
    let path = entries(p);
    let page = p.get("investor", &path).await.expect(200);
    let csv = send(p.by("investor", "GET", &path).header("accept", "text/csv")).await.expect(200);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"entries.csv\""));
    assert_eq!(csv.header("link").is_some(), page.header("link").is_some());
    assert_ne!(csv.etag(), page.etag());
    let mut reader = csv::Reader::from_reader(csv.text.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let rows: Vec<_> = reader.records().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), 5);
    let at = |name: &str| columns.iter().position(|c| c == name).unwrap_or_else(|| panic!("{name}: {columns:?}"));
    for (row, item) in rows.iter().zip(page.items()) {
        assert_eq!(row[at("position")], item["position"].to_string());
        assert_eq!(row[at("card.code")], *item["card"]["code"].as_str().unwrap());
        assert_eq!(row[at("score")].parse::<f64>().unwrap(), item["score"].as_f64().unwrap());
    }
    // The columns are the operation's, whoever reads; what is not the investor's to know is not in them.
    assert!(rows.iter().all(|row| row[at("venture_id")].is_empty()));
    assert!(!csv.text.contains("ven_"), "{}", csv.text);
    for (row, item) in rows.iter().zip(page.items()) {
        for score in item["card"]["dimensions"].as_array().unwrap() {
            let (code, told) = (score["code"].as_str().unwrap(), score["score"].as_f64());
            assert_eq!(row[at(&format!("card.dimensions.{code}"))].parse().ok(), told, "{code}");
            assert!(row[at("card.dimensions")].contains(code));
        }
        let first = &item["explanation"]["contributions"][0];
        let said = &row[at("explanation.contributions")];
        assert!(said.starts_with(first["field"].as_str().unwrap()) && !said.contains('{'), "{said}");
    }
    assert!(!columns.iter().any(|c| c == "card.kota"), "it is under card.kota.code");

    let request = p.by("investor", "GET", &path).header("accept", WORKBOOK);
    let book = request.send().await.unwrap();
    assert_eq!(book.status(), 200);
    let mut book = Xlsx::new(std::io::Cursor::new(book.bytes().await.unwrap())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let lines: Vec<Vec<String>> = sheet.rows().map(|row| row.iter().map(Data::to_string).collect()).collect();
    assert_eq!(lines[0], columns.iter().collect::<Vec<_>>());
    for (line, row) in lines[1..].iter().zip(&rows) {
        assert_eq!(line[at("card.code")], row[at("card.code")]);
        assert_eq!(line[at("score")].parse::<f64>().unwrap(), row[at("score")].parse::<f64>().unwrap());
    }
});

over_http!(an_operation_has_the_same_columns_on_every_page, |p| {
    let header = async |who: &str, path: &str| {
        let csv = send(p.by(who, "GET", path).header("accept", "text/csv")).await.expect(200);
        csv.text.split("\r\n").next().unwrap().to_owned()
    };
    let path = entries(p);
    let columns = header("investor", &path).await;
    assert_eq!(header("staff", &path).await, columns);
    let next = p.get("investor", &path).await.expect(200);
    let link = next.header("link").unwrap().split(['<', '>']).nth(1).unwrap().to_owned();
    assert_eq!(header("investor", &link).await, columns);
    // An empty list has them too.
    assert!(p.get("investor", "/v1/webhooks").await.expect(200).items().is_empty());
    let columns = header("investor", "/v1/webhooks").await;
    assert!(columns.split(',').any(|column| column == "url"), "{columns}");
});

over_http!(a_table_is_revalidated_like_the_page, |p| {
    let path = entries(p);
    let csv = send(p.by("investor", "GET", &path).header("accept", "text/csv")).await.expect(200);
    let again = p.by("investor", "GET", &path).header("accept", "text/csv").header("if-none-match", csv.etag());
    send(again).await.expect(304);
    // The tag of one form does not stand for another.
    send(p.by("investor", "GET", &path).header("if-none-match", csv.etag())).await.expect(200);
});

over_http!(a_form_that_there_is_not_is_refused, |p| {
    let ask = async |path: &str, accept: &str| send(p.by("staff", "GET", path).header("accept", accept)).await;
    assert_eq!(ask("/v1/cohorts", "image/png").await.refusal(), (406, "not_acceptable"));
    assert_eq!(ask("/v1/me", "text/csv").await.refusal(), (406, "not_acceptable"));
    ask("/v1/me", "text/html, */*;q=0.1").await.expect(200);
    // A deed is answered, whatever is preferred.
    let body = serde_json::json!({"name": "Tabel", "starts_on": "2025-02-28", "ends_on": "2025-03-01"});
    send(p.by("staff", "POST", "/v1/cohorts").header("accept", "text/csv").json(&body)).await.expect(201);
    // A name that a spreadsheet would take for a formula.
    let body = serde_json::json!({"name": "=HYPERLINK(\"x\")", "starts_on": "2025-02-28", "ends_on": "2025-03-01"});
    p.post("staff", "/v1/cohorts", &body).await.expect(201);
    let csv = ask("/v1/cohorts", "text/csv").await.expect(200);
    assert!(csv.text.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{}", csv.text);
});

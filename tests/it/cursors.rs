//! Cursors, as a property: whatever is changed between two pages, and however long each is, the pages put one after the other
//! are the list.

use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;
use sedaya::domain::consent::Purpose;
use sedaya::domain::id::VentureId;
use sedaya::ops::{By, consent};
use serde_json::{Value, json};

use crate::over_http;
use crate::support::programme::Programme;

/// What happens between two pages.
#[derive(Clone, Copy, Debug)]
enum Between {
    Nothing,
    /// A venture's data is touched: it counts as changed.
    Change(usize),
    /// An owner takes the consent back.
    Withdraw(usize),
}

/// A walk: the length of each page, and what happens after it.
fn steps() -> impl Strategy<Value = Vec<(usize, Between)>> {
    use proptest::prelude::*;
    let between = prop_oneof![
        2 => Just(Between::Nothing),
        2 => (0..80_usize).prop_map(Between::Change),
        1 => (0..80_usize).prop_map(Between::Withdraw),
    ];
    proptest::collection::vec((1..12_usize, between), 100)
}

fn happen(p: &Programme, ventures: &[VentureId], between: Between, gone: &mut Vec<VentureId>) {
    match between {
        Between::Nothing => {}
        Between::Change(n) => {
            let venture = ventures[n % ventures.len()];
            p.service().write(By::Operator, |act| act.rankable_changed(venture)).unwrap();
        }
        Between::Withdraw(n) => {
            let venture = ventures[n % ventures.len()];
            if !gone.contains(&venture) {
                let withdraw =
                    |act: &mut sedaya::ops::Act<'_>| consent::withdraw(act, venture, Purpose::AnonymisedListing);
                p.service().write(By::Operator, withdraw).unwrap();
                gone.push(venture);
            }
        }
    }
}

fn id_of(item: &Value) -> Option<VentureId> {
    item["venture_id"].as_str()?.parse().ok()
}

/// Walks a list of ventures that are ranked, and holds each page against what the list was in the beginning and who had
/// taken consent back by the time of the page.
async fn walk_ranked(p: &Programme, path: &str, steps: &[(usize, Between)], gone: &mut Vec<VentureId>) {
    let whole = p.walk("staff", path, 100).await;
    let ventures: Vec<VentureId> = whole.iter().filter_map(id_of).collect();
    let (mut at, mut cursor) = (0, String::new());
    for (limit, between) in steps {
        let page = p.get("staff", &format!("{path}?limit={limit}{cursor}")).await.expect(200);
        assert_eq!(page.items().len(), (*limit).min(whole.len() - at), "{path} from {at}");
        for (item, was) in page.items().iter().zip(&whole[at..]) {
            let is_gone = was["gone"] == true || id_of(was).is_some_and(|venture| gone.contains(&venture));
            let gap = json!({"position": was["position"], "gone": true});
            assert_eq!(item, if is_gone { &gap } else { was }, "{path} from {at}");
        }
        at += page.items().len();
        if page.body["next"].is_null() {
            break;
        }
        cursor = format!("&cursor={}", page.body["next"].as_str().unwrap());
        happen(p, &ventures, *between, gone);
    }
    assert_eq!(at, whole.len(), "{path}: the pages are the list");
}

over_http!(pages_add_up_while_ventures_change_and_consents_are_withdrawn, |p| {
    let mut runner = TestRunner::deterministic();
    let mut gone = Vec::new();
    let entries = format!("/v1/match-lists/{}/entries", p.logins.match_list_id);
    let live = format!("/v1/criteria/{}/matches", p.logins.criteria_id);
    for _ in 0..6 {
        for path in [&entries, &live] {
            let steps = steps().new_tree(&mut runner).unwrap().current();
            walk_ranked(p, path, &steps, &mut gone).await;
        }
    }
    assert!(gone.len() > 5, "some have withdrawn");
});

// What is added meanwhile stands at the end, and hides or repeats nothing that was there.
over_http!(pages_add_up_while_things_are_added, |p| {
    let mut runner = TestRunner::deterministic();
    for n in 0..9 {
        p.new_cohort(&format!("Angkatan {n}")).await;
    }
    let ids = |items: &[Value]| items.iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
    for (who, path) in [("staff", "/v1/cohorts"), ("staff", "/v1/ventures"), ("auditor", "/v1/audit")] {
        let key = |items: &[Value]| {
            if path == "/v1/audit" { items.iter().map(|item| item["seq"].clone()).collect() } else { ids(items) }
        };
        let before = key(&p.walk(who, path, 100).await);
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        for (n, (limit, _)) in steps().new_tree(&mut runner).unwrap().current().into_iter().enumerate() {
            let page = p.get(who, &format!("{path}?limit={limit}{cursor}")).await.expect(200);
            seen.extend(key(page.items()));
            if page.body["next"].is_null() || n > 60 {
                break;
            }
            cursor = format!("&cursor={}", page.body["next"].as_str().unwrap());
            if n < 6 {
                p.new_cohort(&format!("Meanwhile {path} {n}")).await;
            }
        }
        let mut distinct = seen.clone();
        distinct.dedup();
        assert_eq!(distinct, seen, "{path}: nothing twice");
        let known: Vec<_> = seen.iter().filter(|id| before.contains(id)).cloned().collect();
        assert_eq!(known, before, "{path}: nothing left out, and in its order");
    }
});

over_http!(a_cursor_changed_anywhere_is_refused, |p| {
    for (who, path) in [
        ("staff", "/v1/ventures".to_owned()),
        ("investor", format!("/v1/match-lists/{}/entries", p.logins.match_list_id)),
        ("staff", format!("/v1/criteria/{}/matches", p.logins.criteria_id)),
    ] {
        let page = p.get(who, &format!("{path}?limit=2")).await.expect(200);
        let cursor = page.body["next"].as_str().unwrap();
        for n in 0..cursor.len() {
            let mut other = cursor.as_bytes().to_vec();
            other[n] = if other[n] == b'A' { b'Q' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            let refused = p.get(who, &format!("{path}?limit=2&cursor={other}")).await;
            assert_eq!(refused.refusal(), (400, "invalid_query"), "{path} {n}");
        }
    }
});

//! Signing in, coming back, signing out: over HTTP, with a clock that a test moves.

use sedaya::domain::actor::Role;
use sedaya::domain::id::VentureId;
use serde_json::json;

use crate::over_http;
use crate::support::programme::Programme;
use crate::support::reply::{Reply, send};

async fn sign_in(p: &Programme, username: &str, password: &str) -> Reply {
    send(p.request("POST", "/v1/auth/token").json(&json!({"username": username, "password": password}))).await
}

async fn claim(p: &Programme, code: &str) -> Reply {
    send(p.request("POST", "/v1/auth/claim").json(&json!({"code": code}))).await
}

async fn refresh(p: &Programme, token: &str) -> Reply {
    send(p.request("POST", "/v1/auth/refresh").json(&json!({"refresh_token": token}))).await
}

async fn sign_out(p: &Programme, token: &str) -> Reply {
    send(p.request("POST", "/v1/auth/logout").json(&json!({"refresh_token": token}))).await
}

/// Access and refresh token of an answer.
fn tokens(reply: &Reply) -> (String, String) {
    let text = |key: &str| reply.body[key].as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned();
    (text("access_token"), text("refresh_token"))
}

/// The status of `GET /v1/me` under an access token.
async fn me(p: &Programme, access: &str) -> u16 {
    send(p.request("GET", "/v1/me").bearer_auth(access)).await.status
}

async fn as_staff(p: &Programme) -> (String, String) {
    let login = p.logins.of("staff").unwrap();
    tokens(&sign_in(p, &login.username, &login.password).await.expect(200))
}

over_http!(every_persona_signs_in, |p| {
    for login in &p.logins.logins {
        let reply = match login.username.as_str() {
            "" => claim(p, &login.password).await,
            name => sign_in(p, name, &login.password).await,
        };
        let reply = reply.expect(200);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.body["token_type"], "Bearer");
        assert!((1..=600).contains(&reply.body["expires_in"].as_i64().unwrap()));
        let role = match login.persona.split('_').next().unwrap() {
            "owner" => Role::Owner,
            name => Role::parse(name).unwrap(),
        };
        let (access, _) = tokens(&reply);
        let me = send(p.request("GET", "/v1/me").bearer_auth(access)).await.expect(200);
        assert_eq!(me.body["role"], role.as_str());
    }
});

over_http!(a_wrong_password_and_an_unknown_name_look_alike, |p| {
    let login = p.logins.of("staff").unwrap();
    let wrong = sign_in(p, &login.username, "salah-salah-salah").await;
    assert_eq!(wrong.refusal(), (401, "wrong_credentials"));
    assert!(wrong.header("www-authenticate").is_some());
    let long = "x".repeat(900_000);
    for (name, password) in [
        ("siapa-ini", login.password.as_str()),
        ("", ""),
        (&login.username, ""),
        (&login.username, &long),
        (&long, &login.password),
        (&login.username.to_uppercase(), &login.password),
    ] {
        let other = sign_in(p, name, password).await;
        assert_eq!(other.without_request_id(), wrong.without_request_id(), "{name:.20}");
        assert_eq!(other.header("www-authenticate"), wrong.header("www-authenticate"));
    }
    // An owner has no password that could be guessed, and no name.
    assert_eq!(claim(p, "0000-0000-0000-0000").await.without_request_id(), wrong.without_request_id());
    assert_eq!(claim(p, "").await.without_request_id(), wrong.without_request_id());
    assert_eq!(refresh(p, "rt_unknown").await.without_request_id(), wrong.without_request_id());
});

over_http!(a_claim_code_works_however_it_is_typed, |p| {
    let code = &p.logins.of("owner").unwrap().password;
    let bare = code.replace('-', "");
    for typed in [
        code.clone(),
        bare.clone(),
        code.to_uppercase(),
        format!("  {} ", code.replace('-', " ")),
        bare.replace('0', "O").replace('1', "l"),
        bare.replace('0', "o").replace('1', "I"),
    ] {
        let (access, _) = tokens(&claim(p, &typed).await.expect(200));
        assert_eq!(me(p, &access).await, 200, "{typed}");
    }
    let one_digit_less = &bare[..bare.len() - 1];
    assert_eq!(claim(p, one_digit_less).await.refusal(), (401, "wrong_credentials"));
});

over_http!(a_new_claim_code_replaces_the_old_one, |p| {
    let old = &p.logins.of("owner").unwrap().password;
    let venture: VentureId = p.actor("owner").venture.unwrap();
    let issued = p.post("staff", &format!("/v1/ventures/{venture}/claim-code"), &json!({})).await.expect(201);
    assert_eq!(issued.header("cache-control"), Some("no-store"));
    let new = issued.body["code"].as_str().unwrap();
    assert_ne!(new, old);
    assert_eq!(claim(p, old).await.status, 401);
    let (access, _) = tokens(&claim(p, new).await.expect(200));
    let me = send(p.request("GET", "/v1/me").bearer_auth(access)).await.expect(200);
    assert_eq!(me.body["venture_id"], venture.to_string());
});

over_http!(a_refresh_token_works_once_and_again_for_a_minute, |p| {
    let (_, first) = as_staff(p).await;
    p.advance(30);
    let (access, second) = tokens(&refresh(p, &first).await.expect(200));
    assert_ne!(first, second);
    assert_eq!(me(p, &access).await, 200);
    // The answer was lost on the way: the same token gets the same successor.
    p.advance(60);
    let (again, same) = tokens(&refresh(p, &first).await.expect(200));
    assert_eq!(same, second);
    assert_eq!(me(p, &again).await, 200);
    let (third_access, third) = tokens(&refresh(p, &second).await.expect(200));
    // Later, somebody else has a copy: all of the session ends.
    p.advance(1);
    assert_eq!(refresh(p, &first).await.refusal(), (401, "wrong_credentials"));
    for dead in [&first, &second, &third] {
        assert_eq!(refresh(p, dead).await.status, 401);
    }
    assert_eq!(me(p, &third_access).await, 401);
});

over_http!(refreshes_at_once_agree, |p| {
    let (_, first) = as_staff(p).await;
    let all = futures_util::future::join_all((0..6).map(|_| refresh(p, &first))).await;
    let successors: std::collections::BTreeSet<_> = all.iter().map(|reply| tokens(reply).1).collect();
    assert_eq!(successors.len(), 1);
    refresh(p, successors.first().unwrap()).await.expect(200);
});

over_http!(signing_out_ends_the_access_token_too, |p| {
    let (other_access, other) = as_staff(p).await;
    let (access, first) = as_staff(p).await;
    let (newer, second) = tokens(&refresh(p, &first).await.expect(200));
    // Both are remembered as let in.
    assert_eq!((me(p, &access).await, me(p, &newer).await), (200, 200));
    assert_eq!(sign_out(p, &second).await.status, 204);
    assert_eq!((me(p, &access).await, me(p, &newer).await), (401, 401));
    assert_eq!(refresh(p, &second).await.status, 401);
    assert_eq!(refresh(p, &first).await.status, 401);
    // Signing out twice, or of nothing, is no error; another session goes on.
    assert_eq!(sign_out(p, &second).await.status, 204);
    assert_eq!(sign_out(p, "rt_unknown").await.status, 204);
    assert_eq!(me(p, &other_access).await, 200);
    refresh(p, &other).await.expect(200);
});

over_http!(tokens_end_with_time, |p| {
    let (access, staff) = as_staff(p).await;
    let (_, owner) = tokens(&claim(p, &p.logins.of("owner").unwrap().password).await.expect(200));
    p.advance(600 - 1);
    assert_eq!(me(p, &access).await, 200);
    p.advance(31 + 1);
    assert_eq!(me(p, &access).await, 401);
    p.advance(7 * 86_400);
    assert_eq!(refresh(p, &staff).await.status, 401);
    let (_, owner) = tokens(&refresh(p, &owner).await.expect(200));
    p.advance(59 * 86_400);
    refresh(p, &owner).await.expect(200);
});

over_http!(a_disabled_account_is_out_at_once, |p| {
    let login = p.logins.of("staff").unwrap();
    let (access, token) = as_staff(p).await;
    let path = format!("/v1/users/{}", p.actor("staff").user);
    let tag = p.get("admin", &path).await.etag();
    assert_eq!(me(p, &access).await, 200);
    let disabled = p.patch("admin", &path, &tag, &json!({"enabled": false})).await.expect(200);
    assert_eq!(disabled.body["enabled"], false);
    assert_eq!(me(p, &access).await, 401);
    assert_eq!(refresh(p, &token).await.status, 401);
    let wrong = sign_in(p, &login.username, "salah-salah-salah").await;
    let right = sign_in(p, &login.username, &login.password).await;
    assert_eq!(right.without_request_id(), wrong.without_request_id());
    // Enabled again, it signs in anew; what was ended stays ended.
    p.patch("admin", &path, &disabled.etag(), &json!({"enabled": true})).await.expect(200);
    assert_eq!((me(p, &access).await, refresh(p, &token).await.status), (401, 401));
    assert_eq!(me(p, &as_staff(p).await.0).await, 200);
});

over_http!(what_another_process_takes_is_taken_within_ten_seconds, |p| {
    let (access, _) = as_staff(p).await;
    assert_eq!(me(p, &access).await, 200);
    // Past this process's service, as another replica would.
    let service = &p.app.state.service;
    let (user, now) = (p.actor("staff").user, service.clock.now());
    service.db.write(|conn| sedaya::store::user::revoke_sessions(conn, user, now)).unwrap();
    p.advance(10);
    assert_eq!(me(p, &access).await, 401);
});

over_http!(a_new_password_ends_the_sessions, |p| {
    let login = p.logins.of("staff").unwrap();
    let (access, token) = as_staff(p).await;
    let path = format!("/v1/users/{}", p.actor("staff").user);
    let tag = p.get("admin", &path).await.etag();
    let new = "empat kata acak lain";
    assert_eq!(me(p, &access).await, 200);
    let changed = p.patch("admin", &path, &tag, &json!({"password": new})).await.expect(200);
    assert!(!changed.text.contains(new) && !changed.text.contains("argon2"));
    assert_eq!((me(p, &access).await, refresh(p, &token).await.status), (401, 401));
    assert_eq!(sign_in(p, &login.username, &login.password).await.status, 401);
    sign_in(p, &login.username, new).await.expect(200);
});

/// The middle one of some durations.
fn median(mut took: Vec<std::time::Duration>) -> std::time::Duration {
    took.sort();
    took[took.len() / 2]
}

over_http!(an_unknown_name_takes_as_long_as_a_wrong_password, |p| {
    let known = &p.logins.of("staff").unwrap().username;
    let (mut wrong, mut unknown) = (Vec::new(), Vec::new());
    for round in 0..50 {
        // Twenty failures a minute are free.
        if round % 8 == 0 {
            p.advance(60);
        }
        for (name, took) in [(known.as_str(), &mut wrong), ("siapa-ini-gerangan", &mut unknown)] {
            let began = std::time::Instant::now();
            assert_eq!(sign_in(p, name, "salah-salah-salah").await.status, 401);
            took.push(began.elapsed());
        }
    }
    // Turn and turn about, so that whatever else the machine does falls on both alike. Without a hash to compare with,
    // an unknown name would be answered tens of times faster.
    let (wrong, unknown) = (median(wrong).as_secs_f64(), median(unknown).as_secs_f64());
    assert!((0.5..2.0).contains(&(unknown / wrong)), "{unknown} s against {wrong} s");
});

over_http!(passwords_are_kept_as_argon2id, |p| {
    for persona in ["admin", "staff", "investor"] {
        let hash = p.user(persona).password_hash.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }
    assert_eq!(p.user("owner").password_hash, None);
});

over_http!(a_claim_code_has_eighty_bits, |p| {
    let path = format!("/v1/ventures/{}/claim-code", p.actor("owner").venture.unwrap());
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..5 {
        let issued = p.post("staff", &path, &json!({})).await.expect(201);
        let code = issued.body["code"].as_str().unwrap().replace('-', "");
        // Five bits a digit.
        assert!(code.len() >= 16 && code.bytes().all(|b| b"0123456789abcdefghjkmnpqrstvwxyz".contains(&b)), "{code}");
        seen.insert(code);
    }
    assert_eq!(seen.len(), 5);
});

over_http!(a_role_taken_by_another_process_is_gone_within_a_minute, |p| {
    use diesel::connection::SimpleConnection as _;
    let (access, _) = as_staff(p).await;
    let cohorts = async || send(p.request("GET", "/v1/cohorts").bearer_auth(&access)).await.status;
    assert_eq!(cohorts().await, 200);
    let change = format!("UPDATE users SET role = 'auditor' WHERE id = '{}'", p.actor("staff").user);
    p.service().db.write::<_, sedaya::store::StoreError>(|conn| Ok(conn.batch_execute(&change)?)).unwrap();
    p.advance(59);
    assert_eq!(cohorts().await, 401);
});

over_http!(any_password_works_exactly_as_typed, |p| {
    let long = format!("{}akhir", "kata ".repeat(14));
    for (n, password) in ["  Sandi é 你好 '; --  ", "xxxxxxxxxxxxxxxx", &long].into_iter().enumerate() {
        let username = format!("akun-{n}");
        let new = json!({"username": username, "password": password, "role": "auditor"});
        p.post("admin", "/v1/users", &new).await.expect(201);
        sign_in(p, &username, password).await.expect(200);
        // Neither trimmed, nor cut, nor in other letters.
        let shorter = &password[..password.len() - 1];
        for other in [shorter, &format!("{password}x"), &format!("{password} "), &password.to_uppercase()] {
            assert_eq!(sign_in(p, &username, other).await.status, 401, "{other}");
        }
    }
});

over_http!(every_sign_in_is_a_session_of_its_own, |p| {
    let (first, second) = (as_staff(p).await, as_staff(p).await);
    assert!(first.0 != second.0 && first.1 != second.1);
    assert_eq!(sign_out(p, &first.1).await.status, 204);
    assert_eq!((me(p, &first.0).await, me(p, &second.0).await), (401, 200));
});

//! The tables as Diesel sees them: one picture for both databases, kept by hand and tested against both.

diesel::table! {
    write_gate (id) {
        id -> Integer,
        change_seq -> BigInt,
        audit_seq -> BigInt,
        audit_hash -> Text,
    }
}

diesel::table! {
    change_log (seq) {
        seq -> BigInt,
        venture_id -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    audit (seq) {
        seq -> BigInt,
        at -> BigInt,
        actor -> Text,
        role -> Text,
        action -> Text,
        subject -> Text,
        digest -> Text,
        hash -> Text,
    }
}

diesel::table! {
    audit_salts (subject) {
        subject -> Text,
        salt -> Binary,
    }
}

diesel::table! {
    access_log (seq) {
        seq -> BigInt,
        venture_id -> Text,
        user_id -> Text,
        investor_id -> Nullable<Text>,
        role -> Text,
        look -> Text,
        day -> Text,
    }
}

diesel::table! {
    cohorts (id) {
        id -> Text,
        name -> Text,
        starts_on -> Text,
        ends_on -> Text,
        version -> Integer,
        created_at -> BigInt,
    }
}

diesel::table! {
    tombstones (subject) {
        subject -> Text,
        erased_at -> BigInt,
    }
}
diesel::table! {
    ventures (id) {
        id -> Text,
        cohort_id -> Text,
        external_ref -> Text,
        name -> Text,
        profile -> Text,
        sealed -> Binary,
        content_hash -> Text,
        version -> Integer,
        created_at -> BigInt,
        updated_at -> BigInt,
        erased_at -> Nullable<BigInt>,
        owner_said -> Text,
    }
}

diesel::table! {
    erased_people (gravestone) {
        gravestone -> Text,
        cohort_id -> Text,
    }
}

diesel::table! {
    participants (id) {
        id -> Text,
        cohort_id -> Text,
        external_ref -> Text,
        venture_id -> Nullable<Text>,
        kind -> Nullable<Text>,
        attendance -> Nullable<Text>,
        adult -> Nullable<Bool>,
        sealed -> Binary,
        nik_hash -> Nullable<Text>,
        content_hash -> Text,
        version -> Integer,
        created_at -> BigInt,
    }
}

diesel::table! {
    consents (venture_id, purpose, given_at) {
        venture_id -> Text,
        purpose -> Text,
        text_version -> Text,
        lang -> Text,
        method -> Text,
        reference -> Text,
        given_at -> BigInt,
        withdrawn_at -> Nullable<BigInt>,
        asked_again_at -> Nullable<BigInt>,
        named -> Nullable<Text>,
    }
}

diesel::table! {
    data_requests (id) {
        id -> Text,
        venture_id -> Text,
        kind -> Text,
        state -> Text,
        channel -> Text,
        said -> Nullable<Binary>,
        answer -> Nullable<Binary>,
        received_at -> BigInt,
        due_at -> BigInt,
        told_at -> Nullable<BigInt>,
        resolved_at -> Nullable<BigInt>,
        entered_by -> Text,
        handled_by -> Nullable<Text>,
        version -> Integer,
        created_at -> BigInt,
        lifted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    complaints (id) {
        id -> Text,
        state -> Text,
        venture_id -> Nullable<Text>,
        match_id -> Nullable<Text>,
        investor_id -> Nullable<Text>,
        said -> Nullable<Binary>,
        done -> Nullable<Binary>,
        received_at -> BigInt,
        due_at -> BigInt,
        closed_at -> Nullable<BigInt>,
        entered_by -> Text,
        handled_by -> Nullable<Text>,
        version -> Integer,
        created_at -> BigInt,
        about -> Nullable<Text>,
    }
}

diesel::table! {
    incidents (id) {
        id -> Text,
        state -> Text,
        what -> Binary,
        done -> Nullable<Binary>,
        found_at -> BigInt,
        due_at -> BigInt,
        authority_told_on -> Nullable<Text>,
        subjects_told_on -> Nullable<Text>,
        closed_at -> Nullable<BigInt>,
        entered_by -> Text,
        handled_by -> Nullable<Text>,
        version -> Integer,
        created_at -> BigInt,
    }
}

diesel::table! {
    retention_runs (rule) {
        rule -> Text,
        ran_at -> BigInt,
        removed -> BigInt,
        removed_total -> BigInt,
    }
}

diesel::table! {
    rubrics (id) {
        id -> Text,
        latest -> Integer,
        version -> Integer,
        created_at -> BigInt,
    }
}

diesel::table! {
    rubric_versions (rubric_id, number) {
        rubric_id -> Text,
        number -> Integer,
        state -> Text,
        document -> Text,
        created_by -> Text,
        created_at -> BigInt,
        published_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    assessments (id) {
        id -> Text,
        venture_id -> Text,
        rubric_id -> Text,
        rubric_number -> Integer,
        kind -> Text,
        assessor -> Text,
        entered_by -> Text,
        assessed_on -> Nullable<Text>,
        ratings -> Text,
        submitted_at -> BigInt,
        version -> Integer,
        created_at -> BigInt,
    }
}

diesel::table! {
    outcomes (venture_id) {
        venture_id -> Text,
        rubric_id -> Text,
        rubric_number -> Integer,
        outcome -> Text,
        finalised_at -> BigInt,
    }
}

diesel::table! {
    imports (id) {
        id -> Text,
        cohort_id -> Text,
        state -> Text,
        mode -> Text,
        dry_run -> Bool,
        file_name -> Text,
        file_hash -> Text,
        rows_total -> BigInt,
        rows_done -> BigInt,
        created -> BigInt,
        updated -> BigInt,
        unchanged -> BigInt,
        errors_total -> BigInt,
        applied_to -> Text,
        created_by -> Text,
        created_at -> BigInt,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    import_rows (import_id, row_no) {
        import_id -> Text,
        row_no -> BigInt,
        group_key -> Text,
        sealed -> Binary,
    }
}

diesel::table! {
    import_touched (venture_id) {
        venture_id -> Text,
        import_id -> Text,
    }
}

diesel::table! {
    import_errors (import_id, seq) {
        import_id -> Text,
        seq -> BigInt,
        row_no -> BigInt,
        column_name -> Text,
        value -> Text,
        code -> Text,
        detail_id -> Text,
        detail_en -> Text,
    }
}

diesel::table! {
    investors (id) {
        id -> Text,
        name -> Text,
        kind -> Text,
        capacity -> Integer,
        version -> Integer,
        created_at -> BigInt,
        verification -> Nullable<Text>,
        usual_reply_days -> Nullable<Integer>,
        paused_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    users (id) {
        id -> Text,
        username -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        role -> Text,
        investor_id -> Nullable<Text>,
        venture_id -> Nullable<Text>,
        disabled_at -> Nullable<BigInt>,
        version -> Integer,
        created_at -> BigInt,
        issuer -> Nullable<Text>,
        subject -> Nullable<Text>,
    }
}

diesel::table! {
    service_tokens (user_id) {
        user_id -> Text,
        name -> Text,
        token_hash -> Text,
        operations -> Text,
        created_by -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    claim_codes (code_hash) {
        code_hash -> Text,
        user_id -> Text,
        created_at -> BigInt,
        replaced_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Text,
        family -> Text,
        user_id -> Text,
        issued_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        acts_for -> Nullable<Text>,
    }
}

diesel::table! {
    mandates (id) {
        id -> Text,
        venture_id -> Text,
        code_hash -> Nullable<Text>,
        user_id -> Nullable<Text>,
        created_at -> BigInt,
        accepted_at -> Nullable<BigInt>,
        last_session_at -> Nullable<BigInt>,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Text>,
    }
}

diesel::table! {
    criteria (id) {
        id -> Text,
        investor_id -> Text,
        latest -> Integer,
        version -> Integer,
        created_at -> BigInt,
        draft_every_days -> Nullable<Integer>,
        drafts_for -> Nullable<Text>,
    }
}

diesel::table! {
    criteria_versions (criteria_id, number) {
        criteria_id -> Text,
        number -> Integer,
        state -> Text,
        document -> Text,
        author -> Text,
        created_at -> BigInt,
        approved_by -> Nullable<Text>,
        approved_at -> Nullable<BigInt>,
        published_by -> Nullable<Text>,
        published_at -> Nullable<BigInt>,
        seed -> Nullable<Text>,
    }
}

diesel::table! {
    match_lists (id) {
        id -> Text,
        criteria_id -> Text,
        criteria_number -> Integer,
        investor_id -> Text,
        cohort_id -> Nullable<Text>,
        state -> Text,
        data_version -> BigInt,
        seed -> Text,
        engine_version -> Text,
        inputs -> Binary,
        inputs_hash -> Text,
        output_hash -> Text,
        entries_total -> Integer,
        summary -> Text,
        made_by -> Text,
        created_at -> BigInt,
        published_by -> Nullable<Text>,
        published_at -> Nullable<BigInt>,
        superseded_by -> Nullable<Text>,
        version -> Integer,
        suggested_at -> Nullable<BigInt>,
        floor_price_tenths -> Nullable<BigInt>,
    }
}

diesel::table! {
    list_visits (user_id, criteria_id) {
        user_id -> Text,
        criteria_id -> Text,
        list_id -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    support_plans (venture_id) {
        venture_id -> Text,
        sealed -> Binary,
        is_open -> Bool,
        version -> Integer,
        updated_at -> BigInt,
        visits_until -> Nullable<Text>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        cohort_id -> Text,
        topic -> Text,
        title -> Text,
        held_on -> Text,
        version -> Integer,
        created_at -> BigInt,
    }
}

diesel::table! {
    attendances (session_id, participant_id) {
        session_id -> Text,
        participant_id -> Text,
        attendance -> Text,
    }
}

diesel::table! {
    match_notes (match_id) {
        match_id -> Text,
        sealed -> Binary,
        version -> Integer,
        updated_at -> BigInt,
    }
}

diesel::table! {
    allocations (id) {
        id -> Text,
        kind -> Text,
        result -> Text,
        made_by -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    match_reports (id) {
        id -> Text,
        match_id -> Text,
        side -> Text,
        user_id -> Text,
        at -> BigInt,
        is_going -> Nullable<Bool>,
        sealed -> Binary,
    }
}

diesel::table! {
    matches (id) {
        id -> Text,
        investor_id -> Text,
        venture_id -> Text,
        list_id -> Text,
        state -> Text,
        before -> Nullable<Text>,
        reason -> Nullable<Binary>,
        version -> Integer,
        created_at -> BigInt,
        moved_at -> BigInt,
        terms -> Nullable<Binary>,
        pledge -> Nullable<Binary>,
        outcome -> Nullable<Binary>,
        queued_at -> Nullable<BigInt>,
        requested_at -> Nullable<BigInt>,
        asked_at -> Nullable<BigInt>,
        reached_at -> Nullable<BigInt>,
        crosses_at -> Nullable<BigInt>,
        investor_tap_at -> Nullable<BigInt>,
        owner_tap_at -> Nullable<BigInt>,
        received_at -> Nullable<BigInt>,
        due_at -> Nullable<BigInt>,
        expires_at -> Nullable<BigInt>,
        delete_by -> Nullable<BigInt>,
        deleted_at -> Nullable<BigInt>,
        ended_by -> Nullable<Text>,
        furthest -> Text,
        remind_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    match_list_entries (list_id, position) {
        list_id -> Text,
        position -> Integer,
        venture_id -> Text,
        result -> Text,
        card -> Text,
        hash -> Text,
    }
}

diesel::table! {
    match_list_gaps (list_id, position) {
        list_id -> Text,
        position -> Integer,
        hash -> Text,
    }
}

diesel::table! {
    webhooks (id) {
        id -> Text,
        investor_id -> Nullable<Text>,
        url -> Text,
        description -> Text,
        events -> Text,
        stopped -> Nullable<Text>,
        secret -> Binary,
        earlier_secret -> Nullable<Binary>,
        earlier_until -> Nullable<BigInt>,
        given_up -> Integer,
        version -> Integer,
        created_at -> BigInt,
        failing_since -> Nullable<BigInt>,
    }
}

diesel::table! {
    outbox (seq) {
        seq -> BigInt,
        id -> Text,
        lane -> Text,
        event -> Nullable<Text>,
        subject -> Text,
        payload -> Text,
        state -> Text,
        attempts -> Integer,
        due_at -> BigInt,
        leased_until -> Nullable<BigInt>,
        status -> Nullable<Integer>,
        failure -> Nullable<Text>,
        created_at -> BigInt,
        settled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    owner_phones (user_id) {
        user_id -> Text,
        phone_hash -> Text,
        phone -> Binary,
        confirmed_at -> BigInt,
    }
}

diesel::table! {
    one_time_codes (id) {
        id -> Text,
        user_id -> Text,
        purpose -> Text,
        phone -> Binary,
        code_hash -> Text,
        tries -> Integer,
        used_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    code_requests (phone_hash, hour) {
        phone_hash -> Text,
        hour -> BigInt,
        requests -> Integer,
    }
}

diesel::table! {
    idempotency (principal, key_hash) {
        principal -> Text,
        key_hash -> Text,
        fingerprint -> Text,
        sealed -> Binary,
        created_at -> BigInt,
        subject -> Nullable<Text>,
    }
}

diesel::table! {
    sign_in_failures (subject, minute) {
        subject -> Text,
        minute -> BigInt,
        failures -> Integer,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    write_gate,
    change_log,
    audit,
    audit_salts,
    access_log,
    allocations,
    cohorts,
    ventures,
    participants,
    consents,
    data_requests,
    complaints,
    incidents,
    retention_runs,
    rubrics,
    rubric_versions,
    assessments,
    outcomes,
    imports,
    import_rows,
    import_touched,
    import_errors,
    investors,
    users,
    claim_codes,
    refresh_tokens,
    mandates,
    criteria,
    criteria_versions,
    match_lists,
    list_visits,
    match_list_entries,
    match_list_gaps,
    support_plans,
    sessions,
    attendances,
    match_notes,
    match_reports,
    matches,
    idempotency,
    sign_in_failures,
    service_tokens,
    webhooks,
    outbox,
    owner_phones,
    one_time_codes,
    code_requests,
    tombstones,
    erased_people,
);

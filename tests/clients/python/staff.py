"""Staff: a cohort, a sheet that is checked before it is imported, new criteria under four eyes, a new list."""

import io
import time
import uuid
from datetime import date
from pathlib import Path

from demo import DEMO, SHEET, anybody, bearer, good, no_content, refused, signed_in
from sedaya_client import AuthenticatedClient
from sedaya_client.api.auth import sign_out
from sedaya_client.api.cohorts import change_cohort, create_cohort
from sedaya_client.api.criteria import (
    approve_criteria_version,
    create_criteria_version,
    publish_criteria_version,
)
from sedaya_client.api.imports import create_import, get_import, list_import_errors
from sedaya_client.api.match_lists import create_match_list, list_match_list_entries, publish_match_list
from sedaya_client.api.rankings import list_live_matches, rank
from sedaya_client.api.reference import list_fields
from sedaya_client.models import (
    Cohort,
    CohortChange,
    CriteriaDocument,
    CriteriaDocumentMethod,
    CriteriaDocumentTitle,
    CriteriaState,
    CriteriaVersion,
    FieldList,
    Filter,
    FilterOnUnknown,
    FormBoolean,
    Import,
    ImportError_,
    ImportErrorPage,
    ImportMode,
    LinearValue,
    ListEntryPage,
    ListState,
    LivePage,
    MatchList,
    NewCohort,
    NewCriteria,
    NewImport,
    NewMatchList,
    Nothing,
    Op,
    Preference,
    RankedVenture,
    RefreshToken,
    StaffEntry,
    StepsValue,
    WhatIf,
    WholeRanking,
)
from sedaya_client.types import UNSET, File, Unset


def make_cohort(api: AuthenticatedClient) -> Cohort:
    key = str(uuid.uuid4())
    new = NewCohort(name="Angkatan Python", starts_on=date(2025, 2, 27), ends_on=date(2025, 2, 28))
    made = create_cohort.sync_detailed(client=api, body=new, idempotency_key=key)
    cohort = good(made, Cohort)
    assert made.headers["location"] == f"/v1/cohorts/{cohort.id}"
    replayed = create_cohort.sync_detailed(client=api, body=new, idempotency_key=key)
    assert good(replayed, Cohort) == cohort
    assert replayed.headers["idempotency-replayed"] == "true"
    new.name = "Angkatan lain"
    other = create_cohort.sync_detailed(client=api, body=new, idempotency_key=key)
    refused(other, "idempotency_key_reused")

    change = CohortChange(name="Angkatan Python, Februari")
    tag = made.headers["etag"]
    changed = change_cohort.sync_detailed(cohort.id, client=api, body=change, if_match=tag)
    assert good(changed, Cohort).version == cohort.version + 1
    refused(change_cohort.sync_detailed(cohort.id, client=api, body=change, if_match=tag), "stale_version")
    tag = changed.headers["etag"]
    nameless = CohortChange(name="")
    problem = refused(
        change_cohort.sync_detailed(cohort.id, client=api, body=nameless, if_match=tag), "invalid_body"
    )
    assert not isinstance(problem.errors, Unset)
    assert [(fault.pointer, fault.code) for fault in problem.errors] == [("/name", "too_short")]
    return good(changed, Cohort)


def dry_run(api: AuthenticatedClient, cohort_id: str, sheet: bytes) -> Import:
    """Checks a sheet without importing it, and waits until that is done."""
    file = File(payload=io.BytesIO(sheet), file_name="lokakarya.csv", mime_type="text/csv")
    form = NewImport(cohort_id=cohort_id, file=file, dry_run=FormBoolean.TRUE, mode=ImportMode.VALID_ROWS)
    job = good(create_import.sync_detailed(client=api, body=form), Import)
    while job.finished_at is None:
        time.sleep(0.05)
        job = good(get_import.sync_detailed(job.id, client=api), Import)
    return job


def all_faults(api: AuthenticatedClient, import_id: str) -> list[ImportError_]:
    faults: list[ImportError_] = []
    cursor: str | Unset | None = UNSET
    while cursor is not None:
        call = list_import_errors.sync_detailed(import_id, client=api, limit=40, cursor=cursor)
        page = good(call, ImportErrorPage)
        faults.extend(page.items)
        cursor = page.next_
    return faults


def check_sheets(api: AuthenticatedClient, cohort_id: str) -> None:
    sheet = Path(SHEET).read_bytes()
    clean = dry_run(api, cohort_id, sheet)
    assert clean.errors_total == 0 and clean.rows >= 100
    spoilt = dry_run(api, cohort_id, sheet.replace(b",hadir langsung,", b",entah,"))
    faults = all_faults(api, spoilt.id)
    assert len(faults) == spoilt.errors_total > 40, "more than a page"
    assert all(fault.row > 1 and fault.code for fault in faults)
    assert any(fault.column == "Kehadiran" for fault in faults)


def criteria() -> CriteriaDocument:
    return CriteriaDocument(
        title=CriteriaDocumentTitle(id="Siap tumbuh", en="Ready to grow"),
        filters=[
            Filter(field="dimension.MGT", op=Op.GTE, value=20, on_unknown=FilterOnUnknown.INCLUDE_FLAGGED)
        ],
        preferences=[
            Preference(
                field="dimension.MGT", weight=60, value=LinearValue(kind="linear", from_=0, to=100)
            ),
            Preference(
                field="dimension.PRD",
                weight=40,
                value=StepsValue(kind="steps", breaks=[40, 70], values=[0, 0.5, 1]),
            ),
        ],
        method=CriteriaDocumentMethod.ADDITIVE,
        limit=10,
    )


def publish_list(staff: AuthenticatedClient, second: AuthenticatedClient) -> None:
    criteria_id = str(DEMO["criteria_id"])
    document = criteria()
    drafted = create_criteria_version.sync_detailed(
        criteria_id, client=staff, body=NewCriteria(document=document)
    )
    version = good(drafted, CriteriaVersion)
    assert version.state is CriteriaState.DRAFT and version.document == document
    nothing = Nothing()
    refused(
        approve_criteria_version.sync_detailed(criteria_id, version.number, client=staff, body=nothing),
        "same_person",
    )
    approved = approve_criteria_version.sync_detailed(
        criteria_id, version.number, client=second, body=nothing
    )
    assert good(approved, CriteriaVersion).state is CriteriaState.APPROVED
    published = publish_criteria_version.sync_detailed(
        criteria_id, version.number, client=staff, body=nothing
    )
    assert good(published, CriteriaVersion).state is CriteriaState.PUBLISHED

    live = good(list_live_matches.sync_detailed(criteria_id, client=staff, limit=5), LivePage)
    top = live.items[0]
    assert isinstance(top, RankedVenture) and top.position == 1 and len(top.contributions) == 2
    ranked = good(rank.sync_detailed(client=staff, body=WhatIf(document=document)), WholeRanking)
    assert ranked.results[0].id == top.venture_id
    assert len(ranked.results) == ranked.summary.eligible

    order = NewMatchList(criteria_id=criteria_id, version=version.number)
    made = good(create_match_list.sync_detailed(client=staff, body=order), MatchList)
    assert made.state is ListState.DRAFT
    refused(publish_match_list.sync_detailed(made.id, client=staff, body=nothing), "same_person")
    done = publish_match_list.sync_detailed(made.id, client=second, body=nothing)
    assert good(done, MatchList).state is ListState.PUBLISHED
    call = list_match_list_entries.sync_detailed(made.id, client=staff, limit=100)
    page = good(call, ListEntryPage)
    assert len(page.items) == made.entries_total
    assert isinstance(page.items[0], StaffEntry), "staff see which venture it is"


def session() -> None:
    tokens, second = signed_in("staff"), signed_in("staff_second")
    api, other = bearer(tokens.access_token), bearer(second.access_token)
    fields = good(list_fields.sync_detailed(client=api), FieldList)
    assert any(field.key == "dimension.MGT" and Op.GTE in field.operators for field in fields.items)
    cohort = make_cohort(api)
    check_sheets(api, cohort.id)
    publish_list(api, other)
    body = RefreshToken(refresh_token=tokens.refresh_token)
    no_content(sign_out.sync_detailed(client=anybody(), body=body))

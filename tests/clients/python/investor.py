"""An investor: reads the newest list to its end, asks why, tries another idea, signs out."""

from http import HTTPStatus

from demo import anybody, bearer, good, no_content, refused, signed_in
from sedaya_client import AuthenticatedClient
from sedaya_client.api.auth import refresh_session, sign_out
from sedaya_client.api.cohorts import list_cohorts
from sedaya_client.api.match_lists import (
    get_match_list,
    get_match_list_entry,
    list_match_list_entries,
    list_match_lists,
)
from sedaya_client.api.me import get_me
from sedaya_client.api.rankings import rank
from sedaya_client.models import (
    CardRanking,
    CriteriaDocument,
    CriteriaDocumentTitle,
    Filter,
    FilterOnUnknown,
    InvestorView,
    LinearValue,
    ListEntryPage,
    ListState,
    MatchListPage,
    Me,
    Op,
    PointsValue,
    Preference,
    PreferenceMissing,
    RefreshToken,
    Role,
    Tokens,
    WhatIf,
)
from sedaya_client.types import UNSET, Unset


def all_entries(api: AuthenticatedClient, list_id: str) -> list[InvestorView]:
    entries: list[InvestorView] = []
    cursor: str | Unset | None = UNSET
    while cursor is not None:
        call = list_match_list_entries.sync_detailed(list_id, client=api, limit=3, cursor=cursor)
        page = good(call, ListEntryPage)
        entries.extend(entry for entry in page.items if isinstance(entry, InvestorView))
        cursor = page.next_
    return entries


def what_if() -> CriteriaDocument:
    return CriteriaDocument(
        title=CriteriaDocumentTitle(id="Produk dulu", en="Product first"),
        filters=[
            Filter(field="kota", op=Op.IN, value=["31.75"], on_unknown=FilterOnUnknown.INCLUDE_FLAGGED)
        ],
        preferences=[
            Preference(
                field="dimension.PRD", weight=70, value=LinearValue(kind="linear", from_=0, to=100)
            ),
            Preference(
                field="dimension.MGT",
                weight=30,
                missing=PreferenceMissing.NEUTRAL,
                value=PointsValue(kind="points", points=[[0, 0], [60, 1]]),
            ),
        ],
        limit=3,
    )


def session() -> None:
    tokens = signed_in("investor")
    api = bearer(tokens.access_token)
    me = good(get_me.sync_detailed(client=api), Me)
    assert me.role is Role.INVESTOR and me.investor_id is not None

    lists = good(list_match_lists.sync_detailed(client=api, limit=5), MatchListPage)
    newest = lists.items[0]
    assert newest.state is ListState.PUBLISHED and newest.investor_id == me.investor_id

    entries = all_entries(api, newest.id)
    assert [entry.position for entry in entries] == list(range(1, newest.entries_total + 1))
    assert len({entry.card.code for entry in entries}) == len(entries)

    first = good(get_match_list_entry.sync_detailed(newest.id, 1, client=api), InvestorView)
    assert first == entries[0]
    points = sum(contribution.points for contribution in first.explanation.contributions)
    assert abs(points - first.score) < 1e-6, "points add up to the score"

    tag = get_match_list.sync_detailed(newest.id, client=api).headers["etag"]
    again = get_match_list.sync_detailed(newest.id, client=api, if_none_match=tag)
    assert again.status_code == HTTPStatus.NOT_MODIFIED and not again.content

    ranked = good(rank.sync_detailed(client=api, body=WhatIf(document=what_if())), CardRanking)
    assert 0 < len(ranked.items) <= 3
    unknown = what_if()
    unknown.preferences[0].field = "no.such.field"
    problem = refused(rank.sync_detailed(client=api, body=WhatIf(document=unknown)), "invalid_body")
    assert not isinstance(problem.errors, Unset)
    assert problem.errors[0].pointer == "/document/preferences/0/field"
    refused(list_cohorts.sync_detailed(client=api), "forbidden")

    body = RefreshToken(refresh_token=tokens.refresh_token)
    renewed = good(refresh_session.sync_detailed(client=anybody(), body=body), Tokens)
    api = bearer(renewed.access_token)
    assert good(get_me.sync_detailed(client=api), Me).id == me.id

    body = RefreshToken(refresh_token=renewed.refresh_token)
    no_content(sign_out.sync_detailed(client=anybody(), body=body))
    refused(refresh_session.sync_detailed(client=anybody(), body=body), "wrong_credentials")
    refused(get_me.sync_detailed(client=api), "unauthenticated")

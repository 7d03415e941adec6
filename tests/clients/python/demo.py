"""The running demo, and a client for each of its personas."""

import json
import os
from http import HTTPStatus
from typing import Any, TypeVar

from sedaya_client import AuthenticatedClient, Client
from sedaya_client.api.auth import sign_in
from sedaya_client.models import Problem, SignIn, Tokens
from sedaya_client.types import Response

# What `sedaya demo --format json` printed, and the workshop sheet that the demo was loaded from.
DEMO: dict[str, Any] = json.loads(os.environ["SEDAYA_DEMO"])
SHEET = os.environ["SEDAYA_SHEET"]

T = TypeVar("T")


def anybody() -> Client:
    return Client(base_url=str(DEMO["url"]), raise_on_unexpected_status=True)


def bearer(token: str) -> AuthenticatedClient:
    language = {"Accept-Language": "en"}
    return AuthenticatedClient(
        base_url=str(DEMO["url"]), token=token, headers=language, raise_on_unexpected_status=True
    )


def signed_in(persona: str) -> Tokens:
    login = next(login for login in DEMO["logins"] if login["persona"] == persona)
    body = SignIn(username=login["username"], password=login["password"])
    return good(sign_in.sync_detailed(client=anybody(), body=body), Tokens)


def good(response: Response[Any], kind: type[T]) -> T:
    """What a call answered, where it must have been answered well."""
    assert isinstance(response.parsed, kind), (response.status_code, response.content)
    return response.parsed


def refused(response: Response[Any], code: str) -> Problem:
    """The problem that a call must have been refused with."""
    problem = response.parsed
    assert isinstance(problem, Problem), (response.status_code, response.content)
    assert problem.code == code, problem
    assert problem.status == response.status_code
    assert response.headers["content-type"] == "application/problem+json"
    return problem


def no_content(response: Response[Any]) -> None:
    assert response.status_code == HTTPStatus.NO_CONTENT, response.content

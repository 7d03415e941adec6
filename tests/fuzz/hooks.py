"""Signs in as one persona of a running demo, and judges refusals by their codes."""

import json
import os
import time
import urllib.error
import urllib.request
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, GenerationMode, HookContext, Response
from schemathesis.auths import AuthContext

# What `sedaya demo --format json` printed, and who asks.
DEMO: dict[str, Any] = json.loads(os.environ["SEDAYA_DEMO"])
PERSONA = os.environ["SEDAYA_PERSONA"]
ROLE = PERSONA.split("_")[0]

# Codes that never answer a request that is as the document says: the document, or the service, is wrong then.
MALFORMED = {
    "bad_request",
    "body_too_large",
    "invalid_idempotency_key",
    "method_not_allowed",
    "not_acceptable",
    "not_json",
    "precondition_required",
    "unauthenticated",
    "unsupported_media_type",
}
# Faults that a schema can tell; other faults are rules beyond it, of criteria and rubrics above all.
SHAPE_FAULTS = {
    "blank",
    "missing_member",
    "no_alternative",
    "not_allowed",
    "not_unique",
    "repeated_parameter",
    "too_few",
    "too_large",
    "too_long",
    "too_many",
    "too_short",
    "too_small",
    "unknown_member",
    "unknown_parameter",
    "wrong_format",
    "wrong_type",
}
# Any answer may be one of these, whatever is asked.
ANYWHERE = {"method_not_allowed", "bad_request", "not_found", "not_acceptable"}
FAR = 5_000
# Documents that the domain reads: their schemas describe, and the domain checks.
BY_DOMAIN = ("/document", "/before", "/after")


def post(path: str, body: dict[str, str]) -> dict[str, Any]:
    request = urllib.request.Request(
        DEMO["url"] + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    while True:
        try:
            with urllib.request.urlopen(request) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as refused:
            # The persona before has guessed at codes and passwords from the same address: its minute must pass.
            if refused.code != 429:
                raise
            time.sleep(int(refused.headers["Retry-After"]))


@schemathesis.auth(refresh_interval=None)
class SignedIn:
    """A token of the persona; a fresh one before it ends, whatever the fuzzer did to the last."""

    token = ""
    until = 0.0

    def get(self, case: Case, context: AuthContext) -> str:
        if time.monotonic() > SignedIn.until:
            login = next(login for login in DEMO["logins"] if login["persona"] == PERSONA)
            answer = (
                post("/v1/auth/claim", {"code": login["password"]})
                if ROLE == "owner"
                else post("/v1/auth/token", {"username": login["username"], "password": login["password"]})
            )
            SignedIn.token, SignedIn.until = str(answer["access_token"]), time.monotonic() + 300
        return SignedIn.token

    def set(self, case: Case, data: str, context: AuthContext) -> None:
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


def without_far_bounds(schema: Any) -> Any:
    """Leaves out bounds that are there to be finite: a case at the edge of each is a megabyte."""
    if isinstance(schema, list):
        return [without_far_bounds(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    far = {name for name in ("maxLength", "maxItems") if isinstance(schema.get(name), int) and schema[name] >= FAR}
    return {name: without_far_bounds(part) for name, part in schema.items() if name not in far}


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    raw_schema.update(without_far_bounds(raw_schema))


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Keeps the admin from closing the accounts of the personas, its own among them."""
    if case.operation.definition.raw.get("operationId") == "changeUser" and case.body:
        if isinstance(case.body, dict):
            case.body.pop("enabled", None)
            case.body.pop("password", None)


def problem_of(response: Response) -> dict[str, Any]:
    kind = response.headers.get("content-type", [""])[0]
    assert kind == "application/problem+json", f"{response.status_code} is {kind}, no problem document"
    return dict(response.json())


@schemathesis.check
def refusals_are_documented(context: CheckContext, response: Response, case: Case) -> None:
    """Every refusal names a code that the operation documents; well-formed data is refused for a reason of its own."""
    if response.status_code < 400:
        return
    operation = case.operation.definition.raw
    problem = problem_of(response)
    code = problem["code"]
    if case.method.upper() != case.operation.method.upper():
        return
    assert code in ANYWHERE or code in operation["x-problems"], f"{code} is not documented"
    meta = case.meta
    if meta is None or meta.generation.mode is not GenerationMode.POSITIVE:
        return
    assert code not in MALFORMED, f"{code}, and yet the request is as the document says"
    for fault in problem.get("errors", []):
        if not fault.get("pointer", "").startswith(BY_DOMAIN):
            assert fault["code"] not in SHAPE_FAULTS, f"{fault}, and yet the request is as the document says"


@schemathesis.check
def only_the_roles_named_get_in(context: CheckContext, response: Response, case: Case) -> None:
    """What the document does not give to a role is refused to it."""
    roles = case.operation.definition.raw.get("x-roles")
    method = case.operation.method.upper()
    if roles is not None and ROLE not in roles and case.method.upper() == method and response.status_code < 400:
        raise AssertionError(f"{ROLE} got {response.status_code}")

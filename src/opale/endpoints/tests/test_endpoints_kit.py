"""What every endpoint has in common, on an API made for these tests."""

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any, Literal

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field
from tests.personas import Personas

from opale.endpoints.auth import may
from opale.endpoints.idempotency import delete_expired
from opale.endpoints.models import KeptAnswer
from opale.endpoints.preconditions import unless_changed
from opale.endpoints.problems import CONTENT_TYPE
from opale.endpoints.service import Api
from opale.kernel.actor import ANONYMOUS, EVERYTHING, Actor
from opale.kernel.clock import travel
from opale.kernel.errors import (
    Conflict,
    IllegalMove,
    Invalid,
    NotAllowed,
    NotFound,
    OpaleError,
    Unavailable,
)

pytestmark = pytest.mark.django_db

ERRORS: dict[str, OpaleError] = {
    "missing": NotFound(),
    "forbidden": NotAllowed(),
    "illegal": IllegalMove("close"),
    "conflict": Conflict("Somebody was faster."),
    "invalid": Invalid(name="Too short."),
    "busy": Unavailable(timedelta(seconds=1.2)),
}


class Answer(Schema):
    key: str
    status: int


class Place(Schema):
    name: str


class NewAnswer(Schema):
    key: Annotated[str, Field(max_length=20)]
    secret: bool = False
    kind: Literal["a", "b"] = "a"
    count: Annotated[int, Field(ge=1)] = 1
    tags: Annotated[list[str], Field(max_length=2)] = []
    at: AwareDatetime | None = None
    day: date | None = None
    places: list[Place] = []


def make_api() -> Api:
    api = Api(title="Test", version="1", urls_namespace="kit-test")
    router = Router()

    @router.get("/errors/{kind}", auth=None)
    def fail(request: HttpRequest, kind: str, n: Annotated[int, Query()] = 0) -> None:
        raise ERRORS[kind]

    @router.get("/answers/{key}", response=Answer, auth=may("kit.read"))
    def get_answer(request: HttpRequest, key: str) -> KeptAnswer:
        return KeptAnswer.objects.get(key=key)

    @router.patch("/answers/{key}", response=Answer, auth=may("kit.edit"))
    def edit_answer(request: HttpRequest, key: str, body: Answer) -> KeptAnswer:
        with unless_changed(request, KeptAnswer.objects.filter(key=key), Answer) as row:
            row.status = body.status
            row.save(update_fields=["status"])
        return row

    @router.post("/answers", response={201: Answer}, auth=may("kit.edit"))
    def create_answer(
        request: HttpRequest, body: NewAnswer, response: HttpResponse
    ) -> Status[KeptAnswer]:
        if body.secret:
            response.headers["Cache-Control"] = "no-store"
        if body.key == "refused":
            raise Conflict
        row = KeptAnswer.objects.create(
            credential="made", key=body.key, request_digest="", status=1
        )
        return Status(201, row)

    @router.post("/answers/{key}/closure", response={204: None}, auth=may("kit.edit"))
    def close_answer(request: HttpRequest, key: str) -> Status[None]:
        KeptAnswer.objects.filter(key=key).delete()
        return Status(204, None)

    api.add_router("", router)
    assert api.urls
    return api


API = make_api()
OPERATIONS = {
    (method, path): operation
    for path, operation in API.operations()
    for method in operation.methods
}

READER = Actor("person", "user:1", "Reader", {"kit.read": EVERYTHING})
EDITOR = Actor("person", "user:2", "Editor", {"kit.read": EVERYTHING, "kit.edit": EVERYTHING})


def call(
    method: str,
    path: str,
    *,
    by: Actor = EDITOR,
    credential: str = "token:1",
    body: Any = None,
    query: str = "",
    headers: dict[str, str] | None = None,
    form: bool = False,
    **values: Any,
) -> HttpResponse:
    content = body if isinstance(body, str) else json.dumps(body)
    request = RequestFactory(headers=headers or {}).generic(
        method, "/", content, "application/json", QUERY_STRING=query
    )
    request.actor, request.credential = by, credential  # type: ignore[attr-defined]  # as Asker does
    request._dont_enforce_csrf_checks = form or credential != "session"  # type: ignore[attr-defined]  # its token
    response = OPERATIONS[method, path].run(request, **values)
    assert isinstance(response, HttpResponse)
    return response


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("missing", 404, "not_found"),
        ("forbidden", 403, "not_allowed"),
        ("illegal", 409, "illegal_move"),
        ("conflict", 409, "conflict"),
        ("invalid", 422, "invalid"),
        ("busy", 503, "unavailable"),
    ],
)
def test_an_error_of_the_kernel_is_a_problem(kind: str, status: int, code: str) -> None:
    response = call("GET", "/errors/{kind}", kind=kind)
    assert (response.status_code, response["Content-Type"]) == (status, CONTENT_TYPE)
    problem = json.loads(response.content)
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"]


def test_a_filter_of_an_unknown_name_is_refused_instead_of_passed_over() -> None:
    query = "N=1&detail=x&self=1&n=5"
    response = call("GET", "/errors/{kind}", kind="missing", query=query)
    fields = json.loads(response.content)["fields"]
    assert (response.status_code, sorted(fields)) == (422, ["N", "detail", "self"])
    assert "Known names: n." in fields["N"]
    none = call("GET", "/answers/{key}", key="a", query="n=1")
    assert (none.status_code, json.loads(none.content)["fields"]) == (
        422,
        {"n": "Unknown name."},
    )


def test_a_stranger_is_not_told_which_filters_there_are() -> None:
    ask = partial(call, "GET", "/answers/{key}", key="a", query="n=1")
    assert ask(credential="", by=ANONYMOUS).status_code == 401
    assert ask(by=Actor("person", "user:3", "Without", {})).status_code == 403


def test_fields_name_what_cannot_be_accepted() -> None:
    response = call("GET", "/errors/{kind}", kind="invalid")
    assert json.loads(response.content)["fields"] == {"name": "Too short."}


def test_a_busy_part_says_when_to_come_back() -> None:
    assert call("GET", "/errors/{kind}", kind="busy")["Retry-After"] == "2"


def test_what_cannot_be_read_names_its_place() -> None:
    response = call("POST", "/answers", body={"key": "x" * 21})
    assert response.status_code == 422
    assert list(json.loads(response.content)["fields"]) == ["key"]


def test_no_function_is_named_in_the_place_of_a_field(personas: Personas) -> None:
    address = f"/api/v1/contacts/{personas.contact.pk}"
    client = personas.client("desk_agent")
    refused = client.patch(address, {"email": " a@b.example "}, "application/json")
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["email"])


@pytest.mark.parametrize(
    ("body", "field", "expected"),
    [
        ({}, "key", "Cette valeur est obligatoire."),
        ({"key": 1}, "key", "Donnez un texte."),
        ({"key": "x" * 21}, "key", "Donnez au plus 20 caractères."),
        ({"key": "x", "secret": "maybe"}, "secret", "Donnez true ou false."),
        ({"key": "x", "count": 1.5}, "count", "Donnez un nombre entier."),
        ({"key": "x", "count": 0}, "count", "Donnez 1 ou plus."),
        ({"key": "x", "tags": ["a"] * 3}, "tags", "Donnez au plus 2 entrées."),
        ({"key": "x", "kind": "no"}, "kind", "Donnez l’une de ces valeurs\xa0: 'a', 'b'."),
        ({"key": "x", "at": "2026-11-25T14:30:00"}, "at", "Indiquez le fuseau horaire"),
        ({"key": "x", "at": "soon"}, "at", "Donnez un instant comme"),
        ({"key": "x", "day": "25/11"}, "day", "Donnez un jour comme"),
    ],
)
def test_what_is_wrong_is_said_in_the_readers_language(
    body: dict[str, object], field: str, expected: str
) -> None:
    with translation.override("fr"):
        response = call("POST", "/answers", body=body)
    assert json.loads(response.content)["fields"][field].startswith(expected)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{", "JSON non valide."),
        ('{"key": NaN}', "JSON non valide."),
        ('{"key": "a\\u0000"}', "Le texte contient un caractère qui ne peut pas être enregistré."),
        ('{"key": "\\ud800"}', "Le texte contient un caractère qui ne peut pas être enregistré."),
    ],
    ids=["no JSON", "no number", "NUL", "half a character"],
)
def test_what_cannot_be_kept_is_refused_before_it_is_tried(body: str, why: str) -> None:
    with translation.override("fr"):
        response = call("POST", "/answers", body=body)
    assert response.status_code == 400
    assert json.loads(response.content)["detail"] == why


def test_a_nul_in_a_query_is_refused() -> None:
    response = call("GET", "/errors/{kind}", kind="missing", query="n=%00")
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"key": "a", "sceret": True}, "sceret"),
        ({"key": "a", "places": [{"name": "n", "nmae": "m"}]}, "places.0.nmae"),
    ],
)
def test_a_body_with_a_name_that_is_not_known_is_refused(body: Any, field: str) -> None:
    refused = call("POST", "/answers", body=body)
    assert refused.status_code == 422
    assert json.loads(refused.content)["fields"] == {field: "Unknown name."}
    assert made() == 0


def test_names_are_refused_where_no_body_is_taken() -> None:
    KeptAnswer.objects.create(credential="made", key="a", request_digest="", status=1)
    for body, status in (({"reason": "x"}, 422), (["x"], 204), ({}, 204), ("", 204), ("{", 204)):
        answer = call("POST", "/answers/{key}/closure", key="a", body=body)
        assert answer.status_code == status
        assert made() == (status == 422)
    refused = call("POST", "/answers/{key}/closure", key="a", by=READER, body={"reason": "x"})
    assert refused.status_code == 403


def test_without_credential_nothing_opens() -> None:
    response = call("GET", "/answers/{key}", key="a", by=ANONYMOUS, credential="")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"


def test_the_right_is_asked_before_the_body_is_read() -> None:
    refused = call("POST", "/answers", by=READER, body="{")
    assert refused.status_code == 403
    assert json.loads(refused.content)["detail"].startswith("You, or this token, don't have")


def test_a_session_needs_the_csrf_token_to_change_something() -> None:
    response = call("POST", "/answers", credential="session", body={"key": "a"})
    assert response.status_code == 403
    assert KeptAnswer.objects.count() == 0


def test_a_get_is_tagged_and_spared_when_known() -> None:
    KeptAnswer.objects.create(credential="c", key="a", request_digest="", status=1)
    first = call("GET", "/answers/{key}", key="a")
    again = call("GET", "/answers/{key}", key="a", headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_a_change_to_what_was_seen_is_made() -> None:
    KeptAnswer.objects.create(credential="c", key="a", request_digest="", status=1)
    tag = call("GET", "/answers/{key}", key="a")["ETag"]
    changed = call(
        "PATCH",
        "/answers/{key}",
        key="a",
        body={"key": "a", "status": 2},
        headers={"If-Match": tag},
    )
    assert changed.status_code == 200
    assert changed["ETag"] != tag
    assert KeptAnswer.objects.get().status == 2


def test_a_change_to_what_has_changed_since_is_refused() -> None:
    row = KeptAnswer.objects.create(credential="c", key="a", request_digest="", status=1)
    tag = call("GET", "/answers/{key}", key="a")["ETag"]
    KeptAnswer.objects.filter(pk=row.pk).update(status=7)
    refused = call(
        "PATCH",
        "/answers/{key}",
        key="a",
        body={"key": "a", "status": 2},
        headers={"If-Match": tag},
    )
    assert refused.status_code == 412
    assert json.loads(refused.content)["code"] == "changed_since"
    assert KeptAnswer.objects.get().status == 7


def post(key: str = "a", *, secret: bool = False, **options: Any) -> HttpResponse:
    headers = {"Idempotency-Key": options.pop("repeat", "r1")}
    return call("POST", "/answers", body={"key": key, "secret": secret}, headers=headers, **options)


def made() -> int:
    return KeptAnswer.objects.filter(credential="made").count()


def test_a_repeated_post_is_answered_again_and_done_once() -> None:
    first, again = post(), post()
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again["Idempotency-Replayed"] == "true"
    assert made() == 1


def test_a_key_is_of_one_credential() -> None:
    post("a", credential="token:1")
    post("b", credential="token:2")
    assert made() == 2


def test_a_key_is_of_one_person_in_the_browser() -> None:
    post("a", credential="session", by=EDITOR, form=True)
    other = replace(EDITOR, key="user:3")
    assert post("b", credential="session", by=other, form=True).status_code == 201
    assert made() == 2


def test_a_key_used_for_another_request_is_refused() -> None:
    post("a")
    assert post("b").status_code == 409
    assert made() == 1


def test_a_refused_post_may_be_tried_again() -> None:
    assert post("refused").status_code == 409
    assert KeptAnswer.objects.count() == 0


def test_an_answer_with_a_secret_is_not_kept() -> None:
    assert post(secret=True).status_code == 201
    assert post(secret=True).status_code == 409
    assert KeptAnswer.objects.get(credential="token:1").body == ""


def test_kept_answers_are_forgotten_after_a_week() -> None:
    post()
    with travel(timedelta(days=8)):
        delete_expired()
    assert KeptAnswer.objects.count() == 0


def test_the_document_names_right_headers_and_problems() -> None:
    schema = API.get_openapi_schema(path_prefix="")
    operation = schema["paths"]["/answers"]["post"]
    assert operation["operationId"] == "create_answer"
    assert operation["x-right"] == "kit.edit"
    assert "Idempotency-Key" in {p["name"] for p in operation["parameters"]}
    assert CONTENT_TYPE in operation["responses"]["default"]["content"]
    assert schema["paths"]["/errors/{kind}"]["get"]["x-right"] is None


def test_the_document_and_its_reader_are_served_to_logins_alone(personas: Personas) -> None:
    stranger = Client()
    refused = stranger.get("/api/v1/openapi.json")
    assert (refused.status_code, refused.headers["Content-Type"]) == (401, CONTENT_TYPE)
    assert stranger.get("/api/v1/docs").status_code == 302
    token = {"Authorization": f"Bearer {personas.token('customer_contact')}"}
    assert stranger.get("/api/v1/openapi.json", headers=token).status_code == 200
    client = personas.client("customer_contact")
    assert client.get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert b"<script>" not in page.content
    assert b"style=" not in page.content


def test_the_document_is_made_once() -> None:
    assert API.get_openapi_schema(path_prefix="") is API.get_openapi_schema(path_prefix="")
    assert API.get_openapi_schema(path_prefix="/other") != API.get_openapi_schema(path_prefix="")

"""A failure of ours, told to programs and to people."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client, RequestFactory
from django.utils.log import log_response
from psycopg_pool import PoolTimeout
from tests.personas import Personas

from opale.kernel import query_limits
from opale.kernel.query_limits import QueryLimits
from opale.web import error_pages

SAID = {
    "/api/v1/people": ("application/problem+json", '"code": "{code}"'),
    "/tmf-api/productOrderingManagement/v4/productOrder": (
        "application/json",
        '"@type": "Error", "code": "{code}"',
    ),
    "/": ("text/html", "<h1"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("path", SAID)
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("raised", "status", "code", "words"),
    [
        (ZeroDivisionError, 500, "internal_error", {"en": "logged", "fr": "enregistr"}),
        (OperationalError, 503, "unavailable", {"en": "may not be", "fr": "temps"}),
        (InterfaceError, 503, "unavailable", {"en": "may not be", "fr": "temps"}),
        (PoolTimeout, 503, "unavailable", {"en": "may not be", "fr": "temps"}),
    ],
)
def test_a_failure_is_told_in_the_form_and_language_of_who_asked(
    path: str,
    language: str,
    raised: type[Exception],
    status: int,
    code: str,
    words: dict[str, str],
    personas: Personas,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_args: object, **_kwargs: object) -> None:
        raise raised

    client: Client = personas.client("administrator")
    client.raise_request_exception = False
    client.cookies["django_language"] = language
    monkeypatch.setattr("opale.ui.middleware.Refusals.__call__", fails)
    answer = client.get(path)
    form, said = SAID[path]
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith(form)
    assert said.format(code=code) in answer.content.decode()
    assert words[language] in answer.content.decode()
    assert ("Retry-After" in answer.headers) == (status == 503)


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "word"), [("en", "busy"), ("fr", "sollicité")])
def test_who_is_not_known_yet_is_told_in_the_language_of_the_browser(
    language: str, word: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object) -> None:
        raise OperationalError

    client.raise_request_exception = False
    monkeypatch.setattr("opale.organisation.web.middleware.ActorMiddleware.identify", fails)
    answer = client.get("/", headers={"accept-language": language})
    assert answer.status_code == 503
    assert word in answer.content.decode()


BROKEN = {
    "multipart/form-data": b"--x",
    "multipart/form-data; boundary=\xe9": b"--x",
    "multipart/form-data; boundary=x": b"--x\r\n" + b"".join(
        b'Content-Disposition: form-data; name="f%d"\r\n\r\n\r\n--x\r\n' % n for n in range(1100)
    ),
}  # fmt: skip
"""Without a boundary, with one that is none, with more fields than are read."""


@pytest.mark.django_db
@pytest.mark.parametrize("content_type", BROKEN)
@pytest.mark.parametrize(("language", "words"), [("en", "could not be read"), ("fr", "illisible")])
def test_a_body_that_cannot_be_read_is_told_to_a_program_as_a_problem(
    content_type: str, language: str, words: str, personas: Personas
) -> None:
    token = f"Bearer {personas.token('desk_agent')}"
    client = Client(headers={"Authorization": token, "Accept-Language": language})
    client.cookies["django_language"] = language
    path = "/api/v1/tickets/1/attachments"
    answer = client.generic("POST", path, BROKEN[content_type], content_type)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "bad_request"
    assert words in answer.json()["detail"]


@pytest.mark.django_db
def test_a_form_that_cannot_be_read_is_answered_with_a_page(personas: Personas) -> None:
    client = personas.client("desk_agent")
    answer = client.generic("POST", "/tokens/new/", b"--x", "multipart/form-data")
    assert answer.status_code == 400
    assert "<h1" in answer.content.decode()


def test_nothing_is_told_or_logged_to_a_client_that_left(
    rf: RequestFactory, caplog: pytest.LogCaptureFixture
) -> None:
    request, limits = rf.get("/ui/rail/"), QueryLimits(30)
    limits.left = True
    with query_limits.limited(limits):
        try:
            raise OperationalError("canceling statement due to user request")
        except OperationalError as error:
            answer = error_pages.server_error(request)
            log_response("%s", "left", response=answer, request=request, exception=error)
    assert (answer.status_code, answer.content, caplog.records) == (499, b"", [])

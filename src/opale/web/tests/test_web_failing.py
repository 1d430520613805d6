"""A failure of ours, told to programs and to people."""

import pytest
from django.test import Client
from tests.personas import Personas

SAID = {
    "/api/v1/people": ("application/problem+json", b'"code": "internal_error"'),
    "/tmf-api/productOrderingManagement/v4/productOrder": (
        "application/json",
        b'"@type": "Error", "code": "internal_error"',
    ),
    "/": ("text/html; charset=utf-8", b"<h1"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("path", SAID)
@pytest.mark.parametrize(("language", "word"), [("en", "recorded"), ("fr", "enregistr")])
def test_a_failure_is_told_in_the_form_and_language_of_who_asked(
    path: str, language: str, word: str, personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError

    client: Client = personas.client("administrator")
    client.raise_request_exception = False
    client.cookies["django_language"] = language
    monkeypatch.setattr("opale.ui.middleware.Refusals.__call__", fails)
    answer = client.get(path)
    form, said = SAID[path]
    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith(form.partition(";")[0])
    assert said in answer.content
    assert word in answer.content.decode()

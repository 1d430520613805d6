"""What caches may keep: no page, no export, and no answer of the API without asking again."""

import pytest
from django.test import Client
from tests.personas import Personas

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    ["/people/", "/", "/lists/people/export.csv", "/exchange/people.csv", "/account/sessions/",
     "/audit-log/", "/no/such/page/"],
)  # fmt: skip
def test_pages_and_exports_are_kept_by_no_cache(path: str, personas: Personas) -> None:
    answer = personas.client("administrator").get(path)
    assert answer.status_code in (200, 404)
    assert "no-store" in answer.headers["Cache-Control"]


def test_answers_of_the_api_are_asked_for_again(personas: Personas) -> None:
    client = personas.client("administrator")
    answer = client.get("/api/v1/people")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    tag = {"If-None-Match": answer.headers["ETag"]}
    again = client.get("/api/v1/people", headers=tag)
    assert (again.status_code, again.headers["Cache-Control"]) == (304, "private, no-cache")
    refused = Client().get("/api/v1/people")
    assert (refused.status_code, refused.headers["Cache-Control"]) == (401, "private, no-store")

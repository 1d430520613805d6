"""Rows become answers in one go, and say what they would say field by field."""

from types import SimpleNamespace

import pytest
from ninja import Schema
from pydantic import ValidationError

from opale.endpoints.models import KeptAnswer
from opale.endpoints.shapes import RowOut


class AsEver(Schema):
    key: str
    status: int
    body: str | None

    @staticmethod
    def resolve_body(row: KeptAnswer, context: dict[str, str]) -> str | None:
        return f"{context['asker']}: {row.key}" if context["asker"] else None


class AtOnce(RowOut):
    key: str
    status: int
    body: str | None

    resolve_body = staticmethod(AsEver.resolve_body)


class Page(Schema):
    items: list[AtOnce]


@pytest.fixture
def row() -> KeptAnswer:
    return KeptAnswer(credential="c", key="k 1", request_digest="", status=201)


@pytest.mark.parametrize("asker", ["desk", ""])
def test_a_row_is_given_as_the_library_gives_it(row: KeptAnswer, asker: str) -> None:
    context = {"asker": asker}
    given = AtOnce.model_validate(row, context=context).model_dump()
    assert given == AsEver.model_validate(row, context=context).model_dump()
    assert given["body"] == ("desk: k 1" if asker else None)


def test_rows_of_a_list_are_given_so_too(row: KeptAnswer) -> None:
    page = Page.model_validate({"items": [row]}, context={"asker": "desk"})
    assert page.items[0].body == "desk: k 1"


def test_a_value_that_does_not_fit_is_refused(row: KeptAnswer) -> None:
    row.status = "many"
    with pytest.raises(ValidationError, match="status"):
        AtOnce.model_validate(row, context={"asker": ""})


def test_what_is_no_row_is_read_as_the_library_reads_it(row: KeptAnswer) -> None:
    told = SimpleNamespace(key="k 2", status=200)
    assert AtOnce.model_validate(told, context={"asker": "desk"}).body == "desk: k 2"

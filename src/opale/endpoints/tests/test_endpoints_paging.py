"""Keyset paging over real rows."""

import pytest

from opale.endpoints.models import KeptAnswer
from opale.endpoints.paging import Window, page
from opale.kernel.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def answers() -> list[KeptAnswer]:
    return KeptAnswer.objects.bulk_create(
        KeptAnswer(credential="c", key=f"k{n:02}", request_digest="", status=200 + n % 3)
        for n in range(25)
    )


def walk(*order: str, limit: int) -> list[int]:
    seen: list[int] = []
    after = ""
    while True:
        part = page(KeptAnswer.objects.all(), Window(limit=limit, after=after), *order)
        seen += [row.pk for row in part.items]
        if part.next is None:
            return seen
        after = part.next


@pytest.mark.parametrize("order", [("id",), ("-id",), ("status", "-id"), ("-status", "key")])
@pytest.mark.parametrize("limit", [1, 7, 25])
def test_pages_together_are_the_whole_list_in_its_order(
    answers: list[KeptAnswer], order: tuple[str, ...], limit: int
) -> None:
    wanted = list(KeptAnswer.objects.order_by(*order).values_list("pk", flat=True))
    assert walk(*order, limit=limit) == wanted


def test_times_are_kept_to_the_microsecond_in_a_cursor(answers: list[KeptAnswer]) -> None:
    wanted = list(KeptAnswer.objects.order_by("-kept_at", "id").values_list("pk", flat=True))
    assert walk("-kept_at", "id", limit=4) == wanted


def test_a_row_that_comes_in_before_does_not_shift_the_next_page(
    answers: list[KeptAnswer],
) -> None:
    first = page(KeptAnswer.objects.all(), Window(limit=5), "key", "id")
    KeptAnswer.objects.create(credential="c", key="k00a", request_digest="", status=200)
    second = page(KeptAnswer.objects.all(), Window(limit=5, after=first.next or ""), "key", "id")
    assert [row.key for row in second.items] == ["k05", "k06", "k07", "k08", "k09"]


@pytest.mark.parametrize("cursor", ["x", "%%%", "W10", "eyJhIjoxfQ", "WyJhIl0", "WyIxIiwiMiJd"])
def test_what_is_no_cursor_of_this_list_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        page(KeptAnswer.objects.all(), Window(after=cursor), "id")
    assert "after" in refused.value.fields

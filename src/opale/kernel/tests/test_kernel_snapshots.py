"""What one moment saw and another did too, as PostgreSQL says it and as it is understood here."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from opale.kernel import live_topics
from opale.kernel.rows import rows_of
from opale.kernel.snapshots import NOW, Snapshot

Numbers = frozenset[int]


def written(ended: Numbers, begun: int) -> Snapshot:
    """All below `begun` have begun, and of them those of `ended` have ended."""
    running = sorted(set(range(begun)) - ended)
    oldest = running[0] if running else begun
    found = Snapshot.read(f"{oldest}:{begun}:{','.join(map(str, running))}")
    assert found is not None
    return found


@st.composite
def moments(draw: st.DrawFn) -> tuple[Numbers, int]:
    begun = draw(st.integers(0, 12))
    return draw(st.frozensets(st.integers(0, begun - 1))) if begun else frozenset(), begun


@given(moments(), moments())
def test_it_covers_what_saw_no_more(one: tuple[Numbers, int], other: tuple[Numbers, int]) -> None:
    covered = written(*one).covers(written(*other))
    assert covered == (other[0] <= one[0] and other[1] <= one[1])


@pytest.mark.parametrize(
    "text",
    ["", "now", "1", "1:2", "1:2:3:4", "a:2:", "1:-2:", "1:2:3,", "1:2:x", "1:2:3" * 2000, "１:2:"],
)
def test_what_is_none_is_none(text: str) -> None:
    assert Snapshot.read(text) is None


def now() -> Snapshot:
    return Snapshot.of(rows_of(NOW)[0][0])


@pytest.mark.django_db(transaction=True)
def test_a_commit_makes_another_one_and_tells_who_asks_since() -> None:
    writer = connection.copy()
    writer.set_autocommit(False)
    writer.cursor().execute("INSERT INTO kernel_change (topic) VALUES ('snapshots.tried')")
    before = now()
    said = [before.oldest, "snapshots.tried", before.text]
    assert rows_of(live_topics.CHANGED_AFTER, *said) == [(0,)]
    writer.commit()
    writer.close()
    after = now()
    assert after.covers(before)
    assert not before.covers(after)
    assert before.covers(before)
    assert rows_of(live_topics.CHANGED_AFTER, *said) == [(1,)]
    assert rows_of(live_topics.CHANGED_AFTER, after.oldest, "snapshots.tried", after.text) == [(0,)]
    assert rows_of(live_topics.CHANGED_AFTER, before.oldest, "another.topic", before.text) == [(0,)]
    assert Snapshot.read(rows_of(NOW)[0][0]) is not None

"""A part that is drawn once for many, and what each of them gets of it."""

from opale.ui.components.badges import count
from opale.ui.redrawing import Own, joined, mark, parted


def test_each_gets_his_own_in_the_place_of_the_marks() -> None:
    drawn = f"<p>{mark('mine')}</p>{mark('17', '<i>theirs</i>', '<b>his</b>')}<hr>"
    parts = parted(drawn.encode())
    assert joined(parts, {}) == b"<p></p><i>theirs</i><hr>"
    assert joined(parts, {"mine": "3 é", "18": None}) == "<p>3 é</p><i>theirs</i><hr>".encode()
    assert joined(parts, {"17": None}) == b"<p></p><b>his</b><hr>"


def test_whatever_somebody_writes_is_no_mark() -> None:
    written = "\1 \2 \x7f \ufeff 17"
    drawn = f"{written}{mark('17', written, f'<b>{written}</b>')}{written}"
    told = joined(parted(drawn.encode()), {"17": None}).decode()
    assert told == f"{written}<b>{written}</b>{written}"


def test_what_has_no_marks_is_everybodys() -> None:
    assert joined(parted(b"<p>all</p>"), {"mine": "3"}) == b"<p>all</p>"


def test_a_count_of_ones_own_is_a_mark() -> None:
    drawn = str(count(Own("desk_queue"), loud=True))
    assert joined(parted(drawn.encode()), {"desk_queue": str(count(4))}) == str(count(4)).encode()
    assert count(None) == count(0) == ""

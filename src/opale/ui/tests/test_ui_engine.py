"""What a page was drawn with is gone when it is drawn."""

import gc
import weakref

from django.template import engines
from django.test import RequestFactory


class Row:
    name = "a row"


def test_what_a_page_shows_is_let_go_when_it_is_drawn() -> None:
    template = engines["django"].from_string("{% for row in rows %}{{ row.name }}{% endfor %}")
    row, request = Row(), RequestFactory().get("/")
    left = weakref.ref(row)
    collects = gc.isenabled()
    gc.disable()
    try:
        assert template.render({"rows": [row]}, request) == "a row"
        del row
        assert left() is None
    finally:
        if collects:
            gc.enable()

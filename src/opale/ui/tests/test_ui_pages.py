"""The frame, the policy, refusals, the palette."""

import re
from pathlib import Path

import pytest
from django.db.models import Case, When
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils.functional import lazy

import opale
from opale.kernel.actor import ANONYMOUS
from opale.kernel.models import Change
from opale.ui import navigation, palette, slots
from opale.ui.keyset import Order, page
from opale.ui.tests.house import READER, SETTINGS

PACKAGE = Path(opale.__file__).parent

pytest_plugins = ["opale.ui.tests.browsing"]
pytestmark = pytest.mark.xdist_group("ui-pages")

PAGES = [
    "/ui/gallery/",
    "/account/login/?nobody",
    "/ui/offline/",
    "/refuse/illegal/",
    "/ui/palette/?q=h",
]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_inline(visitor: Client, path: str) -> None:
    html = visitor.get(path).content.decode()
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", html)
    assert not re.search(r"<style", html)
    for script in re.findall(r"<script([^>]*)>", html):
        assert "src=" in script or "application/json" in script


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(visitor: Client) -> None:
    policy = visitor.get("/ui/gallery/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


REFUSED = {
    "not-found": 404,
    "not-allowed": 403,
    "illegal": 409,
    "conflict": 409,
    "invalid": 422,
    "unavailable": 503,
}


@pytest.mark.parametrize(("kind", "status"), REFUSED.items())
def test_a_refusal_is_a_page_that_says_what_to_do(visitor: Client, kind: str, status: int) -> None:
    answer = visitor.get(f"/refuse/{kind}/")
    assert answer.status_code == status
    assert ">Home<" in answer.content.decode()


@pytest.mark.parametrize(("kind", "status"), REFUSED.items())
def test_a_refusal_is_a_toast_for_htmx(visitor: Client, kind: str, status: int) -> None:
    answer = visitor.post(f"/refuse/{kind}/", headers={"HX-Request": "true"})
    assert answer.status_code == status
    assert "opale:toast" in answer.headers["HX-Trigger"]
    assert answer.headers["HX-Reswap"] == "none"
    assert ("opale:refresh" in answer.headers["HX-Trigger"]) == (status == 409)
    assert answer.content == b""


def test_a_busy_part_says_when_to_come_back(visitor: Client) -> None:
    assert visitor.get("/refuse/unavailable/").headers["Retry-After"] == "7"


def test_what_a_button_was_refused_is_loaded_again_on_the_page_of_the_button(
    visitor: Client,
) -> None:
    def led(page: str) -> str:
        return visitor.post("/refuse/conflict/", headers={"Referer": page}).content.decode()

    assert 'href="http://testserver/desk/?view=mine"' in led("http://testserver/desk/?view=mine")
    assert "elsewhere.example" not in led("https://elsewhere.example/")
    assert 'href="/refuse/conflict/"' not in led("")
    assert 'href="/refuse/conflict/?a=1"' in visitor.get("/refuse/conflict/?a=1").content.decode()


def test_a_refusal_speaks_french(visitor: Client) -> None:
    visitor.cookies["django_language"] = "fr"
    assert ">Accueil<" in visitor.get("/refuse/not-found/").content.decode()


def test_the_language_is_remembered_and_nobody_is_led_elsewhere(visitor: Client) -> None:
    answer = visitor.post("/ui/language/", {"language": "fr", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"
    assert answer.cookies["django_language"].value == "fr"


def test_an_unknown_theme_is_the_systems(visitor: Client) -> None:
    visitor.cookies["opale_theme"] = 'dark"><script>'
    assert "data-bs-theme" not in visitor.get("/ui/gallery/").content.decode()


def test_the_rail_shows_only_what_the_right_allows() -> None:
    names = [entry.url_name for entry in navigation.entries_for(READER)]
    assert "ui_gallery" in names
    assert "ui_gallery" not in [e.url_name for e in navigation.entries_for(ANONYMOUS)]


def test_entries_stand_in_their_order_and_the_last_of_a_name_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(navigation, "_entries", {})

    def heading() -> str:
        raise AssertionError("a heading is translated when it is drawn")

    named = lazy(heading, str)()
    for name, group, order in (("c", named, 1), ("b", "", 9), ("d", named, 2), ("a", "", 8)):
        navigation.register(navigation.Entry(name, "", name, group=group, order=order))
    navigation.register(navigation.Entry("again", "", "d", group=named, order=0))
    shown = navigation.entries_for(READER)
    assert [entry.label for entry in shown] == ["again", "c", "a", "b"]
    assert navigation.entries() == shown


def test_a_page_belongs_to_the_nearest_place_and_of_two_to_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    urls = {"all": "/tickets/", "desk": "/desk/", "home": "/"}
    monkeypatch.setattr(navigation, "_entries", {})
    monkeypatch.setattr(navigation, "_url", urls.__getitem__)
    desk = navigation.Entry("Desk", "", "desk", order=1, places=("/desk/", "/tickets/"))
    navigation.register(desk, navigation.Entry("All", "", "all", order=2))
    navigation.register(navigation.Entry("Home", "", "home", order=0))

    def here(path: str) -> list[str]:
        rail = navigation.rail_for(READER, path, [None] * 3)
        return [place.entry.url_name for place in (*rail.places, *rail.more) if place.here]

    assert here("/") == ["home"]
    assert here("/desk/lead/") == here("/tickets/10401/") == ["desk"]
    assert here("/tickets/") == ["all"]
    assert here("/people/") == []


def test_the_palette_ignores_accents_and_asks_every_source(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    seen: list[str] = []

    def numbers(text: str, actor: object, limit: int) -> list[palette.Result]:
        seen.append(text)
        return [palette.Result("T-48213", "/t/48213", group="Tickets")]

    def words(text: str, actor: object, limit: int) -> list[palette.Result]:
        return [palette.Result(f"About {text}", "/about", group="Tickets")]

    def everywhere(text: str, actor: object, limit: int) -> list[palette.Result]:
        return [palette.Result(f"More of {text}", "/more", group="Everywhere")]

    for kind in ("_sources", "_slow", "_at_the_end"):
        monkeypatch.setattr(palette, kind, [])
    palette.register(everywhere, at_the_end=True)
    palette.register(words, slowly=True)
    palette.register(numbers)
    found = palette.find(" HÔUSE ", READER)
    assert [result.label for result in found] == ["House places", "T-48213"]
    assert seen == ["HÔUSE"]
    assert [result.label for result in palette.find_slow(" HÔUSE ", READER)] == ["About HÔUSE"]
    assert [result.label for result in palette.fallback_results(" HÔUSE ", READER)] == [
        "More of HÔUSE"
    ]
    assert [group for group, _ in palette.grouped(found)] == ["Pages", "Tickets"]


def test_a_slot_shows_what_was_put_into_it_to_those_who_may(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    for name, value in SETTINGS.items():
        setattr(settings, name, value)
    monkeypatch.setattr(slots, "_fillings", {})
    slots.fill("board.side", "ui_gallery_region", right="house.read")
    assert slots.urls("board.side", READER, at=3) == ["/ui/gallery/region/?at=3"]
    assert slots.urls("board.side", ANONYMOUS) == []


@pytest.mark.django_db
def test_keyset_pages_go_forth_and_back_without_a_gap() -> None:
    Change.objects.bulk_create(Change(topic=f"t:{n // 2:02}") for n in range(25))
    order = Order(("-topic", "id"))
    everything = [row.pk for row in Change.objects.order_by("-topic", "id")]
    seen: list[int] = []
    query = QueryDict("")
    while True:
        here = page(Change.objects.all(), order, query, size=10)
        seen += [row.pk for row in here.rows]
        if not here.after:
            break
        query = QueryDict(f"after={here.after}")
    assert seen == everything
    back = page(Change.objects.all(), order, QueryDict(f"before={here.before}"), size=10)
    assert [row.pk for row in back.rows] == everything[10:20]
    first = page(Change.objects.all(), order, QueryDict(f"before={back.before}"), size=10)
    assert [row.pk for row in first.rows] == everything[:10]
    assert (first.before, bool(first.after)) == ("", True)


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["even", "-even"])
def test_the_halves_of_an_order_are_pages_of_one_list(column: str) -> None:
    Change.objects.bulk_create(Change(topic=f"t:{n % 5}") for n in range(25))
    even = Case(When(topic__in=["t:0", "t:2", "t:4"], then=True), default=False)
    rows, order = Change.objects.annotate(even=even), (column, "topic", "-id")
    everything = [row.pk for row in rows.order_by(*order)]
    seen: list[int] = []
    places, query = [], QueryDict("")
    while True:
        here = page(rows, Order(order, halves=True), query, size=7)
        seen += [row.pk for row in here.rows]
        places.append(here.before)
        if not here.after:
            break
        query = QueryDict(f"after={here.after}")
    assert seen == everything
    for before, start in ((places[3], 14), (places[2], 7)):
        back = page(rows, Order(order, halves=True), QueryDict(f"before={before}"), size=7)
        assert [row.pk for row in back.rows] == everything[start : start + 7]


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["x", "e30", "WzFd"])
def test_a_bad_cursor_is_the_start_of_the_list(cursor: str) -> None:
    Change.objects.bulk_create([Change(topic="a")])
    found = page(Change.objects.all(), Order(("topic", "id")), QueryDict(f"after={cursor}"))
    assert len(found.rows) <= 1


def test_a_page_that_does_not_exist_says_what_to_do(visitor: Client) -> None:
    answer = visitor.get("/nowhere/")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


def test_a_fault_of_our_own_says_what_is_safe_and_reads_nothing_more(visitor: Client) -> None:
    visitor.raise_request_exception = False
    answer = visitor.get("/broken/")
    assert answer.status_code == 500
    assert "not saved, not even in part" in answer.content.decode()
    assert 'id="o-rail"' not in answer.content.decode()


def test_a_fault_of_our_own_is_a_toast_for_htmx(visitor: Client) -> None:
    visitor.raise_request_exception = False
    answer = visitor.get("/broken/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (500, b"")
    assert "opale:toast" in answer.headers["HX-Trigger"]


def test_a_redirect_leads_the_whole_page_and_is_not_drawn_into_a_region(visitor: Client) -> None:
    answer = visitor.post("/moved/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/board/")
    assert visitor.get("/moved/").headers["Location"] == "/board/"


def test_a_region_asked_for_after_the_session_ended_leads_to_the_login(visitor: Client) -> None:
    shown = {"HX-Request": "true", "HX-Current-URL": "http://testserver/board/?kind=a"}
    answer = visitor.get("/locked/", headers=shown)
    assert answer.headers["HX-Redirect"] == "/account/login/?next=%2Fboard%2F%3Fkind%3Da"


def test_the_palette_cleans_and_cuts_what_it_looks_for(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def source(text: str, actor: object, limit: int) -> list[palette.Result]:
        asked.append(text)
        return []

    for kind in ("_sources", "_slow", "_at_the_end"):
        monkeypatch.setattr(palette, kind, [])
    palette.register(source)
    palette.register(source, slowly=True)
    for path in ("/ui/palette/", "/ui/palette/further/"):
        typed = {"q": " \x00li\x00en " + "x" * 500}
        assert visitor.get(path, typed).status_code == 200
    assert len(asked) >= 2
    assert all(one.startswith("lien") and len(one) <= 200 for one in asked)


def test_the_palette_says_when_nothing_matches(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("_sources", "_slow", "_at_the_end"):
        monkeypatch.setattr(palette, kind, [])
    palette.register(lambda text, *_: [palette.Result(text, "/more")], at_the_end=True)
    none = "No results for “zzqx”."
    first = visitor.get("/ui/palette/?q=zzqx", HTTP_HX_REQUEST="true").content.decode()
    assert none not in first, "more is still looked for"
    assert "q=zzqx&amp;nothing=1" in first
    further = "/ui/palette/further/?q=zzqx"
    assert none in visitor.get(f"{further}&nothing=1").content.decode()
    assert none not in visitor.get(further).content.decode()
    assert none in visitor.get("/ui/palette/?q=zzqx").content.decode()


def test_the_search_field_keeps_parameters_of_any_name() -> None:
    request = RequestFactory().get("/", {"items": "a", "state": "open"})
    drawn = render_to_string("ui/_search.html", {"request": request})
    assert 'name="items" value="a"' in drawn
    assert 'name="state" value="open"' in drawn


def test_an_address_is_handed_on_whole_whatever_its_parameters_are_called() -> None:
    request = RequestFactory().get("/", {"urlencode": "x", "items": "a", "q": "fibre & co"})
    context = {"asked": "fibre", "further": True}
    drawn = render_to_string("ui/_results.html", context, request)
    assert "?urlencode=x&amp;items=a&amp;q=fibre+%26+co" in drawn


METHODS = re.compile(r"[\w.]+\.(?:items|keys|values|lists|urlencode|dict|copy|get|pop)\b")
FIELDS = {"impact.items", "naming.items"}
"""Attributes of a dataclass: no key can stand before them."""


def test_no_template_calls_a_method_of_what_others_name_the_keys_of() -> None:
    """A key is found before a method: use the filter `pairs` and the tag `querystring`."""
    found = {
        f"{file.relative_to(PACKAGE)}: {called}"
        for file in PACKAGE.rglob("templates/**/*.html")
        for code in re.findall(r"{[{%].*?[%}]}", file.read_text(encoding="utf-8"))
        for called in METHODS.findall(re.sub(r"'[^']*'|\"[^\"]*\"", "", code))
        if called not in FIELDS
    }
    assert not found

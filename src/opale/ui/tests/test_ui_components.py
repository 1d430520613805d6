"""What the tags draw."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from opale.kernel import clock
from opale.kernel.history import Difference, Revision
from opale.kernel.models import Heartbeat
from opale.ui import graph
from opale.ui.components.badges import SEVERITIES, breakable, initials
from opale.ui.components.charts import Chart, Series
from opale.ui.components.lists import region_id
from opale.ui.components.times import short_day, short_span, whole_hours


def drawn(source: str, **context: object) -> str:
    request = RequestFactory().get("/here/?kind=a&after=x")
    return Template(source).render(Context({"request": request, **context}))


@pytest.mark.parametrize("value", SEVERITIES)
def test_a_severity_has_colour_shape_and_word(value: str) -> None:
    html = drawn("{% severity value %}", value=value)
    assert f'data-severity="{value}"' in html
    assert f"marks.svg#{value}" in html
    assert f">{SEVERITIES[value]}</span>" in html


def test_a_compact_severity_keeps_its_word_for_screen_readers() -> None:
    html = drawn('{% severity "major" compact=True %}')
    assert '<span class="visually-hidden">Major</span>' in html


def test_an_unknown_severity_is_drawn_as_information() -> None:
    assert 'data-severity="info"' in drawn('{% severity "odd" %}')


def test_an_internal_note_says_so_and_a_public_message_does_not() -> None:
    now = clock.now()
    note = drawn('{% message "Ana" at internal=True %}x{% endmessage %}', at=now)
    public = drawn('{% message "Ana" at %}x{% endmessage %}', at=now)
    assert "data-internal" in note
    assert "Internal note" in note
    assert "data-internal" not in public
    assert "To the customer" in public


def test_what_people_write_is_escaped_everywhere() -> None:
    bad = "<script>alert(1)</script>"
    html = drawn(
        "{% person bad %}{% state bad %}{% tag bad %}{% fact bad %}{{ bad }}{% endfact %}"
        "{% section bad %}{{ bad }}{% endsection %}{% act bad bad bad=bad %}{% plan bad True %}"
        "{% message bad at note=bad %}{{ bad }}{% endmessage %}"
        "{% empty bad %}{{ bad }}{% endempty %}",
        bad=bad,
        at=clock.now(),
    )
    assert "<script" not in html


def test_nobody_is_a_person_too() -> None:
    assert "Unassigned" in drawn('{% person "" %}')


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Camille Lefèvre", "CL"), ("Jean-Marc Morel", "JM"), ("Madonna", "M"), ("", "")],
)
def test_initials_are_the_first_and_the_last(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=59), "< 1 min"),
        (timedelta(minutes=42), "42 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, minutes=5), "2 h 05"),
        (timedelta(days=3, hours=7), "3 d"),
    ],
)
def test_a_span_shows_the_two_units_that_matter(length: timedelta, text: str) -> None:
    assert short_span(length) == text


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(minutes=-3), "0 min"),
        (timedelta(minutes=42), "42 min"),
        (timedelta(hours=40), "40 h"),
        (timedelta(days=5, minutes=5), "120 h 05"),
    ],
)
def test_what_is_promised_or_worked_is_never_said_in_days(length: timedelta, text: str) -> None:
    assert whole_hours(length) == text


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(minutes=7, seconds=30), "7 min 30 s"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=40, seconds=1), "40 h 1 s"),
        (None, "–"),
    ],
)
def test_a_promise_is_said_to_its_last_second(length: timedelta | None, text: str) -> None:
    assert drawn("{{ length|promised }}", length=length) == text


def test_an_instant_carries_both_times() -> None:
    at = clock.now() - timedelta(minutes=8, seconds=5)
    with timezone.override("Europe/Paris"):
        html = drawn("{% moment at %}", at=at)
    assert f'datetime="{at.isoformat()}"' in html
    assert ">8 min ago<" in html
    assert "CE" in html.split('title="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("away", "style", "said"),
    [
        (-3, "bare", "3 min"),
        (3.1, "bare", "in 3 min"),
        (0.5, "bare", "now"),
        (-0.5, "relative", "now"),
    ],
)
def test_what_is_to_come_says_so_and_under_a_minute_is_now(
    away: float, style: str, said: str
) -> None:
    html = drawn("{% moment at style %}", at=clock.now() + timedelta(minutes=away), style=style)
    assert f">{said}<" in html


@pytest.mark.parametrize(("days", "beyond"), [(6.9, False), (7.1, True)])
def test_a_clock_beyond_a_week_says_the_date(days: float, beyond: bool) -> None:
    due = clock.now() + timedelta(days=days)
    html = drawn('{% clock_bar "x" due %}', due=due)
    assert (f"<span>{short_day(due)}</span>" in html) == beyond


def test_an_instant_speaks_french() -> None:
    with translation.override("fr"):
        assert ">il y a 3 h<" in drawn("{% moment at %}", at=clock.now() - timedelta(hours=3))


def test_a_clock_says_how_long_is_left_and_how_much_is_used() -> None:
    now = clock.now()
    times = {"due": now + timedelta(minutes=30), "started": now - timedelta(minutes=30)}
    html = drawn('{% clock_bar "restore" due started %}', **times)
    assert 'data-state="running"' in html
    assert 'value="500"' in html or 'value="501"' in html


@pytest.mark.parametrize(
    ("due_in", "state", "shown"),
    [
        (timedelta(minutes=10), "running", "soon"),
        (-timedelta(minutes=10), "running", "late"),
        (timedelta(hours=3), "paused", "paused"),
        (-timedelta(hours=3), "met", "met"),
    ],
)
def test_a_clock_shows_its_state(due_in: timedelta, state: str, shown: str) -> None:
    html = drawn('{% clock_bar "x" due state=state %}', due=clock.now() + due_in, state=state)
    assert f'data-state="{shown}"' in html
    assert ("data-clock" in html) == (shown in ("soon", "late"))


@pytest.mark.parametrize(
    ("late", "said"), [(-90, "1 min"), (-30, "now"), (30, "now"), (90, "1 min late")]
)
def test_a_clock_is_late_by_whole_minutes(late: int, said: str) -> None:
    due = clock.now() - timedelta(seconds=late)
    assert f"<span>{said}</span>" in drawn('{% clock_bar "x" due %}', due=due)


def test_a_clock_shows_its_names_as_text() -> None:
    html = drawn("{% clock_bar short due full_name=full %}", short="<b>", full='a "b"', due=None)
    assert "&lt;b&gt;" in html
    assert html.count("a &quot;b&quot;") == 2
    assert "<b>" not in html


def test_a_dead_button_posts_nothing_and_says_why() -> None:
    html = drawn('{% act "Close" "/x/" disabled="Restore it first." %}')
    assert "<form" not in html
    assert 'title="Restore it first."' in html


def test_a_button_posts_its_fields_with_and_without_htmx() -> None:
    html = drawn('{% act "P1" "/x/" key_name="p" priority=1 %}')
    assert 'action="/x/"' in html
    assert 'hx-post="/x/"' in html
    assert '<input type="hidden" name="priority" value="1">' in html
    assert 'data-key="p"' in html
    assert "csrfmiddlewaretoken" in html


def test_a_changed_query_begins_the_list_anew() -> None:
    assert drawn('{% query sort="due" %}') == "?kind=a&amp;sort=due"
    assert drawn("{% query kind=None %}") == "?"


def test_a_region_has_one_name() -> None:
    assert region_id("desk.queue", "list") == "desk-queue-list"
    assert drawn('{% region "board" "lines" %}') == "board-lines"


def test_a_live_region_names_its_topics_and_its_address() -> None:
    html = drawn('<p {% live "/r/" "a.b:1" "a.c" %}>')
    assert 'data-live="a.b:1 a.c"' in html
    assert 'hx-get="/r/"' in html


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the contract.")
    note = forms.CharField(label="Note", required=False)


def test_a_refused_field_is_tied_to_its_error_and_its_help() -> None:
    html = drawn("{% error_summary form %}{% fields form %}", form=Sample({}))
    assert 'aria-describedby="id_name-help id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'href="#id_name"' in html
    assert 'id="id_name-error"' in html
    assert "(optional)" in html


def test_one_types_into_the_first_field_or_the_first_that_was_refused() -> None:
    template = "{% fields form autofocus=True %}"
    focused = [
        drawn(template, form=form).partition("autofocus")[0].count("<input")
        for form in (Sample(), Sample({"name": ""}), Refused({"name": "A", "note": ""}))
    ]
    assert focused == [1, 1, 2]
    assert "autofocus" not in drawn("{% fields form %}", form=Sample())


class Refused(Sample):
    note = forms.CharField(label="Note")


def test_a_form_without_fault_has_no_summary() -> None:
    assert drawn("{% error_summary form %}", form=Sample({"name": "x"})) == ""


def test_a_neighbourhood_is_drawn_in_columns_by_distance() -> None:
    nodes = [graph.Node("a", "a", -1), graph.Node("b", "b", 0), graph.Node("c", "<c>", 1)]
    edges = [graph.Edge("a", "b"), graph.Edge("b", "c"), graph.Edge("b", "unknown")]
    svg = graph.draw(nodes, edges, here="b", label="around b")
    assert svg.count('class="edge"') == 2
    assert svg.count("data-here") == 1
    assert "&lt;c&gt;" in svg


def test_a_crowded_column_says_how_many_are_not_drawn() -> None:
    nodes = [graph.Node(str(n), f"item {n}", 1) for n in range(40)]
    svg = graph.draw(nodes, [], here="", label="many")
    assert svg.count('class="box"') == graph.MOST
    assert "29 more" in svg


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    assert graph.shorten("link-rennes-lille-primary-01") == "link-rennes-l…mary-01"


def test_a_date_beyond_a_week_is_told_as_a_date() -> None:
    with clock.travel(timedelta()):
        html = drawn("{% moment at %}", at=datetime(2020, 2, 3, 12, tzinfo=UTC))
    assert "2020" in html.split(">")[1]


def test_what_is_remembered_of_one_language_is_not_told_in_another() -> None:
    source = '{% person "Ana" me=True %}{% severity "clear" %}'
    assert "you" in drawn(source)
    with translation.override("fr"):
        french = drawn(source)
    assert "vous" in french
    assert "Rétablie" in french


def test_a_part_of_the_frame_is_drawn_once_for_all_of_one_language() -> None:
    source = '{% drawn_for_all "ui/_frame/_keymap.html" %}'
    assert "this help" in drawn(source, actor="nobody")
    assert drawn(source) == drawn(source, actor="somebody else")
    with translation.override("fr"):
        assert "this help" not in drawn(source)


@pytest.mark.django_db
def test_a_fragment_is_drawn_again_when_what_it_shows_has_changed_and_in_another_minute() -> None:
    source = '{% drawn_once "ui/_toast.html" mark text=said undo="" tone="" %}'
    begins = timedelta(seconds=61 - clock.now().second)  # of a minute, whenever the test runs
    with clock.travel(begins):
        assert "First" in drawn(source, mark="a", said="First")
        assert "First" in drawn(source, mark="a", said="Second")
        assert "Second" in drawn(source, mark="b", said="Second")
    with clock.travel(begins + timedelta(minutes=1)):
        assert "Third" in drawn(source, mark="a", said="Third")


def revision(**columns: object) -> Revision:
    told: dict[str, object] = {
        "model": Heartbeat,
        "pk": 1,
        "at": clock.now(),
        "actor": "user:7",
        "actor_name": "Camille <Lefèvre>",
        "reason": "",
        "created": False,
        "deleted": False,
        "differences": (),
        "row": Heartbeat(process="web"),
    }
    return Revision(**{**told, **columns})  # type: ignore[arg-type]  # one column at a time


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"created": True}, "Created by <b>Camille &lt;Lefèvre&gt;</b>"),
        ({"deleted": True}, "Deleted by <b>Camille &lt;Lefèvre&gt;</b>"),
        (
            {"created": True, "kind": "a process", "called": "process"},
            "<b>Camille &lt;Lefèvre&gt;</b> added a process: web",
        ),
    ],
)
def test_a_history_says_who_made_and_took_away(columns: dict[str, object], words: str) -> None:
    html = drawn("{% revisions found %}", found=[revision(**columns)])
    assert words in " ".join(html.split())


def test_a_history_says_what_a_value_was_and_is() -> None:
    change = Difference("process", "Name", "", "web <2>")
    html = drawn("{% revisions found %}", found=[revision(differences=(change,), reason="moved")])
    assert "<del>nothing</del>" in html
    assert "<ins>web &lt;2&gt;</ins>" in html
    assert "<q>moved</q>" in html


def test_a_history_writes_a_day_for_its_reader() -> None:
    change = Difference("process", "Begun", None, date(2026, 12, 24))
    with translation.override("fr"):
        html = drawn("{% revisions found %}", found=[revision(differences=(change,))])
    assert "<ins>24 déc. 2026</ins>" in html


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Windows",
        ),
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0"
            ),
            "Edge on Windows",
        ),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
                "Gecko) Version/18.5 Safari/605.1.15"
            ),
            "Safari on macOS",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1"
            ),
            "Chrome on iPhone",
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
                "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"
            ),
            "Samsung Internet on Android",
        ),
        ("python-requests/2.32 extra", "python-requests/2.32"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_told_as_people_call_it(agent: str, name: str) -> None:
    assert drawn("{{ agent|browser_name }}", agent=agent) == name


def test_dates_are_written_with_the_day_before_the_month_and_24_hours() -> None:
    at = datetime(2026, 2, 13, 17, 5, tzinfo=UTC)
    source = '{{ at|date:"DATE_FORMAT" }} / {{ at|date:"SHORT_DATETIME_FORMAT" }}'
    assert drawn(source, at=at) == "13 Feb 2026 / 13 Feb 2026, 17:05"
    with translation.override("fr"):
        assert drawn(source, at=at) == "13 févr. 2026 / 13 févr. 2026, 17:05"


def test_a_chart_is_told_in_words_in_the_language_of_the_page() -> None:
    seen = Chart("Tickets a day", ["Mon", "Tue", "Wed"], [Series("Opened", [3, 12, 4])])
    with translation.override("fr"):
        html = drawn('{% chart seen "c" %}', seen=seen)
    assert (
        'aria-label="Tickets a day Opened\xa0: maximum 12 (Tue), dernière valeur 4 (Wed)."' in html
    )
    assert Chart("Empty", ["Mon"], [Series("None", [None])]).told() == "Empty None: no data."


def test_a_name_of_a_program_is_broken_between_its_words_alone() -> None:
    assert breakable("BgpPrefixesDropped cr1-cas") == "Bgp<wbr>Prefixes<wbr>Dropped cr1-cas"
    assert breakable("<b>HTTP2Down</b>") == "&lt;b&gt;HTTP2<wbr>Down&lt;/b&gt;"
    assert breakable("") == ""

"""Markdown of people: formatted, and never dangerous, slow or an error."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.profiles import examples

from opale.ui.markdown import mention_of, mentioned_ids, render_markdown, with_names

SECONDS = 5
"""Far more than any text takes on a busy machine."""


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and *italic*", "<strong>bold</strong> and <em>italic</em>"),
        ("- one\n- two", "<li>one</li>\n<li>two</li>"),
        ("`code`", "<code>code</code>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("|a|b|\n|-|-|\n|1|2|", "<td>1</td>"),
        ("[a](https://b.example)", '<a href="https://b.example" rel="noopener noreferrer">a</a>'),
        ("<mailto:a@b.example>", 'href="mailto:a@b.example"'),
        ("see https://b.example/x.", '<a href="https://b.example/x" rel="noopener noreferrer">'),
        ("@[Olivie Baudry](person:12)", '<span class="o-mention">@Olivie Baudry</span>'),
    ],
)
def test_markdown_is_formatted(text: str, html: str) -> None:
    assert html in render_markdown(text)


HOSTILE = [
    "<script>alert(1)</script>",
    "<svg onload=alert(1)>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "<javascript:alert(1)>",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "![x](https://elsewhere.example/pixel.png)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    '![x"onerror="alert(1)](file:1)',
    "[x][1]\n\n[1]: javascript:alert(1)",
    "@[<img src=x onerror=alert(1)>](person:1)",
    "```\n</code><script>alert(1)</script>",
    '[x](https://b.example "onmouseover=alert(1)")',
    "<a href=//b.example>x</a>",
    "[x](//b.example)",
    "javascript://b.example",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_is_executed_or_fetched_elsewhere(text: str) -> None:
    html = render_markdown(text).lower()
    for opened in ("<script", "<svg", "<iframe", "<style", "<img", 'href="javascript', "<form"):
        assert opened not in html
    for tag in html.split("<")[1:]:
        inside = tag.partition(">")[0]
        assert " on" not in inside.replace('rel="noopener', "")
        assert 'href="data' not in inside
        assert 'href="//' not in inside


def test_a_picture_is_one_that_the_caller_names() -> None:
    html = render_markdown("![plan](file:3) ![other](file:4)", {"file:3": "/files/3/"})
    assert '<img src="/files/3/" alt="plan" loading="lazy">' in html
    assert html.count("<img") == 1


@pytest.mark.parametrize(
    "part",
    ["[", "![", "> ", "- ", "*a **a ", "`", "``a ", "[a](", "@[a](person:1) ", "<a ", "|a", "~~"],
)
def test_a_megabyte_of_nested_markup_takes_no_time(part: str) -> None:
    for size in (30_000, 1_000_000):
        text = (part * size)[:size]
        began = process_time()
        render_markdown(text)
        mentioned_ids(text)
        assert process_time() - began < SECONDS


@given(st.text(st.sampled_from("[]()!*_`~>-|#@<&;:/ \n\tab1.\\"), max_size=120))
@settings(max_examples=examples(60), deadline=None)
def test_unfinished_markdown_is_no_error(text: str) -> None:
    html = render_markdown(text)
    assert "<script" not in html
    mentioned_ids(text)


def test_a_mention_in_code_mentions_nobody() -> None:
    assert mentioned_ids("`@[A](person:1)` @[B](person:2)\n\n> @[C](person:3) @[B](person:2)") == [
        2,
        3,
    ]


def test_mentions_say_the_present_name() -> None:
    class Person:
        name = "Olivie [X] Baudry"

    text = with_names("@[The boss](person:1), @[Other](person:2)", {1: Person()})
    assert text == "@[Olivie X Baudry](person:1), @[Other](person:2)"


def test_a_table_of_a_million_cells_is_shown_as_typed() -> None:
    head = "|a" * 5_000 + "|\n" + "|-" * 5_000 + "|\n"
    bomb = head + "x\n" * 200
    html = render_markdown(bomb)
    assert "<table>" not in html
    assert len(html) < 3 * len(bomb)
    assert "<table>" in render_markdown("|a|b|\n|-|-|\n|1|2|\n")


def test_a_name_with_brackets_is_mentioned() -> None:
    assert mentioned_ids(mention_of(12, "Jean [ext]")) == [12]

"""Markdown as plain text and in mails, and plain text inside Markdown."""

from html.parser import HTMLParser

import pytest

from opale.ui.markdown import LONGEST_FORMATTED, render_markdown
from opale.ui.markdown_mail import STYLES, MailPicture, markdown_as_mail
from opale.ui.markdown_text import (
    escape_markdown,
    markdown_as_line,
    markdown_as_text,
    picture_as_markdown,
    pictures_in,
)

WRITTEN = """\
Bonjour **Ève**,

Voici :
- un `code_x`
- deux
  - trois

3. a
4. b

> cité
> encore

```
x <b>
```

[lien](https://a.example/b_c), https://x.example/y_z ![écran](file:3)

| a | b |
|---|---|
| 1 | 2 |

# Titre
À @[Léa Morel](person:3)
"""
READ = """\
Bonjour Ève,

Voici :

- un code_x
- deux
  - trois

3. a
4. b

> cité
> encore

x <b>

lien (https://a.example/b_c), https://x.example/y_z [écran]

a | b
1 | 2

Titre

À @Léa Morel"""


class TagReader(HTMLParser):
    """The tags of HTML, with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_a_text_is_read_without_its_marks() -> None:
    assert markdown_as_text(WRITTEN) == READ
    assert markdown_as_line("# Panne\n\n- **Lyon**\n- Metz") == "Panne - Lyon - Metz"


def test_a_text_that_is_too_long_to_format_is_read_as_typed() -> None:
    text = "**x** " * LONGEST_FORMATTED
    assert markdown_as_text(text) == text
    assert "<strong" not in markdown_as_mail(text, {})


@pytest.mark.parametrize(
    "value",
    [
        "# a",
        "1. x",
        "12) x",
        "a*b* _c_ SRV_01_x **d** __e__",
        "[x](javascript:alert(1)) ![y](file:3)",
        "- a\n+ b\n* c\n=== \n--- \n> q",
        "&amp; &#35; & | ~~x~~ <http://a> `code`",
        "@[Léa](person:3)",
        "C:\\temp\\*.log",
        "a\n---",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "```\nfence",
        "https://x.example/a_b*c* z*",
    ],
)
def test_values_of_fields_stay_as_they_are_in_markdown(value: str) -> None:
    written = f"**Objet :** {escape_markdown(value)}"
    lines = [line.strip() for line in value.split("\n")]
    assert markdown_as_text(written).split("\n") == [f"Objet : {lines[0]}", *lines[1:]]
    html = render_markdown(escape_markdown(value))
    for tag in ("<em", "<strong", "<li", "<h1", "<h2", "<code", "<table", "<img", "<blockquote"):
        assert tag not in html
    assert "<hr" not in html
    assert "o-mention" not in html


def test_an_indented_value_is_no_code() -> None:
    assert "<code" not in render_markdown(escape_markdown("    code"))


def test_pictures_that_a_text_shows_are_found_outside_of_code() -> None:
    assert pictures_in("![a](file:3) `![b](file:4)` [c](file:5)") == {"file:3"}
    assert pictures_in(picture_as_markdown("a] (b)*.png", "file:7")) == {"file:7"}


def test_a_mail_keeps_its_styles_and_shows_its_own_pictures_alone() -> None:
    html = markdown_as_mail(WRITTEN, {"file:3": MailPicture("file3.x@opale", 900)})
    assert "<strong>Ève</strong>" in html
    assert '<ul style="margin:' in html
    assert '<pre style="' in html
    assert "x &lt;b&gt;" in html
    assert 'src="cid:file3.x@opale"' in html
    assert 'width="592"' in html
    assert "<img" not in markdown_as_mail(WRITTEN, {})
    assert "class=" not in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHN2Zz4=)",
        "![x](https://elsewhere.example/spy.png)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "<svg onload=alert(1)>",
        '[x](https://a.example/"onmouseover="alert(1))',
        '![" style="x](file:3)',
        '<p style="position:fixed">x</p>',
    ],
)
def test_hostile_text_is_text_in_a_mail(hostile: str) -> None:
    reader = TagReader()
    reader.feed(markdown_as_mail(hostile, {"file:3": MailPicture("a@b")}))
    for tag, attributes in reader.found:
        assert tag in ("p", "a", "img")
        assert attributes.keys() <= {"style", "href", "src", "alt"}
        assert attributes.get("style") == STYLES[tag]
        assert attributes.get("src", "cid:a@b") == "cid:a@b"
        assert (attributes.get("href") or "https://a.example").startswith("https://a.example")

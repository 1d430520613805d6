"""Markdown of people as HTML that is safe to show: nothing is executed, nothing fetched elsewhere.

Raw HTML is text, links lead to http, https and mail addresses, pictures are those that the caller
names. Mentions of people are written as `@[Full Name](person:12)`.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final, Protocol

import nh3
from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

LONGEST_FORMATTED: Final = 30_000
"""Characters of a text that is formatted; a longer one is shown as it was typed."""
CELLS_FORMATTED: Final = 5_000
"""Cells of tables in a text that is formatted: some characters can ask for a million."""
NESTING: Final = 20
KEPT: Final = 2_000
"""Texts whose HTML each process keeps: those of several long discussions."""
KEPT_LENGTH: Final = 2_000
"""Characters of a text whose HTML is kept."""
MENTION: Final = re.compile(r"@\[([^\[\]\n]{1,100})\]\(person:(\d{1,15})\)")
WEB_ADDRESS: Final = re.compile(r"://[^\s<>\[\]\"`{}|\\^]+")
SCHEME_BEFORE: Final = re.compile(r"(?:^|[^A-Za-z0-9])(https?)\Z")
ALLOWED_LINK: Final = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
TAGS: Final = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li",
    "ol", "p", "pre", "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES: Final = {
    "a": {"href"},
    "img": {"src", "alt", "loading"},
    "ol": {"start"},
    "span": {"class"},
}


class Named(Protocol):
    """Somebody with a name."""

    name: str


def render_markdown(text: str, pictures: Mapping[str, str] | None = None) -> SafeString:
    """Return the HTML of a text in Markdown, finished or not.

    `pictures` are the addresses of what `![…](name)` may show, by name; others are their words.
    """
    named = tuple(sorted((pictures or {}).items()))
    return _kept(text, named) if len(text) <= KEPT_LENGTH else _rendered(text, named)


def mentioned_ids(text: str) -> list[int]:
    """Return the ids of the people that a text mentions, outside of code, each once."""
    if "(person:" not in text:
        return []
    found: dict[int, None] = {}
    for block in _parser().parse(text[:LONGEST_FORMATTED]):
        for token in block.children or ():
            if token.type == "mention":
                found[token.meta["person"]] = None
    return list(found)


def mention_of(person_id: int, name: str) -> str:
    """Return how a text mentions a person."""
    return f"@[{re.sub(r'[][]', '', name)}](person:{person_id})"


def with_names(text: str, people: Mapping[int, Named]) -> str:
    """Return the text with the mentioned people called by their present names."""

    def named(match: re.Match[str]) -> str:
        person = people.get(int(match[2]))
        if person is None:
            return match[0]
        return mention_of(int(match[2]), person.name)

    return MENTION.sub(named, text)


@lru_cache(maxsize=KEPT)
def _kept(text: str, pictures: tuple[tuple[str, str], ...]) -> SafeString:
    return _rendered(text, pictures)


def _rendered(text: str, pictures: tuple[tuple[str, str], ...]) -> SafeString:
    if not is_formatted(text):
        return SafeString(linebreaks(text, autoescape=True))
    html = _parser().render(text, {"pictures": dict(pictures)})
    # A second wall: what the parser makes is made of these tags alone.
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
        allowed_classes={},
        attribute_filter=_only_mentions,
    )
    return SafeString(clean)  # cleaned above


def is_formatted(text: str) -> bool:
    """Return whether a text is formatted, or shown as it was typed because of its size."""
    return len(text) <= LONGEST_FORMATTED and _most_cells(text) <= CELLS_FORMATTED


def _most_cells(text: str) -> int:
    """Return how many cells a table in the text may have: each line is filled up to its head."""
    lines = text.splitlines()
    return len(lines) * max((line.count("|") for line in lines), default=0)


def _only_mentions(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "class":
        return value if tag == "span" and value == "o-mention" else None
    return value


@cache
def _parser() -> MarkdownIt:
    """Return the parser of pages. It keeps nothing of a text, so that all share it."""
    return new_parser()


def new_parser() -> MarkdownIt:
    """Return a parser of the Markdown that people may write."""
    parser = MarkdownIt(
        "commonmark", {"html": False, "breaks": True, "maxNesting": NESTING}
    ).enable(["table", "strikethrough"])
    parser.disable(["html_block", "html_inline"])
    parser.validateLink = _may_link  # type: ignore[method-assign]  # the library's own way
    parser.inline.ruler.before("link", "mention", _mention)
    parser.inline.ruler.push("web_address", _web_address)
    parser.add_render_rule("mention", _draw_mention)
    parser.add_render_rule("image", _draw_picture)
    return parser


def _may_link(url: str) -> bool:
    return bool(ALLOWED_LINK.match(url) or re.fullmatch(r"file:\d{1,15}", url))


def _mention(state: StateInline, silent: bool) -> bool:
    """Read `@[Full Name](person:12)`; the rule is asked at each `@`, which ends plain text."""
    if state.src[state.pos] != "@":
        return False
    match = MENTION.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("mention", "", 0)
        token.content, token.meta = match[1], {"person": int(match[2])}
    state.pos = match.end()
    return True


def _web_address(state: StateInline, silent: bool) -> bool:
    """Make a link of an address that stands in the text, after its scheme has been read."""
    if state.src[state.pos] != ":" or state.linkLevel > 0:
        return False
    # The scheme first: it is the cheaper of the two, and most colons have none before them.
    scheme = SCHEME_BEFORE.search(state.pending[-6:])
    match = WEB_ADDRESS.match(state.src, state.pos, state.posMax) if scheme else None
    if scheme is None or match is None:
        return False
    rest = match[0].rstrip(".,;:!?'*_~")
    if rest.endswith(")") and rest.count(")") > rest.count("("):
        rest = rest.rstrip(")")
    if len(rest) < 4:
        return False
    if not silent:
        url = scheme[1] + rest
        state.pending = state.pending[: -len(scheme[1])]
        opened = state.push("link_open", "a", 1)
        opened.attrs = {"href": state.md.normalizeLink(url)}
        state.push("text", "", 0).content = url
        state.push("link_close", "a", -1)
    state.pos += len(rest)
    return True


def _draw_mention(
    _renderer: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    return f'<span class="o-mention">@{escape(tokens[at].content)}</span>'


def _draw_picture(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Any
) -> str:
    token = tokens[at]
    words = escape(renderer.renderInlineAsText(token.children, options, env))
    url = env.get("pictures", {}).get(token.attrs.get("src"))
    return f'<img src="{escape(url)}" alt="{words}" loading="lazy">' if url else words

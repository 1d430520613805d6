"""HTML of mails made safe for a page: an allow-list, and nothing fetched from elsewhere.

Source: docs/rules/mail.md, "What an agent sees".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import nh3

LONGEST = 200_000
"""Maximum length of HTML shown in the page, in characters; longer mails have their own page."""

# fmt: off
TAGS = frozenset((
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup",
    "dd", "del", "dfn", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
    "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span",
    "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt",
    "u", "ul", "var", "wbr",
))
# fmt: on
ATTRIBUTES: Mapping[str, set[str]] = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "ol": {"start"},
}
LINKS = ("http:", "https:", "mailto:", "tel:")
INLINE_IMAGE = re.compile(
    r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+", re.IGNORECASE
)
RICH = re.compile(r"<(?:table|img|ul|ol|pre|h[1-6]|b|strong)\b")
PICTURE = re.compile(r'src="cid:([^"]*)"')
QUOTED = re.compile(
    r"""<blockquote\b
    | <div[^<>]+(?:class=["']?(?:gmail_quote|moz-cite-prefix|yahoo_quoted|protonmail_quote)
                 |id=["']?(?:divRplyFwdMsg|appendonsend|mail-editor-reference-message-container))
    | -----\s*(?:Original\ Message|Message\ d'origine|Ursprüngliche\ Nachricht)\s*-----""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """Sanitized HTML of a mail: `html` is the new text, `quoted` the rest. Pictures inside the mail
    are still named by their content id; `remote` counts the external ones taken out."""

    html: str = ""
    quoted: str = ""
    remote: int = 0

    @property
    def is_rich(self) -> bool:
        """Return whether the HTML shows more than the plain text."""
        return bool(RICH.search(self.html))


def sanitize_html(html: str) -> SafeHtml:
    if not html.strip() or len(html) > LONGEST:
        return SafeHtml()
    cut = QUOTED.search(html)
    # A mail that begins with a quote is kept whole: an answer below it, or a forwarded mail.
    first = html[: cut.start()] if cut and _says_something(html[: cut.start()]) else html
    remote: list[str] = []
    fresh = _clean(first, remote)
    return SafeHtml(fresh, _clean(html[len(first) :], remote).strip(), len(remote))


def with_pictures(html: str, addresses: Mapping[str, str]) -> str:
    """Return the HTML with the pictures inside the mail at the addresses of their content ids."""

    def address(found: re.Match[str]) -> str:
        where = addresses.get(found[1].lower(), "")
        return f'src="{escape(where)}" loading="lazy"' if where else ""

    return PICTURE.sub(address, html)


def with_remote_pictures(html: str) -> str:
    """Return the whole mail with its external pictures, for a page of its own whose policy lets a
    browser fetch them once somebody has agreed."""
    return _clean(html, None)


def _says_something(html: str) -> bool:
    return bool(nh3.clean(html, tags=set()).strip())


def _clean(html: str, remote: list[str] | None) -> str:
    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return value if value.strip().lower().startswith(LINKS) else None
        if name == "src":
            if value.lower().startswith("cid:") or INLINE_IMAGE.fullmatch(value):
                return value
            if remote is None:
                return value if value.lower().startswith(("http:", "https:")) else None
            if value.lower().startswith(("http:", "https:", "//")):
                remote.append(value)
            return None
        if name in ("width", "height", "colspan", "rowspan", "start"):
            return value if value.isdigit() and len(value) <= 4 else None
        return value

    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=keep,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        url_relative="deny",
    )

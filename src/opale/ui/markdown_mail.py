"""Markdown as the HTML of a mail: safe, with the inline styles that mail programs keep."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import nh3
from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from opale.ui.markdown import ATTRIBUTES, TAGS, is_formatted, new_parser

LINE: Final = "#8a919c"
"""A grey that is seen on a light and on a dark page alike."""
MONOSPACE: Final = "font-family:Consolas,Menlo,monospace;font-size:13px"
STYLES: Final[Mapping[str, str]] = {
    "p": "margin:0 0 14px",
    "ul": "margin:0 0 14px;padding:0 0 0 24px",
    "ol": "margin:0 0 14px;padding:0 0 0 24px",
    "li": "margin:0 0 4px",
    "blockquote": f"margin:0 0 14px;padding:0 0 0 12px;border-left:3px solid {LINE}",
    "pre": f"margin:0 0 14px;padding:8px 12px;border:1px solid {LINE};white-space:pre-wrap",
    "code": MONOSPACE,
    "h1": "margin:0 0 12px;font-size:20px;line-height:26px",
    "h2": "margin:0 0 12px;font-size:18px;line-height:24px",
    "h3": "margin:0 0 10px;font-size:16px;line-height:22px",
    "h4": "margin:0 0 10px;font-size:15px;line-height:22px",
    "h5": "margin:0 0 10px;font-size:15px;line-height:22px",
    "h6": "margin:0 0 10px;font-size:15px;line-height:22px",
    "table": "margin:0 0 14px;border-collapse:collapse",
    "th": f"padding:4px 8px;border:1px solid {LINE};text-align:left",
    "td": f"padding:4px 8px;border:1px solid {LINE};text-align:left",
    "hr": f"margin:0 0 14px;border:0;border-top:1px solid {LINE}",
    "a": "color:#1f5fbf",
    "img": "max-width:100%;height:auto;border:0",
}
WIDEST: Final = 592
"""Pixels of a picture that the sheet of a mail has room for."""


class MailPicture(NamedTuple):
    """A picture of a mail: its content id, and its width in pixels where it is known."""

    content_id: str
    width: int | None = None


def markdown_as_mail(text: str, pictures: Mapping[str, MailPicture]) -> SafeString:
    """Return the HTML of a text in Markdown for a mail.

    `pictures` are the parts that `![…](name)` may show, by name; others are their words.
    """
    if not is_formatted(text):
        return SafeString(linebreaks(text, autoescape=True))
    html = _parser().render(text, {"pictures": pictures})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={tag: ATTRIBUTES.get(tag, set()) | {"style", "width"} for tag in TAGS},
        url_schemes={"http", "https", "mailto", "cid"},
        link_rel=None,
        attribute_filter=_only_own,
    )
    return SafeString(clean)  # cleaned above


def _only_own(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "style":
        return value if value == STYLES.get(tag) else None
    if attribute == "width":
        return value if tag == "img" and value.isdecimal() else None
    return None if attribute in ("class", "loading") else value


@cache
def _parser() -> MarkdownIt:
    parser = new_parser()
    parser.core.ruler.push("mail_styles", _add_styles)
    parser.add_render_rule("fence", _draw_code)
    parser.add_render_rule("code_block", _draw_code)
    parser.add_render_rule("image", _draw_picture)
    return parser


def _add_styles(state: StateCore) -> None:
    for block in state.tokens:
        for token in (block, *(block.children or ())):
            if token.nesting >= 0 and (style := STYLES.get(token.tag)):
                token.attrs["style"] = style


def _draw_code(
    _renderer: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: EnvType
) -> str:
    words = escape(tokens[at].content)
    return f'<pre style="{STYLES["pre"]}"><code style="{STYLES["code"]}">{words}</code></pre>\n'


def _draw_picture(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: Any
) -> str:
    token = tokens[at]
    words = escape(renderer.renderInlineAsText(token.children, options, env))
    found: MailPicture | None = env["pictures"].get(token.attrs.get("src"))
    if found is None:
        return words
    width = f' width="{min(found.width, WIDEST)}"' if found.width else ""
    cid = escape(found.content_id)
    return f'<img src="cid:{cid}" alt="{words}"{width} style="{STYLES["img"]}">'

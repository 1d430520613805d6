"""The editor of text in Markdown: what any composer says of it, drawn by `ui/_editor.html`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.conf import settings
from django.forms.utils import flatatt
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opale.ui.components.lists import region_id
from opale.ui.markdown import render_markdown
from opale.ui.markup import EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorFile:
    """A file of the text. `url` shows it, `removal_url` removes one that waits for the text; one
    that the text has stays while it is `chosen`. `markdown` of a picture shows it in the text.
    """

    id: int
    name: str
    size_bytes: int
    url: str
    removal_url: str = ""
    chosen: bool = True
    markdown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentionable:
    """A person whom "@" offers. Without a `token` nobody can choose them: `reason` says why."""

    id: int
    name: str
    detail: str
    token: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """An editor: its field, and where its preview, people to mention and files are asked for.

    `topic` names its regions and is unique on the page. Without `people_url` nobody can be
    mentioned, without `files_url` nothing can be attached. `draft` keeps what is typed in the
    browser. `kept` are files that the text has, `files` those that were sent and wait for it.
    `preview` is what a browser without scripts asked to see.
    """

    topic: str
    label: str
    preview_url: str
    longest: int
    name: str = "text"
    placeholder: str = ""
    people_url: str = ""
    files_url: str = ""
    draft: str = ""
    text: str = ""
    error: str = ""
    kept: Sequence[EditorFile] = ()
    files: Sequence[EditorFile] = ()
    preview: SafeString = EMPTY

    @property
    def field_id(self) -> str:
        return region_id(self.topic, "text")

    @property
    def people_id(self) -> str:
        return region_id(self.topic, "people")

    @property
    def error_id(self) -> str:
        return region_id(self.topic, "error")

    @property
    def files_id(self) -> str:
        return region_id(self.topic, "files")

    @property
    def file_limit(self) -> int:
        """Bytes of one file."""
        return settings.ATTACHMENT_LIMIT

    @property
    def too_large(self) -> str:
        """Say, after a file's name, that it is not sent."""
        limit = {"limit": filesizeformat(self.file_limit)}
        return _("larger than %(limit)s: not attached") % limit

    @property
    def unreached(self) -> str:
        """Say, after a file's name, that it was not received."""
        return _("not attached: the server cannot be reached. Try again.")


class MarkdownEditor(forms.Textarea):
    """An editor as the widget of a form's field, which gives its name and text."""

    template_name = "ui/widgets/editor.html"

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self.editor = editor

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["editor"] = replace(self.editor, name=name, text=value or "")
        own = {"id", "rows", "cols", "maxlength"}
        given = {key: said for key, said in context["widget"]["attrs"].items() if key not in own}
        context["attributes"] = flatatt(given)
        return context

    def id_for_label(self, _id: str) -> str:
        return self.editor.field_id

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        # Of a page's templates: the renderer of forms has none of their tags.
        context = self.get_context(name, value, attrs)
        return SafeString(render_to_string(self.template_name, context))


class EditorFiles(forms.SelectMultiple):
    """The widget of the field of the editor's files, which the editor itself draws."""

    template_name = "ui/widgets/nothing.html"

    @property
    def is_hidden(self) -> bool:
        return True


def drawn_preview(text: str, pictures: Mapping[str, str] | None = None) -> SafeString:
    """Return what the editor shows of a text in place of its box; `pictures` are addresses by the
    names under which the text shows them."""
    context = {"html": render_markdown(text, pictures), "empty": not text.strip()}
    return SafeString(render_to_string("ui/_preview.html", context))

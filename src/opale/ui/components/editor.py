"""The editor of text in Markdown: what any composer says of it, drawn by `ui/_editor.html`."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from opale.ui.components.lists import region_id


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorFile:
    """A file that was sent and waits for the text. `url` shows it, `removal_url` removes it."""

    id: int
    name: str
    size_bytes: int
    url: str
    removal_url: str


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
    browser.
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
    files: Sequence[EditorFile] = ()

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

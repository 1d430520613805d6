"""What a page says, and which of it is the interface's and which is somebody's data.

Data is what stands in the database: a customer's name, a ticket's subject, a team's name. Columns
with choices are left out, since their values are never shown as they are.
"""

import bisect
import re
from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import available_timezones

import psycopg
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from playwright.sync_api import Page
from psycopg import sql
from tests.journeys.pseudo import CLOSE, OPEN

from opale.run.events.models.fields import VerbatimJSON

SAID = """(text) => {
  // Read anew also when it is the page itself: what is said without scripts is elements then.
  // The policy forbids style attributes, which a chart has only by script.
  const read = text || document.documentElement.outerHTML.replace(/ style="[^"]*"/g, '');
  const page = new DOMParser().parseFromString(read, 'text/html');
  // Where a long name may be broken, it does not end.
  for (const place of page.body.querySelectorAll('wbr')) place.remove();
  page.body.normalize();
  const skip = 'script, style, template, time, kbd, code, pre, textarea, .o-face, [lang]:not(html)';
  const found = new Set();
  const add = (text) => found.add((text ?? '').replace(/\\s+/g, ' ').trim());
  const walker = document.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest(skip)) add(walker.currentNode.data);
  }
  const named = ['title', 'aria-label', 'placeholder', 'alt', 'data-label', 'data-key-label'];
  for (const element of page.body.querySelectorAll('*')) {
    if (element.closest('[lang]:not(html)')) continue;
    for (const name of named) {
      const timed = name === 'title' && element.matches('time, [data-clock]');
      if (element.hasAttribute(name) && !timed) add(element.getAttribute(name));
    }
  }
  add(page.title);
  return [...found].filter(Boolean);
}"""
WORD = re.compile(r"[A-Za-z]*[a-z][A-Za-z]+|[A-Z][a-z]+")
"""Two letters and more, and not all of them capitals, as in the names of languages and codes."""
TRANSLATED = re.compile(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
NUMBER = re.compile(r"\b[A-Z]+-\d[\w-]*|(?<= )[A-Z]{2}$")
QUANTITY = re.compile(r"^[\d.,\s]+(?=\D)")
"""A number before its unit, which is data."""
BETWEEN = re.compile(r"\s*[·|,:;()–—→↔]\s*|\s+[-/]\s+")
# A date outside a <time>, as the language that the marked one is built on writes it; a browser.
FOREIGN = re.compile(
    r"\b\d+(?:-a)? de\b|\bde(?= \d{4}\b)|\bje(?= \d+:\d\d)|^Mozilla/.*|^https?://\S+$"
)
NAMES = {"Opale", *(zone.replace("_", " ") for zone in available_timezones())}


def said_by(page: Page) -> list[str]:
    """Every text of the page that is the interface's or data, not a time, a key or code."""
    said: list[str] = page.evaluate(SAID)
    return said


def said_by_answer(page: Page, answer: str) -> list[str]:
    """The same for the text of an answer, read by the browser of this page."""
    said: list[str] = page.evaluate(SAID, answer)
    return said


class Data:
    """The texts of a database."""

    def __init__(self, values: Iterable[str]) -> None:
        self.known = set(values)
        self.ordered = sorted(self.known)

    @classmethod
    def of(cls, url: str) -> "Data":
        with psycopg.connect(url) as connection:
            return cls(set(_texts(connection)))

    def holds(self, text: str) -> bool:
        """Whether the text is data, or pieces of data side by side."""
        # A page's title ends with the product's name.
        whole = NUMBER.sub("", text.removesuffix(" · Opale"), count=1).strip()
        if text in self.known or whole in self.known:
            return True
        return all(self._is_part(part) for part in text.split(" · "))

    def _is_part(self, text: str) -> bool:
        whole = (text, NUMBER.sub("", text, count=1).strip())
        return any(map(self._is_one, whole)) or all(
            self._is_one(piece) for part in NUMBER.split(text) for piece in BETWEEN.split(part)
        )

    def _is_one(self, text: str) -> bool:
        text = text.strip(" ·:")
        if not WORD.search(text) or text in self.known or text in NAMES:
            return True
        if QUANTITY.sub("", text) in self.known:
            return True
        start, cut, end = text.partition("…")
        if not cut or not start:
            return False
        at = bisect.bisect_left(self.ordered, start)
        candidates = self.ordered[at : at + 1000]
        return any(value.startswith(start) and value.endswith(end) for value in candidates)


def untranslated(text: str) -> str:
    """What is left of a text of the marked language without its marked sentences.

    A sentence that a tag cuts in two leaves one of its marks in each part.
    """
    before = ""
    while before != text:
        before, text = text, TRANSLATED.sub(" · ", text)
    return FOREIGN.sub("", text.removeprefix(OPEN).removesuffix(CLOSE))


def _texts(connection: psycopg.Connection[Any]) -> Iterator[str]:
    for model in apps.get_models():
        if not model._meta.managed or not model.__module__.startswith("opale."):
            continue
        for field in model._meta.local_fields:
            if _is_text(field):
                # What is kept as the text that came cannot be compared as JSON.
                kept = "{}::jsonb" if isinstance(field, VerbatimJSON) else "{}"
                query = sql.SQL(f"SELECT DISTINCT {kept} FROM {{}}").format(
                    sql.Identifier(field.column or field.name), sql.Identifier(model._meta.db_table)
                )
                for (value,) in connection.execute(query):
                    yield from _pieces(value)


def _is_text(field: "models.Field[Any, Any]") -> bool:
    if getattr(field, "choices", None):
        return False
    return isinstance(field, models.CharField | models.TextField | models.JSONField | ArrayField)


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield " ".join(value.split())
        for line in value.splitlines():
            yield " ".join(line.split())
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from _pieces(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _pieces(inner)

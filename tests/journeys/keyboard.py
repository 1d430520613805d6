"""A browser that is worked by its keyboard alone, and how often a key was pressed."""

from dataclasses import dataclass

from playwright.sync_api import Page

POINTED = """
for (const kind of ['pointerdown', 'pointermove', 'mousedown', 'mousemove', 'touchstart', 'wheel'])
  addEventListener(kind, (event) => event.isTrusted && window.opalePointed(kind), true);
"""
"""What a pointer does. A click may come of Enter, and of a key that presses its button."""
LOOK = 100
"""Milliseconds between two looks: a browser that is asked with each frame draws each frame."""
OPENED = """() => {
    const number = new URL(location.href).searchParams.get('open');
    const said = (where) => document.querySelector(where)?.textContent.trim();
    const beside = said('#o-beside .d-head .o-crumbs')?.split(/\\s/)[0];
    const line = said('[data-list] > .o-here .o-number') ?? beside;
    const here = number && beside === `T-${number}` && line === beside;
    return here && !document.querySelector('.htmx-request') && number;
}"""


def pointed_at(page: Page) -> list[str]:
    """From now on, whatever a pointer does on this page and those that follow."""
    seen: list[str] = []
    page.expose_function("opalePointed", lambda kind: seen.append(kind))
    page.add_init_script(POINTED)
    return seen


def opened(page: Page) -> str:
    """The number of the ticket beside the list, once the page of the line one is at is there."""
    return str(page.wait_for_function(OPENED, polling=LOOK).json_value())


@dataclass
class Keys:
    """Presses keys and counts them; a chord is one press, and a text that is typed is none."""

    page: Page
    pressed: int = 0

    def press(self, *names: str) -> "Keys":
        for name in names:
            self.page.keyboard.press(name)
            self.pressed += 1
        return self

    def type(self, text: str) -> "Keys":
        self.page.keyboard.type(text)
        return self

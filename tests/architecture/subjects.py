"""What the parameters of the routes name in the house of the personas.

Each app has a function `subjects(house)` in its `tests/subjects.py`; the keys are the names of the
parameters in URLs and bodies. What belongs to a customer belongs to the customer of
`customer_contact`, never to the foreign one.
"""

from tests.personas import Personas

from opale.kernel.discovery import app_modules

Things = dict[str, object]

LOGIN: Things = {"key": "no-such-key", "uidb36": "1", "provider_id": "none", "pk": 1, "rest": "x"}
"""Parameters of the login library's routes: a link of a mail that is no longer valid."""


def subjects(house: Personas) -> Things:
    """Return what every parameter names.

    Errors: AssertionError when two apps name one parameter.
    """
    things: Things = dict(LOGIN)
    for config, module in app_modules("tests.subjects"):
        named = module.subjects(house)
        if twice := things.keys() & named.keys():
            raise AssertionError(f"{config.label} names again what another app names: {twice}")
        things |= named
    return things

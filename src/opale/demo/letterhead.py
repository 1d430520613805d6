"""The letterhead of the demo company's mails."""

from pathlib import Path
from typing import Final

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.files import store_bytes
from opale.kernel.pictures import whole_picture
from opale.messaging.models import Letterhead

LOGO: Final = Path(__file__).with_name("logo.png")
FRENCH: Final = "14 quai de la Fosse\n44000 Nantes\n+33 2 61 91 04 00\nhttps://www.velorane.example"
ENGLISH: Final = (
    "14 quai de la Fosse\n44000 Nantes, France\n+33 2 61 91 04 00\nhttps://www.velorane.example/en"
)


def create_letterhead() -> None:
    content, by = LOGO.read_bytes(), system("demo")
    picture = whole_picture(content)
    if picture is None:
        raise ValueError(LOGO)
    Letterhead.objects.create(
        company="Vélorane",
        footer_fr=FRENCH,
        footer_en=ENGLISH,
        logo_key=store_bytes(content),
        logo_type=picture.media_type,
        logo_width=picture.width,
        logo_height=picture.height,
        actor=by.key,
        actor_name=by.name,
        at=clock.now(),
    )

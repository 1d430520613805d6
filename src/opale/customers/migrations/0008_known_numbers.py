from typing import Any

import phonenumbers
from django.db import migrations

AT_ONCE = 2_000


def read_numbers(apps: Any, schema_editor: Any) -> None:
    """Bring the numbers that were typed before into the form in which they are compared."""
    company = apps.get_model("organisation", "Company").objects.filter(operates=True).first()
    country = company.country if company else "FR"
    contacts = apps.get_model("customers", "Contact").objects
    last = 0
    while True:
        waiting = contacts.filter(pk__gt=last, phone_e164="").exclude(phone="").order_by("pk")
        rows = list(waiting.only("pk", "phone")[:AT_ONCE])
        if not rows:
            return
        for row in rows:
            row.phone_e164 = _e164(row.phone, country)
        contacts.bulk_update([row for row in rows if row.phone_e164], ["phone_e164"])
        last = rows[-1].pk


def _e164(text: str, country: str) -> str:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Migration(migrations.Migration):
    """Numbers that people typed before are found when they call."""

    dependencies = [("customers", "0007_telephone_numbers")]

    operations = [migrations.RunPython(read_numbers, migrations.RunPython.noop, elidable=True)]

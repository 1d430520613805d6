from django.db import migrations

from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    """The views that people keep stand beside every list."""

    dependencies = [
        ("desk", "0042_mail_texts_remembered"),
    ]

    operations = [
        watch("desk_savedview"),
    ]

from django.db import migrations

from opale.kernel.reference_cache import watch

BEFORE = ("email", "kind", "language", "time_zone", "is_active")


class Migration(migrations.Migration):
    """A login is remembered as a whole, with its password: only when it last logged in is not."""

    dependencies = [("organisation", "0006_reference_data")]

    operations = [
        migrations.RunSQL(
            "DROP TRIGGER reference_changed ON organisation_user",
            watch("organisation_user", *BEFORE).sql,
        ),
        watch("organisation_user", *BEFORE, "password"),
    ]

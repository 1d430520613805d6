import django.contrib.postgres.fields
from django.db import migrations, models

from opale.kernel.reference_cache import watch

BEFORE = ("email", "kind", "language", "time_zone", "is_active", "password")


class Migration(migrations.Migration):
    dependencies = [("organisation", "0012_token_maker")]

    operations = [
        *(
            migrations.AddField(
                "user",
                name,
                django.contrib.postgres.fields.ArrayField(
                    models.CharField(max_length=60), default=list
                ),
            )
            for name in ("pinned", "unpinned")
        ),
        migrations.RunSQL(
            "DROP TRIGGER reference_changed ON organisation_user",
            watch("organisation_user", *BEFORE).sql,
        ),
        watch("organisation_user", *BEFORE, "pinned", "unpinned"),
    ]

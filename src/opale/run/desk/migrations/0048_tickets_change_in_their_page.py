from django.db import migrations


class Migration(migrations.Migration):
    """A reply, a note or a mail touches no index of its ticket: where the page has room for the
    new version, PostgreSQL writes it there and leaves all indexes as they are."""

    dependencies = [("desk", "0047_level3_busy")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE desk_ticket SET (fillfactor = 80)",
            "ALTER TABLE desk_ticket RESET (fillfactor)",
        )
    ]

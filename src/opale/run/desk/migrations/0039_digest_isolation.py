from django.db import migrations

from opale.kernel.isolation import isolate


class Migration(migrations.Migration):
    """How often whom is told is the desk's own."""

    dependencies = [("desk", "0038_digests")]

    operations = [
        isolate("desk_following", readable=False),
        isolate("desk_followingevent", readable=False),
    ]

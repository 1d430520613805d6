from django.db import migrations

from opale.kernel.isolation import isolate
from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    """What reaches whom is the desk's own; whether anybody wants an occasion is remembered."""

    dependencies = [
        ("kernel", "0005_reference_changes"),
        ("desk", "0036_notices"),
    ]

    operations = [
        isolate("desk_noticechoice", readable=False),
        isolate("desk_noticechoiceevent", readable=False),
        isolate("desk_notice", readable=False),
        watch("desk_noticechoice"),
    ]

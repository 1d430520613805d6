from django.db import migrations, models

import opale.kernel.clock
from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0005_reference_changes"),
        ("organisation", "0014_wording"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonFigures",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("allowed", models.BooleanField(verbose_name="Allow figures by person")),
                ("reason", models.CharField(max_length=500, verbose_name="Reason")),
                ("actor", models.CharField(max_length=64)),
                ("actor_name", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=opale.kernel.clock.now)),
            ],
            options={
                "ordering": ("-id",),
            },
        ),
        watch("organisation_personfigures"),
    ]

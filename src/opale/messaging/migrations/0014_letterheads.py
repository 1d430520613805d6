from django.db import migrations, models

import opale.kernel.clock
from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0005_reference_changes"),
        ("messaging", "0013_wording"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letterhead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "company",
                    models.CharField(blank=True, max_length=100, verbose_name="Company name"),
                ),
                ("footer_fr", models.TextField(blank=True, verbose_name="Footer in French")),
                ("footer_en", models.TextField(blank=True, verbose_name="Footer in English")),
                ("logo_key", models.CharField(blank=True, max_length=100)),
                ("logo_type", models.CharField(blank=True, max_length=100)),
                ("logo_width", models.PositiveSmallIntegerField(default=0)),
                ("logo_height", models.PositiveSmallIntegerField(default=0)),
                ("actor", models.CharField(max_length=64)),
                ("actor_name", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=opale.kernel.clock.now)),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("logo_height", 0),
                                ("logo_key", ""),
                                ("logo_type", ""),
                                ("logo_width", 0),
                            ),
                            models.Q(
                                models.Q(("logo_key", ""), _negated=True),
                                models.Q(("logo_type", ""), _negated=True),
                                ("logo_height__gt", 0),
                                ("logo_width__gt", 0),
                            ),
                            _connector="OR",
                        ),
                        name="letterhead_logo_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("company", ""), _negated=True),
                            models.Q(("footer_en", ""), ("footer_fr", ""), ("logo_key", "")),
                            _connector="OR",
                        ),
                        name="letterhead_names_company",
                    ),
                ],
            },
        ),
        watch("messaging_letterhead"),
    ]

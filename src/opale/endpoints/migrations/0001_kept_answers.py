from django.db import migrations, models
from django.db.models.functions import Coalesce

import opale.kernel.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("credential", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=200)),
                ("request_digest", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.TextField(blank=True)),
                ("secret", models.BooleanField(default=False)),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("location", models.CharField(blank=True, max_length=500)),
                (
                    "customers",
                    models.TextField(
                        db_default=Coalesce(
                            models.Func(
                                models.Value("opale.customers"),
                                models.Value(True),
                                function="current_setting",
                            ),
                            models.Value(""),
                        ),
                        blank=True,
                    ),
                ),
                ("kept_at", models.DateTimeField(default=opale.kernel.clock.now)),
            ],
            options={
                "indexes": [models.Index(fields=["kept_at"], name="kept_answer_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("credential", "key"), name="one_answer_per_key")
                ],
            },
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models

import opale.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0032_bulk_macros"),
        ("customers", "0011_services_remembered"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("occasion", models.CharField(max_length=30)),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "French"), ("en", "English")],
                        max_length=2,
                        verbose_name="Language",
                    ),
                ),
                ("subject", models.CharField(blank=True, max_length=300, verbose_name="Subject")),
                ("body", models.TextField(blank=True, verbose_name="Text")),
                ("is_shipped", models.BooleanField(default=False)),
                ("actor", models.CharField(max_length=64)),
                ("actor_name", models.CharField(max_length=200)),
                ("at", models.DateTimeField(default=opale.kernel.clock.now)),
                (
                    "plan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.supportplan",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        fields=["occasion", "language", "plan", "-id"], name="mail_text_last"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body", ""), ("is_shipped", True), ("subject", "")),
                            models.Q(
                                ("is_shipped", False),
                                models.Q(("body", ""), _negated=True),
                                models.Q(("subject", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="mail_text_says_something",
                    )
                ],
            },
        ),
    ]

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import opale.kernel.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisation", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True, verbose_name="Number")),
                ("signed_on", models.DateField(verbose_name="Signed on")),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="Period"),
                ),
            ],
            options={
                "ordering": ("-signed_on", "number"),
            },
        ),
        migrations.CreateModel(
            name="Offering",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True, verbose_name="Code")),
                (
                    "family",
                    models.CharField(
                        choices=[
                            ("colocation", "Colocation"),
                            ("connectivity", "Connectivity"),
                            ("vpn", "VPN"),
                            ("managed_hosting", "Managed hosting"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="Family",
                    ),
                ),
                ("name_en", models.CharField(max_length=200, verbose_name="English name")),
                ("name_fr", models.CharField(max_length=200, verbose_name="French name")),
                ("retired_on", models.DateField(blank=True, null=True, verbose_name="Retired on")),
            ],
            options={
                "ordering": ("family", "code"),
            },
        ),
        migrations.CreateModel(
            name="OfferingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=40, verbose_name="Code")),
                (
                    "family",
                    models.CharField(
                        choices=[
                            ("colocation", "Colocation"),
                            ("connectivity", "Connectivity"),
                            ("vpn", "VPN"),
                            ("managed_hosting", "Managed hosting"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="Family",
                    ),
                ),
                ("name_en", models.CharField(max_length=200, verbose_name="English name")),
                ("name_fr", models.CharField(max_length=200, verbose_name="French name")),
                ("retired_on", models.DateField(blank=True, null=True, verbose_name="Retired on")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanTarget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("premium", models.BooleanField(default=False, verbose_name="Premium")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("acknowledge", "Time to intervene (GTI)"),
                            ("restore", "Time to restore (GTR)"),
                            ("availability", "Availability"),
                        ],
                        max_length=20,
                        verbose_name="Measure",
                    ),
                ),
                ("priority", models.PositiveSmallIntegerField(verbose_name="Priority")),
                ("target", models.DurationField(verbose_name="Time promised")),
                (
                    "coverage",
                    models.CharField(
                        choices=[
                            ("customer_hours", "Business hours of the customer"),
                            ("always", "24/7"),
                        ],
                        max_length=20,
                        verbose_name="Coverage",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reference",
                    models.CharField(max_length=40, unique=True, verbose_name="Service reference"),
                ),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("feasibilityChecked", "Feasibility checked"),
                            ("designed", "Designed"),
                            ("reserved", "Reserved"),
                            ("inactive", "Inactive"),
                            ("active", "Active"),
                            ("terminated", "Terminated"),
                        ],
                        default="designed",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                (
                    "started_on",
                    models.DateField(blank=True, null=True, verbose_name="In service since"),
                ),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="Ended on")),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="ServiceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                ("reference", models.CharField(max_length=40, verbose_name="Service reference")),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("feasibilityChecked", "Feasibility checked"),
                            ("designed", "Designed"),
                            ("reserved", "Reserved"),
                            ("inactive", "Inactive"),
                            ("active", "Active"),
                            ("terminated", "Terminated"),
                        ],
                        default="designed",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                (
                    "started_on",
                    models.DateField(blank=True, null=True, verbose_name="In service since"),
                ),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="Ended on")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SoldCommitment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("acknowledge", "Time to intervene (GTI)"),
                            ("restore", "Time to restore (GTR)"),
                            ("availability", "Availability"),
                        ],
                        max_length=20,
                        verbose_name="Measure",
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="Priority"
                    ),
                ),
                (
                    "target",
                    models.DurationField(blank=True, null=True, verbose_name="Time promised"),
                ),
                (
                    "percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=6,
                        null=True,
                        verbose_name="Availability (%)",
                    ),
                ),
                (
                    "coverage",
                    models.CharField(
                        choices=[
                            ("customer_hours", "Business hours of the customer"),
                            ("always", "24/7"),
                        ],
                        max_length=20,
                        verbose_name="Coverage",
                    ),
                ),
                ("penalty", models.CharField(blank=True, max_length=300, verbose_name="Penalty")),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="Period"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SoldCommitmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("acknowledge", "Time to intervene (GTI)"),
                            ("restore", "Time to restore (GTR)"),
                            ("availability", "Availability"),
                        ],
                        max_length=20,
                        verbose_name="Measure",
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="Priority"
                    ),
                ),
                (
                    "target",
                    models.DurationField(blank=True, null=True, verbose_name="Time promised"),
                ),
                (
                    "percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=6,
                        null=True,
                        verbose_name="Availability (%)",
                    ),
                ),
                (
                    "coverage",
                    models.CharField(
                        choices=[
                            ("customer_hours", "Business hours of the customer"),
                            ("always", "24/7"),
                        ],
                        max_length=20,
                        verbose_name="Coverage",
                    ),
                ),
                ("penalty", models.CharField(blank=True, max_length=300, verbose_name="Penalty")),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="Period"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SupportPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="Code")),
                ("name_en", models.CharField(max_length=100, verbose_name="English name")),
                ("name_fr", models.CharField(max_length=100, verbose_name="French name")),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="SupportPlanEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=20, verbose_name="Code")),
                ("name_en", models.CharField(max_length=100, verbose_name="English name")),
                ("name_fr", models.CharField(max_length=100, verbose_name="French name")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SupportPlanVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="Period"),
                ),
                (
                    "stream",
                    models.CharField(
                        choices=[("corporate", "Corporate"), ("solution", "Solution")],
                        max_length=10,
                        verbose_name="Stream",
                    ),
                ),
                (
                    "coverage",
                    models.CharField(
                        choices=[
                            ("customer_hours", "Business hours of the customer"),
                            ("always", "24/7"),
                        ],
                        max_length=20,
                        verbose_name="Coverage",
                    ),
                ),
                ("matrix", models.JSONField(verbose_name="Priorities")),
                ("premium_matrix", models.JSONField(verbose_name="Priorities under Premium")),
            ],
            options={
                "ordering": ("-period",),
            },
        ),
        migrations.CreateModel(
            name="SupportPlanVersionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="Period"),
                ),
                (
                    "stream",
                    models.CharField(
                        choices=[("corporate", "Corporate"), ("solution", "Solution")],
                        max_length=10,
                        verbose_name="Stream",
                    ),
                ),
                (
                    "coverage",
                    models.CharField(
                        choices=[
                            ("customer_hours", "Business hours of the customer"),
                            ("always", "24/7"),
                        ],
                        max_length=20,
                        verbose_name="Coverage",
                    ),
                ),
                ("matrix", models.JSONField(verbose_name="Priorities")),
                ("premium_matrix", models.JSONField(verbose_name="Priorities under Premium")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="Email address"),
                ),
                ("phone", models.CharField(blank=True, max_length=32, verbose_name="Telephone")),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "French"), ("en", "English")],
                        max_length=2,
                        verbose_name="Language",
                    ),
                ),
                ("may_open", models.BooleanField(default=True, verbose_name="May open requests")),
                ("may_order", models.BooleanField(default=False, verbose_name="May order")),
                ("may_approve", models.BooleanField(default=False, verbose_name="May approve")),
                (
                    "may_enter",
                    models.BooleanField(default=False, verbose_name="May enter a datacentre"),
                ),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="Left on")),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Login",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="ContractedPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="Period"),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="customers.contract",
                        verbose_name="Contract",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContractOption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("premium", "Premium")], max_length=20, verbose_name="Kind"
                    ),
                ),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="Period"),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="options",
                        to="customers.contract",
                        verbose_name="Contract",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="Code")),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "French"), ("en", "English")],
                        max_length=2,
                        verbose_name="Language",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="Europe/Paris", max_length=64, verbose_name="Time zone"
                    ),
                ),
                (
                    "domains",
                    models.JSONField(blank=True, default=list, verbose_name="Mail domains"),
                ),
                ("created_at", models.DateTimeField(default=opale.kernel.clock.now)),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="Left on")),
                (
                    "architect",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="portfolio",
                        to="organisation.person",
                        verbose_name="Solution architect",
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisation.workingcalendar",
                        verbose_name="Business hours",
                    ),
                ),
                (
                    "service_manager",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="managed_customers",
                        to="organisation.person",
                        verbose_name="Service manager",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="ContractOptionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("premium", "Premium")], max_length=20, verbose_name="Kind"
                    ),
                ),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="Period"),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.contract",
                        verbose_name="Contract",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="former",
                        to="customers.contractoption",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                        verbose_name="Customer",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="contractoption",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
                verbose_name="Customer",
            ),
        ),
        migrations.CreateModel(
            name="ContractEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                ("number", models.CharField(max_length=40, verbose_name="Number")),
                ("signed_on", models.DateField(verbose_name="Signed on")),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="Period"),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="former",
                        to="customers.contract",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                        verbose_name="Customer",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ContractedPlanEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="Period"),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.contract",
                        verbose_name="Contract",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="former",
                        to="customers.contractedplan",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                        verbose_name="Customer",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="contractedplan",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
                verbose_name="Customer",
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contracts",
                to="customers.customer",
                verbose_name="Customer",
            ),
        ),
        migrations.CreateModel(
            name="ContactEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="Email address"),
                ),
                ("phone", models.CharField(blank=True, max_length=32, verbose_name="Telephone")),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "French"), ("en", "English")],
                        max_length=2,
                        verbose_name="Language",
                    ),
                ),
                ("may_open", models.BooleanField(default=True, verbose_name="May open requests")),
                ("may_order", models.BooleanField(default=False, verbose_name="May order")),
                ("may_approve", models.BooleanField(default=False, verbose_name="May approve")),
                (
                    "may_enter",
                    models.BooleanField(default=False, verbose_name="May enter a datacentre"),
                ),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="Left on")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="former",
                        to="customers.contact",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Login",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                        verbose_name="Customer",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="contact",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contacts",
                to="customers.customer",
                verbose_name="Customer",
            ),
        ),
        migrations.CreateModel(
            name="CustomerEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=20, verbose_name="Code")),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "French"), ("en", "English")],
                        max_length=2,
                        verbose_name="Language",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="Europe/Paris", max_length=64, verbose_name="Time zone"
                    ),
                ),
                (
                    "domains",
                    models.JSONField(blank=True, default=list, verbose_name="Mail domains"),
                ),
                ("created_at", models.DateTimeField(default=opale.kernel.clock.now)),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="Left on")),
                (
                    "architect",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisation.person",
                        verbose_name="Solution architect",
                    ),
                ),
                (
                    "calendar",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisation.workingcalendar",
                        verbose_name="Business hours",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="former",
                        to="customers.customer",
                    ),
                ),
                (
                    "service_manager",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="organisation.person",
                        verbose_name="Service manager",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="offering",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_offeringevent" ("code", "family", "id", "name_en", "name_fr", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on") VALUES (OLD."code", OLD."family", OLD."id", OLD."name_en", OLD."name_fr", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."retired_on"); RETURN NULL;',
                    hash="a938b43d9ad77c761779319e2dc5dd5e4813007e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_17fb5",
                    table="customers_offering",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="offering",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_offeringevent" ("code", "family", "id", "name_en", "name_fr", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "retired_on") VALUES (OLD."code", OLD."family", OLD."id", OLD."name_en", OLD."name_fr", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."retired_on"); RETURN NULL;',
                    hash="d5bf983bc9d5b1d19f4294df6903e9ce74c0c416",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_e7b2a",
                    table="customers_offering",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="offeringevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="former",
                to="customers.offering",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="services",
                to="customers.customer",
                verbose_name="Customer",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="offering",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="services",
                to="customers.offering",
                verbose_name="Offering",
            ),
        ),
        migrations.AddField(
            model_name="service",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="customers.service",
                verbose_name="Part of",
            ),
        ),
        migrations.AddField(
            model_name="contractoptionevent",
            name="service",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.service",
                verbose_name="Service",
            ),
        ),
        migrations.AddField(
            model_name="contractoption",
            name="service",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="options",
                to="customers.service",
                verbose_name="Service",
            ),
        ),
        migrations.AddField(
            model_name="contractedplanevent",
            name="service",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.service",
                verbose_name="Service",
            ),
        ),
        migrations.AddField(
            model_name="contractedplan",
            name="service",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plans",
                to="customers.service",
                verbose_name="Service",
            ),
        ),
        migrations.AddField(
            model_name="serviceevent",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.customer",
                verbose_name="Customer",
            ),
        ),
        migrations.AddField(
            model_name="serviceevent",
            name="offering",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.offering",
                verbose_name="Offering",
            ),
        ),
        migrations.AddField(
            model_name="serviceevent",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.service",
                verbose_name="Part of",
            ),
        ),
        migrations.AddField(
            model_name="serviceevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="former",
                to="customers.service",
            ),
        ),
        migrations.AddField(
            model_name="soldcommitment",
            name="contract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="commitments",
                to="customers.contract",
                verbose_name="Contract",
            ),
        ),
        migrations.AddField(
            model_name="soldcommitment",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
                verbose_name="Customer",
            ),
        ),
        migrations.AddField(
            model_name="soldcommitment",
            name="service",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="commitments",
                to="customers.service",
                verbose_name="Service",
            ),
        ),
        migrations.AddField(
            model_name="soldcommitmentevent",
            name="contract",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.contract",
                verbose_name="Contract",
            ),
        ),
        migrations.AddField(
            model_name="soldcommitmentevent",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.customer",
                verbose_name="Customer",
            ),
        ),
        migrations.AddField(
            model_name="soldcommitmentevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="former",
                to="customers.soldcommitment",
            ),
        ),
        migrations.AddField(
            model_name="soldcommitmentevent",
            name="service",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.service",
                verbose_name="Service",
            ),
        ),
        migrations.AddField(
            model_name="contractedplanevent",
            name="plan",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.supportplan",
                verbose_name="Support plan",
            ),
        ),
        migrations.AddField(
            model_name="contractedplan",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.supportplan",
                verbose_name="Support plan",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supportplan",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_supportplanevent" ("code", "id", "name_en", "name_fr", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."code", OLD."id", OLD."name_en", OLD."name_fr", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id"); RETURN NULL;',
                    hash="f2628a2c0c08f4a1d8a4964a0ee6aebd8e3c81ff",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_019a0",
                    table="customers_supportplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supportplan",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_supportplanevent" ("code", "id", "name_en", "name_fr", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."code", OLD."id", OLD."name_en", OLD."name_fr", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="25b4f3fc974fa22461ff8b101b2f49809d32da46",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_7ffe2",
                    table="customers_supportplan",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="supportplanevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="former",
                to="customers.supportplan",
            ),
        ),
        migrations.AddField(
            model_name="supportplanversion",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="customers.supportplan",
                verbose_name="Support plan",
            ),
        ),
        migrations.AddField(
            model_name="plantarget",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="targets",
                to="customers.supportplanversion",
                verbose_name="Version",
            ),
        ),
        migrations.AddField(
            model_name="supportplanversionevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="former",
                to="customers.supportplanversion",
            ),
        ),
        migrations.AddField(
            model_name="supportplanversionevent",
            name="plan",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.supportplan",
                verbose_name="Support plan",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["name"], name="customer_name_trigrams", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["domains"], name="customer_domains", opclasses=["jsonb_path_ops"]
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_customerevent" ("architect_id", "calendar_id", "code", "created_at", "domains", "id", "language", "left_on", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "service_manager_id", "time_zone") VALUES (OLD."architect_id", OLD."calendar_id", OLD."code", OLD."created_at", OLD."domains", OLD."id", OLD."language", OLD."left_on", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."service_manager_id", OLD."time_zone"); RETURN NULL;',
                    hash="d6293bad90321b3c3cd63962b8e33d869dc05903",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ca86d",
                    table="customers_customer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customer",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_customerevent" ("architect_id", "calendar_id", "code", "created_at", "domains", "id", "language", "left_on", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "service_manager_id", "time_zone") VALUES (OLD."architect_id", OLD."calendar_id", OLD."code", OLD."created_at", OLD."domains", OLD."id", OLD."language", OLD."left_on", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."service_manager_id", OLD."time_zone"); RETURN NULL;',
                    hash="7d51eedbf24e73c5204cb8efe6242cdb89effff6",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_939ca",
                    table="customers_customer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contractevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="db4dc541a55b8746c0caf7093d41a02272cc4a6d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3d61a",
                    table="customers_contractevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contract",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_contractevent" ("customer_id", "id", "number", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "signed_on") VALUES (OLD."customer_id", OLD."id", OLD."number", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."signed_on"); RETURN NULL;',
                    hash="400a390bc51be3cf2bb21ac0c4e37e2819227f9a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7eecf",
                    table="customers_contract",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contract",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_contractevent" ("customer_id", "id", "number", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "signed_on") VALUES (OLD."customer_id", OLD."id", OLD."number", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."signed_on"); RETURN NULL;',
                    hash="0d0a3aa7dd7aff6ccc624dd598e4d059e1100ad7",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_0e5be",
                    table="customers_contract",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contactevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="148e5d94a0b9a7b4c299fcf9d6ddcbb2c9c45508",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a1838",
                    table="customers_contactevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["email"], name="contact_email"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                django.db.models.functions.text.Right(
                    models.Func(
                        models.F("phone"),
                        models.Value("\\D"),
                        models.Value(""),
                        models.Value("g"),
                        function="regexp_replace",
                        output_field=models.TextField(),
                    ),
                    9,
                ),
                name="contact_phone_digits",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("email", ""), _negated=True), ("left_on__isnull", True)
                ),
                fields=("customer", "email"),
                name="contact_email_once_per_customer",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_contactevent" ("customer_id", "email", "id", "language", "left_on", "may_approve", "may_enter", "may_open", "may_order", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "user_id") VALUES (OLD."customer_id", OLD."email", OLD."id", OLD."language", OLD."left_on", OLD."may_approve", OLD."may_enter", OLD."may_open", OLD."may_order", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."phone", OLD."user_id"); RETURN NULL;',
                    hash="1e363e65fdf389d36d25653ac4789d32e68f5b6c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_760d1",
                    table="customers_contact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contact",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_contactevent" ("customer_id", "email", "id", "language", "left_on", "may_approve", "may_enter", "may_open", "may_order", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "user_id") VALUES (OLD."customer_id", OLD."email", OLD."id", OLD."language", OLD."left_on", OLD."may_approve", OLD."may_enter", OLD."may_open", OLD."may_order", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."phone", OLD."user_id"); RETURN NULL;',
                    hash="960b200dbec69b2b0fc14c89737993f79d639eba",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_2a63b",
                    table="customers_contact",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="customerevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="67bbcdaa8b0ad9058ebdd1abf75818e71639ffeb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_92226",
                    table="customers_customerevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="offeringevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b7b2f28f82c893a2692a4a92d42837b27357e0c0",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_aa4db",
                    table="customers_offeringevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="service",
            index=models.Index(fields=["customer", "state"], name="service_customer_state"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="service",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_serviceevent" ("customer_id", "ended_on", "id", "name", "offering_id", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "started_on", "state") VALUES (OLD."customer_id", OLD."ended_on", OLD."id", OLD."name", OLD."offering_id", OLD."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."reference", OLD."started_on", OLD."state"); RETURN NULL;',
                    hash="f3ca1941120fef67f63704a6003664f1f3af69fb",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ea58a",
                    table="customers_service",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="service",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_serviceevent" ("customer_id", "ended_on", "id", "name", "offering_id", "parent_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference", "started_on", "state") VALUES (OLD."customer_id", OLD."ended_on", OLD."id", OLD."name", OLD."offering_id", OLD."parent_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."reference", OLD."started_on", OLD."state"); RETURN NULL;',
                    hash="aa81ae0c1eef4e25d0d3c7e2bd4f7d80898c4153",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_61f93",
                    table="customers_service",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contractoptionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c457fb09ea36ecd0b7239507e17ab0e0e50fc49a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e8af4",
                    table="customers_contractoptionevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contractoption",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_contractoptionevent" ("contract_id", "customer_id", "id", "kind", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "service_id") VALUES (OLD."contract_id", OLD."customer_id", OLD."id", OLD."kind", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."service_id"); RETURN NULL;',
                    hash="d2e67a2af1f18f0c37d8e89a72e4b4b0578dbea7",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9dff6",
                    table="customers_contractoption",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contractoption",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_contractoptionevent" ("contract_id", "customer_id", "id", "kind", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "service_id") VALUES (OLD."contract_id", OLD."customer_id", OLD."id", OLD."kind", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."service_id"); RETURN NULL;',
                    hash="9419ccd52ea1c4c8c2b8f697436ea0c94a6c1f67",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_4891f",
                    table="customers_contractoption",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="serviceevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="70ef9cace93ca48be1ae13dc4e00d8d7c644dd58",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3deb0",
                    table="customers_serviceevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="soldcommitment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("measure", "availability"),
                        ("percent__isnull", False),
                        ("target__isnull", True),
                    ),
                    models.Q(
                        models.Q(("measure", "availability"), _negated=True),
                        ("percent__isnull", True),
                        ("target__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="commitment_has_its_figure",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="soldcommitment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_soldcommitmentevent" ("contract_id", "coverage", "customer_id", "id", "measure", "penalty", "percent", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "service_id", "target") VALUES (OLD."contract_id", OLD."coverage", OLD."customer_id", OLD."id", OLD."measure", OLD."penalty", OLD."percent", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."priority", OLD."service_id", OLD."target"); RETURN NULL;',
                    hash="de9e9647cb1dfb167b2b8b5e3a65678edfa38703",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_bc009",
                    table="customers_soldcommitment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="soldcommitment",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_soldcommitmentevent" ("contract_id", "coverage", "customer_id", "id", "measure", "penalty", "percent", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "service_id", "target") VALUES (OLD."contract_id", OLD."coverage", OLD."customer_id", OLD."id", OLD."measure", OLD."penalty", OLD."percent", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."priority", OLD."service_id", OLD."target"); RETURN NULL;',
                    hash="573f4fb6ee86dab4e0cd5129085ef53dc184e6c2",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_df9f6",
                    table="customers_soldcommitment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="soldcommitmentevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="dd0db40400e7d40c2659af1e16fbeeae006332e2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_0a49a",
                    table="customers_soldcommitmentevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contractedplanevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1b8ff5ffb58972a36c67567c010ff81023623084",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_6f4f6",
                    table="customers_contractedplanevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="contractedplan",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("service", "="), ("period", "&&")], name="one_plan_per_service_a_day"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contractedplan",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_contractedplanevent" ("contract_id", "customer_id", "id", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "service_id") VALUES (OLD."contract_id", OLD."customer_id", OLD."id", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."plan_id", OLD."service_id"); RETURN NULL;',
                    hash="364828bd2a55381e135e3c9038c8e2b9b884684c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c8b32",
                    table="customers_contractedplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contractedplan",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_contractedplanevent" ("contract_id", "customer_id", "id", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "service_id") VALUES (OLD."contract_id", OLD."customer_id", OLD."id", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."plan_id", OLD."service_id"); RETURN NULL;',
                    hash="348df1214c26ca9722548ec801b764c65be0eb09",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_810ac",
                    table="customers_contractedplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supportplanevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e51ce5748048ba705a29686fa4c166af04c2778d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4ee0d",
                    table="customers_supportplanevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="supportplanversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("plan", "="), ("period", "&&")], name="one_version_of_a_plan_a_day"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supportplanversion",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "customers_supportplanversionevent" ("coverage", "id", "matrix", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "premium_matrix", "stream") VALUES (OLD."coverage", OLD."id", OLD."matrix", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."plan_id", OLD."premium_matrix", OLD."stream"); RETURN NULL;',
                    hash="1579ae211606803df08de3f5ce2c3948fb7f4592",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_25a45",
                    table="customers_supportplanversion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supportplanversion",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "customers_supportplanversionevent" ("coverage", "id", "matrix", "period", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "premium_matrix", "stream") VALUES (OLD."coverage", OLD."id", OLD."matrix", OLD."period", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."plan_id", OLD."premium_matrix", OLD."stream"); RETURN NULL;',
                    hash="35b7b4bdd6286345b75e254b49ad6adcf31569ab",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d9ae1",
                    table="customers_supportplanversion",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="plantarget",
            constraint=models.UniqueConstraint(
                fields=("version", "premium", "measure", "priority"), name="plan_target_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supportplanversionevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="860729a400ea3d00fde41b8ce4a80a140fb3d063",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b1562",
                    table="customers_supportplanversionevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]

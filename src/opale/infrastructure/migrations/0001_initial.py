import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConfigurationItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="Name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("router", "Router"),
                            ("switch", "Switch"),
                            ("firewall", "Firewall"),
                            ("link", "Link"),
                            ("circuit", "Circuit"),
                            ("host", "Host"),
                            ("virtual_machine", "Virtual machine"),
                            ("storage", "Storage"),
                            ("rack", "Rack"),
                            ("power_feed", "Power feed"),
                            ("cooling", "Cooling unit"),
                            ("application", "Application"),
                            ("core_system", "Core system"),
                        ],
                        max_length=20,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("in_service", "In service"),
                            ("maintenance", "In maintenance"),
                            ("retired", "Retired"),
                        ],
                        default="in_service",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                (
                    "address",
                    models.GenericIPAddressField(blank=True, null=True, verbose_name="Address"),
                ),
                (
                    "serial",
                    models.CharField(blank=True, max_length=100, verbose_name="Serial number"),
                ),
                (
                    "attributes",
                    models.JSONField(blank=True, default=dict, verbose_name="Attributes"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="customers.customer",
                        verbose_name="Customer",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="Dependency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "redundancy",
                    models.CharField(blank=True, max_length=40, verbose_name="Redundancy group"),
                ),
                (
                    "lower",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="carries_links",
                        to="infrastructure.configurationitem",
                        verbose_name="Required item",
                    ),
                ),
                (
                    "upper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="needs_links",
                        to="infrastructure.configurationitem",
                        verbose_name="Dependent item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DependencyEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                (
                    "redundancy",
                    models.CharField(blank=True, max_length=40, verbose_name="Redundancy group"),
                ),
                (
                    "lower",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infrastructure.configurationitem",
                        verbose_name="Required item",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="former",
                        to="infrastructure.dependency",
                    ),
                ),
                (
                    "upper",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infrastructure.configurationitem",
                        verbose_name="Dependent item",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ServiceItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "redundancy",
                    models.CharField(blank=True, max_length=40, verbose_name="Redundancy group"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                        verbose_name="Customer",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="service_links",
                        to="infrastructure.configurationitem",
                        verbose_name="Item",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="item_links",
                        to="customers.service",
                        verbose_name="Service",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ServiceItemEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                (
                    "redundancy",
                    models.CharField(blank=True, max_length=40, verbose_name="Redundancy group"),
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
                (
                    "item",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infrastructure.configurationitem",
                        verbose_name="Item",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="former",
                        to="infrastructure.serviceitem",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.service",
                        verbose_name="Service",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Site",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("datacentre", "Datacentre"),
                            ("pop", "Point of presence"),
                            ("customer_site", "Customer site"),
                            ("office", "Office"),
                        ],
                        max_length=20,
                        verbose_name="Kind",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="Address")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="City")),
                ("country", models.CharField(max_length=2, verbose_name="Country")),
                (
                    "time_zone",
                    models.CharField(
                        default="Europe/Paris", max_length=64, verbose_name="Time zone"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sites",
                        to="customers.customer",
                        verbose_name="Customer",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="ConfigurationItemEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("router", "Router"),
                            ("switch", "Switch"),
                            ("firewall", "Firewall"),
                            ("link", "Link"),
                            ("circuit", "Circuit"),
                            ("host", "Host"),
                            ("virtual_machine", "Virtual machine"),
                            ("storage", "Storage"),
                            ("rack", "Rack"),
                            ("power_feed", "Power feed"),
                            ("cooling", "Cooling unit"),
                            ("application", "Application"),
                            ("core_system", "Core system"),
                        ],
                        max_length=20,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("in_service", "In service"),
                            ("maintenance", "In maintenance"),
                            ("retired", "Retired"),
                        ],
                        default="in_service",
                        max_length=20,
                        verbose_name="State",
                    ),
                ),
                (
                    "address",
                    models.GenericIPAddressField(blank=True, null=True, verbose_name="Address"),
                ),
                (
                    "serial",
                    models.CharField(blank=True, max_length=100, verbose_name="Serial number"),
                ),
                (
                    "attributes",
                    models.JSONField(blank=True, default=dict, verbose_name="Attributes"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                        verbose_name="Customer",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="former",
                        to="infrastructure.configurationitem",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="infrastructure.site",
                        verbose_name="Site",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="configurationitem",
            name="site",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="infrastructure.site",
                verbose_name="Site",
            ),
        ),
        migrations.CreateModel(
            name="SiteEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField()),
                ("id", models.BigIntegerField()),
                ("code", models.CharField(max_length=20, verbose_name="Code")),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("datacentre", "Datacentre"),
                            ("pop", "Point of presence"),
                            ("customer_site", "Customer site"),
                            ("office", "Office"),
                        ],
                        max_length=20,
                        verbose_name="Kind",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="Address")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="City")),
                ("country", models.CharField(max_length=2, verbose_name="Country")),
                (
                    "time_zone",
                    models.CharField(
                        default="Europe/Paris", max_length=64, verbose_name="Time zone"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="customers.customer",
                        verbose_name="Customer",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="former",
                        to="infrastructure.site",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="dependency",
            constraint=models.UniqueConstraint(fields=("upper", "lower"), name="dependency_once"),
        ),
        migrations.AddConstraint(
            model_name="dependency",
            constraint=models.CheckConstraint(
                condition=models.Q(("upper", models.F("lower")), _negated=True),
                name="dependency_not_of_itself",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dependency",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "infrastructure_dependencyevent" ("id", "lower_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "redundancy", "upper_id") VALUES (OLD."id", OLD."lower_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."redundancy", OLD."upper_id"); RETURN NULL;',
                    hash="86ae2a4c4b09115adeca237d52efe2502afd53ba",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_81b18",
                    table="infrastructure_dependency",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dependency",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "infrastructure_dependencyevent" ("id", "lower_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "redundancy", "upper_id") VALUES (OLD."id", OLD."lower_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."redundancy", OLD."upper_id"); RETURN NULL;',
                    hash="280fe2c080749ae1cc3b7a9da9b6f7e1e72eea2e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_c0b9b",
                    table="infrastructure_dependency",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dependencyevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9270c50626f2fe4a8fa0cfbf57fa2705f1bac391",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a4bc4",
                    table="infrastructure_dependencyevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceitem",
            constraint=models.UniqueConstraint(
                fields=("service", "item"), name="service_item_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="serviceitem",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "infrastructure_serviceitemevent" ("customer_id", "id", "item_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "redundancy", "service_id") VALUES (OLD."customer_id", OLD."id", OLD."item_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."redundancy", OLD."service_id"); RETURN NULL;',
                    hash="d94ace75bfd52017ce918966e9066d5cd955eaf4",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7cfd4",
                    table="infrastructure_serviceitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="serviceitem",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "infrastructure_serviceitemevent" ("customer_id", "id", "item_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "redundancy", "service_id") VALUES (OLD."customer_id", OLD."id", OLD."item_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."redundancy", OLD."service_id"); RETURN NULL;',
                    hash="7122126cf621ec00a11f1d2ccae895a9a645ac88",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_bb287",
                    table="infrastructure_serviceitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="serviceitemevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9e5fff258c27057d300acd79d639bc17f7e28a43",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_42848",
                    table="infrastructure_serviceitemevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="site",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "infrastructure_siteevent" ("address", "city", "code", "country", "customer_id", "id", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "time_zone") VALUES (OLD."address", OLD."city", OLD."code", OLD."country", OLD."customer_id", OLD."id", OLD."kind", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."time_zone"); RETURN NULL;',
                    hash="62da8a22325bfd84f90f472aab950b6f30ae815e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_339d2",
                    table="infrastructure_site",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="site",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "infrastructure_siteevent" ("address", "city", "code", "country", "customer_id", "id", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "time_zone") VALUES (OLD."address", OLD."city", OLD."code", OLD."country", OLD."customer_id", OLD."id", OLD."kind", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."time_zone"); RETURN NULL;',
                    hash="a7cc0472365d230a76cd28e8cd60c92ec98c4cf5",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f1039",
                    table="infrastructure_site",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="configurationitemevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="cc9765b875aed8f511c8bc742ae9d8a9c0231f58",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_6fbf8",
                    table="infrastructure_configurationitemevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="configurationitem",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["name"], name="item_name_trigrams", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="configurationitem",
            index=models.Index(
                django.db.models.functions.text.Lower("name"), name="item_name_lower"
            ),
        ),
        migrations.AddIndex(
            model_name="configurationitem",
            index=models.Index(fields=["address"], name="item_address"),
        ),
        migrations.AddIndex(
            model_name="configurationitem",
            index=models.Index(fields=["kind", "name"], name="item_kind_name"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="configurationitem",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "infrastructure_configurationitemevent" ("address", "attributes", "customer_id", "id", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "serial", "site_id", "state") VALUES (OLD."address", OLD."attributes", OLD."customer_id", OLD."id", OLD."kind", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', OLD."id", OLD."serial", OLD."site_id", OLD."state"); RETURN NULL;',
                    hash="e39cc14a93a35f172c7be99c129796be15cdf67c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a4d0d",
                    table="infrastructure_configurationitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="configurationitem",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "infrastructure_configurationitemevent" ("address", "attributes", "customer_id", "id", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "serial", "site_id", "state") VALUES (OLD."address", OLD."attributes", OLD."customer_id", OLD."id", OLD."kind", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."serial", OLD."site_id", OLD."state"); RETURN NULL;',
                    hash="e4430f9910595018af213e34badca7fca1975080",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_0401a",
                    table="infrastructure_configurationitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="siteevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b214b8f09d5a7b0fa7db5365d3b326cca2d0565c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a5f35",
                    table="infrastructure_siteevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]

from django.db import migrations

from opale.kernel.isolation import isolate_login


class Migration(migrations.Migration):
    """A contact's request sees and makes tokens of its own login. docs/rules/customer-isolation.md."""

    dependencies = [("organisation", "0003_creation"), ("kernel", "0001_initial")]

    operations = [
        isolate_login(
            "organisation_apitoken",
            "user_id",
            may="SELECT, INSERT, UPDATE (revoked_at)",
        ),
    ]

from django.db import migrations

from opale.kernel.reference_cache import watch


class Migration(migrations.Migration):
    """What people keep of lists is read with every list, and remembered until it changes."""

    dependencies = [("organisation", "0008_listing_views"), ("kernel", "0005_reference_changes")]

    operations = [watch("organisation_listingview")]

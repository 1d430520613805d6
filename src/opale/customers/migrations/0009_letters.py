from django.db import migrations

from opale.kernel.trigrams import trigram_index


class Migration(migrations.Migration):
    """Names are found by some of their letters, without accents, by an index."""

    dependencies = [("customers", "0008_known_numbers"), ("kernel", "0004_search")]

    operations = [
        migrations.AddIndex("customer", trigram_index("name", "code", name="customer_letters")),
        migrations.AddIndex("contact", trigram_index("name", "email", name="contact_letters")),
        migrations.AddIndex("service", trigram_index("name", "reference", name="service_letters")),
    ]

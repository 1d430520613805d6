from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations

# What stands between the words of a host name, an address or a telephone number: the parser of
# PostgreSQL would keep "rtr-ren-01.example.com" together and take "-01" for a negative number.
JOINTS = "./-_@:<>&+"

PLAIN = """
CREATE FUNCTION kernel_plain(said text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower(unaccent('unaccent'::regdictionary, said));
"""

DICTIONARIES = """
CREATE TEXT SEARCH DICTIONARY kernel_stop_fr
    (TEMPLATE = pg_catalog.simple, STOPWORDS = french, ACCEPT = false);
CREATE TEXT SEARCH DICTIONARY kernel_stop_en
    (TEMPLATE = pg_catalog.simple, STOPWORDS = english, ACCEPT = false);
"""


def configuration(name: str, other_stops: str, stem: str) -> str:
    return f"""
    CREATE TEXT SEARCH CONFIGURATION {name} (PARSER = pg_catalog."default");
    ALTER TEXT SEARCH CONFIGURATION {name}
        ADD MAPPING FOR asciiword, asciihword, hword_asciipart
        WITH {other_stops}, pg_catalog.{stem};
    ALTER TEXT SEARCH CONFIGURATION {name}
        ADD MAPPING FOR word, numword, hword, numhword, hword_part, hword_numpart,
            int, uint, float, sfloat, version, email, host, url, url_path, file
        WITH unaccent, {other_stops}, pg_catalog.{stem};
    """


def spoken(name: str) -> str:
    spaces = " " * len(JOINTS)
    return f"to_tsvector('{name}'::regconfig, translate(left(said, 50000), '{JOINTS}', '{spaces}'))"


WORDS = f"""
CREATE FUNCTION kernel_words(said text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN {spoken("kernel_fr")} || {spoken("kernel_en")};
"""


class Migration(migrations.Migration):
    """The words of a text as search knows them: without accents, stemmed in both languages.

    The words that both languages leave out are left out of each. The first 50,000 characters
    count: the words of a longer text may be more than a tsvector holds.
    """

    dependencies = [("kernel", "0003_fact_delivery")]

    operations = [
        BtreeGinExtension(),
        migrations.RunSQL(PLAIN, "DROP FUNCTION kernel_plain(text)"),
        migrations.RunSQL(
            DICTIONARIES,
            "DROP TEXT SEARCH DICTIONARY kernel_stop_fr; "
            "DROP TEXT SEARCH DICTIONARY kernel_stop_en",
        ),
        migrations.RunSQL(
            configuration("kernel_fr", "kernel_stop_en", "french_stem"),
            "DROP TEXT SEARCH CONFIGURATION kernel_fr",
        ),
        migrations.RunSQL(
            configuration("kernel_en", "kernel_stop_fr", "english_stem"),
            "DROP TEXT SEARCH CONFIGURATION kernel_en",
        ),
        migrations.RunSQL(WORDS, "DROP FUNCTION kernel_words(text)"),
    ]

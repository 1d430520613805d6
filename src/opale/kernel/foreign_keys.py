"""Foreign keys checked once per statement, for rows that come by the thousand.

A foreign key of PostgreSQL is checked for each row and each column by itself, also where a thousand
rows name the same customer: for a batch of alerts, a quarter of the database's work.
Source: docs/decisions/0023-references-checked-by-the-set.md.
"""

from collections.abc import Mapping

from django.db.migrations.operations import RunSQL

AS_OWNER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public"


def add_foreign_keys(table: str, **targets: str) -> RunSQL:
    """Return the migration operation by which these columns of `table` are null or an `id` of their
    target.

    It guarantees what a foreign key does, also against SQL by hand and between two transactions: a
    transaction that writes a reference holds a shared lock of the table until it ends. One that
    deletes takes the lock alone, at its end, and looks for references. So a new row waits for a
    deletion only in that moment. The fields say `db_constraint=False`.
    Errors: foreign_key_violation, at the end of the statement (for a deletion, of the transaction);
    feature_not_supported in a transaction that does not read what others commit.
    """
    columns = list(targets)
    return RunSQL(
        sql=f"""
        {_looked_for(table, targets)}
        CREATE FUNCTION {table}_refers_elsewhere() RETURNS trigger {AS_OWNER} AS $$
        BEGIN
            {_locked(table, "pg_advisory_xact_lock_shared")}
            {"".join(_moved(table, column, targets[column]) for column in columns)}
            RETURN NULL;
        END $$;
        CREATE FUNCTION {table}_is_referred_from() RETURNS trigger {AS_OWNER} AS $$
        DECLARE
            named boolean;
        BEGIN
            IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN
                RETURN NULL;
            END IF;
            {_locked(table, "pg_advisory_xact_lock")}
            EXECUTE format('SELECT EXISTS (SELECT FROM {table} WHERE %I = $1)', TG_ARGV[0])
                INTO named USING OLD.id;
            IF named THEN
                RAISE '% of % is named by % of {table}', OLD.id, TG_TABLE_NAME, TG_ARGV[0]
                    USING ERRCODE = 'foreign_key_violation', CONSTRAINT = TG_NAME;
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER refers AFTER INSERT ON {table} REFERENCING NEW TABLE AS come
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_refers();
        CREATE TRIGGER refers_elsewhere AFTER UPDATE ON {table}
            FOR EACH ROW WHEN (({_of("OLD", columns)}) IS DISTINCT FROM ({_of("NEW", columns)}))
            EXECUTE FUNCTION {table}_refers_elsewhere();
        {"".join(_kept(table, column, targets[column]) for column in columns)}
        """,  # noqa: S608  # written in migrations
        reverse_sql=f"""
        {"".join(f"DROP TRIGGER {table}_{c} ON {targets[c]};" for c in columns)}
        DROP TRIGGER refers ON {table};
        DROP TRIGGER refers_elsewhere ON {table};
        DROP FUNCTION {table}_refers();
        DROP FUNCTION {table}_refers_elsewhere();
        DROP FUNCTION {table}_is_referred_from();
        """,
    )


def refresh_foreign_keys(table: str, **targets: str) -> RunSQL:
    """Return the migration operation that renews the checks that an earlier release made for new
    rows of this table. The columns and targets are the same.
    """
    return RunSQL(_looked_for(table, targets), RunSQL.noop)


def _looked_for(table: str, targets: Mapping[str, str]) -> str:
    return f"""
        CREATE OR REPLACE FUNCTION {table}_refers() RETURNS trigger {AS_OWNER} AS $$
        DECLARE
            absent text;
            said record;
        BEGIN
            {_locked(table, "pg_advisory_xact_lock_shared")}
            SELECT {", ".join(_said(column) for column in targets)} INTO said FROM come;
            {"".join(_come(table, column, target) for column, target in targets.items())}
            RETURN NULL;
        END $$;
    """  # noqa: S608  # written in migrations


def _locked(table: str, take: str) -> str:
    """Return the lock statement; each one after it sees what was committed before the lock."""
    return f"""
            IF current_setting('transaction_isolation') <> 'read committed' THEN
                RAISE 'what {table} names is kept in transactions that read what is committed'
                    USING ERRCODE = 'feature_not_supported';
            END IF;
            PERFORM {take}(hashtextextended('{table}.refers', 0));
    """


def _said(column: str) -> str:
    # All columns at once: rows are wide, and reading their last columns takes the longest.
    return f"array_agg(DISTINCT {column}) FILTER (WHERE {column} IS NOT NULL) AS {column}"


def _come(table: str, column: str, target: str) -> str:
    # Looked for one by one: to join would read the whole target where it is small beside a batch.
    return f"""
            IF said.{column} IS NOT NULL THEN
                SELECT string_agg(one.id::text, ', ') INTO absent
                FROM unnest(said.{column}) AS one(id)
                WHERE (SELECT t.id FROM {target} t WHERE t.id = one.id) IS NULL;
                IF absent IS NOT NULL THEN
                    RAISE '{column} of {table}: not in {target}: %', absent
                        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{table}_{column}';
                END IF;
            END IF;
    """  # noqa: S608  # written in migrations


def _moved(table: str, column: str, target: str) -> str:
    return f"""
            IF NEW.{column} IS DISTINCT FROM OLD.{column} AND NEW.{column} IS NOT NULL THEN
                PERFORM FROM {target} t WHERE t.id = NEW.{column};
                IF NOT FOUND THEN
                    RAISE '{column} of {table}: not in {target}: %', NEW.{column}
                        USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{table}_{column}';
                END IF;
            END IF;
    """


def _kept(table: str, column: str, target: str) -> str:
    return f"""
        CREATE CONSTRAINT TRIGGER {table}_{column} AFTER DELETE OR UPDATE OF id ON {target}
            DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION {table}_is_referred_from('{column}');
    """


def _of(row: str, columns: list[str]) -> str:
    return ", ".join(f"{row}.{column}" for column in columns)

"""Refuse, in the database itself, to change or remove what is in the ledger."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = ("server_ledgerentry", "server_ledgernode")
REASON = "the ledger only grows"


def forbid(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create one trigger for each table and each forbidden verb."""
    vendor = schema_editor.connection.vendor
    if vendor == "sqlite":
        for table in TABLES:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{REASON}'); END"
                )
    elif vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION armslength_ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REASON}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for table in TABLES:
            schema_editor.execute(
                f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION armslength_ledger_only_grows()"
            )
    else:
        raise NotImplementedError(f"the ledger cannot be protected on {vendor}")


def allow(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Remove the triggers."""
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for verb in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}")
    else:
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER {table}_only_grows ON {table}")
        schema_editor.execute("DROP FUNCTION armslength_ledger_only_grows()")


class Migration(migrations.Migration):
    dependencies = [("server", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]

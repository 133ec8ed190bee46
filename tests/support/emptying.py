"""A PostgreSQL database that a test has used, made as it was before: faster than a new one, which is a thousand files.

Only what a test did to the rows is undone. Whoever changed anything else, the schema or a row that the migrations
brought, has used the database up: it is not given out again.
"""

from psycopg import Connection, sql

#: What the migrations made, named and with what belongs to it; two databases with the same answer have the same schema.
_SCHEMA = """
SELECT md5(string_agg(part, ';' ORDER BY part)) FROM (
    SELECT format('%s %s %s %s', c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod)) AS part
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
    UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT format('%s %s %s', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
    UNION ALL SELECT format('%s %s', proname, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT format('%s %s', setdatabase, setconfig) FROM pg_db_role_setting
     WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
) AS parts(part)
"""
_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
_COUNTED_ON = """
SELECT sequencename, start_value FROM pg_sequences
 WHERE schemaname = 'public' AND last_value IS NOT NULL ORDER BY sequencename
"""
#: What ANALYZE found of rows that are gone; plans and `handles_nearly_all` go by it.
_FORGET = """
DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
"""
_OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""

Look = tuple[str | None, dict[str, str], tuple[str, ...]]
"""The schema, the tables that have rows with what is in them, and the sequences that gave a number."""


def look_of(connection: Connection) -> Look:
    """What one database of a schema can differ in from another."""
    schema = _one(connection, _SCHEMA)
    rows = {
        table: str(
            _one(
                connection,
                sql.SQL("SELECT md5(string_agg(t::text, ';' ORDER BY t::text)) FROM {} t").format(
                    sql.Identifier(table)
                ),
            )
        )
        for table in _filled(connection)
    }
    return schema, rows, tuple(name for name, _first in connection.execute(_COUNTED_ON))


def emptied(connection: Connection, new: Look) -> bool:
    """Whether the database looks as a new one does, after its rows were removed and its numbers begun again."""
    connection.execute(_OTHERS)
    _schema, rows, counted_on = new
    # The history defends itself against this by triggers, as do keys of other tables; a replica has none.
    connection.execute("SET session_replication_role = replica")
    # Rows are deleted, since TRUNCATE makes new files; numbers are set back, since ALTER SEQUENCE makes a new file.
    tables = [table for (table,) in connection.execute(_TABLES) if table not in rows]
    connection.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in tables))
    connection.execute(_FORGET)
    for name, first in connection.execute(_COUNTED_ON).fetchall():
        if name not in counted_on:
            connection.execute("SELECT setval(%s::regclass, %s, false)", (f'"{name}"', first))
    return look_of(connection) == new


def _filled(connection: Connection) -> list[str]:
    """The tables that have rows."""
    asked = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(table), sql.Identifier(table))
        for (table,) in connection.execute(_TABLES).fetchall()
    )
    return [table for (table,) in connection.execute(asked)]


def _one(connection: Connection, query: str | sql.Composed) -> str | None:
    row = connection.execute(query).fetchone()
    return None if row is None else row[0]

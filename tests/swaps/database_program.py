"""psycopg2 and sqlite3 in coroutines, a case each; dsn is a database that is empty."""
import sqlite3

import psycopg2
from psycopg2.extras import RealDictCursor


async def table(dsn):
    connection = psycopg2.connect(dsn)
    cursor = connection.cursor()
    cursor.execute("create table if not exists t (id int, name text)")
    cursor.execute("delete from t")
    cursor.executemany("insert into t values (%s, %s)", [(1, "a"), (2, "b"), (3, None)])
    connection.commit()
    cursor.execute("select id, name from t where id > %s order by id", (1,))
    rows = cursor.fetchall()
    count = cursor.rowcount
    cursor.close()
    connection.close()
    return rows, count


async def iterated(dsn):
    connection = psycopg2.connect(dsn)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select generate_series(1, 3)")
            return [row[0] for row in cursor]
    finally:
        connection.close()


async def dictionaries(dsn):
    connection = psycopg2.connect(dsn)
    with connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute("select %(a)s::int as a, 'x' as b", {"a": 1})
        row = cursor.fetchone()
    connection.close()
    return dict(row)


async def automatic(dsn):
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("select 1")
    one = cursor.fetchone()[0]
    connection.close()
    return one


async def rolled_back(dsn):
    connection = psycopg2.connect(dsn)
    cursor = connection.cursor()
    try:
        cursor.execute("select * from no_such_table")
    except psycopg2.ProgrammingError:
        connection.rollback()
    cursor.execute("select 2")
    two = cursor.fetchone()
    connection.close()
    return two


async def many(dsn):
    connection = psycopg2.connect(dsn)
    cursor = connection.cursor()
    cursor.execute("select 1 where 1 in %s", ((1, 2),))
    rows = cursor.fetchall()
    connection.close()
    return rows


async def local(dsn):
    connection = sqlite3.connect(":memory:", timeout=3)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("create table t (id int)")
        connection.executemany("insert into t values (?)", [(1,), (2,)])
        connection.commit()
        cursor = connection.execute("select id from t")
        first = cursor.fetchone()["id"]
        return first, [row["id"] for row in cursor], connection.total_changes
    finally:
        connection.close()

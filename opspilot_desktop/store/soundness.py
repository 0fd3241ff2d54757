"""Whether a workspace has what it must have: its tables, and an audit row for every import and run."""

from __future__ import annotations

import json

from sqlalchemy import Connection, inspect, select

from .quantities import count_quantities, kept_quantities
from .schema import audit_log, imports, metadata, runs


def has_every_table(connection: Connection) -> bool:
    """Whether no table of the schema is missing."""
    return metadata.tables.keys() <= set(inspect(connection).get_table_names())


def miscounted(connection: Connection) -> str:
    """What is wrong with the running sum of the quantities, "" when it is that of the trades."""
    kept = kept_quantities(connection)
    if kept is None or kept == count_quantities(connection):
        return ""
    return "the running sum of the quantities is not that of the trades; reconcile with --full counts anew"


def unrecorded(connection: Connection) -> str:
    """The first import or run that has no audit row, "" when each has one.

    A chain cannot show that its end was cut off; what the cut rows told of still can.
    """
    told = {"import_id": set[int](), "run_id": set[int]()}
    recorded = audit_log.c.operation.in_(["import trades", "import ledger", "reconcile"])
    query = select(audit_log.c.details).where(recorded).execution_options(yield_per=500)
    with connection.execute(query) as rows:
        for details in rows.scalars():
            values = json.loads(details)
            for name, numbers in told.items():
                if name in values:
                    numbers.add(values[name])
    for table, name, word in ((imports, "import_id", "import"), (runs, "run_id", "run")):
        for number in connection.execute(select(table.c.id).order_by(table.c.id)).scalars().all():
            if number not in told[name]:
                return f"{word} {number}"
    return ""

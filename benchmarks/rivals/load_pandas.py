"""pandas read_csv and to_sql, as in a notebook; the types are pandas' guesses, amounts are floats.

`python -m benchmarks.rivals.load_pandas DATABASE TABLE FILE …`, with the tables and files in turns.
"""

import sqlite3
import sys

import pandas as pd

_, database, *rest = sys.argv
connection = sqlite3.connect(database)
for table, file in zip(rest[::2], rest[1::2], strict=True):
    pd.read_csv(file).to_sql(table, connection, index=False, chunksize=50_000)
connection.close()

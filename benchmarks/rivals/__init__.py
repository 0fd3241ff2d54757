"""Other programs at the same task, each run as a process by the Python of `.venv-bench`.

`python -m benchmarks.rivals.NAME TRADES LEDGER [BREAKS]` prints one JSON object (see `answer`) and writes the
trade ids of the breaks that it found to the file BREAKS, one a line.

Those called `load_…` and `validate_…` take a file as an import does, and print nothing.
"""

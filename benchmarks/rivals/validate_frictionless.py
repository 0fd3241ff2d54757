"""frictionless validates a file by a schema with types and constraints; it stores nothing.

`python -m benchmarks.rivals.validate_frictionless SCHEMA FILE …`, in turns; a schema is a file of JSON.
"""

import sys

from frictionless import Resource, Schema, system

_, *rest = sys.argv
for schema, file in zip(rest[::2], rest[1::2], strict=True):
    with system.use_context(trusted=True):
        report = Resource(path=file, schema=Schema.from_descriptor(schema)).validate()
    if not report.valid:
        sys.exit(str(report.flatten(["rowNumber", "fieldName", "type"])[:5]))

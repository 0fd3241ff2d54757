"""The one declaration of every record's fields.

The importer, the schema's tests, the tables on screen, the exports and the copilot all read it, so a
field has one name, one type and one label everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FieldType(StrEnum):
    """What a field's values are, and so how they are read, sorted, filtered, aligned and shown."""

    ID = "id"  # text; outer white space trimmed, case counts
    TEXT = "text"
    SIDE = "side"  # BUY or SELL
    TRADE_STATUS = "trade_status"  # lower case; blank means pending
    DECIMAL = "decimal"  # exact, kept as <name>_units and <name>_nanos
    CURRENCY = "currency"  # text; case counts (GBp is not GBP)
    DATE = "date"  # YYYY-MM-DD
    TIMESTAMP = "timestamp"  # from a file, kept as given
    INSTANT = "instant"  # the program's own time, UTC with Z
    NUMBER = "number"  # a whole number of the program's own, such as an issue's id
    COUNT = "count"  # how many of something
    DIGEST = "digest"  # a SHA-256
    KIND = "kind"  # of record
    SEVERITY = "severity"
    ISSUE_TYPE = "issue_type"
    ISSUE_STATUS = "issue_status"
    MATCH_STATUS = "match_status"
    PERSON = "person"

    @property
    def is_key(self) -> bool:
        """Whether values are what records are found and matched by."""
        return self in (FieldType.ID, FieldType.TRADE_STATUS, FieldType.CURRENCY)

    @property
    def is_numeric(self) -> bool:
        """Whether values are compared and aligned as numbers."""
        return self in (FieldType.DECIMAL, FieldType.NUMBER, FieldType.COUNT)


LONGEST_KEY = 200
"""How many characters an id, a currency or a status can have: what databases keep in an index."""


class Kind(StrEnum):
    """The kinds of record, by the name the command line and the tabs give them."""

    TRADES = "trades"
    LEDGER = "ledger"
    ISSUES = "issues"
    IMPORTS = "imports"
    AUDIT = "audit"


class MatchStatus(StrEnum):
    """How a trade stands against the ledger; derived, never stored."""

    UNCHECKED = "unchecked"  # not of a checked status, or changed since the last run
    MATCHED = "matched"
    BROKEN = "broken"  # a matching issue is still shown by the data


@dataclass(frozen=True)
class Field:
    """One field of a record.

    `aliases` are header names that stand for it in other systems' files, compared without case, spaces
    and punctuation. A `derived` field is computed by the program and never imported. `shown` says whether
    the table shows it until the user chooses otherwise; `wide` is its usual width in characters.
    """

    name: str
    label: str
    type: FieldType = FieldType.TEXT
    required: bool = False
    positive: bool = False
    derived: bool = False
    shown: bool = True
    wide: int = 12
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """A kind of record and its fields, in the order of the table on screen.

    `sought` can be filtered by as fields can, but are no column.
    """

    kind: Kind
    label: str
    fields: tuple[Field, ...]
    sought: tuple[Field, ...] = ()

    @property
    def importable(self) -> tuple[Field, ...]:
        """The fields a file can bring."""
        return tuple(field for field in self.fields if not field.derived)

    @property
    def required(self) -> tuple[Field, ...]:
        """The fields a file must bring."""
        return tuple(field for field in self.fields if field.required)

    @property
    def stored_columns(self) -> tuple[str, ...]:
        """The names of the columns that keep the importable fields, in their order; a trade's gross amount
        (quantity × price) stands last."""
        names: list[str] = []
        for field in self.importable:
            is_decimal = field.type is FieldType.DECIMAL
            names += [f"{field.name}_units", f"{field.name}_nanos"] if is_decimal else [field.name]
        if self.kind is Kind.TRADES:
            names += ["gross_units", "gross_nanos", "gross_rest"]
        return tuple(names)

    def field(self, name: str) -> Field:
        """The field of that name; KeyError when there is none."""
        for field in (*self.fields, *self.sought):
            if field.name == name:
                return field
        raise KeyError(name)


_TRADE_ID = Field(
    "trade_id",
    "Trade",
    FieldType.ID,
    required=True,
    wide=14,
    aliases=(
        "trade ref",
        "trade reference",
        "trade number",
        "trade no",
        "deal id",
        "deal ref",
        "tradeid",
    ),
)

TRADES = Record(
    Kind.TRADES,
    "Trades",
    (
        _TRADE_ID,
        Field(
            "instrument",
            "Instrument",
            required=True,
            wide=12,
            aliases=("symbol", "ticker", "security", "isin", "security id", "instrument id"),
        ),
        Field(
            "side",
            "Side",
            FieldType.SIDE,
            required=True,
            wide=6,
            aliases=("direction", "buy/sell", "b/s", "buysell", "trade side"),
        ),
        Field(
            "quantity",
            "Quantity",
            FieldType.DECIMAL,
            required=True,
            positive=True,
            wide=12,
            aliases=("qty", "shares", "nominal", "trade quantity"),
        ),
        Field(
            "price",
            "Price",
            FieldType.DECIMAL,
            required=True,
            wide=11,
            aliases=("px", "unit price", "trade price", "execution price"),
        ),
        Field("gross_amount", "Gross amount", FieldType.DECIMAL, derived=True, wide=16),
        Field(
            "currency",
            "Ccy",
            FieldType.CURRENCY,
            wide=5,
            aliases=("ccy", "cur", "curr", "trade currency", "currency code"),
        ),
        Field("match_status", "Match", FieldType.MATCH_STATUS, derived=True, wide=10),
        Field(
            "status",
            "Status",
            FieldType.TRADE_STATUS,
            wide=10,
            aliases=("trade status", "settlement status"),
        ),
        Field(
            "trade_date",
            "Trade date",
            FieldType.DATE,
            wide=11,
            aliases=("tradedate", "execution date", "deal date", "trade dt"),
        ),
        Field(
            "settle_date",
            "Settlement date",
            FieldType.DATE,
            wide=14,
            aliases=(
                "settlement date",
                "settledate",
                "settlement",
                "contractual settlement date",
                "settle dt",
            ),
        ),
        Field(
            "counterparty",
            "Counterparty",
            wide=20,
            aliases=("cpty", "cpty name", "counterparty name", "counterpart"),
        ),
        Field("account", "Account", wide=14, aliases=("acct", "account id", "account number")),
        Field("trader", "Trader", wide=10, shown=False, aliases=("trader id", "trader name", "dealer")),
        Field(
            "timestamp",
            "Timestamp",
            FieldType.TIMESTAMP,
            wide=20,
            shown=False,
            aliases=("created at", "execution time", "trade time"),
        ),
        Field("import_id", "Import", FieldType.NUMBER, derived=True, wide=7, shown=False),
    ),
)

LEDGER = Record(
    Kind.LEDGER,
    "Ledger",
    (
        Field(
            "entry_id",
            "Entry",
            FieldType.ID,
            wide=14,
            aliases=("ledger id", "posting id", "journal id", "entry no", "entry ref", "transaction id"),
        ),
        _TRADE_ID,
        Field("booked_trade_id", "Booked as", FieldType.ID, derived=True, wide=14),
        Field(
            "amount",
            "Amount",
            FieldType.DECIMAL,
            required=True,
            wide=16,
            aliases=("amt", "net amount", "booked amount", "ledger amount", "posting amount"),
        ),
        Field("currency", "Ccy", FieldType.CURRENCY, wide=5, aliases=("ccy", "cur", "curr", "currency code")),
        Field("entry_type", "Entry type", wide=12, aliases=("posting type", "booking type")),
        Field(
            "value_date",
            "Value date",
            FieldType.DATE,
            wide=11,
            aliases=("valuedate", "val date", "val dt", "booking date", "posting date"),
        ),
        Field("account", "Account", wide=14, aliases=("acct", "account id", "account number", "gl account")),
        Field(
            "description",
            "Description",
            wide=28,
            aliases=("narrative", "memo", "booking text"),
        ),
        Field(
            "timestamp",
            "Timestamp",
            FieldType.TIMESTAMP,
            wide=20,
            shown=False,
            aliases=("created at", "posted at"),
        ),
        Field("import_id", "Import", FieldType.NUMBER, derived=True, wide=7, shown=False),
    ),
)

ISSUES = Record(
    Kind.ISSUES,
    "Issues",
    (
        Field("id", "Issue", FieldType.NUMBER, derived=True, wide=7),
        Field("severity", "Severity", FieldType.SEVERITY, derived=True, wide=11),
        Field("issue_type", "Type", FieldType.ISSUE_TYPE, derived=True, wide=19),
        Field("trade_id", "Trade", FieldType.ID, derived=True, wide=14),
        Field("instrument", "Instrument", derived=True, wide=12),
        Field("counterparty", "Counterparty", derived=True, wide=20),
        Field("difference", "Difference", FieldType.DECIMAL, derived=True, wide=14),
        Field("currency", "Ccy", derived=True, wide=5),
        Field("age", "Age", FieldType.NUMBER, derived=True, wide=6),
        Field("assigned_to", "Assignee", FieldType.PERSON, derived=True, wide=13),
        Field("status", "Status", FieldType.ISSUE_STATUS, derived=True, wide=13),
        Field("entry_id", "Entry", FieldType.ID, derived=True, wide=14, shown=False),
        Field("reason", "Reason", derived=True, wide=16, shown=False),
        Field("comment", "Comment", derived=True, wide=28, shown=False),
        Field("detected_at", "Detected", FieldType.INSTANT, derived=True, wide=16, shown=False),
    ),
    sought=(Field("run", "Run", FieldType.NUMBER, derived=True),),
)

IMPORTS = Record(
    Kind.IMPORTS,
    "Imports",
    (
        Field("id", "Import", FieldType.NUMBER, derived=True, wide=7),
        Field("at", "Imported", FieldType.INSTANT, derived=True, wide=16),
        Field("file", "File", derived=True, wide=30),
        Field("kind", "Kind", FieldType.KIND, derived=True, wide=8),
        Field("source", "Source", derived=True, wide=12),
        Field("profile", "Profile", derived=True, wide=16),
        Field("read", "Rows read", FieldType.COUNT, derived=True, wide=10),
        Field("imported", "Added", FieldType.COUNT, derived=True, wide=10),
        Field("updated", "Changed", FieldType.COUNT, derived=True, wide=10),
        Field("unchanged", "Unchanged", FieldType.COUNT, derived=True, wide=10),
        Field("rejected", "Rejected", FieldType.COUNT, derived=True, wide=10),
        Field("who", "By", derived=True, wide=12),
        Field("undone_at", "Undone", FieldType.INSTANT, derived=True, wide=16),
        Field("undone_by", "Undone by", derived=True, wide=12, shown=False),
        Field("sha256", "SHA-256", FieldType.DIGEST, derived=True, wide=16),
    ),
)

RECORDS: dict[Kind, Record] = {record.kind: record for record in (TRADES, LEDGER, ISSUES, IMPORTS)}

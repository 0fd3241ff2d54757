"""The models the copilot can use, what each one wants in a request, and what it costs.

The API reports tokens, never money; the prices are those published on `PRICED_ON`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from .protocol import Usage

PRICED_ON = "2026-11-20"
"""The day on which the prices below were taken down."""


@dataclass(frozen=True)
class Price:
    """US dollars for a million tokens."""

    input: Decimal
    output: Decimal
    cache_write: Decimal
    cache_read: Decimal

    def times(self, factor: int) -> Price:
        """Every rate multiplied."""
        return Price(
            self.input * factor, self.output * factor, self.cache_write * factor, self.cache_read * factor
        )


def _price(input_: str, output: str, cache_write: str, cache_read: str) -> Price:
    return Price(Decimal(input_), Decimal(output), Decimal(cache_write), Decimal(cache_read))


@dataclass(frozen=True)
class Model:
    """One model. `thinking` is sent as it is; None leaves the field out, which some models insist on.

    `max_tokens` bounds an answer, thinking included. A prompt of more than `long_prompt` tokens costs
    `long_factor` times as much.
    """

    id: str
    label: str
    price: Price
    thinking: Literal["between_tools"] | None = None
    max_tokens: int = 16_000
    long_prompt: int | None = None
    long_factor: int = 1

    def cost(self, usage: Usage) -> Decimal:
        """An estimate of what an answer cost, in US dollars."""
        price = self.price
        if self.long_prompt is not None and usage.prompt_tokens > self.long_prompt:
            price = price.times(self.long_factor)
        dollars = (
            usage.input_tokens * price.input
            + usage.output_tokens * price.output
            + usage.cache_write_tokens * price.cache_write
            + usage.cache_read_tokens * price.cache_read
        )
        return dollars / 1_000_000


MODELS: tuple[Model, ...] = (
    # Sonnet accepts no thinking at all only under this name; the others always think as much as they need.
    Model(
        "claude-sonnet-5-5",
        "Claude Sonnet 5.5",
        _price("2", "10", "2.5", "0.1"),
        thinking="between_tools",
        max_tokens=4_000,
    ),
    Model(
        "claude-haiku-5-5",
        "Claude Haiku 5.5",
        _price("0.1", "0.5", "0.125", "0.01"),
        long_prompt=100_000,
        long_factor=5,
    ),
    Model("claude-opus-5-5", "Claude Opus 5.5", _price("4", "20", "5", "0.2")),
    Model("claude-fable-5-2", "Claude Fable 5.2", _price("8", "40", "10", "0.2")),
)
"""The choice in Settings; the first one is the default."""


def model(model_id: str) -> Model:
    """The model of that id; the default for an empty or unknown one."""
    return next((each for each in MODELS if each.id == model_id), MODELS[0])

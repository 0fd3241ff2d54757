import re
from decimal import Decimal

from opspilot_desktop.copilot.models import MODELS, PRICED_ON, model
from opspilot_desktop.copilot.protocol import Usage


def test_the_default_and_the_choice() -> None:
    assert MODELS[0].id == "claude-sonnet-5-5"
    assert model("claude-opus-5-5").label == "Claude Opus 5.5"
    assert model("") == model("gone-model") == MODELS[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", PRICED_ON)


def test_what_an_answer_cost() -> None:
    usage = Usage(
        input_tokens=10_000, output_tokens=1_000, cache_write_tokens=2_000, cache_read_tokens=50_000
    )
    assert usage.prompt_tokens == 62_000
    assert model("claude-sonnet-5-5").cost(usage) == Decimal("0.04")  # 0.020 + 0.010 + 0.005 + 0.005


def test_a_long_prompt_costs_more_on_haiku() -> None:
    haiku = model("claude-haiku-5-5")
    assert haiku.cost(Usage(input_tokens=100_000)) == Decimal("0.01")
    assert haiku.cost(Usage(input_tokens=100_001, output_tokens=1_000)) == Decimal("0.0525005")
    assert haiku.cost(Usage(input_tokens=1, cache_read_tokens=100_000)) == Decimal("0.0050005")


def test_only_sonnet_is_told_how_to_think() -> None:
    assert {each.id for each in MODELS if each.thinking is not None} == {"claude-sonnet-5-5"}

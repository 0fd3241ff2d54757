"""Files, and what an import makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.importing import Importer


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Importer:
    """An empty workspace to import into."""
    return Importer(tmp_path, capsys)

"""What the tests of the report share."""

import pytest
from report import snapshot


@pytest.fixture
def details() -> dict[str, dict]:
    """The details of the committed run, to be changed at will."""
    return snapshot.details()

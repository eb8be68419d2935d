"""Asking a tool of student aid as a door does, and a family to ask for."""

import pytest
from hypothesis import HealthCheck, settings

from publius.kit import InvalidInput

ANYTHING = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
FAMILY = {
    "award_year": "2026-27",
    "dependent": True,
    "family_size": 4,
    "parents": [
        {"adjusted_gross_income": 90_000, "income_earned": 88_000, "income_tax": 8_000, "filing_status": "joint"}
    ],
}
ON_ONES_OWN = {"adjusted_gross_income": 12_000, "income_earned": 12_000, "income_tax": 0}


def computed(tool, **given):
    return tool(**tool.read(given))


def refused(tool, **given):
    with pytest.raises(InvalidInput) as problem:
        computed(tool, **given)
    return problem.value

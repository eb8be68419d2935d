"""An agency's labels: read from its row; and a label that somebody names, turned into the level that rows have."""

from typing import Any

from publius.errors import InvalidRequest
from publius.types import Agency, Labels


def labels_of(row: Any) -> Labels:
    """The labels in a row of `agencies`, or in one joined with it."""
    return Labels(tuple(row.labels), row.default_level, tuple(sorted(row.model_ceilings.items())))


def level_of(agency: Agency, label: str) -> int:
    """The level of a label, by its name in any case.

    Raises:
        InvalidRequest: there is none of that name up to the agency's ceiling; which of both is not said.
    """
    for level, name in enumerate(agency.visible_labels):
        if name.casefold() == label.strip().casefold():
            return level
    raise InvalidRequest(
        f"There is no label {label[:64]!r} that you may give.",
        cure=f"Choose one of: {', '.join(agency.visible_labels)}.",
        param="label",
    )


def level_for_new(agency: Agency, label: str | None) -> int:
    """The level of something new: that of its label, or without one the agency's default.

    Raises:
        InvalidRequest: the label cannot be given, or none was named and the default is above the agency's ceiling.
    """
    if label:
        return level_of(agency, label)
    if agency.labels.default > agency.ceiling:
        raise InvalidRequest(
            f"Without a label it would be {agency.labels.name(agency.labels.default)}, which is above your ceiling.",
            cure=f"Name a label: {', '.join(agency.visible_labels)}.",
            param="label",
        )
    return agency.labels.default

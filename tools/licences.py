"""What each locked package is licensed under, as the package itself says. Refuses what Publius may not ship with."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = "docs/licences.md"
REFUSED = re.compile(r"\b(A?GPL|Affero|(?<!Lesser )General Public License|SSPL|BUSL|Commons Clause)\b", re.IGNORECASE)
IMPORTED_UNCHANGED = {"psycopg", "psycopg-binary", "psycopg-pool"}
"""Under the LGPL: imported as published, replaceable by anyone, never changed or linked into something of ours."""


def locked(lock: str) -> list[str]:
    """The names in a lock."""
    return sorted(set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / lock).read_text(), re.MULTILINE)))


def licence(package: str) -> str | None:
    """The licence that an installed package states; None where it is not for this machine."""
    try:
        about = metadata(package)
    except PackageNotFoundError:
        return None
    stated = about.get("License-Expression")
    classifiers = [
        each.split(" :: ")[-1] for each in about.get_all("Classifier") or [] if each.startswith("License ::")
    ]
    brief = (about.get("License") or "").strip().splitlines()
    return stated or " or ".join(each.strip() for each in classifiers) or (brief[0] if brief else "not stated")


def refused(package: str, terms: str) -> bool:
    """Whether a package may not be shipped with: copyleft, unless it is listed as imported unchanged."""
    if "LGPL" in terms or "Lesser General Public" in terms:
        return package not in IMPORTED_UNCHANGED
    return bool(REFUSED.search(terms)) or terms == "not stated"


def page() -> str:
    """The page of licences: one row a package that runs with Publius.

    A package that is not installed here (it may be for other machines alone) keeps the row that it has.
    """
    told = dict(re.findall(r"^\| ([a-z0-9._-]+) \| (.+) \|$", (ROOT / PAGE).read_text(), re.MULTILINE))
    stated = {name: licence(name) or told.get(name) for name in locked("requirements.lock")}
    rows = [f"| {name} | {terms} |" for name, terms in stated.items() if terms]
    head = [
        "# Licences of the packages",
        "",
        "This page is written by `make docs` from what the installed packages state.",
        "",
        "The three psycopg packages are under the LGPL: they are imported as published and never changed.",
        "",
        "| Package | Licence |",
        "| --- | --- |",
    ]
    return "\n".join([*head, *rows, ""])

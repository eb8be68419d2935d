"""Nothing with a licence that Publius may not ship with comes in, and the locks hold what pyproject.toml asks for."""

import re
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from tests.quality.tree import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import licences

LOCKS = ("requirements.lock", "requirements-dev.lock")


def test_every_package_may_be_shipped_with():
    stated = {name: licences.licence(name) for name in licences.locked("requirements-dev.lock")}
    assert not {name: terms for name, terms in stated.items() if terms and licences.refused(name, terms)}


@pytest.mark.parametrize(
    ("package", "terms", "no"),
    [
        ("x", "AGPL-3.0-only", True),
        ("x", "GPL-2.0-or-later", True),
        ("x", "GNU General Public License v3 (GPLv3)", True),
        ("x", "LGPL-3.0-only", True),
        ("psycopg", "LGPL-3.0-only", False),
        ("x", "not stated", True),
        ("x", "MPL-2.0 AND MIT", False),
    ],
)
def test_copyleft_is_refused(package, terms, no):
    assert licences.refused(package, terms) is no


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_hashes_and_no_address(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^[-/.]", text, re.MULTILINE)
    pinned = re.findall(r"^[a-z0-9._-]+==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^\w", text, re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_the_project_asks_for(lock):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + (project["optional-dependencies"]["dev"] if "dev" in lock else [])
    versions = re.findall(r"^([a-z0-9._-]+)==([\w.]+)", (ROOT / lock).read_text(), re.MULTILINE)
    for each in map(Requirement, asked):
        held = [version for name, version in versions if name == each.name.lower()]
        assert held, f"{each.name} is not in {lock}: run make lock"
        assert all(version in each.specifier for version in held), f"{each} in {lock}: run make lock"

"""Labels and ceilings by command: what the pages can do, a script can do."""

from pathlib import Path

import pytest
from tests.cli.conftest import Program

pytestmark = pytest.mark.slow  # starts whole programs


def test_labels_from_the_list_to_an_answer_below_a_ceiling(publius: Program, tmp_path: Path) -> None:
    where = ("--agency", "education")
    (tmp_path / "vault.md").write_text("# The vault\n\nThe vault of the annex opens with the code word heron.\n")
    publius("agency", "labels", "education", "--set", "public,internal,CUI,sealed", "--model", "llama=internal")
    listed = publius.json("agency", "labels", "education")
    assert [one["label"] for one in listed] == ["public", "internal", "CUI", "sealed"]
    assert listed[1]["default"] and listed[1]["models"] == ["llama"]

    [added] = publius.json("documents", "add", str(tmp_path / "vault.md"), "--label", "sealed", *where)
    [shown] = publius.json("documents", "list", "--matching", "vault", *where)
    assert shown["label"] == "sealed"
    asked = ("ask", "With which code word does the vault of the annex open?", *where)
    answer = publius.json(*asked)
    assert (answer["label"], answer["citations"][0]["document_id"]) == ("sealed", added["document"])
    below = publius.json(*asked, "--ceiling", "CUI", code=3)
    assert "heron" not in str(below) and below["label"] != "sealed"

    publius("agency", "labels", "education", "--set", "public,internal,CUI", code=1)
    assert "1 of the documents is labelled 'sealed'." in publius.said
    publius("documents", "label", added["document"], "CUI", *where)
    assert "it was sealed" in publius.said
    publius("documents", "add", str(tmp_path / "vault.md"), "--label", "nothing", *where, code=3)

    publius("user", "create", "ada", "--ceiling", "CUI", *where)
    assert ceilings(publius)["ada"] == "CUI"
    publius("user", "ceiling", "ada", *where)
    assert ceilings(publius)["ada"] == "internal"
    key = publius.json("key", "create", "for a test", "--ceiling", "public", *where)
    publius("key", "ceiling", key["id"], "CUI", *where)
    assert {one["id"]: one["ceiling"] for one in publius.json("key", "list", *where)}[key["id"]] == "CUI"


def ceilings(publius: Program) -> dict[str, str]:
    return {one["username"]: one["ceiling"] for one in publius.json("user", "list", "--agency", "education")}

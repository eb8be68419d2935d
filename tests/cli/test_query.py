"""A table asked by command: its columns, SQL, a question, and what is wrong, with rows on standard output."""

from pathlib import Path

import pytest
from tests.cli.conftest import Program

pytestmark = pytest.mark.slow  # starts whole programs


def test_a_table_is_described_asked_and_refused(publius: Program, tmp_path: Path) -> None:
    (tmp_path / "dams.csv").write_text("Dam,River,Height\nA,Blue,10.5\nB,Blue,20\nC,Red,5\n")
    where = ("--agency", "education")
    publius("documents", "add", str(tmp_path / "dams.csv"), *where)
    columns = publius.json("query", "--document", "dams.csv", *where)
    assert [(row["table"], row["column"]) for row in columns][2] == ("dams", "Height")
    asked = publius.json(
        "query", "SELECT River, sum(Height) AS h FROM dams GROUP BY 1 ORDER BY 1", "-d", "dams.csv", *where
    )
    assert asked["rows"] == [["Blue", 30.5], ["Red", 5]] and asked["receipt"]["agency"] == "education"
    said = publius("query", "What is the total height for the river Blue?", "-d", "dams.csv", *where)
    assert "30.5" in said and "The total of Height in “dams.csv” where River is Blue is 30.5" in publius.said
    publius("query", "SELECT * FROM '/etc/passwd'", "-d", "dams.csv", *where, code=1)
    assert "cannot be run" in publius.said and "root:" not in publius.said
    publius("query", "SELECT 1", "-d", "nothing.csv", *where, code=1)
    assert "There is no document 'nothing.csv'" in publius.said
    publius("query", "SELECT 1", *where, code=1)
    assert "Which documents" in publius.said

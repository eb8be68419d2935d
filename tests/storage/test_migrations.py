"""The migrations are one line: each follows the one before, under its own number."""

from alembic.script import ScriptDirectory

from publius.storage.migrate import MIGRATIONS


def test_migrations_are_one_line() -> None:
    scripts = sorted((MIGRATIONS / "versions").glob("0*.py"))
    numbers = [script.name[:4] for script in scripts]
    assert numbers == [f"{number:04}" for number in range(1, len(scripts) + 1)]
    line = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    assert line == numbers[::-1]

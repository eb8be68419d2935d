"""Migrations form one line, each with a folder of its number: two that were written side by side are noticed here."""

from alembic.config import Config
from alembic.script import ScriptDirectory

from publius.storage.migrate import MIGRATIONS


def test_migrations_form_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    numbers = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert numbers == [f"{number:04}" for number in range(len(numbers), 0, -1)]
    assert sorted(folder.name for folder in (MIGRATIONS.parent / "schema").iterdir()) == numbers[::-1]

"""A mission in an agency's own folder, with the tools of tests/kit/garden.py."""

from pathlib import Path
from textwrap import dedent

GARDEN = Path(__file__).parent.parent / "kit" / "garden.py"
CARD = """
id = "garden"
title = "Gardens"
title_es = "Jardines"
description = "What a garden costs."
description_es = "Lo que cuesta un jardín."
owner = "Office of Gardens"
contact = "gardens@example.org"
review_by = 2099-01-01
audience = "Gardeners"
impact = "A person plans a garden with its figures."
languages = ["en", "es"]
tools = ["cost", "nothing"]
"""


def plant(home: Path, agency: str) -> None:
    """Put the mission `garden` into the folder of one agency."""
    folder = home / "missions" / agency / "garden"
    folder.mkdir(parents=True)
    (folder / "mission.toml").write_text(dedent(CARD), encoding="utf-8")
    (folder / "README.md").write_text("# Gardens\n", encoding="utf-8")
    (folder / "prompt.md").write_text("Answer about gardens.\n", encoding="utf-8")
    (folder / "tools.py").write_text(GARDEN.read_text(encoding="utf-8"), encoding="utf-8")

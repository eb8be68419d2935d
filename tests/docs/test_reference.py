"""The generated pages equal what the code says, and the pages written by hand name what is there."""

import re
import tomllib

import pytest
import reference
from tests.quality.tree import ROOT, files, name

DOCS = ROOT / "docs"


@pytest.mark.parametrize("page", reference.PAGES)
def test_a_generated_page_is_up_to_date(page):
    assert (DOCS / page).read_text(encoding="utf-8") == reference.PAGES[page](), "run make docs"


def test_every_weight_is_named_in_the_notices_with_its_licence():
    catalog = tomllib.loads((ROOT / "src/publius/inference/catalog.toml").read_text(encoding="utf-8"))
    notices = (DOCS / "NOTICES.md").read_text(encoding="utf-8").splitlines()
    for model in catalog["model"]:
        assert any(f"`{model['name']}`" in line and model["licence"] in line for line in notices), model["name"]


@pytest.mark.parametrize("path", [path for path in files() if path.suffix == ".md"], ids=name)
def test_links_between_files_lead_somewhere(path):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []

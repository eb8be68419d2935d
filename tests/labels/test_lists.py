"""An agency's own list of labels: changed by its operator, kept by name, and nothing becomes visible by it."""

import json

import pytest

from publius.application import Application
from publius.errors import Conflict, InvalidRequest
from publius.storage import Database, Owner
from publius.types import Agency


async def levels(database: Database, agency: Agency, table: str) -> list[int]:
    async with database.agency(agency) as connection:
        return [row.level for row in await (await connection.execute(f"SELECT level FROM {table}")).fetchall()]


async def test_what_is_labelled_keeps_its_label_when_the_list_changes(
    building: Application, education: Agency, state: Agency, owner: Owner
) -> None:
    library = building.retrieval
    for name, label in (("a.md", "public"), ("b.md", None), ("c.md", "CUI")):
        await library.add(education, "user:1", name, f"# {name}\n\nWords of {name}.\n".encode(), label=label)
    await library.add(state, "user:1", "d.md", b"# D\n\nWords.\n")
    token, _ = await building.identity.keys.create(education, "tests", ceiling="CUI")

    owner.set_labels("education", ["sealed", "public", "basic", "internal", "CUI", "secret"])
    agency = await building.database.agency_by_slug("education")
    listed = {d.name: agency.labels.name(d.level) for d in (await library.list(agency)).documents}
    assert listed == {"a.md": "public", "b.md": "internal", "c.md": "CUI"}
    for table in ("revisions", "passages"):
        assert sorted(await levels(building.database, agency, table)) == [1, 3, 4]
    assert (await building.identity.authenticate(token)).agency.visible_labels[-1] == "CUI"
    assert [(one.label, one.documents) for one in owner.labels("education")] == [
        ("sealed", 0), ("public", 1), ("basic", 0), ("internal", 1), ("CUI", 1), ("secret", 0)
    ]  # fmt: skip
    assert await levels(building.database, state, "documents") == [1]  # another agency's list is its own


async def test_labels_can_change_places(building: Application, education: Agency, owner: Owner) -> None:
    for name, label in (("same.md", "internal"), ("same.md", "CUI")):
        agency = education.under(1) if label == "internal" else education
        await building.retrieval.add(agency, "user:1", name, f"# Same\n\n{label}.\n".encode(), label=label)
    owner.set_labels("education", ["public", "CUI", "internal"])
    agency = await building.database.agency_by_slug("education")
    assert {d.level for d in (await building.retrieval.list(agency)).documents} <= {1, 2}
    assert agency.labels.names[agency.labels.default] == "internal"


async def test_a_label_in_use_is_not_lost(building: Application, education: Agency, owner: Owner) -> None:
    await building.retrieval.add(education, "user:1", "a.md", b"# A\n\nWords.\n", label="CUI")
    with pytest.raises(Conflict, match="1 of the documents is labelled 'CUI'"):
        owner.set_labels("education", ["public", "internal"])
    with pytest.raises(InvalidRequest):
        owner.set_labels("education", ["public", "CUI"])  # the default, internal, would be gone
    owner.set_labels("education", ["public", "CUI"], default="public")
    assert [one.default for one in owner.labels("education")] == [True, False]


@pytest.mark.parametrize(
    "names", [[], [""], ["a", "A"], ["a,b"], ["x" * 41], [str(n) for n in range(17)], ["line\nbreak"]]
)
def test_an_impossible_list_changes_nothing(education: Agency, owner: Owner, names: list[str]) -> None:
    with pytest.raises(InvalidRequest):
        owner.set_labels("education", names)
    assert json.dumps([one.label for one in owner.labels("education")]) == '["public", "internal", "CUI"]'


async def test_a_file_that_comes_again_takes_the_label_that_is_asked_for(
    building: Application, education: Agency
) -> None:
    library, data = building.retrieval, b"# A\n\nWords.\n"
    first = await library.add(education, "user:1", "a.md", data)
    assert (first.status, first.level) == ("new", 1)
    again = await library.add(education, "user:1", "a.md", data)
    assert (again.status, again.level) == ("unchanged", 1)
    raised = await library.add(education, "user:1", "a.md", data, label="cui")
    assert (raised.status, raised.level, raised.document_id) == ("relabelled", 2, first.document_id)
    revised = await library.add(education, "user:1", "a.md", data + b"More.\n")
    assert (revised.status, revised.level, revised.revision) == ("revised", 2, 2)
    assert set(await levels(building.database, education, "revisions")) == {2}


async def test_who_sees_less_than_the_default_must_name_a_label(building: Application, education: Agency) -> None:
    with pytest.raises(InvalidRequest, match="which is above your ceiling"):
        await building.retrieval.add(education.under(0), "user:1", "a.md", b"# A\n\nWords.\n")
    added = await building.retrieval.add(education.under(0), "user:1", "a.md", b"# A\n\nWords.\n", label="public")
    assert added.level == 0

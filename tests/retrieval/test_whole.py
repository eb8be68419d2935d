"""A mail or an archive and the files inside of it: documents of their own that come and go with it."""

import pytest
from msgspec.structs import replace
from tests.retrieval.reading.making import eml, zipped

from publius.errors import Conflict
from publius.retrieval.library import Library
from publius.retrieval.whole import MAX_DEPTH, MAX_PARTS
from publius.types import Agency

PELL = b"# Pell Grants\n\nThe maximum Federal Pell Grant for the award year is 7,395 dollars.\n"
LOANS = b"# Loans\n\nA dependent first-year student may borrow 5,500 dollars in Direct Loans.\n"


async def names(library: Library, agency: Agency) -> list[str]:
    return [document.name for document in (await library.list(agency)).documents]


async def test_an_attachment_is_found_cited_and_opened_by_itself(library: Library, education: Agency) -> None:
    mail = eml(("aid/pell.md", PELL), ("setup.exe", b"MZ\x90" + bytes(50)))
    added = await library.add(education, "user:1", "mail.eml", mail)
    assert [(part.name, bool(part.added)) for part in added.parts] == [
        ("mail.eml/aid/pell.md", True),
        ("mail.eml/setup.exe", False),
    ]
    assert "a program" in added.parts[1].reason
    first = (await library.search(education, "maximum pell grant award year"))[0]
    assert first.name == "mail.eml/aid/pell.md"
    opened = await library.open(education, first.document_id)
    assert opened.part_of == added.document_id
    assert (await library.original(education, first.document_id)).data == PELL
    told = (await library.open(education, added.document_id)).parts
    assert [(part.name, part.document) for part in told] == [
        ("mail.eml/aid/pell.md", first.document_id),
        ("mail.eml/setup.exe", None),
    ]
    assert "a program" in told[1].reason


async def test_the_same_archive_twice_adds_nothing(library: Library, education: Agency) -> None:
    archive = zipped({"pell.md": PELL, "loans.md": LOANS})
    first = await library.add(education, "user:1", "aid.zip", archive)
    again = await library.add(education, "user:1", "aid.zip", archive)
    assert (first.status, again.status) == ("new", "unchanged")
    assert await names(library, education) == ["aid.zip", "aid.zip/loans.md", "aid.zip/pell.md"]


async def test_what_a_new_revision_of_an_archive_holds_no_more_leaves_search(
    library: Library, education: Agency
) -> None:
    await library.add(education, "user:1", "aid.zip", zipped({"pell.md": PELL, "loans.md": LOANS}))
    changed = zipped({"pell.md": PELL.replace(b"7,395", b"7,999"), "new.md": b"# New\n\nWords."})
    second = await library.add(education, "user:1", "aid.zip", changed)
    assert {part.name: part.added and part.added.status for part in second.parts} == {
        "aid.zip/pell.md": "revised",
        "aid.zip/new.md": "new",
    }
    texts = [passage.text for passage in await library.search(education, "borrow direct loans 5,500")]
    assert not any("5,500" in text for text in texts)
    [gone] = [each for each in (await library.list(education)).documents if each.name == "aid.zip/loans.md"]
    assert gone.passages == 0
    assert "5,500" in (await library.open(education, gone.id, 1)).text  # where an earlier answer cites it
    again = await library.add(education, "user:1", "aid.zip", zipped({"loans.md": LOANS}))
    assert [(part.added.status, part.added.document_id) for part in again.parts if part.added] == [("revised", gone.id)]
    assert "5,500" in (await library.search(education, "borrow direct loans 5,500"))[0].text


async def test_removing_a_mail_removes_what_came_in_it_and_nothing_else(library: Library, education: Agency) -> None:
    inner = eml(("pell.md", PELL), subject="Earlier")
    added = await library.add(education, "user:1", "aid.zip", zipped({"mail.eml": inner}))
    await library.add(education, "user:1", "pell.md", PELL)
    assert await names(library, education) == ["aid.zip", "aid.zip/mail.eml", "aid.zip/mail.eml/pell.md", "pell.md"]
    await library.remove(education, added.document_id)
    assert await names(library, education) == ["pell.md"]
    assert [passage.name for passage in await library.search(education, "pell")] == ["pell.md"]


async def test_names_inside_an_archive_cannot_lead_out_and_stay_apart(library: Library, education: Agency) -> None:
    archive = zipped({"../../etc/passwd.md": b"one two", "/etc/passwd.md": b"three four", "..": b"five six"})
    added = await library.add(education, "user:1", "a.zip", archive)
    assert [part.name for part in added.parts] == ["a.zip/etc/passwd.md", "a.zip/etc/passwd (2).md", "a.zip/file 3"]


async def test_archives_in_archives_end(library: Library, education: Agency) -> None:
    archive = zipped({"deep.txt": b"the deepest words"})
    for _ in range(MAX_DEPTH + 1):
        archive = zipped({"in.zip": archive})
    added = await library.add(education, "user:1", "out.zip", archive)
    while added.parts[0].added:
        added = added.parts[0].added
    assert "deep" in added.parts[0].reason
    assert len(await names(library, education)) == MAX_DEPTH + 1


async def test_what_came_inside_has_the_label_of_its_container(library: Library, education: Agency) -> None:
    administrator = replace(education, ceiling=2)
    added = await library.add(administrator, "user:1", "mail.eml", eml(("pell.md", PELL)), label="CUI")
    part = added.parts[0].added
    assert part and (added.level, part.level) == (2, 2)
    assert await names(library, replace(education, ceiling=1)) == []
    with pytest.raises(Conflict, match="mail or an archive"):
        await library.label(administrator, part.document_id, "public")
    await library.label(administrator, added.document_id, "public")
    assert {d.level for d in (await library.list(administrator)).documents} == {0}
    assert await library.search(replace(education, ceiling=0), "maximum pell grant")
    again = await library.add(administrator, "user:1", "mail.eml", eml(("pell.md", PELL + b"More.")), label="internal")
    assert [each.added and (each.added.status, each.added.level) for each in again.parts] == [("revised", 1)]


@pytest.mark.slow
async def test_archives_do_not_multiply(library: Library, education: Agency) -> None:
    inner = zipped({f"{n}.txt": b"words %d" % n for n in range(900)})
    for_each = {f"{n}.zip": inner for n in range(3)}
    added = await library.add(education, "user:1", "many.zip", zipped(for_each))
    assert (await library.list(education)).total <= MAX_PARTS + 1
    reasons = [part.reason for outer in added.parts if outer.added for part in outer.added.parts if part.reason]
    assert reasons and all("1,000" in reason for reason in reasons)

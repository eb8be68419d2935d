"""The promise: whoever opens a document that a source brought sees where it was taken from, and under which licence."""

from tests.web.people import Come

from publius.application import Application
from publius.retrieval.origin import Origin
from publius.types import Agency


async def test_a_document_says_where_it_was_taken_from(building: Application, education: Agency, come: Come) -> None:
    person = await come(education)
    taken = Origin(address="https://data.agency.gov/wells.csv?a=1&b=2", publisher="Water Board", licence="CC0")
    odd = Origin(address='javascript:alert(1)//"><b>')
    for name, origin in (("wells.csv", taken), ("odd.csv", odd), ("own.csv", None)):
        text = f"Well,Depth\n{name},40\n".encode()
        added = await building.retrieval.add(education, "user:1", name, text, origin=origin)
        page = (await person.http.get(f"/documents/{added.document_id}")).raise_for_status().text
        if origin is taken:
            assert 'href="https://data.agency.gov/wells.csv?a=1&amp;b=2"' in page and "CC0" in page
            assert "Water Board" in page
        else:
            assert ("Taken from" in page) == (origin is odd) and 'href="javascript' not in page and "<b>" not in page

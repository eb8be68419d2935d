"""XML that a stranger wrote, read one part at a time, so that no part of it can become large in memory."""

import io
from collections.abc import Iterator

from lxml import etree

from publius.errors import NotFetched

MOST_OF_ONE = 1_000  # elements of one part
MOST = 250_000  # parts


def parts(data: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """The root's name, and then each of its children: its name, the texts of its own children, and its own under "".

    Raises:
        NotFetched: it is no XML, declares a document type, or has more elements than any list of this kind.
    """
    # Entities stay unresolved and nothing is loaded, so that a small file cannot become a large one.
    parser = etree.iterparse(
        io.BytesIO(data), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    root, met, within = None, 0, 0
    try:
        for event, element in parser:
            if root is None:
                root = element
                if root.getroottree().docinfo.internalDTD is not None:
                    raise NotFetched("It has a document type, where entities are declared; that is not read.")
                yield etree.QName(root).localname, {}
            within += event == "start"
            if event == "end" and element.getparent() is root:
                yield etree.QName(element).localname, _texts(element)
                met, within = met + 1, 0
                element.clear()
                while element.getprevious() is not None:
                    del root[0]
            if within > MOST_OF_ONE or met > MOST:
                raise NotFetched("It has more elements than are read.")
    except etree.XMLSyntaxError:
        raise NotFetched("It is not XML, or was cut short.") from None


def _texts(element: etree._Element) -> dict[str, str]:
    told = {etree.QName(each).localname: (each.text or "").strip() for each in element if isinstance(each.tag, str)}
    return {**told, "": (element.text or "").strip()}

"""Reading: a file becomes text with structure.

`read` is pure and runs where it is called; `publius.retrieval.reading.sandbox.Reader` runs it in a process
of its own, which is where files from people belong.
"""

from collections.abc import Callable

from msgspec.structs import replace

from publius.errors import UnreadableDocument
from publius.retrieval.reading import media
from publius.retrieval.reading.bundle import read_bundle
from publius.retrieval.reading.document import Block, Part, ReadDocument
from publius.retrieval.reading.html import read_html
from publius.retrieval.reading.image import FORMATS, read_image
from publius.retrieval.reading.language import language
from publius.retrieval.reading.mail import read_mail
from publius.retrieval.reading.markdown import read_markdown
from publius.retrieval.reading.outlook import read_outlook
from publius.retrieval.reading.parquet import read_parquet
from publius.retrieval.reading.pdf import read_pdf
from publius.retrieval.reading.plain import read_plain
from publius.retrieval.reading.recognition import Recognise
from publius.retrieval.reading.sheets import read_sheets
from publius.retrieval.reading.slides import read_slides
from publius.retrieval.reading.statute import sections
from publius.retrieval.reading.table import read_csv
from publius.retrieval.reading.word import read_word

__all__ = ["Block", "Part", "ReadDocument", "read"]

_READERS: dict[str, Callable[[bytes], ReadDocument]] = {
    media.WORD: read_word,
    media.HTML: read_html,
    media.MARKDOWN: read_markdown,
    media.CSV: read_csv,
    media.PARQUET: read_parquet,
    media.PLAIN: read_plain,
    media.SLIDES: read_slides,
    media.SHEETS: read_sheets,
    media.MAIL: read_mail,
    media.OUTLOOK: read_outlook,
    media.ZIP: read_bundle,
}


def read(name: str, data: bytes, recognise: Recognise | None = None) -> ReadDocument:
    """Read one file in this process.

    Only the last part of `name` is used, for the kind of file and as a title of last resort. Pictures of pages are read
    by `recognise`, if it is given.

    Raises:
        UnreadableDocument: the file cannot be read; the message names the cause, never the content.
    """
    document = _read(media.media_type(name, data), data, recognise)
    if not document.text:
        raise UnreadableDocument("The file holds no text.", cure="Check that it is the file you meant.")
    base = media.base_name(name)
    title = document.title or base.rpartition(".")[0] or base or "Untitled"
    return replace(
        document,
        about=replace(document.about, title=title),
        blocks=sections(document.text, document.blocks),
        language=language(document.text),
    )


def _read(kind: str, data: bytes, recognise: Recognise | None) -> ReadDocument:
    if kind == media.PDF:
        return read_pdf(data, recognise)
    return read_image(kind, data, recognise) if kind in FORMATS else _READERS[kind](data)

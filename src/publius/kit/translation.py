"""A derivation in another language: each name and formula looked up as data, whatever numbers stand in it."""

import re
from collections.abc import Mapping

NUMBER = re.compile(r"(?<!\w)-?\d+(?:,\d{3})*(?:\.\d+)?")


def translated(text: str, words: Mapping[str, str]) -> str:
    """`text` in the language of `words`; what stands in no entry stays as it is.

    An entry is the text itself, or writes {} for each number, in the order in which they come: "{} % of earnings".
    Where the whole is no entry, the parts before and after a colon are looked up: "offer 1: net price" by "offer {}"
    and "net price".
    """
    if text in words:
        return words[text]
    numbers = NUMBER.findall(text)
    form = words.get(NUMBER.sub("{}", text))
    if form is not None:
        return form.format(*numbers)
    before, colon, after = text.partition(": ")
    return f"{translated(before, words)}{colon}{translated(after, words)}" if colon else text

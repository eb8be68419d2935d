"""A derivation in another language: each name and formula looked up as data, whatever numbers stand in it."""

import re
from collections.abc import Mapping

NUMBER = re.compile(r"(?<![\d\w])-?\d[\d,]*(?:\.\d+)?")


def translated(text: str, words: Mapping[str, str]) -> str:
    """`text` in the language of `words`; what stands in no entry stays as it is.

    An entry writes {} for each number, in the order in which they come: "{} % of earnings". Where the whole is no
    entry, the parts before and after a colon are looked up: "offer 1: net price" by "offer {}" and "net price".
    """
    numbers = NUMBER.findall(text)
    form = words.get(NUMBER.sub("{}", text))
    if form is not None:
        return form.format(*numbers)
    before, colon, after = text.partition(": ")
    return f"{translated(before, words)}{colon}{translated(after, words)}" if colon else text

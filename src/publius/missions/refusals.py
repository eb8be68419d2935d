"""What a mission refuses, as data: its rules are matched before anything else, and say their own sentence.

In `mission.toml`:

    [[refuse]]
    id = "hiding-assets"
    when = ["hide|hiding|conceal assets|money|savings|income", "leave|leaving off assets|income"]
    when_es = ["esconder|ocultar|escondo|oculto bienes|dinero|ahorros"]
    says = "I cannot help to hide income or assets. …"
    says_es = "No puedo ayudar a ocultar ingresos o bienes. …"

Each text of `when` is words that must all stand in what the person said, in that order and near one another; `a|b` is
either. Capitals, accents, plurals and typing errors make no difference. Small words between them do not count.
"""

from collections.abc import Iterable

from msgspec import Struct

from publius.missions import spelling

APART = 4  # words that may stand between two words of a rule


class Refusal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule: when it is for, and what is said then."""

    id: str
    when: tuple[str, ...]
    says: str
    when_es: tuple[str, ...] = ()
    says_es: str = ""

    def sentence(self, language: str) -> str:
        """What is said in this language; in English where the rule knows no other."""
        return self.says_es or self.says if language == "es" else self.says


def refused(text: str, rules: Iterable[Refusal]) -> Refusal | None:
    """The first rule that is for this text, in whichever language it is written."""
    said = spelling.words(text)
    for rule in rules:
        if any(spelling.find(phrase, said, APART) for phrase in (*rule.when, *rule.when_es)):
            return rule
    return None

"""What is said of an input that cannot be used: what is wrong and what to do, in English and in Spanish."""

from publius.kit.kinds import Kind, Parameter
from publius.kit.money import dollars

LONGEST = 40  # Characters of what somebody gave that are repeated to them.

_WRONG = {
    "missing": ("This is needed, and nothing is assumed for it.", "Esto hace falta, y no se supone nada en su lugar."),
    "money": ("{given} is not an amount of money.", "{given} no es una cantidad de dinero."),
    "point": (
        "{given} has a point in it, so it may mean cents or thousands.",
        "{given} lleva un punto, así que puede significar centavos o miles.",
    ),
    "whole": ("{given} is not a whole number.", "{given} no es un número entero."),
    "small": ("{given} is too small.", "{given} es demasiado pequeño."),
    "large": ("{given} is too large.", "{given} es demasiado grande."),
    "yes_no": ("{given} is neither yes nor no.", "{given} no es ni sí ni no."),
    "award_year": (
        "{given} is not an award year that is known here.",
        "{given} no es un año de ayuda que se conozca aquí.",
    ),
    "state": ("{given} is not a state that is known here.", "{given} no es un estado que se conozca aquí."),
    "choice": ("{given} is not one of the answers.", "{given} no es una de las respuestas."),
    "people": ("This is not a list.", "Esto no es una lista."),
    "row": ("This is not one entry of the list.", "Esto no es una entrada de la lista."),
    "few": ("The list has {given}.", "La lista tiene {given}."),
    "unknown": ("There is no input with this name.", "No hay ningún dato con este nombre."),
}
_CURE = {
    Kind.MONEY: (
        "Give whole dollars from {least} to {most}, without cents, such as 1234 or $1,234.",
        "Dé dólares enteros de {least} a {most}, sin centavos, como 1234 o $1,234.",
    ),
    Kind.WHOLE: ("Give a whole number from {least} to {most}.", "Dé un número entero de {least} a {most}."),
    Kind.YES_NO: ("Answer yes or no.", "Responda sí o no."),
    Kind.AWARD_YEAR: ("Give an award year such as 2026-27.", "Dé un año de ayuda como 2026-27."),
    Kind.STATE: ("Give the two letters of a state, such as CA.", "Dé las dos letras de un estado, como CA."),
    Kind.CHOICE: ("Choose one of: {choices}.", "Elija una de estas: {choices}."),
    Kind.PEOPLE: (
        "Give a list, between brackets, of {least} to {most} entries.",
        "Dé una lista, entre corchetes, de {least} a {most} entradas.",
    ),
}
_ROW = ("Give its answers by their names.", "Dé sus respuestas por sus nombres.")
_NAMES = ("The names are: {names}.", "Los nombres son: {names}.")


def problem(wrong: str, parameter: Parameter, given: object = None, language: str = "en") -> str:
    """What is wrong with an input, by its word in `_WRONG`, and what to give instead."""
    at = _column(language)
    cure = _ROW[at] if wrong == "row" else _cure(parameter, language)
    return f"{_WRONG[wrong][at].format(given=shown(given, parameter.kind))} {cure}"


def unknown(names: list[str], language: str = "en") -> str:
    """What is said of an input that the tool does not have; `names` are those that it has."""
    at = _column(language)
    return f"{_WRONG['unknown'][at]} {_NAMES[at].format(names=', '.join(names))}"


def shown(given: object, kind: Kind) -> str:
    """What somebody gave, as they can recognise it and no longer than that."""
    if isinstance(given, int) and not isinstance(given, bool):
        if abs(given) >= 10**LONGEST:
            return "…"
        return dollars(given) if kind is Kind.MONEY else whole(given)
    if isinstance(given, dict | list):
        return "{…}" if isinstance(given, dict) else "[…]"
    text = given if isinstance(given, str) else repr(given)
    return f"“{text}”" if len(text) <= LONGEST else f"“{text[: LONGEST - 1]}…”"


def _cure(parameter: Parameter, language: str) -> str:
    at = _column(language)
    choices = ", ".join(_choice(parameter, each.value, each.label(language)) for each in parameter.choices)
    if parameter.kind is Kind.AWARD_YEAR and choices:
        return _CURE[Kind.CHOICE][at].format(choices=choices)
    bound = dollars if parameter.kind is Kind.MONEY else whole
    return _CURE[parameter.kind][at].format(least=bound(parameter.least), most=bound(parameter.most), choices=choices)


def whole(number: int) -> str:
    """A whole number as people write it: short ones without commas, for they may be years."""
    return f"{number:,}" if abs(number) >= 10_000 else str(number)


def _choice(parameter: Parameter, value: str, label: str) -> str:
    """A choice as it can be given: by its value, and what that means where it does not say."""
    return value if value == label or parameter.kind is not Kind.CHOICE else f"{value} ({label})"


def _column(language: str) -> int:
    return 1 if language == "es" else 0

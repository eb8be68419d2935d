"""What was given for the inputs of a tool, read: JSON values, or text as people write it. All problems at once.

Nothing is guessed: an input that is left out, blank or null has its default, and is a problem where it has none.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from publius.kit.errors import InvalidInput
from publius.kit.kinds import Kind, Parameter
from publius.kit.sentences import problem, unknown

_MONEY = re.compile(r"(-\$?|\$-?)?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.00?)?")
_WHOLE = re.compile(r"(-)?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)")
_POINT = re.compile(r"[-$]*[0-9,]*\.[0-9.,]*")
_AWARD_YEAR = re.compile(r"(20[0-9]{2}) ?[-–/] ?(?:20)?([0-9]{2})")
_DIGITS = 40  # More than that many are no figure that anybody means.
_YES = {"yes", "y", "true", "on", "1", "sí", "si", "s"}
_NO = {"no", "n", "false", "off", "0"}
NOBODY = "0"  # In a form, what stands for an empty list of people.

Given = Mapping[str, Any]


def read_all(
    parameters: Sequence[Parameter], given: Given, missing: Sequence[Parameter] = (), language: str = "en"
) -> dict[str, Any]:
    """The value of each parameter; `missing` are those that were not given and must be, required or not.

    InvalidInput has a sentence for each one that cannot be used, by its path.
    """
    values, problems = _read(parameters, given, language)
    problems |= {parameter.name: problem("missing", parameter, None, language) for parameter in missing}
    if problems:
        raise refusal(parameters, problems, language)
    return values


def refusal(parameters: Sequence[Parameter], problems: Mapping[str, str], language: str) -> InvalidInput:
    """All problems as one error, each input called as a person knows it."""
    said = [f"{_named(parameters, path, language)} {sentence}" for path, sentence in problems.items()]
    return InvalidInput(" ".join(said), problems=problems)


def readable(parameters: Sequence[Parameter], given: Given) -> dict[str, Any]:
    """The values of what was given and can be read, without what was left out."""
    known = [parameter for parameter in parameters if not is_blank(given.get(parameter.name))]
    return _read(known, {parameter.name: given[parameter.name] for parameter in known}, "en")[0]


def partly(parameters: Sequence[Parameter], given: Given) -> dict[str, Any]:
    """The same, with people of whom something is still missing: what is required of them and open is None."""
    values = readable(parameters, given)
    for each in parameters:
        entries = given.get(each.name)
        if each.name not in values and each.kind is Kind.PEOPLE and isinstance(entries, Mapping):
            open_ones = dict.fromkeys(field.name for field in each.fields if field.required)
            values[each.name] = [
                each.row(**open_ones | readable(each.fields, one))
                for one in entries.values()
                if isinstance(one, Mapping)
            ]
    return values


def read_value(parameter: Parameter, given: Any, language: str = "en") -> Any:
    """The value of one parameter. InvalidInput says what is wrong; of a list, by the path within it."""
    match parameter.kind:
        case Kind.MONEY | Kind.WHOLE:
            return _number(parameter, given, language)
        case Kind.YES_NO:
            return _yes_no(parameter, given, language)
        case Kind.PEOPLE:
            return _people(parameter, given, language)
    return _choice(parameter, given, language)


def is_blank(given: Any) -> bool:
    """Whether nothing was given."""
    return given is None or (isinstance(given, str) and not given.strip())


def is_nobody(parameter: Parameter, given: Any) -> bool:
    """Whether nothing was given, or a list with nobody in it."""
    return is_blank(given) or (parameter.kind is Kind.PEOPLE and given in (NOBODY, [], ()))


def find(parameters: Sequence[Parameter], path: str) -> Parameter | None:
    """The parameter at a path, `family_size` or `parents.0.income_tax`; `parents.0` is the parents."""
    found, known = None, parameters
    for name in re.sub(r"\.[0-9]+", "", path).split("."):
        found = next((each for each in known if each.name == name), None)
        known = found.fields if found else ()
    return found


def _named(parameters: Sequence[Parameter], path: str, language: str) -> str:
    """An input as a person knows it: by its question, of a person in a list with their number; else by its path."""
    if find(parameters, path) is None:
        return f"{path}:"
    words, known = [], parameters
    for part in path.split("."):
        if part.isdecimal():
            words.append(f"({int(part) + 1})")
        else:
            found = next(each for each in known if each.name == part)
            words.append(found.question(language))
            known = found.fields
    return " ".join(words) if words[-1].endswith("?") else f"{' '.join(words)}:"


def _read(parameters: Sequence[Parameter], given: Given, language: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of one call, or of one person in it, and what is wrong with the others."""
    names = [parameter.name for parameter in parameters]
    problems = {str(name)[:60]: unknown(names, language) for name in given if name not in names}
    values = {}
    for parameter in parameters:
        name, held = parameter.name, given.get(parameter.name)
        try:
            values[name] = _default(parameter, language) if is_blank(held) else read_value(parameter, held, language)
        except InvalidInput as error:
            problems |= {f"{name}{path}": sentence for path, sentence in (error.problems or {"": str(error)}).items()}
    return values, problems


def _default(parameter: Parameter, language: str) -> Any:
    if parameter.required:
        raise InvalidInput(problem("missing", parameter, None, language))
    return list(parameter.default) if isinstance(parameter.default, list) else parameter.default


def _number(parameter: Parameter, given: Any, language: str) -> int:
    number = _figure(given, _MONEY if parameter.kind is Kind.MONEY else _WHOLE)
    if number is None:
        text = str(given).strip() if isinstance(given, str | float) else ""
        pointed = parameter.kind is Kind.MONEY and _POINT.fullmatch(text)
        raise InvalidInput(problem("point" if pointed else parameter.kind, parameter, given, language))
    if not parameter.least <= number <= parameter.most:
        raise InvalidInput(problem("small" if number < parameter.least else "large", parameter, number, language))
    return number


def _yes_no(parameter: Parameter, given: Any, language: str) -> bool:
    word = given.strip().lower() if isinstance(given, str) else str(given).lower() if isinstance(given, bool) else ""
    if word not in _YES | _NO:
        raise InvalidInput(problem("yes_no", parameter, given, language))
    return word in _YES


def _choice(parameter: Parameter, given: Any, language: str) -> str:
    """A choice by its value or by its name in either language; an award year as it may be written."""
    text = given.strip() if isinstance(given, str) else ""
    if parameter.kind is Kind.AWARD_YEAR and (year := _AWARD_YEAR.fullmatch(text)):
        first, second = year.groups()
        text = f"{first}-{second}"
        if not parameter.choices and (int(first) + 1) % 100 == int(second):
            return text
    for choice in parameter.choices:
        if text.casefold() in map(str.casefold, (choice.value, choice.title, choice.title_es, *choice.called)):
            return choice.value
    raise InvalidInput(problem(parameter.kind, parameter, given, language))


def _people(parameter: Parameter, given: Any, language: str) -> Any:
    """A list of people; from a form, by their places, so that problems keep the names of the fields."""
    given = [] if given == NOBODY else given
    if not isinstance(given, Mapping | list | tuple):
        raise InvalidInput(problem("people", parameter, given, language))
    entries = list(given.items()) if isinstance(given, Mapping) else list(enumerate(given))
    if not parameter.least <= len(entries) <= parameter.most:
        raise InvalidInput(problem("few", parameter, len(entries), language))
    people, problems = [], {}
    for place, entry in entries:
        entry = entry._asdict() if isinstance(entry, parameter.row) else entry
        if not isinstance(entry, Mapping):
            problems[f".{place}"] = problem("row", parameter, entry, language)
            continue
        values, wrong = _read(parameter.fields, entry, language)
        problems |= {f".{place}.{path}": sentence for path, sentence in wrong.items()}
        if not wrong:
            people.append(parameter.row(**values))
    if problems:
        raise InvalidInput(" ".join(problems.values()), problems=problems)
    return parameter.holder(people)


def _figure(given: Any, form: re.Pattern[str]) -> int | None:
    """A whole number from JSON or as people write it, or None."""
    if isinstance(given, bool):
        return None
    if isinstance(given, int):
        return given
    if isinstance(given, float):
        return int(given) if given.is_integer() else None
    if not isinstance(given, str) or len(given) > _DIGITS:
        return None
    found = form.fullmatch(given.strip().replace("−", "-"))
    if found is None:
        return None
    number = int(found[2].replace(",", ""))
    return -number if "-" in (found[1] or "") else number

"""What a mission says in its own words, in English and Spanish, and what one of its own messages says when read again.

A conversation is kept nowhere: what was asked for and what is known stands in the mission's last message, and is read
from there. A confirmation counts only where the message is, word for word, the confirmation of those inputs.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from publius.kit import Kind, Parameter, Tool, dollars
from publius.missions import mentions, states
from publius.missions.slots import Slot, Values, assumed, nobody, slots_of

Words = Mapping[str, str]

OPENING: Words = {"en": "To compute “{title}” I need to know:", "es": "Para calcular «{title}» necesito saber:"}
CHANGING: Words = {
    "en": "To compute “{title}” I need to know what to change.",
    "es": "Para calcular «{title}» necesito saber qué cambiar.",
}
KNOWN: Words = {"en": "You have told me:", "es": "Usted me ha dicho:"}
CHECKING: Words = {
    "en": "Please check what I will compute “{title}” with:",
    "es": "Revise con qué voy a calcular «{title}»:",
}
ASSUMED: Words = {"en": "Nobody said these, so I assume them:", "es": "Esto no lo dijo nadie, así que lo supongo:"}
RIGHT: Words = {
    "en": "Is this right? Answer yes to compute it, or say what is different. You can also change it in the form:",
    "es": "¿Es correcto? Responda sí para calcularlo, o diga qué cambia. También puede cambiarlo en el formulario:",
}
ANSWER: Words = {
    "en": "Answer here in your own words, or in the form:",
    "es": "Responda aquí con sus propias palabras, o en el formulario:",
}
EXAMPLE: Words = {
    "en": "Say it by its name and its value, such as “{label} {value}”, or change it in the form:",
    "es": "Dígalo con su nombre y su valor, como «{label} {value}», o cámbielo en el formulario:",
}
UNPLACED: Words = {
    "en": "You also said {amounts}, and I cannot tell for certain what that is, so I did not use it. "
    "If it counts, say it with its name.",
    "es": "También dijo {amounts}, y no puedo saber con certeza qué es, así que no lo usé. "
    "Si cuenta, dígalo con su nombre.",
}
VAGUE: Words = {
    "en": "You said {amounts}, which can be more than one figure, so I did not use it. "
    "Say one exact figure to compute with; you can try others afterwards.",
    "es": "Dijo {amounts}, que puede ser más de una cifra, así que no lo usé. "
    "Diga una sola cifra exacta con la que calcular; después puede probar otras.",
}
YEAR: Words = {
    "en": "You said {amounts}, which I read as a year. If it is an amount, write it as money, such as {money}.",
    "es": "Dijo {amounts}, que leí como un año. Si es una cantidad, escríbala como dinero, por ejemplo {money}.",
}
SEVERAL: Words = {
    "en": "For “{question}” you told me of more than one. I cannot tell for certain which figure is whose, so I used "
    "none of them. The form takes each of them by itself.",
    "es": "Para «{question}» me habló de más de uno. No puedo saber con certeza de quién es cada cifra, así que no "
    "usé ninguna. El formulario recibe cada uno por separado.",
}
NOT_UNDERSTOOD: Words = {
    "en": "I could not tell what that answers, so I took nothing from it.",
    "es": "No pude saber a qué responde eso, así que no tomé nada de ahí.",
}
WHICH: Words = {
    "en": "Your yes or no could answer {questions}. Which of them do you mean? Say it with the question's number, "
    "such as “1. yes”.",
    "es": "Su sí o no podría responder a {questions}. ¿A cuál se refiere? Dígalo con el número de la pregunta, "
    "como «1. sí».",
}
ALONE: Words = {
    "en": "I took this as your answer to {questions}. If you meant something else, say so.",
    "es": "Tomé esto como su respuesta a {questions}. Si quería decir otra cosa, dígalo.",
}
RESULT: Words = {"en": "{title}: what is the result?", "es": "{title}: ¿cuál es el resultado?"}
NOT_IN_SOURCES: Words = {
    "en": "This is not in the sources of this mission ({title}).",
    "es": "Esto no está en las fuentes de esta misión ({title}).",
}
NEAREST: Words = {"en": "The nearest ones are: {listed}.", "es": "Las más cercanas son: {listed}."}
LEFT_OUT: Words = {"en": "left out", "es": "sin responder"}
NOBODY: Words = {"en": "nobody", "es": "nadie"}
OR: Words = {"en": " or ", "es": " o "}
YES: Words = {"en": "Yes", "es": "Sí"}
NO: Words = {"en": "No", "es": "No"}

LANGUAGES = ("en", "es")
_SPACE = re.compile(r"\s+")


class Spoken(Struct, frozen=True):
    """One of our messages, read again: of which tool, what it holds as known, and what it asks for, in that order."""

    tool: Tool
    values: dict[str, Any]
    asked: tuple[Slot, ...]
    confirms: bool  # it is exactly the confirmation of these values


def title(tool: Tool, language: str) -> str:
    """The tool's title in this language."""
    return tool.title_es if language == "es" else tool.title


def asking(tool: Tool, slots: Sequence[Slot], values: Values, language: str) -> str:
    """The questions that `slots` answer, after what is known; none of them: what is to be changed."""
    opening = (OPENING if slots else CHANGING)[language].format(title=title(tool, language))
    parts = [opening, *_questions(slots, language)]
    if values:
        parts += [KNOWN[language], *_known(tool, values, language)]
    if slots:
        return "\n\n".join([*parts, ANSWER[language]])
    first = next((slot for slot in slots_of(tool) if slot.path in values), None)
    if first is None:
        return "\n\n".join([*parts, ANSWER[language]])
    example = EXAMPLE[language].format(
        label=_label(first.parameter, language), value=shown(first, values[first.path], language)
    )
    return "\n\n".join([*parts, example])


def confirming(tool: Tool, values: Values, language: str) -> str:
    """Every input that will be computed with, those that nobody said apart, and whether it is right."""
    parts = [CHECKING[language].format(title=title(tool, language)), *_known(tool, values, language)]
    if taken := _assumed(tool, values, language):
        parts += [ASSUMED[language], taken]
    return "\n\n".join([*parts, RIGHT[language]])


def unused(tool: Tool, several: Collection[str], amounts: Sequence[str], language: str) -> list[str]:
    """What was said and is not used: lists of which more than one was told of, and amounts."""
    people = {slot.people.name: slot.people for slot in slots_of(tool) if slot.people}
    notes = [SEVERAL[language].format(question=people[name].question(language)) for name in sorted(several)]
    read = [next(iter(mentions.read(each)), None) for each in amounts]
    vague = [each for each, number in zip(amounts, read, strict=True) if number and number.vague]
    years = [each for each, number in zip(amounts, read, strict=True) if number and number.year]
    left = [each for each in amounts if each not in (*vague, *years)]
    if vague:
        quoted = [f"«{each}»" if language == "es" else f"“{each}”" for each in vague]
        notes.append(VAGUE[language].format(amounts=joined(quoted, language)))
    if years:
        money = dollars(int(years[0])) if years[0].isdecimal() else "$"
        notes.append(YEAR[language].format(amounts=joined(years, language), money=money))
    return [*notes, UNPLACED[language].format(amounts=joined(left, language))] if left else notes


def yes_or_no(tool: Tool, heard: Collection[str], taken: str, language: str) -> list[str]:
    """Which of the questions that were `heard` a yes or no answers, asked back; or which one it was taken for."""
    questions = [slot.label(language) for slot in slots_of(tool) if slot.path in (*heard, taken)]
    quoted = [f"«{each}»" if language == "es" else f"“{each}”" for each in questions]
    words = WHICH if heard else ALONE
    return [words[language].format(questions=joined(quoted, language, last=OR[language]))] if quoted else []


def read_back(message: str, tools: Iterable[Tool]) -> Spoken | None:
    """What a message of ours says; None for any other."""
    lines = [line.strip() for line in message.splitlines()]
    for tool in tools:
        for language in LANGUAGES:
            openings = {words[language].format(title=title(tool, language)) for words in (OPENING, CHANGING, CHECKING)}
            at = next((number for number, line in enumerate(lines) if line in openings), None)
            if at is not None:
                values, asked = _read_lines(lines[at + 1 :], tool, language)
                confirmed = _squeezed(confirming(tool, values, language)) in _squeezed(message) if values else False
                return Spoken(tool, values, asked, confirmed)
    return None


def shown(slot: Slot, value: Any, language: str) -> str:
    """A value as a person reads it; None is what was asked for and is not known."""
    if value is None:
        return LEFT_OUT[language]
    match slot.kind:
        case Kind.MONEY:
            return dollars(value)
        case Kind.WHOLE:
            return f"{value:,}" if abs(value) >= 10_000 else str(value)  # 2005 may be a year
        case Kind.YES_NO:
            return (YES if value else NO)[language]
        case Kind.STATE:
            return f"{states.NAMES[value][0]} ({value})"
        case Kind.CHOICE:
            return next((each.label(language) for each in slot.parameter.choices if each.value == value), str(value))
    return str(value)


def joined(parts: Sequence[str], language: str, last: str = "") -> str:
    """`a, b and c`; or with another word before the `last`."""
    last = last or (" y " if language == "es" else " and ")
    return last.join(filter(None, [", ".join(parts[:-1]), parts[-1]])) if parts else ""


def _label(parameter: Parameter, language: str) -> str:
    question = parameter.question(language)
    return question if question.endswith("?") else f"{question}:"


def _questions(slots: Sequence[Slot], language: str) -> list[str]:
    parts: list[str] = []
    number = 1
    for people, group in _grouped(slots):
        if people is not None:
            parts.append(people.question(language))
        lines = []
        for slot in group:
            lines.append(f"{number}. {_label(slot.parameter, language)}")
            if hint := slot.parameter.help(language):
                lines.append(f"   {hint}")
            number += 1
        parts.append("\n".join(lines))
    return parts


def _known(tool: Tool, values: Values, language: str) -> list[str]:
    parts: list[str] = []
    for people, group in _grouped([slot for slot in slots_of(tool) if slot.path in values]):
        if people is not None:
            parts.append(people.question(language))
        said = [f"- {_label(slot.parameter, language)} {shown(slot, values[slot.path], language)}" for slot in group]
        parts.append("\n".join(said))
    return parts


def _grouped(slots: Sequence[Slot]) -> list[tuple[Parameter | None, list[Slot]]]:
    """The answers that stand alone, and then each list of people with its own."""
    alone = [slot for slot in slots if slot.people is None]
    groups: list[tuple[Parameter | None, list[Slot]]] = [(None, alone)] if alone else []
    for people in {slot.people.name: slot.people for slot in slots if slot.people}.values():
        groups.append((people, [slot for slot in slots if slot.people and slot.people.name == people.name]))
    return groups


def _assumed(tool: Tool, values: Values, language: str) -> str:
    """What nobody said, by the value that is taken for it."""
    taken: dict[str, list[str]] = {}
    for slot in assumed(tool, values):
        default = slot.parameter.default
        value = LEFT_OUT[language] if default is None else shown(slot, default, language)
        taken.setdefault(value, []).append(slot.parameter.question(language))
    for parameter in nobody(tool, values):
        taken.setdefault(NOBODY[language], []).append(parameter.question(language))
    return "\n".join(f"- **{value}**: {' · '.join(questions)}" for value, questions in taken.items())


def _read_lines(lines: Sequence[str], tool: Tool, language: str) -> tuple[dict[str, Any], tuple[Slot, ...]]:
    """The known values and the questions in the lines of a message."""
    slots = slots_of(tool)
    heads = {people.question(language): people.name for slot in slots if (people := slot.people)}
    values: dict[str, Any] = {}
    asked: list[Slot] = []
    whose = ""
    for line in lines:
        if line in (KNOWN[language], *(words[language] for words in (ASSUMED, RIGHT, ANSWER))):
            whose = ""
        elif line in heads:
            whose = heads[line]
        elif match := re.fullmatch(r"(\d+\.|-) (.+)", line):
            here = [slot for slot in slots if (slot.people.name if slot.people else "") == whose]
            for slot in here:
                label = _label(slot.parameter, language)
                if match[1] != "-" and match[2] == label:
                    asked.append(slot)
                elif match[1] == "-" and match[2].startswith(f"{label} "):
                    text = match[2].removeprefix(label).strip()
                    value = _read_value(slot, text, language)
                    if value is not None or (text == LEFT_OUT[language] and not slot.parameter.required):
                        values[slot.path] = value
    return values, tuple(asked)


def _read_value(slot: Slot, text: str, language: str) -> Any:
    """The value that is shown as `text`; None where nothing is shown so."""
    match slot.kind:
        case Kind.MONEY | Kind.WHOLE:
            figure = re.fullmatch(r"(-?)\$?(\d[\d,]{0,20})", text)
            return int(figure[1] + figure[2].replace(",", "")) if figure else None
        case Kind.YES_NO:
            return {YES[language]: True, NO[language]: False}.get(text)
        case Kind.STATE:
            code = text[-3:-1]
            return code if code in states.NAMES and text == shown(slot, code, language) else None
        case Kind.CHOICE:
            return next((each.value for each in slot.parameter.choices if each.label(language) == text), None)
    return text if re.fullmatch(r"20\d\d-\d\d", text) else None


def _squeezed(text: str) -> str:
    return _SPACE.sub(" ", text).strip()

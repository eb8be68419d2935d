"""What a mission can do, said at once to somebody who asks for help or only says hello: no search, no Llama."""

import re
from collections.abc import Mapping, Sequence

from publius.kit import Tool
from publius.missions import phrases, spelling
from publius.missions.languages import language_of
from publius.missions.pack import Pack
from publius.types import Evidence, Question, Reply

_GREETS = r"(?:hi|hello|hey|good (?:morning|afternoon|evening)|hola|buen[oa]s (?:dias|tardes|noches))"
_ASKS = (
    r"(?:i need |can you |could you )?help(?: me)?",
    r"(?:how|what) can (?:you|this) (?:do|help)",
    r"what (?:can|do|may) i (?:ask|do)",
    r"what (?:do|does) (?:you|this) do",
    r"how (?:does|do) (?:this|it|you) work",
    r"how do i (?:use (?:this|it)|start|begin)",
    r"menu|options|commands|start|opciones|empezar",
    r"(?:necesito |me puedes? |puedes? )?(?:ayuda|ayudame|ayudeme|ayudar|ayudarme)",
    r"(?:en )?(?:que|como) (?:me )?puedes? (?:hacer|ayudar|ayudarme)",
    r"que (?:puedo|se puede) (?:preguntar|hacer)",
    r"como (?:funciona|se usa|empiezo|lo uso)",
)
_BESIDE = r"(?: (?:me|you|here|this|it|with|for|do|esto|aqui|please|por favor))*"
_HELP = re.compile(rf"(?:{_GREETS}(?: there)? ?)?(?:(?:please|por favor) )?(?:{'|'.join(_ASKS)})?{_BESIDE}")

OPENING: Mapping[str, str] = {
    "en": "This is “{title}”. Ask in your own words. I can work these out for you:",
    "es": "Esto es «{title}». Pregunte con sus propias palabras. Le puedo calcular esto:",
}
SOURCES: Mapping[str, str] = {
    "en": "And I answer questions from this mission's own sources.",
    "es": "Y respondo preguntas con las fuentes propias de esta misión.",
}
EXAMPLE: Mapping[str, str] = {"en": " For example: “{example}”", "es": " Por ejemplo: «{example}»"}
INTERVIEW: Mapping[str, str] = {
    "en": "If you would rather be led, one question at a time, start the guided interview: {link}",
    "es": "Si prefiere que le guíen, una pregunta a la vez, empiece la entrevista guiada: {link}",
}
BACK: Mapping[str, str] = {"en": "To go on where we were:", "es": "Para seguir donde estábamos:"}


def wants_help(text: str) -> bool:
    """Whether it asks what can be done here, or greets, and nothing else."""
    said = " ".join(spelling.words(text))
    return bool(said) and _HELP.fullmatch(said) is not None


def helped(pack: Pack, tools: Sequence[Tool], question: Question, url: str) -> Evidence | None:
    """What the mission can do, if that is asked for; and the question that was open before, so that nothing is lost."""
    if not wants_help(question.text):
        return None
    language = language_of([message.content for message in question.messages if message.role == "user"])
    parts = [
        OPENING[language].format(title=pack.title(language)),
        "\n".join(f"- {phrases.title(tool, language)}" for tool in tools),
        SOURCES[language] + _example(pack, language),
    ]
    if pack.card.interview:
        link = f"{url}/missions/{pack.id}/interview" + ("?lang=es" if language == "es" else "")
        parts.append(INTERVIEW[language].format(link=link))
    parts += _open(question, tools, language)
    return Evidence(reply=Reply(kind="help", text="\n\n".join(parts), language=language))


def _example(pack: Pack, language: str) -> str:
    example = pack.card.example_es if language == "es" else pack.card.example
    return EXAMPLE[language].format(example=example) if example else ""


def _open(question: Question, tools: Sequence[Tool], language: str) -> list[str]:
    """What our last message asked, once more."""
    ours = [message.content for message in question.messages if message.role == "assistant"]
    spoken = phrases.read_back(ours[-1], tools) if ours else None
    if spoken is None:
        return []
    if spoken.confirms:
        return [BACK[language], phrases.confirming(spoken.tool, spoken.values, language)]
    return [BACK[language], phrases.asking(spoken.tool, spoken.asked, spoken.values, language)]

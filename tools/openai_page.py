"""The page that says which of OpenAI's fields are served, ignored and refused: from the requests' own declarations."""

from collections.abc import Iterator

from msgspec import Struct

from publius.api.fields import Fate, Ignored, Refused, Served, fates
from publius.api.legacy import CompletionRequest
from publius.api.questions import ChatRequest
from publius.api.response_request import ResponseRequest
from publius.policy import schema

ENDPOINTS: dict[str, type[Struct]] = {
    "POST /v1/chat/completions": ChatRequest,
    "POST /v1/completions": CompletionRequest,
    "POST /v1/responses": ResponseRequest,
}

HEAD = """\
Point any OpenAI client's `base_url` at `/v1`. Every endpoint that answers goes the same way: key, policy, limits,
verification and ledger, with the receipt and the [label](labels.md) of the answer in its field `publius`.

Three rules say what becomes of a field:

- It is **ignored** where leaving it out changes nothing that the caller would count on.
- It is **refused**, by its name and with what to do instead, where the answer would silently lack what it asks for.
- A field that OpenAI does not have (`cache_salt`, `priority`, `guided_json` …) is dropped and goes no further.

The model `llama` answers from itself, and says that it was not checked. The model `library` answers from the agency's
documents, in sentences with their sources; tools, schemas, several choices, log probabilities and raw texts do not go
with that and are refused. A mission that is on for the agency is a model too, `mission:ID`, asked like `library`: it
answers from its own tools and sources. Its tools can also be [called by themselves](mission-tools.md).
`GET /v1/models` and `POST /v1/embeddings` are served too.

How many tokens of a prompt the cache already held (`cached_tokens`) is told only to whom has the permission
`usage:cached`: [why](decisions/2026-11-24-openai.md).
"""


def page() -> str:
    """The whole page."""
    parts = [f"## `{endpoint}`\n\n{table(kind)}" for endpoint, kind in ENDPOINTS.items()]
    return "\n".join([f"{HEAD}", *parts, schemas()])


def table(kind: type[Struct]) -> str:
    """One row a field."""
    rows = [f"| `{name}` | {word} | {note} |" for name, word, note in described(fates(kind))]
    return "\n".join(["| Field | | |", "| --- | --- | --- |", *rows, ""])


def described(fields: dict[str, Fate]) -> Iterator[tuple[str, str, str]]:
    """Each field with what becomes of it, in words."""
    for name, fate in fields.items():
        match fate:
            case Served(note):
                yield name, "served", sentence(note)
            case Ignored(why):
                yield name, "ignored", sentence(why)
            case Refused(cure, harmless):
                but = "".join(f" (`{value}` asks for nothing.)" for value in harmless)
                yield name, "refused", sentence(cure) + but


def sentence(words: str) -> str:
    """The words as a sentence, if there are any."""
    if not words:
        return ""
    return words[0].upper() + words[1:] + ("" if words.endswith(".") else ".")


def schemas() -> str:
    """What a schema may hold."""
    words = ", ".join(f"`{word}`" for word in sorted(schema.REFUSED))
    return f"""\
## Schemas

An answer with a `json_schema` is a value of it, strict or not: the engine cannot write anything else, only be cut short
by the limit of tokens (`finish_reason` is then `length`). What an answer cannot be held to is refused by its place:
{words};
and what the engine itself cannot hold an answer to, such as a `oneOf` whose choices overlap. A schema has at most
{schema.LARGEST:,} characters, {schema.MOST:,} parts and {schema.DEEPEST} levels, and a `$ref` stays inside it. The
`parameters` of a tool may hold more, unless the tool is `strict`.
"""

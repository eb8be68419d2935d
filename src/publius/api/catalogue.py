"""Every metric: its name, kind, labels and meaning. What is counted anywhere is named here first.

Every label has few values. No person and no address is one, and nothing that was asked or answered. An agency is a
label of the queues alone: whoever operates the platform made the agencies and knows them, must see which one floods
and which one waits, and sees by it how many requests there are, never what is in them. Elsewhere an agency as a label
would say who asks for what (which models, refused for what reason), which is the agency's own business.
"""

from typing import Literal

from msgspec import Struct


class Measure(Struct, frozen=True):
    """One metric as documentation shows it. The name of a counter is shown with Prometheus's `_total`."""

    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()


CATALOGUE: dict[str, Measure] = {
    "publius_requests": Measure("counter", "HTTP requests.", ("door", "status")),
    "publius_requests_underway": Measure("gauge", "HTTP requests being answered now."),
    "publius_streams_underway": Measure("gauge", "Answers being streamed to a reader now."),
    "publius_answers": Measure("counter", "Answers.", ("door", "model", "outcome")),
    "publius_refusals": Measure(
        "counter", "Questions that were refused, or failed, by the error's code.", ("door", "code")
    ),
    "publius_withheld_sentences": Measure("counter", "Sentences withheld, by reason.", ("reason",)),
    "publius_tokens": Measure("counter", "Tokens of answers that were given.", ("kind",)),
    "publius_room_seconds": Measure("histogram", "An answer's time in each room.", ("room",)),
    "publius_queue_waiting": Measure("gauge", "Requests that wait for the engine.", ("agency",)),
    "publius_queue_running": Measure("gauge", "Requests that the engine works on.", ("agency",)),
    "publius_queue_wait_seconds": Measure("histogram", "From a request's arrival at the engine to its admission."),
    "publius_time_to_first_token_seconds": Measure(
        "histogram", "From asking the engine to its first token, waiting included."
    ),
    "publius_time_between_tokens_seconds": Measure("histogram", "From each token, or several at once, to the next."),
    "publius_engine_ready": Measure("gauge", "1 if the engine can be asked now, else 0."),
    "publius_engine_running": Measure("gauge", "Requests that the engine works on, of all agencies."),
    "publius_engine_tokens": Measure(
        "counter", "Tokens that the engine read, found in its cache (read ones, too) and wrote.", ("kind",)
    ),
    "publius_engine_cache_used_ratio": Measure("gauge", "Share of the engine's cache in use, 0 to 1."),
    "publius_engine_cache_bytes": Measure("gauge", "Size of the engine's cache."),
    "publius_engine_restarts": Measure("counter", "Times that the engine process was replaced."),
    "publius_memory_bytes": Measure(
        "gauge",
        "Memory of Publius's processes; pages that they share are counted once, the engine's in full.",
        ("process",),
    ),
    "publius_ledger_appends": Measure("counter", "Records appended to the ledger."),
    "publius_ledger_failures": Measure("counter", "Records that could not be appended."),
}


def full_name(name: str) -> str:
    """As a query names it."""
    return f"{name}_total" if CATALOGUE[name].kind == "counter" else name

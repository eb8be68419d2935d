"""Build `docs/grafana/publius.json`, the dashboard that shows in Grafana what `publius top` shows at a terminal.

`make docs` writes it; a test compares it with this, and every metric that it asks for with the catalogue.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

WIDTH = 24  # columns of Grafana's grid
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


class Panel(NamedTuple):
    """One picture: its queries by what their lines are called (`{{label}}` is filled in by Grafana)."""

    title: str
    queries: dict[str, str]
    unit: str = "short"
    help: str = ""
    kind: str = "timeseries"
    most: float | None = None


def rate(metric: str, by: str = "", **labels: str) -> str:
    """A counter's increase a second."""
    chosen = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"sum{f' by ({by})' if by else ''} (rate({metric}{{{chosen}}}[$__rate_interval]))"


def waits(metric: str) -> dict[str, str]:
    """What half, and nineteen in twenty, stayed under."""
    buckets = f"sum by (le) (rate({metric}_bucket[$__rate_interval]))"
    return {name: f"histogram_quantile({share}, {buckets})" for name, share in (("half", 0.5), ("95 %", 0.95))}


def stat(title: str, query: str, unit: str = "short", help: str = "") -> Panel:
    """One figure."""
    return Panel(title, {title: query}, unit, help, "stat")


ROWS: dict[str, list[Panel]] = {
    "Now": [
        stat("Engine ready", "min(publius_engine_ready)", help="1 if every engine can be asked."),
        stat("Requests", rate("publius_requests_total"), "reqps"),
        stat("Underway", "sum(publius_requests_underway)"),
        stat("Streams", "sum(publius_streams_underway)"),
        stat("Engine busy with", "sum(publius_engine_running)"),
        stat("Restarts in an hour", "sum(increase(publius_engine_restarts_total[1h]))"),
    ],
    "Queues": [
        Panel("Waiting by agency", {"{{agency}}": "sum by (agency) (publius_queue_waiting)"}),
        Panel("Running by agency", {"{{agency}}": "sum by (agency) (publius_queue_running)"}),
        Panel("In queue", waits("publius_queue_wait_seconds"), "s"),
    ],
    "Tokens": [
        Panel(
            "Tokens a second",
            {"{{kind}}": rate("publius_engine_tokens_total", "kind")},
            help="'read' are of prompts, 'cached' those of them that the cache spared, 'written' of answers.",
        ),
        Panel("First token", waits("publius_time_to_first_token_seconds"), "s", "The wait in the queue included."),
        Panel("Then each", waits("publius_time_between_tokens_seconds"), "s"),
    ],
    "Answers": [
        Panel("Requests by status", {"{{door}} {{status}}": rate("publius_requests_total", "door, status")}, "reqps"),
        Panel(
            "Answers", {"{{model}} {{outcome}}": rate("publius_answers_total", "model, outcome")}, "reqps",
            "What the documents do not answer is 'not_answered'; where a passage is quoted instead, 'quoted'.",
        ),
        Panel("Refused, by code", {"{{code}}": rate("publius_refusals_total", "code")}, "reqps"),
        Panel(
            "Time in each room, 95 %",
            {
                "{{room}}": "histogram_quantile(0.95, sum by (le, room) "
                "(rate(publius_room_seconds_bucket[$__rate_interval])))"
            },
            "s",
        ),
        Panel("Sentences withheld", {"{{reason}}": rate("publius_withheld_sentences_total", "reason")}, "short"),
        Panel("Tokens of answers given", {"{{kind}}": rate("publius_tokens_total", "kind")}, "short"),
    ],
    "Memory and disk": [
        Panel("Memory", {"{{process}}": "sum by (process) (publius_memory_bytes)"}, "bytes"),
        Panel("Cache in use", {"used": "max(publius_engine_cache_used_ratio)"}, "percentunit", most=1),
        Panel("Cache size", {"size": "sum(publius_engine_cache_bytes)"}, "bytes"),
        Panel(
            "Records",
            {"appended": rate("publius_ledger_appends_total"), "failed": rate("publius_ledger_failures_total")},
            "reqps",
            "A record that cannot be appended is an answer that is not given.",
        ),
    ],
}  # fmt: skip


def page() -> str:
    """The dashboard as Grafana imports it."""
    dashboard = {
        "uid": "publius",
        "title": "Publius",
        "description": "The engine room: queues, tokens, waits, answers, memory. No content and no person.",
        "tags": ["publius", "llama"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": [{"name": "datasource", "label": "Prometheus", "type": "datasource", **_PROMETHEUS}]},
        "annotations": {"list": []},
        "panels": list(_panels()),
    }
    return json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n"


_PROMETHEUS: dict[str, Any] = {"query": "prometheus", "current": {}, "hide": 0, "includeAll": False, "multi": False}


def _panels() -> Iterator[dict[str, Any]]:
    """Rows from top to bottom, each with its panels side by side, three to a line; single figures all in one."""
    ids = iter(range(1, 1000))
    top = 0
    for title, panels in ROWS.items():
        yield {
            "id": next(ids),
            "type": "row",
            "title": title,
            "collapsed": False,
            "panels": [],
            **_at(0, top, WIDTH, 1),
        }
        top += 1
        single = panels[0].kind == "stat"
        height, abreast = (4, len(panels)) if single else (8, 3 if len(panels) % 3 == 0 else 2)
        width = WIDTH // abreast
        for at, panel in enumerate(panels):
            place = _at(at % abreast * width, top + at // abreast * height, width, height)
            yield _panel(panel, next(ids)) | place
        top += -(-len(panels) // abreast) * height


def _at(x: int, y: int, w: int, h: int) -> dict[str, Any]:
    return {"gridPos": {"x": x, "y": y, "w": w, "h": h}}


def _panel(panel: Panel, id: int) -> dict[str, Any]:
    limits = {"min": 0} | ({} if panel.most is None else {"max": panel.most})
    targets = [
        {"refId": chr(ord("A") + at), "datasource": SOURCE, "expr": query, "legendFormat": name}
        for at, (name, query) in enumerate(panel.queries.items())
    ]
    return {
        "id": id,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.help,
        "datasource": SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": {"unit": panel.unit, **limits}, "overrides": []},
        "options": {},
    }

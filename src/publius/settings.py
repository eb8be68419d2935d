"""Every setting, read once from the environment and then frozen. Nothing else reads the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from publius.errors import SetupError


class Setting(Struct, frozen=True):
    """One setting as documentation shows it."""

    variable: str
    type: type
    default: Any
    help: str


def _setting(variable: str, default: Any, help: str, type: type = str) -> Any:
    return Setting(variable, type, default, help)


CATALOGUE: dict[str, Setting] = {
    "home": _setting("PUBLIUS_HOME", "~/.local/share/publius", "Folder for database, weights, keys and logs.", Path),
    "host": _setting("HOST", "127.0.0.1", "Address to listen on."),
    "port": _setting("PORT", 8080, "Port of the pages and the API.", int),
    "metrics_port": _setting("PUBLIUS_METRICS_PORT", 9464, "Loopback port of /metrics; 0 turns it off.", int),
    "traces": _setting("PUBLIUS_TRACES", "", "OTLP/HTTP address of a collector for traces; empty makes none."),
    "public_url": _setting("PUBLIUS_PUBLIC_URL", "", "Address behind a proxy; https makes cookies secure."),
    "database_url": _setting("DATABASE_URL", "", "A PostgreSQL server with pgvector; empty starts the embedded one."),
    "engine": _setting("PUBLIUS_ENGINE", "embedded", "embedded, echo, or openai:URL for any OpenAI-compatible server."),
    "engine_key": _setting("PUBLIUS_ENGINE_KEY", "", "Bearer key sent to the openai: engine."),
    "model": _setting(
        "PUBLIUS_MODEL",
        "smollm2-135m",
        "The chat model: its name in the catalog, or at the upstream.",
    ),
    "proposals": _setting(
        "PUBLIUS_PROPOSALS",
        "",
        "on or off: whether Llama proposes a mission's tools; empty does as the catalog says of the model.",
    ),
    "catalog": _setting("PUBLIUS_CATALOG", "", "A model catalog of your own, in TOML."),
    "hf_endpoint": _setting("PUBLIUS_HF_ENDPOINT", "https://huggingface.co", "Where hf: weights are; or a mirror."),
    "hf_token": _setting("PUBLIUS_HF_TOKEN", "", "Secret: token for gated hf: weights; sent to that host alone."),
    "engine_cache_gb": _setting("PUBLIUS_ENGINE_CACHE_GB", 0.6, "Most memory for the engine's cache, in GB.", float),
    "engine_slots": _setting("PUBLIUS_ENGINE_SLOTS", 64, "Requests that an openai: engine is sent at once.", int),
    "queue": _setting("PUBLIUS_QUEUE", 512, "Requests that may wait for the engine, of all agencies.", int),
    "queue_per_agency": _setting("PUBLIUS_QUEUE_PER_AGENCY", 128, "Requests of one agency that may wait.", int),
    "queue_seconds": _setting("PUBLIUS_QUEUE_SECONDS", 60.0, "Seconds that a request may wait for its turn.", float),
    "answer_seconds": _setting("PUBLIUS_ANSWER_SECONDS", 600.0, "Seconds after which an answer is broken off.", float),
    "max_body_mb": _setting("PUBLIUS_MAX_BODY_MB", 4, "Largest API request, in MB.", int),
    "max_upload_mb": _setting("PUBLIUS_MAX_UPLOAD_MB", 64, "Largest uploaded file, in MB.", int),
    "source_folders": _setting(
        "PUBLIUS_SOURCE_FOLDERS", "", "Folders that a source of documents may lie in, with colons between; empty: none."
    ),
    "source_private_hosts": _setting(
        "PUBLIUS_SOURCE_PRIVATE_HOSTS",
        "",
        "Hosts, with commas between, that sources may reach on a private network or this machine; empty: none.",
    ),
    "max_tokens": _setting("PUBLIUS_MAX_TOKENS", 1024, "Most tokens one answer may have.", int),
    "rate_per_minute": _setting("PUBLIUS_RATE_PER_MINUTE", 600, "Requests a minute that an agency starts with.", int),
    "tokens_per_day": _setting("PUBLIUS_TOKENS_PER_DAY", 5_000_000, "Tokens a day that an agency starts with.", int),
    "session_hours": _setting("PUBLIUS_SESSION_HOURS", 12, "Hours until a web session ends.", int),
    "log_level": _setting("PUBLIUS_LOG_LEVEL", "info", "debug, info, warning or error."),
}


class Settings(Struct, frozen=True, kw_only=True):
    """The frozen values; `CATALOGUE` holds their variables, defaults and help."""

    home: Path
    host: str
    port: int
    metrics_port: int
    traces: str
    public_url: str
    database_url: str
    engine: str
    engine_key: str
    model: str
    proposals: str
    catalog: str
    hf_endpoint: str
    hf_token: str
    engine_cache_gb: float
    engine_slots: int
    queue: int
    queue_per_agency: int
    queue_seconds: float
    answer_seconds: float
    max_body_mb: int
    max_upload_mb: int
    source_folders: str
    source_private_hosts: str
    max_tokens: int
    rate_per_minute: int
    tokens_per_day: int
    session_hours: int
    log_level: str

    @property
    def url(self) -> str:
        """Where people go: the public address, or this machine's."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"


def read(environment: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """Read every setting; `overrides` (from the command line or a test) win.

    Raises:
        SetupError: a value cannot be read as its type; names the variable.
    """
    values = {name: _value(setting, environment) for name, setting in CATALOGUE.items()}
    values |= {name: value for name, value in overrides.items() if value is not None}
    values["home"] = Path(values["home"]).expanduser().absolute()
    return Settings(**values)


def _value(setting: Setting, environment: Mapping[str, str]) -> Any:
    raw = environment.get(setting.variable, "").strip()
    if not raw:
        return setting.default
    if setting.type is Path:
        return raw
    try:
        return msgspec.convert(raw, setting.type, strict=False)
    except msgspec.ValidationError:
        kind = {int: "a whole number", float: "a number"}.get(setting.type, setting.type.__name__)
        raise SetupError(
            f"{setting.variable}={raw!r} is not {kind}.",
            cure=f"Set it to {kind} such as {setting.default}, or unset it.",
        ) from None

"""One look at the running server's metrics page."""

import http.client
import time
from collections import Counter

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from publius.errors import SetupError

HOST = "127.0.0.1"
PATIENCE = 5.0  # seconds for the page, which itself waits a little for a busy engine


class Reading:
    """The page's samples, and when they were read."""

    def __init__(self, samples: list[Sample], at: float) -> None:
        self.at = at  # seconds of the monotonic clock
        self._samples: dict[str, list[Sample]] = {}
        for sample in samples:
            self._samples.setdefault(sample.name, []).append(sample)

    def value(self, name: str, **labels: str) -> float | None:
        """The sum over all samples with these labels; None if there is none: nobody knows."""
        found = [s.value for s in self._samples.get(name, ()) if labels.items() <= s.labels.items()]
        return sum(found) if found else None

    def by(self, name: str, label: str) -> dict[str, float]:
        """The values by one label, the others summed over."""
        values: Counter[str] = Counter()
        for sample in self._samples.get(name, ()):
            values[sample.labels[label]] += sample.value  # type: ignore[assignment]
        return dict(values)


def read_page(port: int) -> Reading:
    """Ask the server that runs on this machine.

    Raises:
        SetupError: its metrics are off, nothing answers, or what answers is something else.
    """
    if not port:
        raise SetupError(
            "Metrics are turned off: PUBLIUS_METRICS_PORT is 0.",
            cure="Set it to a free port, such as 9464, and start Publius again.",
        )
    # Not urllib: that would take a proxy from the environment, even for this machine.
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/metrics")
        page = connection.getresponse().read().decode()
        samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    except OSError:
        raise SetupError(
            f"No running Publius answers on {HOST}:{port}, where its metrics should be.",
            cure="Start it with 'publius run', with the same PUBLIUS_METRICS_PORT as here.",
        ) from None
    except (http.client.HTTPException, ValueError):
        samples = []
    finally:
        connection.close()
    if not any(sample.name == "publius_requests_underway" for sample in samples):
        raise SetupError(
            f"What answers on {HOST}:{port} is not Publius.",
            cure="Set PUBLIUS_METRICS_PORT to the port that Publius was started with.",
        )
    return Reading(samples, time.monotonic())

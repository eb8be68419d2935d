"""The Grafana dashboard asks for what there is, shows all of it, and is laid out as Grafana imports it."""

import json
import re
from itertools import combinations

from tests.quality.tree import ROOT

from publius.api.catalogue import CATALOGUE, full_name

DASHBOARD = json.loads((ROOT / "docs/grafana/publius.json").read_text(encoding="utf-8"))
PANELS = DASHBOARD["panels"]
QUERIES = [target["expr"] for panel in PANELS for target in panel.get("targets", ())]
SERIES = {
    series: name
    for name, measure in CATALOGUE.items()
    for series in (
        [f"{name}_{part}" for part in ("bucket", "sum", "count")] if measure.kind == "histogram" else [full_name(name)]
    )
}


def test_every_query_asks_for_metrics_that_exist_and_every_metric_is_shown():
    asked = {series for query in QUERIES for series in re.findall(r"publius_\w+", query)}
    assert asked <= SERIES.keys()
    assert {SERIES[series] for series in asked} == CATALOGUE.keys()


def test_every_label_of_a_query_and_its_legend_is_one_of_its_metrics():
    for panel in PANELS:
        for target in panel.get("targets", ()):
            known = {label for s in re.findall(r"publius_\w+", target["expr"]) for label in CATALOGUE[SERIES[s]].labels}
            by = {
                label.strip() for group in re.findall(r"by \(([^)]*)\)", target["expr"]) for label in group.split(",")
            }
            legend = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
            assert by - {"le"} <= known and legend <= by, target


def test_counters_are_never_shown_as_they_are():
    for query in QUERIES:
        for series in re.findall(r"publius_\w+", query):
            growing = CATALOGUE[SERIES[series]].kind != "gauge"
            assert growing == bool(re.search(rf"(rate|increase)\({series}[{{\[]", query)), query


def test_queries_are_balanced():
    for query in QUERIES:
        for opening, closing in ("()", "[]", "{}"):
            assert query.count(opening) == query.count(closing), query


def test_it_is_built_as_grafana_imports_it():
    assert DASHBOARD["schemaVersion"] >= 36 and DASHBOARD["title"] and DASHBOARD["uid"]
    [source] = [variable for variable in DASHBOARD["templating"]["list"] if variable["type"] == "datasource"]
    assert source["query"] == "prometheus"
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    for panel in PANELS:
        if panel["type"] != "row":
            targets = panel["targets"]
            assert panel["title"] and targets and len({target["refId"] for target in targets}) == len(targets)
            for asked in (panel, *targets):
                assert asked["datasource"] == {"type": "prometheus", "uid": f"${{{source['name']}}}"}


def test_no_panel_covers_another():
    places = [panel["gridPos"] for panel in PANELS]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    for one, other in combinations(places, 2):
        apart = (
            one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        )  # fmt: skip
        assert apart, (one, other)

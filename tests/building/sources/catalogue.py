"""A CKAN catalogue on this machine for tests: the action API over datasets in memory, as CKAN 2 answers it."""

import json
import re
from typing import Any

from aiohttp import web
from tests.building.sources.site import Site

_TERM = re.compile(r'(organization|groups|tags):"((?:[^"\\]|\\.)*)"')


class Catalogue(Site):
    """`package_search` with q, fq, rows, start and sort, and `package_show`; all else is a site."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.datasets: dict[str, dict[str, Any]] = {}

    def dataset(self, name: str, *files: dict[str, Any], tags: tuple[str, ...] = (), **more: Any) -> None:
        resources = [
            {
                "id": f"{len(self.datasets)}{number}aaaaaaa-bbbb",
                "state": "active",
                "url_type": None,
                "mimetype": None,
                **each,
            }
            for number, each in enumerate(files)
        ]
        self.datasets[name] = {
            "id": name, "name": name, "title": name.title(), "state": "active", "license_title": None, "author": None,
            "organization": {"name": "water", "title": "Water Board"}, "groups": [],
            "tags": [{"name": tag, "display_name": tag} for tag in tags], "resources": resources, **more,
        }  # fmt: skip

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if not request.path.startswith("/api/3/action/") or request.raw_path in self.pages:
            return await super().answer(request)
        self.asked.append(request.raw_path)
        asked, action = request.query, request.path.rpartition("/")[2]
        if action == "package_show":
            found = self.datasets.get(asked["id"])
            return _said(found) if found else _said(None, 404, "Not Found Error", "Not found")
        if action != "package_search":
            return _said(None, 400, "Bad Request", "Action name not known")
        terms = [(field, value.replace('\\"', '"')) for field, value in _TERM.findall(asked.get("fq", ""))]
        if asked.get("fq") and len(terms) != len(asked["fq"].split(" AND ")):
            return _said(None, 409, "Search Query Error", "Invalid search query")
        hits = [each for each in self.datasets.values() if _matches(each, asked["q"], terms)]
        hits.sort(key=lambda each: each["name"])
        start, rows = int(asked["start"]), min(int(asked["rows"]), 1000)
        return _said({"count": len(hits), "sort": asked["sort"], "results": hits[start : start + rows], "facets": {}})


def _matches(dataset: dict[str, Any], query: str, terms: list[tuple[str, str]]) -> bool:
    has = {
        "organization": [dataset["organization"]["name"]],
        "groups": [each["name"] for each in dataset["groups"]],
        "tags": [each["name"] for each in dataset["tags"]],
    }
    return (query == "*:*" or query in dataset["title"].lower()) and all(value in has[field] for field, value in terms)


def _said(result: Any, status: int = 200, kind: str = "", message: str = "") -> web.Response:
    told: dict[str, Any] = {"help": "…", "success": status == 200}
    told |= {"result": result} if status == 200 else {"error": {"message": message, "__type": kind}}
    return web.Response(status=status, text=json.dumps(told), content_type="application/json", charset="utf-8")

"""The promise: sources are kept, run and removed by the API too, by an administrator's key alone."""

import httpx

from publius.application import Application
from publius.types import Agency, Role

SECRET = "told-to-nobody"
BUCKET = {
    "name": "laws",
    "kind": "bucket",
    "address": "https://s3.test/rules",
    "settings": {"key": "k", "secret": SECRET},
    "every_minutes": 60,
}


async def test_from_the_first_to_the_last(
    address: str, administrator: str, key: str, app: Application, state: Agency
) -> None:
    other = (await app.identity.keys.create(state, "tests", Role.ADMINISTRATOR))[0]
    async with httpx.AsyncClient(base_url=address, timeout=30, verify=False) as http:

        async def ask(method: str, path: str, by: str = administrator, **more: object) -> httpx.Response:
            headers = {"Authorization": f"Bearer {by}"}
            return await http.request(method, path, headers=headers, **more)  # type: ignore[arg-type]

        assert (await ask("GET", "/v1/sources")).json() == {"object": "list", "data": []}
        made = await ask("POST", "/v1/sources", json=BUCKET)
        assert made.status_code == 201
        assert made.json()["settings"] == {"key": "k", "region": "us-east-1", "style": "path"}
        assert SECRET not in made.text
        assert (await ask("POST", "/v1/sources", json=BUCKET)).status_code == 409
        assert (await ask("POST", "/v1/sources", json={**BUCKET, "kind": "ftp"})).json()["error"]["param"] == "kind"
        assert (await ask("POST", "/v1/sources", json={"name": "x"})).json()["error"]["param"] == "address"
        assert (await ask("POST", "/v1/sources/laws/pause")).json()["paused"]
        assert not (await ask("POST", "/v1/sources/laws/resume")).json()["paused"]
        assert (await ask("POST", "/v1/sources/laws/run")).json()["wanted"]
        for by, status in ((key, 403), (other, 404)):
            assert (await ask("GET", "/v1/sources/laws", by)).status_code == status
            assert (await ask("POST", "/v1/sources/laws/run", by)).status_code == status
            assert (await ask("DELETE", "/v1/sources/laws", by)).status_code == status
        assert (await ask("DELETE", "/v1/sources/laws")).json()["deleted"]
        assert (await ask("GET", "/v1/sources/laws")).status_code == 404

"""The promise: an address that is not public is not reached, however it is written, nor a host that nobody allowed."""

import pytest

from publius.errors import NotFetched
from publius.retrieval.sources.guard import Hosts, host_of, may_be_reached

PUBLIC = ["93.184.216.34", "2606:4700:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
PRIVATE = ["127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd00::1",
           "::ffff:10.0.0.1", "64:ff9b::a00:1"]  # fmt: skip
NEVER = ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254", "100.100.100.200",
         "0.0.0.0", "::", "0.1.2.3", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "fe80::1",
         "fe80::1%eth0", "fec0::1", "ff02::1", "::127.0.0.1", "2002:7f00:1::", "2001:0:a:b::1", "2001:db8::1",
         "64:ff9b:1::7f00:1"]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC + PRIVATE + NEVER)
def test_public_is_reached_private_where_opened_and_the_rest_never(address: str) -> None:
    assert may_be_reached(address, private=False) == (address in PUBLIC)
    assert may_be_reached(address, private=True) == (address not in NEVER)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.agency.gov:8443/",
        "https://agency.gov/",
        "https://www.agency.gov.evil.com/",
        "https://evil.com/?https://www.agency.gov/",
        "https://evil.com#@www.agency.gov/",
        "https://evil.com\\@www.agency.gov/",
        "https://www.agency.gov@evil.com/",
        "https://user:word@www.agency.gov/",
        "ftp://www.agency.gov/",
        "file:///etc/passwd",
        "//www.agency.gov/",
        "http://2130706433:80/",
        "http://0177.0.0.1/",
        "http://0x7f000001/",
        "http://127.1/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://①②⑦.0.0.1/",
        "",
    ],
)
def test_no_other_host_passes_however_it_is_spelled(address: str) -> None:
    named = ["www.agency.gov", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0177.0.0.1", "0x7f000001"]
    with pytest.raises(NotFetched):
        Hosts([*named, "127.1"], frozenset()).url(address)


def test_the_address_s_own_host_is_allowed_on_http_and_https_and_at_its_own_port_alone() -> None:
    assert Hosts([host_of("http://a.gov/x")], frozenset()).url("https://a.gov/y").host == "a.gov"
    with pytest.raises(NotFetched):
        Hosts([host_of("http://a.gov:8080/x")], frozenset()).url("http://a.gov/y")


def test_a_host_is_the_same_in_capitals_and_with_a_dot_at_its_end() -> None:
    hosts = Hosts(["WWW.Agency.GOV."], frozenset())
    for address in ("https://www.agency.gov/a", "http://WWW.AGENCY.GOV/a", "https://www.agency.gov./a"):
        assert hosts.url(address).path == "/a"

"""Which hosts a source may be read from, and which addresses a connection may be made to."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from msgspec import Struct
from yarl import URL

from publius.errors import NotFetched

Address = IPv4Address | IPv6Address

# What the operator may open by naming a host. All else that is not public stays shut: link-local addresses, where
# clouds keep their credentials, multicast, broadcast, and what no server has.
_PRIVATE = tuple(
    ip_network(each)
    for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "::1", "fc00::/7")
)
_CREDENTIALS = (ip_network("fd00:ec2::/32"), ip_network("100.100.100.200"))  # where clouds keep them on such networks
_UNICAST = ip_network("2000::/3")
# Addresses that carry an IPv4 address to which somebody on the way may translate them, and the bits behind it.
_NAT64 = ip_network("64:ff9b::/96")
_TUNNELS = (ip_network("2002::/16"), ip_network("2001::/32"))
_USUAL = (80, 443)  # ports
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.I)


def may_be_reached(address: str, *, private: bool) -> bool:
    """Whether a connection to this address may be made; `private` is for a host that the operator opened."""
    found = _plain(ip_address(address.partition("%")[0]))
    if any(found in network for network in _CREDENTIALS):
        return False
    if private and any(found in network for network in _PRIVATE):
        return True
    if found.version == 6 and (found not in _UNICAST or any(found in network for network in _TUNNELS)):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_link_local)


def _plain(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


class Reach(Struct, frozen=True):
    """How far every source that is read over HTTP may go, as the operator sets it.

    `largest` is the most bytes of one file; `private` are hosts that may be on a private network; `contact` is where
    whoever runs a server that is asked can read who asks.
    """

    largest: int
    private: frozenset[str] = frozenset()
    contact: str = ""


class Hosts:
    """The hosts that one source may be read from: `name`, with the usual ports, or `name:port`."""

    def __init__(self, named: Iterable[str], private: frozenset[str]) -> None:
        """
        Args:
            private: names of hosts, or addresses, that the operator lets be on a private network.

        Raises:
            NotFetched: one of `named` is no host.
        """
        self._allowed = {place for name in named for place in _places(name)}
        self._private = private

    def url(self, address: str | URL) -> URL:
        """The address, if it may be asked for; one that is a URL already is asked for as it is written.

        Raises:
            NotFetched: it is no http address, or its host is not allowed.
        """
        try:
            url = (URL(address.strip()) if isinstance(address, str) else address).with_fragment(None)
            host, port = url.host, url.port
        except (ValueError, TypeError):
            raise NotFetched(f"This is no address of a page: {_shown(address)!r}.") from None
        if url.scheme not in ("http", "https") or not host or not port or url.user is not None or url.password:
            raise NotFetched(
                f"This is no address of a page: {_shown(address)!r}.",
                cure="Give one that begins with https:// or http://, without a name or password in it.",
            )
        if (_name(host), port) not in self._allowed:
            shown = host if port in _USUAL else f"{host}:{port}"
            raise NotFetched(f"The host {shown!r} is not allowed.", cure="Allow it in the source's hosts.")
        if _is_number(host):
            self.check(host, host)
        return url

    def check(self, host: str, address: str) -> None:
        """Let a connection to a host through, at one of its addresses.

        Raises:
            NotFetched: the host may not be reached at this address.
        """
        if not may_be_reached(address, private=_name(host) in self._private):
            raise NotFetched(
                f"The host {host!r} has an address that is not public, so no connection was made.",
                cure="The operator can open a host of your own network with PUBLIUS_SOURCE_PRIVATE_HOSTS.",
            )


def _shown(address: str | URL) -> str:
    """The address as it may be told: without a name and password."""
    return re.sub(r"//[^/?#]*@", "//", str(address))[:200]


def names_of(setting: str) -> frozenset[str]:
    """The hosts in a setting, with commas or spaces between."""
    return frozenset(_name(name) for name in setting.replace(",", " ").split())


def host_of(address: str) -> str:
    """The host of an address as `Hosts` takes it; with its port where that is not a usual one.

    Raises:
        NotFetched: it is no address with a host.
    """
    try:
        url = URL(address)
        host = f"[{url.host}]" if ":" in (url.host or "") else url.host
    except (ValueError, TypeError):
        host = None
    if not host or url.scheme not in ("http", "https"):
        raise NotFetched(
            f"This is no address of a site: {_shown(address)!r}.",
            cure="Give one that begins with https:// or http://.",
            param="address",
        )
    return host if url.port in _USUAL else f"{host}:{url.port}"


def _places(named: str) -> set[tuple[str, int]]:
    try:
        url = URL(f"http://{named.strip()}")
        host, port = url.host, url.explicit_port
    except (ValueError, TypeError):
        host, port = None, None
    if not host or "*" in named or url.path != "/" or url.query_string or url.user is not None:
        raise NotFetched(
            f"This is no host: {named[:100]!r}.",
            cure="Name each host in full, as in www.agency.gov or data.agency.gov:8443.",
            param="hosts",
        )
    return {(_name(host), each) for each in ([port] if port else _USUAL)}


def _name(host: str) -> str:
    return host.strip().strip("[]").lower().rstrip(".")


def _is_number(host: str) -> bool:
    """Whether it is an address and no name.

    Raises:
        NotFetched: an address as only some programs read it, such as 0177.0.0.1, 2130706433 or 127.1.
    """
    try:
        ip_address(host)
    except ValueError:
        if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
            raise NotFetched(f"{host!r} is neither a name nor an address in its usual form.") from None
        return False
    return True

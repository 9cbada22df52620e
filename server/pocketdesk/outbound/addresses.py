"""Which addresses may be called: public ones, and what the operator allows beside them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

LEAST_PORT = 1024
WEB_PORTS = frozenset({80, 443})

_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is given out; mapped, compatible, local, translated and multicast addresses lie outside."""
_SPECIAL = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # behind a carrier's translation
            "127.0.0.0/8",  # this machine
            "168.63.129.16/32",  # a cloud's own services, behind a public face
            "169.254.0.0/16",  # this link, and the clouds' metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocols
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays to IPv6
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # measurements
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
            "2001::/23",  # protocols, and tunnels that carry an IPv4 address
            "2001:db8::/32",  # documentation
            "2002::/16",  # tunnels that carry an IPv4 address
            "3fff::/20",  # documentation
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be called beside public addresses: hosts by name, on one port or (None) on all, and networks."""

    hosts: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def may_call(self, host: str, port: int, address: Address) -> bool:
        """Whether a connection may go to `address`, which `host` has resolved to."""
        if (host, None) in self.hosts or (host, port) in self.hosts:
            return True
        if any(address in network for network in self.networks):
            return True
        return is_public(address) and (port in WEB_PORTS or port >= LEAST_PORT)


def is_public(address: Address) -> bool:
    """Whether everybody on the internet reaches the same machine there."""
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return not any(address in network for network in _SPECIAL)


_HOST = re.compile(r"(?P<host>[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)(?::(?P<port>\d{1,5}))?")


def to_allowed(words: Iterable[str]) -> Allowed:
    """From an operator's words: `host`, `host:port`, an address or a network (`10.1.0.0/16`). Raises ValueError."""
    hosts: set[tuple[str, int | None]] = set()
    networks: list[IPv4Network | IPv6Network] = []
    for word in words:
        try:
            networks.append(ip_network(word))
        except ValueError:
            found = _HOST.fullmatch(word.lower())
            if found is None or "/" in word or not 0 < int(found["port"] or 1) < 2**16:
                raise ValueError(f"{word!r} is no host, host:port, address or network") from None
            hosts.add((found["host"], int(found["port"]) if found["port"] else None))
    return Allowed(frozenset(hosts), tuple(networks))

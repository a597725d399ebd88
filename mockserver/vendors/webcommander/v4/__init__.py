"""The second generation: REST, version 4."""

from mockserver.vendors.webcommander.v4 import addresses, logins, merging, operations, paging, tokens, wire

__all__ = ["addresses", "logins", "merging", "operations", "paging", "tokens", "wire"]

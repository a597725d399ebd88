"""The Python client: a server in this process or elsewhere, its sandboxes, and all that a test does with them."""

from mockserver import structs
from mockserver.client.errors import AdminError, Unreachable, VerificationError
from mockserver.client.faults import rule
from mockserver.client.results import Result
from mockserver.client.sandbox import Sandbox
from mockserver.client.server import MockServer

__all__ = ["AdminError", "MockServer", "Sandbox", "Unreachable", "VerificationError", "rule"]

structs.prepare(Result)

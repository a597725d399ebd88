"""Fakes of shop platforms' customer APIs: stateful, seeded, and checked against their contracts."""

from mockserver.version import __version__

__all__ = ["AdminError", "MockServer", "Sandbox", "Unreachable", "VerificationError", "__version__", "rule"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mockserver.client import AdminError, MockServer, Sandbox, Unreachable, VerificationError, rule
else:

    def __getattr__(name: str) -> object:
        """The Python client, imported when it is first asked for: commands do without it."""
        if name not in __all__:
            raise AttributeError(f"module 'mockserver' has no attribute '{name}'")
        from mockserver import client  # noqa: PLC0415  see above

        return getattr(client, name)

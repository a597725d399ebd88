"""Which version of mockserver this is."""

__version__ = "0.1.0"

"""Fakes of shop platforms' customer APIs: stateful, seeded, and checked against their contracts."""

__version__ = "0.1.0"

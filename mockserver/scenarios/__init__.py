"""Scenarios that testers write: Arazzo documents with a prepared world under `x-mock`."""

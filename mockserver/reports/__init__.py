"""The coverage report as a person, a CI system or a browser reads it. Each takes the least percentage asked for."""

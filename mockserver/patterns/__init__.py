"""Request patterns: what a tester says of requests, in WireMock's words; read, matched, and misses explained.

They know no sandbox and no vendor: whether a vendor, an operation or an error row is there at all is for the caller to
say, who finds the names that a pattern asks for in its attributes. What others use:

    compile_pattern(node: Mapping[str, Any], *, outcome: bool = True) -> Pattern
        Raises PatternError(place, message, known), a ValueError, for what can never be right. `outcome=False` refuses
        what is only known once a request was answered: `status`, `error`, `fault`, `findings`.

    Asked(method, target, headers, body, vendor, api, operation)
        What a pattern looks at. `target` is path and query without the sandbox before them (`Call.resource`), `headers`
        pairs of bytes with names in lower case, `operation` an id or None. Query and body are read when first looked at.
    asked_in(exchange: Exchange) -> Asked
        The same of an exchange in the journal, with its outcome.

    Pattern.matches(asked) -> bool
        The cheapest criteria first; stops at the first that fails.
    Pattern.differences(asked, redactor=OPEN) -> list[Difference(field, expected, actual)]
        One for each criterion that fails, what was asked before what came of it.
    Pattern.distance(asked) -> float
        From 0, where it matches, to 1.
    Pattern.node, .vendor, .api, .operation, .error
        The object that it was read from; the names that it asks for, or None.
"""

from mockserver.patterns.asked import Asked, asked_in
from mockserver.patterns.broken import PatternError
from mockserver.patterns.misses import OPEN, Difference, Redactor
from mockserver.patterns.pattern import KEYS, OUTCOME, Pattern, compile_pattern
from mockserver.patterns.reading import MATCHERS

__all__ = [
    "KEYS",
    "MATCHERS",
    "OPEN",
    "OUTCOME",
    "Asked",
    "Difference",
    "Pattern",
    "PatternError",
    "Redactor",
    "asked_in",
    "compile_pattern",
]

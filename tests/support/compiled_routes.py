"""The builder of an address is compiled once for a process, not anew for the application of each test.

Werkzeug writes and compiles two functions for each rule when an application begins; making one took 75 ms, and all but
twelve went into functions that the test before had. They get the rule as an argument and depend on its words alone.
Loaded by tests/conftest.py.
"""

from collections.abc import Callable

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]
_COMPILED: dict[tuple[object, ...], Builder] = {}
_compile: Callable[[Rule, bool], Builder] = Rule._compile_builder


def _compiled(rule: Rule, append_unknown: bool = True) -> Builder:
    converters = tuple((name, type(one)) for name, one in rule._converters.items())
    key = (*rule._trace, repr(rule.defaults), converters, append_unknown)
    if key not in _COMPILED:
        _COMPILED[key] = _compile(rule, append_unknown)
    return _COMPILED[key]


setattr(Rule, "_compile_builder", _compiled)  # noqa: B010 - a class of others, and typed as it is

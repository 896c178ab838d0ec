import logging
import sys

from hajar import logs


def test_a_logged_error_says_where_and_never_what():
    person = "Fatima, 0612345678"
    try:
        try:
            raise KeyError(person)
        except KeyError as cause:
            raise ValueError(person) from cause
    except ValueError:
        record = logging.LogRecord("hajar", logging.ERROR, __file__, 1, "import failed", None, sys.exc_info())
    text = logs.DiscreetFormatter().format(record)
    for said in ("import failed", "test_logs.py", "builtins.ValueError", "builtins.KeyError"):
        assert said in text
    assert "Fatima" not in text


def test_what_goes_to_sentry_has_no_values():
    event = {
        "exception": {"values": [{"type": "IntegrityError", "value": "Key (email)=(fatima@hajar.example)"}]},
        "request": {"url": "https://hajar.example/children/", "query_string": "q=Fatima"},
    }
    assert "atima" not in str(logs._without_values(event, None))

"""Logs that help to mend a fault and name nobody."""

import logging
import traceback


class DiscreetFormatter(logging.Formatter):
    """Say where an error came from and of which kind, never its message: databases put people's data there."""

    def __init__(self):
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def formatException(self, ei) -> str:
        kind, error, _trace = ei
        lines = []
        while error is not None:
            frames = "".join(traceback.format_tb(error.__traceback__))
            lines.append(f"{frames}{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nwhile handling:\n".join(lines) or str(kind)


def report_to_sentry(dsn: str) -> None:
    """Send errors to a Sentry server without values: no variables, no request bodies, no messages."""
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        before_send=_without_values,
    )


def _without_values(event, _hint):
    for error in event.get("exception", {}).get("values", []):
        error["value"] = ""
    event.get("request", {}).pop("query_string", None)
    return event

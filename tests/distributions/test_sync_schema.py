"""Schemathesis reads what the API says of itself and tries what a person would not think of: never a fault of ours."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error

from distributions.models import PhoneEntry
from distributions.views import field_api
from tests.phones import Phone

EXAMPLES = 40


@pytest.mark.django_db
def test_the_api_never_answers_with_a_fault(driss, request):
    # Between requests a server lets its database go; here it is the test's own.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    request.addfinalizer(lambda: [s.connect(close_old_connections) for s in (request_started, request_finished)])
    cookies = {name: morsel.value for name, morsel in Phone(driss).client.cookies.items()} | {"csrftoken": "a" * 32}
    described = schemathesis.openapi.from_dict(field_api.api.get_openapi_schema(path_prefix="/mobile/api/v1/"))
    described.app = get_wsgi_application()
    answers = []
    for operation in described.get_all_operations():

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.ok().as_strategy())
        def ask(case):
            answer = case.call(headers={"X-CSRFToken": "a" * 32}, cookies=cookies)
            case.validate_response(answer, checks=[not_a_server_error])
            answers.append(answer.status_code)

        ask()
    assert len(answers) > 3 * EXAMPLES
    assert 200 in answers
    assert PhoneEntry.objects.exists()

"""What schemathesis needs to be told about the API under test.

An event stream that is followed never ends, so it is always asked with `follow=false`.
"""

import schemathesis


@schemathesis.hook
def before_call(context, case, **_):
    if case.path == "/v1/events" and case.query is not None:
        case.query["follow"] = "false"

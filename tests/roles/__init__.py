"""Who may open which page: a row for every address of the house, walked by everyone in it.

A volunteer of the blue team (`lin`), her team's leader, the staff of her hospital and of her bureau, and one person in
each role at another hospital knock at each door, by GET and by POST, with real codes of Lin's shift, sign-up and record
and an application: every address × every role, inside the scope and outside it. Each app's rows stand in a file of
their own, so that the workers of a test run can share them.
"""

import pytest

pytest.register_assert_rewrite("tests.roles.knocking")

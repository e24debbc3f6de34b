"""Logs hold no values of rows."""

from __future__ import annotations

import logging

from xinglin.lib.logs import DiscreetFormatter


def test_the_values_of_a_refused_row_are_left_out():
    said = 'duplicate key value violates "person_once"\nDETAIL:  Key (phone)=(13800000000) already exists.\nmore'
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, said, None, None)

    line = DiscreetFormatter("%(message)s").format(record)

    assert "13800000000" not in line
    assert line.endswith("more")

"""Every page of the house is looked at: `make screenshots` walks to it, or it is said here why not."""

from __future__ import annotations

import re

from django.urls import Resolver404, resolve

from tests import screenshots
from tests.roles.test_every_address import rows_of_all
from tests.roles.who import SHUT

# What answers a GET and is no page: files, pictures, what machines read, ways that lead elsewhere.
NO_PAGE = """
    activities:share_picture activities:lead_code home:health home:manifest home:worker home:authority
    home:statement_pdf home:statement_sheet notices:opened notices:wechat_back office:ready office:metrics
    office:fetch_copy office:fetch_copy_for
    people:agreement_pdf people:agreement_copy people:blank_roster people:import_back
    people:bulk_sheet
    people:assistance_file people:insurance_file people:own_file people:paper_file people:open_list
    transparency:checkpoint transparency:checkpoint_of transparency:consistency transparency:keys transparency:tool
    transparency:line_proof transparency:record_proof transparency:any_proof
    web:look web:look_desk web:look_paper
"""
# Pages that stand at the end of a way which the demo's people have not gone: journeys go it, and look with axe.
ON_THE_WAY = """
    accounts:code accounts:second_factor people:phone_code notices:mail_code notices:wechat activities:scan
    activities:poster_scan
    activities:card activities:sign_up_for activities:wish benefits:scan office:erasure
    office:merging people:edit_list people:hand_in people:bulk activities:family people:import
    people:insurance_of timebank:debt
    activities:cancel_for activities:leave_for office:copy_for people:agreement_for people:exam_for
"""


def test_each_page_is_photographed():
    walked = {name for _who, (_door, paths) in screenshots.WALKS.items() for name in map(view_at, paths.split())}
    left_out = {*NO_PAGE.split(), *ON_THE_WAY.split()}

    assert pages() - walked - left_out == set(), "add them to WALKS in tests/screenshots.py"
    assert left_out & walked == set(), "they are walked to"
    assert left_out - pages() == set(), "these addresses are gone"


def pages() -> set[str]:
    """The names of all addresses that answer a GET, by the role matrix."""
    return {name for name, (by_get, _by_post) in rows_of_all() if by_get != SHUT}


def view_at(path: str) -> str:
    """The view that a walk's path leads to, with something in the place of what the demo has put there."""
    found = {name: standing_for(begins) for name, (_door, _path, begins) in screenshots.FOUND.items()}
    try:
        return resolve(path.format(**found).partition("?")[0]).view_name
    except Resolver404:
        return ""


def standing_for(begins: str) -> str:
    """`/teams/[A-Z0-9]{8}/` → `/teams/1/`; a beginning without a pattern goes on with a code."""
    plain = re.sub(r"\(\?!.*?\)", "", begins)
    filled = re.sub(r"\[[^\]]*\](\+|\{\d+\})?", "1", plain)
    return filled.removesuffix("lead/") if filled != plain else f"{plain}1/"

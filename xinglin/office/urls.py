"""Addresses of the office: for monitors, which every host answers; and what concerns a whole person of a city.

The console has addresses of its own, on its own host.
"""

from django.urls import path

from xinglin.office.views import closing, data, erasures, mergings, monitor

app_name = "office"
urlpatterns = [
    path("desk/organisation/<slug:code>/close/", closing.close, name="close_unit"),
    path("ready/", monitor.ready, name="ready"),
    path("metrics", monitor.metrics, name="metrics"),  # without a slash: monitors ask so by themselves
    path("me/data/", data.mine, name="my_data"),
    path("me/data/copy/", data.ask_for_copy, name="ask_for_copy"),
    path("me/data/copy/<slug:code>/", data.fetch_copy, name="fetch_copy"),
    path("me/erase/", data.erase, name="erase_me"),
    path("me/erase/stay/", data.stay, name="stay"),
    path("desk/erasures/", erasures.desk, name="erasures"),
    path("desk/erasures/<slug:code>/", erasures.one, name="erasure"),
    path("desk/erasures/<slug:code>/carry-out/", erasures.carry_out, name="carry_out_erasure"),
    path("desk/erasures/<slug:code>/decline/", erasures.decline, name="decline_erasure"),
    path("desk/people/<slug:number>/erase/", erasures.ask, name="erase_other"),
    path("desk/applications/<slug:code>/erase/", erasures.ask_of_applicant, name="erase_applicant"),
    path("desk/people/<slug:number>/for-them/data/", data.copy_for, name="copy_for"),
    path("desk/people/<slug:number>/for-them/data/<slug:code>/", data.fetch_copy_for, name="fetch_copy_for"),
    path("desk/mergings/", mergings.desk, name="mergings"),
    path("desk/mergings/new/", mergings.new, name="new_merging"),
    path("desk/mergings/<slug:code>/", mergings.one, name="merging"),
    path("desk/mergings/<slug:code>/agree/", mergings.agree, name="agree_merging"),
    path("desk/mergings/<slug:code>/decline/", mergings.decline, name="decline_merging"),
    path("desk/mergings/<slug:code>/withdraw/", mergings.withdraw, name="withdraw_merging"),
]

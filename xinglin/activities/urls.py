"""Addresses of activities."""

from django.urls import path

from xinglin.activities.views import (
    behalf,
    cards,
    chat,
    children,
    desk,
    family,
    hands,
    lead,
    leaving,
    paper,
    share,
    shifts,
)

app_name = "activities"
urlpatterns = [
    # Anyone may look; volunteers take and cancel.
    path("activities/", shifts.shift_list, name="list"),
    path("shifts/<slug:code>/", shifts.shift, name="shift"),
    path("shifts/<slug:code>/share/", share.share, name="share"),
    path("shifts/<slug:code>/share/picture/", share.picture, name="share_picture"),
    path("shifts/<slug:code>/take/", shifts.take, name="take"),
    path("shifts/<slug:code>/cancel/", shifts.cancel, name="cancel"),
    path("shifts/<slug:code>/call/", shifts.call_leader, name="call"),
    # Coming and leaving.
    path("c/<slug:code>/<slug:token>/", hands.scan, name="scan"),
    path("p/<slug:code>/", hands.poster_scan, name="poster_scan"),
    path("k/<slug:token>/", cards.card, name="card"),
    path("k/<slug:token>/mark/", cards.mark, name="card_mark"),
    path("shifts/<slug:code>/hands/", hands.hands, name="hands"),
    path("shifts/<slug:code>/come/", hands.come, name="come"),
    path("shifts/<slug:code>/leave/", hands.leave, name="leave"),
    path("shifts/<slug:code>/undo/", hands.undo, name="undo"),
    # The leader's.
    path("shifts/<slug:code>/lead/", lead.lead, name="lead"),
    path("shifts/<slug:code>/lead/code/", lead.rotating_code, name="lead_code"),
    path("shifts/<slug:code>/lead/<slug:signup>/came/", lead.mark_came, name="mark_came"),
    path("shifts/<slug:code>/lead/<slug:signup>/left/", lead.mark_left, name="mark_left"),
    path("shifts/<slug:code>/lead/<slug:signup>/undo/", lead.undo, name="mark_undo"),
    path("shifts/<slug:code>/lead/<slug:signup>/nod/", lead.nod, name="nod"),
    path("shifts/<slug:code>/lead/<slug:signup>/deny/", lead.deny, name="deny"),
    path("shifts/<slug:code>/poster/", lead.poster, name="poster"),
    path("shifts/<slug:code>/roster/", paper.roster, name="roster"),
    path("shifts/<slug:code>/enter/", paper.enter, name="enter"),
    path("shifts/<slug:code>/list/", chat.paste, name="chat_list"),
    path("shifts/<slug:code>/list/sign-up/", chat.sign_up, name="chat_sign_up"),
    path("shifts/<slug:code>/list/<slug:signup>/cancel/", behalf.cancel, name="cancel_for"),
    path("me/leave/", leaving.leave, name="leave_volunteering"),
    path("shifts/<slug:code>/family/", family.sign_up, name="family"),
    path("shifts/<slug:code>/family/<slug:signup>/cancel/", family.cancel, name="family_cancel"),
    # A minor's wish, and what their guardian decides.
    path("shifts/<slug:code>/wish/", children.wish, name="wish"),
    path("me/children/", children.children, name="children"),
    path("me/children/<slug:code>/consent/", children.consent, name="child_consent"),
    path("me/children/<slug:code>/wishes/<slug:wish>/", children.decide, name="child_wish"),
    path("me/children/<slug:code>/shifts/", children.shifts, name="child_shifts"),
    path("me/children/<slug:code>/sign-up/", children.sign_up, name="child_sign_up"),
    path("me/children/<slug:code>/signups/<slug:signup>/cancel/", children.cancel, name="child_cancel"),
    # The desk.
    path("desk/people/<slug:number>/sign-up/", behalf.sign_up, name="sign_up_for"),
    path("desk/people/<slug:number>/for-them/leave/", leaving.leave_for, name="leave_for"),
    path("desk/activities/", desk.desk, name="desk"),
    path("desk/activities/new/", desk.new, name="new"),
    path("desk/shifts/<slug:code>/", desk.desk_shift, name="desk_shift"),
    path("desk/shifts/<slug:code>/leader/", desk.set_leader, name="set_leader"),
    path("desk/shifts/<slug:code>/place/", desk.set_place, name="set_place"),
    path("desk/shifts/<slug:code>/kinds/", desk.set_kinds, name="set_kinds"),
    path("desk/shifts/<slug:code>/places/", desk.set_places, name="set_places"),
    path("desk/shifts/<slug:code>/call-off/", desk.call_off, name="call_off"),
]

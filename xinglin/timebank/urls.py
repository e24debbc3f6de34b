"""Addresses of the time bank."""

from django.urls import path

from xinglin.timebank import gift_views, health_views, ledger_views, views

app_name = "timebank"
urlpatterns = [
    path("timebank/", views.statement, name="statement"),
    path("desk/timebank/", health_views.health, name="health"),
    path("desk/timebank/measure/", health_views.measure, name="measure"),
    path("desk/timebank/requests/", ledger_views.requests, name="requests"),
    path("desk/timebank/requests/new/", ledger_views.ask, name="ask"),
    path("desk/timebank/requests/<slug:code>/withdraw/", ledger_views.withdraw, name="withdraw_request"),
    path("desk/timebank/debts/", ledger_views.debts, name="debts"),
    path("desk/timebank/debts/<slug:code>/", ledger_views.debt, name="debt"),
    path("desk/timebank/teams/<slug:code>/", ledger_views.team, name="desk_team"),
    path("timebank/teams/", gift_views.led_teams, name="teams"),
    path("timebank/teams/gifts/<slug:code>/withdraw/", gift_views.withdraw_of_team, name="withdraw_team_gift"),
    path("timebank/teams/<slug:code>/", gift_views.team, name="team"),
    path("timebank/gifts/", gift_views.gifts, name="gifts"),
    path("timebank/gifts/new/", gift_views.give, name="give"),
    path("timebank/gifts/<slug:code>/accept/", gift_views.accept, name="accept_gift"),
    path("timebank/gifts/<slug:code>/decline/", gift_views.decline, name="decline_gift"),
    path("timebank/gifts/<slug:code>/withdraw/", gift_views.withdraw, name="withdraw_gift"),
]

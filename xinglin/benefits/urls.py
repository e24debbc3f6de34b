"""Addresses of benefits."""

from django.urls import path

from xinglin.benefits import desk_views, views

app_name = "benefits"
urlpatterns = [
    path("benefits/", views.catalogue, name="catalogue"),
    path("benefits/<slug:code>/", views.benefit, name="benefit"),
    path("benefits/<slug:code>/redeem/", views.redeem, name="redeem"),
    path("me/vouchers/", views.vouchers, name="vouchers"),
    path("me/vouchers/<slug:code>/", views.voucher, name="voucher"),
    path("me/vouchers/<slug:code>/give-back/", views.give_back, name="give_back"),
    path("v/<slug:code>/", views.scan, name="scan"),
    path("desk/benefits/", desk_views.desk, name="desk"),
    path("desk/benefits/new/", desk_views.new, name="new"),
    path("desk/benefits/<slug:code>/", desk_views.desk_benefit, name="desk_benefit"),
    path("desk/benefits/<slug:code>/edit/", desk_views.edit, name="edit"),
    path("desk/benefits/<slug:code>/pause/", desk_views.pause, name="pause"),
    path("desk/benefits/<slug:code>/restock/", desk_views.restock, name="restock"),
    path("desk/vouchers/", desk_views.counter, name="counter"),
    path("desk/vouchers/<slug:code>/", desk_views.desk_voucher, name="desk_voucher"),
    path("desk/vouchers/<slug:code>/use/", desk_views.use, name="use"),
    path("desk/vouchers/<slug:code>/refuse/", desk_views.refuse, name="refuse"),
]

"""Addresses of people."""

from django.urls import path

from xinglin.people import desk_views, relation_views, roster_views, views
from xinglin.people.vetting.views import desk as vetting_desk
from xinglin.people.vetting.views import own as vetting

app_name = "people"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("apply/", views.apply, name="apply"),
    path("me/application/", views.application_state, name="application_state"),
    path("me/application/withdraw/", views.withdraw, name="withdraw"),
    path("me/agreement/", views.agreement, name="agreement"),
    path("me/agreement/paper/", views.agreement_paper, name="agreement_paper"),
    path("me/consents/", views.consents, name="consents"),
    path("me/consents/<slug:kind>/", views.change_consent, name="change_consent"),
    path("me/relations/", relation_views.mine, name="my_relations"),
    path("me/relations/<slug:relation>/end/", relation_views.end_mine, name="end_my_relation"),
    path("me/gates/", vetting.gates, name="gates"),
    path("me/papers/", vetting.papers, name="papers"),
    path("me/papers/new/<slug:what>/", vetting.hand_in, name="hand_in"),
    path("me/papers/<slug:code>/file/", vetting.own_file, name="own_file"),
    path("me/papers/<slug:code>/withdraw/", vetting.withdraw, name="withdraw_paper"),
    path("me/return/", vetting.ask_to_return, name="ask_to_return"),
    path("me/card/", views.card, name="card"),
    path("me/card/new/", views.new_card, name="new_card"),
    path("me/card/lost/", views.lose_card, name="lose_card"),
    path("desk/people/", desk_views.desk, name="desk"),
    path("desk/people/imports/", roster_views.imports, name="imports"),
    path("desk/people/imports/blank/", roster_views.blank, name="blank_roster"),
    path("desk/people/imports/<slug:code>/", roster_views.one, name="import"),
    path("desk/people/imports/<slug:code>/begin/", roster_views.begin, name="begin_import"),
    path("desk/people/imports/<slug:code>/drop/", roster_views.drop, name="drop_import"),
    path("desk/people/imports/<slug:code>/back/", roster_views.back, name="import_back"),
    path("desk/people/cards/", desk_views.print_cards, name="print_cards"),
    path("desk/people/<slug:number>/", desk_views.volunteer, name="volunteer"),
    path("desk/people/<slug:number>/qualification/", desk_views.add_qualification, name="add_qualification"),
    path("desk/people/<slug:number>/suspend/", desk_views.suspend, name="suspend"),
    path("desk/people/<slug:number>/resume/", desk_views.resume, name="resume"),
    path("desk/papers/<slug:code>/file/", vetting_desk.file, name="paper_file"),
    path("desk/people/<slug:number>/gates/", vetting_desk.gates, name="gates_of"),
    path("desk/people/<slug:number>/gates/<slug:kind>/shut/", vetting_desk.shut_gate, name="shut_gate"),
    path("desk/people/<slug:number>/slip/", desk_views.slip, name="slip"),
    path("desk/people/<slug:number>/relations/", relation_views.of_volunteer, name="relations"),
    path("desk/people/<slug:number>/relations/add/", relation_views.add, name="add_relation"),
    path("desk/people/<slug:number>/relations/<slug:relation>/end/", relation_views.end, name="end_relation"),
    path("desk/people/<slug:number>/hardship/", relation_views.decide_hardship, name="decide_hardship"),
    path("desk/people/<slug:number>/hardship/end/", relation_views.end_hardship, name="end_hardship"),
    path("desk/people/<slug:number>/card/lost/", desk_views.void_card, name="void_card"),
    path("desk/applications/", desk_views.applications, name="applications"),
    path("desk/applications/<slug:code>/", desk_views.application, name="application"),
    path("desk/applications/<slug:code>/approve/", desk_views.approve, name="approve"),
    path("desk/applications/<slug:code>/ask-back/", desk_views.ask_back, name="ask_back"),
    path("desk/applications/<slug:code>/refuse/", desk_views.refuse, name="refuse"),
    path("desk/applications/<slug:code>/reopen/", desk_views.reopen, name="reopen"),
]

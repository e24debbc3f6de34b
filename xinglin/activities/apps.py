"""活动"""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "xinglin.activities"
    label = "activities"
    verbose_name = "活动"

    def ready(self) -> None:
        from xinglin.activities import pausing
        from xinglin.activities.minors import asking
        from xinglin.people import duty, guardians

        guardians.follow("activities", asking.give_back_without_consent)
        duty.follow("activities", pausing.give_back)

"""项目"""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "xinglin.projects"
    label = "projects"
    verbose_name = "项目"

"""The functions of the operating model: what a person does, and so what a person may do."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Pillar(models.TextChoices):
    BUILD = "build", _("BUILD")
    RUN = "run", _("RUN")
    TECHNICAL = "technical", _("TECHNICAL")
    GENERAL = "general", _("General")


class Function(models.TextChoices):
    SOLUTION_ARCHITECT = "solution_architect", _("Solution architect")
    PROJECT_MANAGER = "project_manager", _("Integration project manager")
    BUILD_ENGINEER = "build_engineer", _("BUILD engineer")
    PROVISIONER = "provisioner", _("Provisioning engineer")
    DESK_AGENT = "desk_agent", _("Service desk agent")
    RUN_ENGINEER = "run_engineer", _("RUN engineer")
    SERVICE_MANAGER = "service_manager", _("Service manager")
    CORE_ENGINEER = "core_engineer", _("Core infrastructure engineer")
    TOOLS_ENGINEER = "tools_engineer", _("Tools engineer")
    GROUP_COLLEAGUE = "group_colleague", _("Group colleague")
    ADMINISTRATOR = "administrator", _("Administrator of Opale")
    EMPLOYEE = "employee", _("Employee")
    CUSTOMER_CONTACT = "customer_contact", _("Customer contact")

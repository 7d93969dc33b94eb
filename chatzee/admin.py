"""Where Django admin finds the operator's site."""

from django.contrib.admin.apps import AdminConfig


class OperatorAdminConfig(AdminConfig):
    default_site = "chatzee.operations.OperatorAdminSite"

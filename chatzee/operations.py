"""Django admin for the operator's staff, behind a second factor."""

from django_otp.admin import OTPAdminSite


class OperatorAdminSite(OTPAdminSite):
    """The operator's site: a staff account alone does not open it."""

    site_header = site_title = "Chatzee operations"

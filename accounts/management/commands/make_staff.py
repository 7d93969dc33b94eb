"""Make somebody a member of the operator's staff."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User


class Command(BaseCommand):
    help = "Open /operations/ to a user who has signed up. They need a second factor to enter it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.by_email(options["email"])
        if user is None or user.email_verified_at is None:
            raise CommandError("No user has proven this address: sign up with it first, and follow the link in the mail.")
        user.is_staff = user.is_superuser = True
        user.save(update_fields=["is_staff", "is_superuser"])
        self.stdout.write("Done. The site is at /operations/ and asks for a second factor.")

"""Load the demo workspace."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from chatzee.env import env
from dashboard.demo.load import PASSWORD, load_demo, sample_shop_url
from dashboard.demo.stories import PEOPLE


class Command(BaseCommand):
    help = "Load the demo workspace, unless it is there. Never in production."

    def handle(self, *args: Any, **options: Any) -> None:
        if env.is_production:
            raise CommandError("The demo workspace has a public password: it is not for production.")
        if User.objects.by_email(PEOPLE[0][1]) is None:
            load_demo()
        self.stdout.write(f"sample shop with the chat on it: {sample_shop_url()}")
        for name, email, role in PEOPLE:
            self.stdout.write(f"{role}: {email} ({name}), password {PASSWORD}")

"""A person's own data and preferences."""

from accounts.models import User


def change_profile(user: User, *, name: str, language: str, time_zone: str, theme: str) -> None:
    """Change what a person is called and how pages look to them."""
    user.name, user.language, user.time_zone, user.theme = name.strip(), language, time_zone, theme
    user.save(update_fields=["name", "language", "time_zone", "theme"])

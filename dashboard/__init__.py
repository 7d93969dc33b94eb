"""The agents' and admins' pages over all apps: views and URLs; no rules and no ORM writes here."""

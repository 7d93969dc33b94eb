"""Accounts: workspaces, the people who work in them, their roles and teams, and how they sign in."""

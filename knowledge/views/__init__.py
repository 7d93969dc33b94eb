"""The public help centre's pages."""

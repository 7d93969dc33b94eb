"""Pages and Instagram accounts: what both say, take and forget, inside the Graph API."""

"""Every write to AI's tables. A service owns its transaction, audit entry and events."""

"""Every write to accounts. A service owns its transaction, locks, audit entry and events."""

"""Every write to conversations. A service owns its transaction, locks, audit entry and events."""

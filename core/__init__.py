"""The ground floor: tenancy, vault, personal data, audit, events, safe HTTP. It knows no app above it."""

"""Website chat: the widget on a company's pages."""

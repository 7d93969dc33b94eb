"""WhatsApp's Cloud API: numbers, customers on their phones, messages with their ticks, templates, files."""

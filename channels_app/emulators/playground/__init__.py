"""The playground: a page with a phone for every platform, on which one writes as a customer."""

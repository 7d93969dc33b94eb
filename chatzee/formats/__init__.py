"""How dates and times are written where Django's own form differs from the one that browsers show in the same language."""

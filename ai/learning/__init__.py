"""From corrections to a better model, or none: caps, cleaning, training, comparison, decision. Texts in, figures and a model out.

It runs in a process of its own (`python -m ai.learning`), because training code has no place where messages are read. Like the
engine it knows nothing of the product: no Django, no database.
"""

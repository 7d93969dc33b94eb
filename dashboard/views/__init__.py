"""The dashboard's views: fetch through a selector, validate a form, call one service, render."""

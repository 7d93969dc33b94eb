"""9:05, where Django would say 09:05."""

TIME_FORMAT = "G:i"
DATETIME_FORMAT = r"j \d\e F \d\e Y \a \l\a\s G:i"

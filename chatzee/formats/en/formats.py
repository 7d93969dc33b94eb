"""1:33 PM, where Django would say 1:33 p.m., and 9:00 AM for its 9 a.m."""

TIME_FORMAT = "g:i A"
DATETIME_FORMAT = "N j, Y, g:i A"

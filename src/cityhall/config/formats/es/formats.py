"""Spanish as it is written in the United States: numbers as in English, not as in Spain."""

DATE_FORMAT = r"j \d\e F \d\e Y"
DATETIME_FORMAT = r"j \d\e F \d\e Y, g:i a"
TIME_FORMAT = "g:i a"
SHORT_DATE_FORMAT = "j b Y"
SHORT_DAY_FORMAT = "j b"
SHORT_MONTH_FORMAT = "b Y"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
FIRST_DAY_OF_WEEK = 0

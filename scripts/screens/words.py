"""What is said in the pictures."""

EARLIER = {
    "Names for a cat": 71.3,
    "Why is the sky blue?": 64.1,
    "A birthday in verse": 40.2,
    "Reading list on city walls": 33.6,
    "From Fahrenheit to Celsius and back, with a table for the kitchen": 20.4,
    "Packing for a week": 16.0,
    "What to ask the landlord": 9.2,
    "Plan of the garden": 6.1,
    "Sourdough, but slower": 5.2,
    "How tides are predicted": 3.9,
    "Letter to the building manager": 2.2,
    "Trains from Porto on Sunday": 1.6,
    "Crossword: seven letters, “evening talk”": 1.2,
    "Rename photos by their dates": 0.19,
    "Translate the menu": 0.11,
}
"""What was begun by each message, and how many days ago."""
PINNED = "Plan of the garden"
ARCHIVED = ("Packing for a week",)
DELETED = ("Reading list on city walls", "What to ask the landlord")
TAGGED = {
    "Plan of the garden": ["home"],
    "Trains from Porto on Sunday": ["travel"],
    "Translate the menu": ["travel", "food"],
    "Sourdough, but slower": ["food", "home"],
    "Letter to the building manager": ["home"],
}
SHARED = ("Trains from Porto on Sunday", "A birthday in verse")

STARTERS = [
    "How long will the days go on getting shorter?",
    "When is the next eclipse that I can see from here?",
    "Which planets are up tonight?",
    "Explain the equation of time, with a formula.",
]
DESCRIPTION = "Knows the sky over Lisbon: days and nights, the moon, the tides."

QUESTION = "How long will the days in Lisbon go on getting shorter?"
THOUGHT = (
    "The shortest day is the winter solstice. I should get the figures for the coming months, and show the formula."
)
ANSWER = """\
Until the **21st of December**. From then on they grow again, slowly at first:

| Middle of | Sunrise | Sunset | Daylight |
|---|---:|---:|---:|
| November | 7:16 | 17:19 | 10 h 03 min |
| December | 7:48 | 17:15 | 9 h 27 min |
| January | 7:53 | 17:39 | 9 h 46 min |

For any latitude $\\varphi$ and declination $\\delta$ of the sun, a day lasts

$$
D = \\frac{24}{\\pi} \\arccos(-\\tan\\varphi \\, \\tan\\delta)
$$

```python
def daylight(day: int, latitude: float) -> float:
    tilt = 0.409 * sin(radians(360 / 365 * (day - 81)))
    return 24 / pi * acos(-tan(radians(latitude)) * tan(tilt))
```
"""
NEXT = "And in Tromsø?"
STREAMED = """\
In **Tromsø** they do not only get shorter, they end:

1. Until the **26th of November** the sun still rises, for a few minutes at noon.
2. From the 27th on it stays below the horizon. People call the time *mørketid*.
3. On the **15th of January** it comes"""
STOPPED = """\
Here are a hundred names for a cat, the first of them from the *Iliad*:

1. Achilles
2. Briseis
3. Calchas
4. Diomedes"""

FILE_QUESTION = "How long is this bridge, and how high are its towers?"
PAGES = ("Ponte 25 de Abril: 2,277 m long,", "its towers 190 m above the water.")
ABOUT_FILES = """\
The photo shows the **Ponte 25 de Abril** over the Tejo. By your document it is **2,277 m** long, and its towers rise \
**190 m** above the water (page 2)."""
TABLE = b"year,crossings\n2023,54000000\n2024,55000000\n"

MAIL_QUESTION = "Ask Ana whether she has time for lunch on Friday."
MAIL = """{"to": "ana@example.org", "subject": "Lunch on Friday?", \
"body": "Dear Ana,\\n\\nwould you have time for lunch on Friday, at one?"}"""
TABLE_QUESTION = "Book us a table for tonight."
TOO_LONG = "Read me the whole encyclopedia."
NAMES_QUESTION = "A hundred names for a cat, please."
LAUNCH = "Draft the announcement"
SPANISH = "¿Hasta cuándo se acortan los días?"
SPANISH_ANSWER = """\
Hasta el **21 de diciembre**. Después vuelven a crecer, al principio despacio:

- a mediados de enero ya hay 19 minutos más de luz,
- y en marzo el día dura lo mismo que la noche."""

"""Names as they come in from a spreadsheet: as long as one may be, right to left, and signs of more than one code point."""

LONG = ("Maximiliana-Theodora von und zu Hohenlohe-Waldenburg " * 4)[:200].strip()
RIGHT_TO_LEFT = "الاتحاد العربي لكرة الطاولة في المدينة"
FAMILY = "👩‍👩‍👧‍👦 Team 🏓🇩🇪"

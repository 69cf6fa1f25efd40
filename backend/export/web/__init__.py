"""The page that web_page.py fills: its template, style and script, and how the script is bundled."""

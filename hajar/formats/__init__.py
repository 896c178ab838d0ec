"""How dates and numbers are written and typed in Morocco, whatever the language (FORMAT_MODULE_PATH).

Django's stock Arabic and English read 05/08/2026 as 8 May; here it is 5 August in all three languages.
"""

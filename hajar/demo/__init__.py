"""An invented association at work: people, places, chairs and more than a year of their story, for the demo."""

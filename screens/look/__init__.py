"""Look: inks, signs, words and themes, the same on every screen, and what of them is sent to the terminal."""

"""Tokens, palette, stylesheet, fonts and icons."""

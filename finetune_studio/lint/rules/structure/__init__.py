"""F: would the server take it?"""

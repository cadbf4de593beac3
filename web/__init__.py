"""Confab's side to the street: the web application, the HTTP API, health, and the command line."""

"""Panels: what a step's screen shows below its fields, made of the facts and findings of its last report. Pure."""

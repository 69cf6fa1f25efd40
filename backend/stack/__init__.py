"""Photographs to a FocalStack."""

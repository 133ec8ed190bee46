"""督办: how duties stand and how they were met, counted in SQL from the rows themselves; no counter is ever stored.

`scope` says who has a board and whose duties its numbers count; every other module is one part of the pages.
"""

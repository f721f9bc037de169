"""Hosts: what lets a release go ahead asks here, is told yes or no with the reasons, and has it on record.

Each host has a module of its own; what they share is `judgement`, `recording` and `message`.
"""

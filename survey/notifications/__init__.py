"""Notifications: contacts, what is due to whom, messages and their transport."""

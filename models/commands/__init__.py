"""The commands of `gridwarden models`, by what they are for."""

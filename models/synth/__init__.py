"""A procedural street, seen by a street camera: pictures and clips with exact labels."""

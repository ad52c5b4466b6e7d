"""The published language between boxes and the centre: all of edge that the dispatcher may import."""

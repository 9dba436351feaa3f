"""What metrics ask of the columns of a frame, as expressions that every library understands."""

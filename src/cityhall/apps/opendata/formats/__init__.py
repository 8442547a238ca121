"""Files of rows, written a batch at a time: an answer of any size needs little memory."""

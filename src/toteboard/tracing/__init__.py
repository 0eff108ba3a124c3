"""One bet as one trace, from the HTTP parser to the frame that shows it. Off unless a collector is named; free then."""

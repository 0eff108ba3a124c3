-- Points for play with two decimals: a bet of one point at 1.72 is paid 1.72 and not 1.
INSERT INTO currencies (code, exponent) VALUES ('PTC', 2);

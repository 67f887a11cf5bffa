"""A traffic simulator: it plays a WebSocket application whose truth is known, and prints its logs.

    story ──► timeline ──► dialects ──► emit      what CloudWatch holds
                      └──► truth                  what a reader must find in it

The story says what happens to each connection. The timeline cuts it into Lambda requests with timed steps. From there
two roads part: the dialects print the steps as log lines, and the truth counts them. The truth never sees a line of
text.
"""

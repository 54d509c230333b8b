"""Bad inputs: what people, programs and attackers type instead of a forecast, sent through the real doors.

`cases.json` says what is sent and what has to come of it, in words of roles; `roles` sets the survey up as
the cases assume it, `building` makes the literals, `adapter` sends them through our routes, `outcome` reads
what came of them, `rules` says where we chose another of the acceptable results and why, `checking` compares.

`forms.json` does the same for the forms that came with taking part: `doors` says where each is sent and what is
stored of it, `situations` who sends it and what a case names in angle brackets, `forms` sends it, and `pages` says
what no page may have, whatever somebody typed.
"""

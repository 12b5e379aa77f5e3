"""`hengfu doctor`: looks at everything the services need and says what to do; changes nothing.

Asked ─► checkup.CHECKS: name ─► check(asked) ─► Finding (ok, warn, fail) ─► hidden secrets ─► lines
"""

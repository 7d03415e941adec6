"""Drives a running demo with a client that is generated from openapi/openapi.json."""

import investor
import staff

investor.session()
staff.session()
print("python: an investor's session and one of staff")

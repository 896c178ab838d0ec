"""Ask the process in this container how it is; end non-zero unless it is well. It answers to its own hosts only."""

import os
import urllib.request

host = os.environ["HAJAR_ALLOWED_HOSTS"].split(",")[0]
urllib.request.urlopen(urllib.request.Request("http://localhost:8000/healthz", headers={"Host": host}), timeout=5)

import json
import re

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template


def test_only_listed_files_of_packages_are_served():
    assert finders.find("vendor/bootstrap/bootstrap.rtl.min.css")
    assert finders.find("bootstrap/package.json") is None
    assert finders.find("vendor/../bootstrap/package.json") is None


def test_every_listed_file_is_there():
    missing = [name for name in settings.NODE_MODULES_FILES if not finders.find(name)]
    assert missing == []


def test_the_import_map_carries_the_nonce_and_an_address_for_each_module(rf):
    request = rf.get("/")
    request.csp_nonce = "once"
    html = Template("{% load importmap %}{% importmap %}").render(Context({"request": request}))
    assert 'nonce="once"' in html
    imports = json.loads(re.search(r">(.*)<", html).group(1))["imports"]
    assert imports.keys() == settings.JS_MODULES.keys()
    assert imports["signature_pad"] == "/static/vendor/signature_pad.js"

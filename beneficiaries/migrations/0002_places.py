from django.db import migrations

from beneficiaries import placing


def load(apps, schema_editor):
    placing.load_places(apps.get_model("beneficiaries", "Region"), apps.get_model("beneficiaries", "Province"))


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]

from django.db import migrations

# The disorders of the 2024 list in which a live vaccine may harm: records coded before the warning existed get it.
HARMED = (
    "AT ATLD NBS BLOOM SCID SCID_X SCID_JAK3 SCID_ADA SCID_RAG MHC2 HIGM_CD40L HIGM_AID DOCK8 WAS DGS HIES_STAT3 XLA ARA "
    "CVID APDS HLH CHS GS2 IPEX XLP1 SCN LAD1 CGD MSMD IEI_UNS"
).split()


def warn(apps, schema_editor):
    records = apps.get_model("beneficiaries", "HealthRecord").objects.using(schema_editor.connection.alias)
    records.filter(diagnosis__in=HARMED).exclude(diagnosis_status="excluded").update(no_live_vaccines=True)


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0009_files_live_on")]

    operations = [migrations.RunPython(warn, migrations.RunPython.noop)]

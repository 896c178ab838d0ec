from django.db import migrations

BATCH = 500


def write_lines(apps, schema_editor):
    """Give the rounds that left before now their chairs: as the chairs' events tell, by whom and when."""
    allocations = apps.get_model("distributions", "Allocation").objects.using(schema_editor.connection.alias)
    events = apps.get_model("distributions", "ChairEvent").objects.using(schema_editor.connection.alias)
    line = apps.get_model("distributions", "RoundChair")
    travelled = allocations.filter(round__isnull=False, status__in=["loaded", "delivered", "released"])
    rows = list(travelled.order_by("pk").values_list("pk", "round_id", "chair_id", "need__child_id"))
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        told = {}
        found = events.filter(chair__in={row[2] for row in part}, kind__in=["loaded", "unloaded"])
        for event in found.order_by("chair", "sequence"):
            told.setdefault(event.chair_id, []).append(event)
        lines = []
        for allocation, round_, chair, child in part:
            loaded = back = None
            for event in told.get(chair, []):
                if event.kind == "loaded":
                    loaded, back = (event, None) if event.child_id == child else (loaded, back)
                elif loaded is not None and back is None:
                    back = event
            if loaded is None:
                continue
            lines.append(
                line(
                    round_id=round_,
                    chair_id=chair,
                    allocation_id=allocation,
                    loaded_at=loaded.happened_at,
                    loaded_by_id=loaded.by_id,
                    back_at=back and back.happened_at,
                    back_by_id=back and back.by_id,
                )
            )
        line.objects.using(schema_editor.connection.alias).bulk_create(lines, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("distributions", "0005_rounds_in_the_office")]

    operations = [migrations.RunPython(write_lines, migrations.RunPython.noop, elidable=True)]

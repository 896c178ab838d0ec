from hajar.backups import checks


def test_a_production_that_backs_up_with_a_key_is_told_nothing(settings, tmp_path):
    settings.HAJAR_BACKUP_DIR, settings.HAJAR_BACKUP_KEY = tmp_path, "k" * 32
    assert checks.backups_have_a_place_and_a_key() == []


def test_a_production_without_backups_is_warned(settings):
    settings.HAJAR_BACKUP_DIR = None
    (warning,) = checks.backups_have_a_place_and_a_key()
    assert warning.id == "hajar.W001"


def test_a_production_whose_backups_anybody_reads_is_warned(settings, tmp_path):
    settings.HAJAR_BACKUP_DIR, settings.HAJAR_BACKUP_KEY = tmp_path, ""
    (warning,) = checks.backups_have_a_place_and_a_key()
    assert warning.id == "hajar.W002"

"""What the commands say, and how they end: a timer notices nothing else."""

import signal
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from hajar.backups import alarming, copies, keeping, taking
from hajar.backups.models import Backup
from hajar.journal.models import Entry
from tests.factories import BackupFactory

pytestmark = pytest.mark.django_db


def ran(monkeypatch, outcome):
    """Have a run come to this: a Taken, or an exception."""

    def take(**options):
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(taking, "take_backup", take)


def test_a_backup_needs_a_place(settings):
    settings.HAJAR_BACKUP_DIR = None
    with pytest.raises(CommandError, match="HAJAR_BACKUP_DIR"):
        call_command("backup")


def test_the_folder_may_be_said_at_the_start(settings, tmp_path, monkeypatch):
    settings.HAJAR_BACKUP_DIR, settings.HAJAR_BACKUP_KEEP = tmp_path / "other", [5, 4, 3]
    asked = {}
    monkeypatch.setattr(taking, "take_backup", lambda **options: asked.update(options) or taking.Taken(BackupFactory()))
    call_command("backup", "--to", str(tmp_path))
    assert (asked["folder"], asked["rule"]) == (tmp_path, keeping.Rule(5, 4, 3))


@pytest.mark.parametrize("fault", [copies.Broken("the copy is broken"), OSError("No space left on device")])
def test_a_run_that_failed_is_loud_and_in_the_journal(monkeypatch, tmp_path, fault):
    ran(monkeypatch, fault)
    with pytest.raises(CommandError, match=f"BACKUP FAILED.*{fault}"):
        call_command("backup", "--to", str(tmp_path))
    entry = Entry.objects.select_related("payload").get(act="backup.failed")
    assert entry.details == {"fault": type(fault).__name__}, "messages hold values: only the kind"


def test_a_second_run_at_once_is_no_failure_of_the_first(monkeypatch, tmp_path):
    ran(monkeypatch, keeping.AlreadyRunning("another backup is running"))
    with pytest.raises(CommandError, match="NO BACKUP: another"):
        call_command("backup", "--to", str(tmp_path))
    assert not Entry.objects.filter(act="backup.failed").exists()


@pytest.mark.parametrize(
    ("taken", "words"),
    [({"missing": ["children/1.webp"]}, "FILES MISSING, nobody has them: 1"), ({"lost": [1]}, "BACKUP LOST")],
)
def test_a_backup_with_a_blemish_ends_non_zero(monkeypatch, tmp_path, taken, words):
    if "lost" in taken:
        taken = {"lost": [BackupFactory()]}
    ran(monkeypatch, taking.Taken(BackupFactory(), **taken))
    with pytest.raises(CommandError, match=words):
        call_command("backup", "--to", str(tmp_path))


def test_the_check_fails_without_a_backup_and_when_the_newest_is_late(capsys):
    with pytest.raises(CommandError, match="NO BACKUP"):
        call_command("backup", "--check")
    backup = BackupFactory(taken_at=timezone.now() - timedelta(hours=27))
    with pytest.raises(CommandError, match="BACKUP LATE: the newest backup is 27 hours old"):
        call_command("backup", "--check")
    BackupFactory(sequence=backup.sequence + 7)
    call_command("backup", "--check")
    assert f"up to entry {backup.sequence} can be lost" in capsys.readouterr().out
    Backup.objects.update(gone_at=timezone.now())
    with pytest.raises(CommandError, match="NO BACKUP"):
        call_command("backup", "--check")


def test_a_restore_that_is_refused_says_that_nothing_changed(tmp_path):
    with pytest.raises(CommandError, match=r"NOT RESTORED, the database is as it was\. There is no such file"):
        call_command("restore", str(tmp_path / "nothing.backup"))


def test_a_run_that_is_told_to_stop_cleans_up(monkeypatch, tmp_path):
    """SIGTERM alone would leave a readable copy in the temporary folder."""
    before = signal.getsignal(signal.SIGTERM)

    def be_stopped(**options):
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(taking, "take_backup", be_stopped)
    try:
        with pytest.raises(KeyboardInterrupt):
            call_command("backup", "--to", str(tmp_path))
    finally:
        signal.signal(signal.SIGTERM, before)


# --- somebody hears of it -----------------------------------------------------------------------------------------


def failed(monkeypatch, tmp_path, outcome=None):
    ran(monkeypatch, outcome or copies.Broken("Zxcanary, 12 rue des Orangers"))
    with pytest.raises(CommandError):
        call_command("backup", "--to", str(tmp_path))


def test_a_run_that_failed_is_mailed_to_the_administrators_without_what_it_said(
    monkeypatch, tmp_path, mailoutbox, nadia, karim
):
    failed(monkeypatch, tmp_path)
    (mail,) = mailoutbox
    assert mail.to == [nadia.email]
    assert "Broken" in mail.body
    assert "Zxcanary" not in mail.body + mail.subject


def test_whoever_is_named_hears_of_it_instead(monkeypatch, tmp_path, mailoutbox, settings, nadia):
    settings.HAJAR_ALARM_EMAIL = ["serveur@hajar.example", "astreinte@hajar.example"]
    failed(monkeypatch, tmp_path)
    assert mailoutbox[0].to == settings.HAJAR_ALARM_EMAIL


def test_a_closed_account_hears_nothing_and_the_server_says_that_nobody_did(
    monkeypatch, tmp_path, mailoutbox, nadia, capsys
):
    nadia.is_active = False
    nadia.save()
    failed(monkeypatch, tmp_path)
    assert mailoutbox == []
    assert "HAJAR_ALARM_EMAIL" in capsys.readouterr().err


def test_a_mail_server_that_is_down_hides_no_failure(monkeypatch, tmp_path, nadia, capsys):
    def down(*args, **options):
        raise ConnectionRefusedError

    monkeypatch.setattr(alarming, "send_mail", down)
    failed(monkeypatch, tmp_path)
    assert "ConnectionRefusedError" in capsys.readouterr().err


def test_a_late_backup_and_one_with_a_blemish_are_mailed_and_a_good_one_is_not(
    monkeypatch, tmp_path, mailoutbox, nadia
):
    with pytest.raises(CommandError):
        call_command("backup", "--check")
    failed(monkeypatch, tmp_path, taking.Taken(BackupFactory(), missing=["deliveries/x.png"]))
    assert len(mailoutbox) == 2
    ran(monkeypatch, taking.Taken(BackupFactory()))
    call_command("backup", "--to", str(tmp_path))
    call_command("backup", "--check")
    assert len(mailoutbox) == 2

"""One run at a time has an output folder; where a file system has no locks, the message says so."""

import errno
import os
import threading

import pytest
from focal_depth.contract.errors import InputError
from focal_depth.contract.locks import LocksNotSupported, is_same_file, lock_file, remove_lock
from focal_depth.contract.output_folder import clean_up
from focal_depth.io.result_folder import open_result

fcntl = pytest.importorskip("fcntl", reason="locks are faked as POSIX has them")


@pytest.fixture(params=[errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP], ids=errno.errorcode.get)
def no_locks(request, monkeypatch):
    """As some network shares are mounted."""

    def refuse(*_):
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr(fcntl, "flock", refuse)


def test_a_lock_is_held_once_until_its_file_is_closed(tmp_path):
    path = tmp_path / "lock"
    with lock_file(path) as held:
        assert is_same_file(held, path)
        assert lock_file(path) is None
    with lock_file(path) as held:
        remove_lock(held, path)
        assert not path.exists()


def test_a_lock_that_was_removed_is_another_file(tmp_path):
    path = tmp_path / "lock"
    with lock_file(path) as held:
        path.unlink()
        assert not is_same_file(held, path)
        with lock_file(path) as other:
            assert other is not None and not is_same_file(held, path)


def test_a_file_system_without_locks_is_told_from_a_lock_that_is_held(tmp_path, no_locks):
    with pytest.raises(LocksNotSupported, match="no locks") as raised:
        lock_file(tmp_path / "lock")
    assert raised.value.filename == str(tmp_path / "lock")


def test_other_faults_of_the_system_stay_what_they_are(tmp_path, monkeypatch):
    def break_down(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(fcntl, "flock", break_down)
    with pytest.raises(OSError) as raised:
        lock_file(tmp_path / "lock")
    assert raised.value.errno == errno.EIO and not isinstance(raised.value, LocksNotSupported)
    with pytest.raises(FileNotFoundError):
        lock_file(tmp_path / "nowhere" / "lock")


def test_without_locks_a_result_folder_says_so_in_one_sentence(tmp_path, no_locks):
    with pytest.raises(InputError) as raised, open_result(tmp_path / "r"):
        pass
    sentence = str(raised.value)
    assert sentence.startswith(f"{tmp_path / 'r'} cannot be written (its file system has no locks)")
    assert "another run" not in sentence and "\n" not in sentence
    assert list(tmp_path.iterdir()) == []


def test_without_locks_nothing_is_cleared_away(tmp_path, no_locks):
    beside = tmp_path / "r.unfinished"
    (beside / "new").mkdir(parents=True)
    (beside / "lock").touch()
    clean_up(tmp_path / "r")
    assert sorted(path.name for path in beside.iterdir()) == ["lock", "new"]


def test_a_folder_that_is_held_is_being_written_by_another_run(tmp_path):
    with open_result(tmp_path / "r"):
        with pytest.raises(InputError, match="is being written by another run"), open_result(tmp_path / "r"):
            pass
        clean_up(tmp_path / "r")
        assert (tmp_path / "r.unfinished" / "new").is_dir()
    assert list(tmp_path.iterdir()) == []


def test_the_lock_of_another_run_stays_though_it_cannot_be_opened(tmp_path, monkeypatch):
    """Of another account, for instance, in a folder that both may write."""
    (tmp_path / "r.unfinished").mkdir()
    lock = tmp_path / "r.unfinished" / "lock"
    lock.touch()

    def refuse(path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr("focal_depth.contract.output_folder.lock_file", refuse)
    with pytest.raises(InputError, match="cannot be written"), open_result(tmp_path / "r"):
        pass
    assert lock.exists()


def test_two_threads_never_have_one_folder_at_once(tmp_path):
    """Each tries as often as it can; `taken` exists while one of them has the folder."""
    taken = tmp_path / "taken"
    refused, faults, turns, held = [], [], 30, []

    def work():
        for _ in range(turns):
            try:
                with open_result(tmp_path / "r"):
                    taken.mkdir()
                    held.append(threading.get_ident())
                    taken.rmdir()
            except InputError as error:
                refused.append(str(error))
            except BaseException as error:
                faults.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(held) + len(refused) == 4 * turns and held
    assert all("another run" in sentence for sentence in refused)
    assert list(tmp_path.iterdir()) == []


def test_another_thread_is_refused_while_one_writes(tmp_path):
    begun, ended = threading.Event(), threading.Event()

    def write():
        with open_result(tmp_path / "r"):
            begun.set()
            assert ended.wait(20)

    thread = threading.Thread(target=write)
    thread.start()
    assert begun.wait(20)
    try:
        with pytest.raises(InputError, match="another run"), open_result(tmp_path / "r"):
            pass
    finally:
        ended.set()
        thread.join()
    with open_result(tmp_path / "r"):
        pass

# SPDX-License-Identifier: GPL-3.0-or-later
"""This Computer: the archive server that the console starts, finds and stops."""
from journey import *

import keyring_lock

DATA = os.path.join(os.environ['XDG_DATA_HOME'], 'muniment/server')


def ready():
    """what a running server says of itself in its data directory"""
    with open(os.path.join(DATA, 'ready.json')) as f:
        return json.load(f)


class Embedded(Journey):
    def tearDown(self):
        super().tearDown()
        try:
            os.kill(ready()['pid'], signal.SIGKILL)      # of a console that was killed
        except (OSError, ValueError):
            pass

    def open(self, console):
        console.row('Archive on This Computer').click()
        console.wait_for('Users')
        return ready()['pid']

    def create_user(self, console, name):
        console.go('Users')
        console.press('Create…')
        dialog = console.dialog('New User')
        console.entry('User Name', dialog).text = name
        console.entry('New Password', dialog).text = 'a horse of its own'
        console.press('Create', dialog)
        console.row(name)

    def test_starts_keeps_data_and_ends_with_the_console(self):
        console = self.console()
        pid = self.open(console)
        self.create_user(console, 'ann.lee')
        self.assertEqual(console.quit(), 0)
        wait(lambda: not is_alive(pid), 'munimentd to end')
        self.assertTrue(secret('server', 'this-computer', 'user', 'admin'))
        again = self.console()
        self.assertNotEqual(self.open(again), pid)
        again.go('Users')
        again.row('ann.lee')

    def test_stops_from_the_start_page(self):
        console = self.console()
        pid = self.open(console)
        console.button('Server This').click()
        console.find('push button', 'Leave This Server').do()
        console.wait_for('Running until Muniment is quit')
        self.assertTrue(is_alive(pid))
        console.press('Stop')
        console.wait_for('Starts at once, without questions')
        self.assertFalse(is_alive(pid))
        self.assertNotEqual(self.open(console), pid)

    def test_opens_again_what_is_being_stopped(self):
        console = self.console()
        pid = self.open(console)
        console.button('Server This').click()
        console.find('push button', 'Leave This Server').do()
        os.kill(pid, signal.SIGSTOP)                     # it takes its time to end
        console.press('Stop')
        console.wait_for('Stopping…')
        console.row('Archive on This Computer').click()
        console.wait_for('Starting the archive on this computer…')
        os.kill(pid, signal.SIGCONT)
        console.wait_for('Users')
        self.assertFalse(is_alive(pid))
        self.assertNotEqual(ready()['pid'], pid)

    def test_opens_what_was_open_last(self):
        console = self.console()
        self.open(console)
        console.go('Users')
        console.row('admin')
        self.assertEqual(console.quit(), 0)
        again = self.console(last=True)
        again.row('admin')                               # the page, too
        self.assertEqual(again.quit(), 0)

    def test_a_dead_server_is_offline_until_reconnected(self):
        console = self.console()
        pid = self.open(console)
        console.go('Users')
        console.row('admin')
        os.kill(pid, signal.SIGKILL)
        console.wait_for(re.compile('Reconnect'))
        console.press('Reconnect')
        console.wait_gone('Reconnect')
        console.row('admin')
        self.assertNotEqual(ready()['pid'], pid)

    def test_a_second_console_shows_the_first(self):
        console = self.console()
        pid = self.open(console)
        second = subprocess.run([CONSOLE], env=dict(os.environ, MUNIMENT_SERVER=SERVER), timeout=20)
        self.assertEqual(second.returncode, 0)
        self.assertEqual(ready()['pid'], pid)
        self.assertEqual(len([w for w in console.windows() if w.role == 'frame']), 1)

    def test_a_console_that_was_killed_leaves_a_server_to_join(self):
        console = self.console()
        pid = self.open(console)
        console.p.kill()
        console.p.wait()
        again = self.console()
        self.assertEqual(self.open(again), pid)

    def test_killed_server_is_offline_until_reconnect(self):
        console = self.console()
        pid = self.open(console)
        console.go('Users')
        console.row('admin')
        os.kill(pid, signal.SIGKILL)
        reconnect = console.button('Reconnect')
        console.wait_for(re.compile('ended|Offline|offline'))
        reconnect.do()
        wait(lambda: is_alive(ready()['pid']) and ready()['pid'] != pid, 'a new server')
        console.row('admin')
        wait(lambda: not [n for n in console.all('push button', 'Reconnect') if n.drawn()], 'the state to go')

    def test_data_in_use(self):
        os.makedirs(DATA)
        other = self.start(Muniment, folder=DATA)
        console = self.console()
        console.row('Archive on This Computer').click()
        console.wait_for('process %d' % other.p.pid)
        self.assertTrue(is_alive(other.p.pid))
        # without its ready file it cannot be joined: the new one says who is there
        os.unlink(os.path.join(DATA, 'ready.json'))
        console.row('Archive on This Computer').click()
        console.wait_for(re.compile('It said: .*' + re.escape(DATA)))

    def test_program_is_missing(self):
        console = self.console({'MUNIMENT_SERVER': '/nonexistent/munimentd'})
        console.row('Archive on This Computer').click()
        console.wait_for('munimentd was not found')

    def test_locked_keyring(self):
        keyring_lock.lock()
        self.addCleanup(keyring_lock.unlock, 'test')
        console = self.console()
        console.row('Archive on This Computer').click()
        wait(lambda: 'Unlock' in sh('xwininfo', '-root', '-tree'), 'the keyring to ask')
        wait(lambda: keys('Escape') or console.sees('Users'), 'the archive to open', 20)
        console.wait_for('The keyring is locked.')         # stays for as long as it is true, unlike the toast
        self.create_user(console, 'bo.berg')
        pid = ready()['pid']
        self.assertEqual(console.quit(), 0)
        wait(lambda: not is_alive(pid), 'munimentd to end')
        # with the keyring open again the same archive opens again
        keyring_lock.unlock('test')
        again = self.console()
        self.open(again)
        again.go('Users')
        again.row('bo.berg')


if __name__ == '__main__':
    main()

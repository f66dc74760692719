# SPDX-License-Identifier: GPL-3.0-or-later
"""What a desktop does to the console: reads it to somebody, starts it over D-Bus, ends it."""
from journey import *

from gi.repository import Gio

NAME, PATH = 'org.muniment.Console', '/org/muniment/Console'
SERVER_DATA = os.path.join(os.environ['XDG_DATA_HOME'], 'muniment/server')


def call(name, path, interface, method, arguments):
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    return bus.call_sync(name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, 20000, None)


class Desktop(Journey):
    def ask_for_a_window_that_is_gone(self, console):
        """as a screen reader does that counted the windows just before one was closed"""
        console.a.get_child_at_index(console.a.get_child_count())
        console.row('Archive on This Computer')          # it answers still
        self.assertIsNone(console.p.poll())

    def test_a_reader_that_comes_late(self):
        console = self.console()
        self.ask_for_a_window_that_is_gone(console)
        keys('ctrl+question')
        shortcuts = wait(lambda: next(iter(console.windows()[1:]), None), 'the shortcuts')
        self.assertTrue(shortcuts.all('label', 'Add a server'))
        keys('Escape')
        wait(lambda: len(console.windows()) == 1, 'the shortcuts to go')
        self.ask_for_a_window_that_is_gone(console)
        self.assertEqual(console.quit(), 0)

    def test_started_over_dbus(self):
        """with the service file as it is installed, but for the folder of the program"""
        with open(os.path.join(BUILD, 'data', NAME + '.service')) as f:
            lines = dict(line.strip().split('=', 1) for line in f if '=' in line)
        self.assertEqual(lines['Name'], NAME)
        program, *options = lines['Exec'].split()
        self.assertEqual(os.path.basename(program), os.path.basename(CONSOLE))
        path = os.path.join(os.environ['RIG_DIR'], 'services', NAME + '.service')
        environment = ['%s=%s' % (k, os.environ[k]) for k in ('GSETTINGS_BACKEND', 'GSETTINGS_SCHEMA_DIR')]
        with open(path, 'w') as f:
            f.write('[D-BUS Service]\nName=%s\nExec=/usr/bin/env %s\n' % (NAME, ' '.join(environment + [CONSOLE] + options)))
        self.addCleanup(os.unlink, path)
        call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'ReloadConfig', None)
        call(NAME, PATH, 'org.freedesktop.Application', 'Activate', GLib.Variant('(a{sv})', ({},)))
        pid = call('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'GetConnectionUnixProcessID',
                   GLib.Variant('(s)', (NAME,)))[0]
        wait(lambda: 'Muniment' in sh('xwininfo', '-root', '-tree'), 'the window')
        call(NAME, PATH, 'org.gtk.Actions', 'Activate', GLib.Variant('(sava{sv})', ('quit', [], {})))
        wait(lambda: not is_alive(pid), 'the end of the console')

    def test_says_its_version_without_a_display(self):
        environment = {k: v for k, v in os.environ.items() if k not in ('DISPLAY', 'WAYLAND_DISPLAY')}
        said = [subprocess.run([program, '--version'], env=environment, capture_output=True, text=True, timeout=20).stdout
                for program in (CONSOLE, SERVER)]
        self.assertRegex(said[0], r'^muniment \d+\.\d+\.\d+\n$')
        self.assertEqual(said[0].split()[1], said[1].split()[1])

    def test_ended_by_a_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            console = self.console()
            console.row('Archive on This Computer').click()
            console.wait_for('Users')
            with open(os.path.join(SERVER_DATA, 'ready.json')) as f:
                server = json.load(f)['pid']
            console.p.send_signal(number)
            self.assertEqual(console.p.wait(20), 0)
            wait(lambda: not is_alive(server), 'munimentd to end')


if __name__ == '__main__':
    main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""The console as a person uses it: words on the screen, the pointer, the keyboard; through accessibility."""
import glob
import json
import os
import re

import uidrive
from uidrive import wait


class Console(uidrive.App):
    """A running console; `pictures` is the folder for screenshots."""

    def __init__(self, program, environment, pictures, log):
        self.pictures, self.shots = pictures, []
        uidrive.App.__init__(self, [program], env=environment, log=log)

    # What is there

    def window(self, title, timeout=15):
        return wait(lambda: next((w for w in self.children() if w.name == title), None), 'the window ' + title, timeout)

    def main(self):
        """The first window, whatever page its title names."""
        return self.children()[0]

    def other(self):
        """The window that stands over the main one."""
        return wait(lambda: next(iter(self.children()[1:]), None), 'a second window')

    def gone(self, title):
        wait(lambda: all(w.name != title for w in self.children()), 'the end of the window ' + title)

    def seen(self, text, root=None):
        """The labels on the screen that read `text` (a string or a pattern)."""
        return [n for n in (root or self).all('label', text) if n.on_screen()]

    def see(self, text, root=None, timeout=15):
        return wait(lambda: self.seen(text, root), 'the text %r' % text, timeout)[0]

    def opened(self, subject, root):
        """A message stands open: its subject is seen outside the list, too."""
        return wait(lambda: [n for n in self.seen(subject, root) if all(p.role != 'table row' for p in n.parents())],
                    'the open message %r' % subject, 15)

    def button(self, name, root=None, timeout=15):
        """A sensitive button, on the screen or not."""
        return wait(lambda: next((b for b in (root or self).all('push button', name)
                                  if b.sensitive and b.a.get_n_actions()), None), 'the button %r' % name, timeout)

    # What a person does

    def click(self, text, root=None, timeout=15):
        self.see(text, root, timeout).click()

    def press(self, name, root=None, timeout=15):
        self.button(name, root, timeout).press()

    def fill(self, title, value, root):
        root.find('text', title).text = value

    def menu(self, button, item, root):
        """Opens a menu by its button and chooses an item."""
        wait(lambda: next((b for b in root.all('push button', button) if b.on_screen()), None), button).click()
        wait(lambda: self.all('menu item', item), item)[0].click()

    def choose(self, row, value, root):
        """Chooses the first entry after the present one in a combo row."""
        self.click(row, root)
        wait(lambda: self.all('list item', pred=lambda n: n.all('label', value)), 'the choice %r' % value)
        uidrive.keys('Down')
        uidrive.keys('Return')
        self.see(value, root)

    def respond(self, title, answer):
        """Answers a message dialog."""
        dialog = self.window(title)
        wait(lambda: next((b for b in dialog.all('push button', answer) if self.seen(answer, b)), None), answer).click()
        self.gone(title)

    def save_file(self, title, path):
        """Saves to `path` in a file chooser."""
        if os.path.exists(path):
            os.unlink(path)
        chooser = self.window(title)
        self.fill('Name', path, chooser)
        self.press('Save', chooser)
        wait(lambda: os.path.exists(path) and os.path.getsize(path), path)

    def page(self, name, timeout=15):
        self.click(name, self.main().find('list', 'Pages'), timeout)

    def expand(self, name):
        self.click(name, self.main().find('list', 'Folders'))
        uidrive.keys('plus')

    def scroll(self, root, up=False):
        """The wheel turned to the end, over the middle of a window."""
        x, y = root.window().point()
        uidrive.sh('xdotool', 'mousemove', '--sync', str(x), str(y), 'click', '--repeat', '30', '--delay', '5', '4' if up else '5')

    def activate(self, title):
        """The window manager of the test desktop leaves a parent behind without the focus."""
        wid = next(w[0] for w in self.xwindows() if w[1] == title)
        uidrive.sh('xdotool', 'windowactivate', '--sync', wid)

    def shot(self, name):
        self.activate(self.children()[-1].name)
        path = os.path.join(self.pictures, name + '.png')
        uidrive.screenshot(path)
        self.shots.append(os.path.basename(path))


class Server:
    """The embedded server, asked by munimentctl with the password that the console keeps in the keyring."""

    def __init__(self, shell):
        self.shell = shell
        self.password = None

    def ready(self):
        """What the running server wrote about itself: ports, fingerprint, process."""
        paths = glob.glob(os.path.join(os.environ['XDG_DATA_HOME'], 'muniment*', '**', 'ready.json'), recursive=True)
        if not paths:
            return None
        with open(paths[0]) as f:
            return json.load(f)

    def call(self, function, **arguments):
        import subprocess
        ready = self.ready()
        self.password = self.password or subprocess.run(['secret-tool', 'lookup', 'server', 'this-computer', 'user', 'admin'],
                                                        check=True, capture_output=True, timeout=30).stdout
        words = ['--%s=%s' % (k, v if isinstance(v, str) else json.dumps(v)) for k, v in arguments.items()]
        reply = subprocess.run([self.shell, '--server=localhost:%d' % ready['adminPort'], '--user=admin', '--password-file=-',
                                '--fingerprint=' + ready['certificateFingerprint'], '--output=json', '--quiet', function, *words],
                               input=self.password + b'\n', capture_output=True, timeout=300)
        if reply.returncode != 0:
            raise AssertionError('%s: %s' % (function, reply.stderr.decode()))
        return json.loads(reply.stdout or b'null')

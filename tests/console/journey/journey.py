# SPDX-License-Identifier: GPL-3.0-or-later
"""What the journeys share: the real console, real servers, and what a person looks for.

A journey is a unittest that runs in tests/support/rig-session with /usr/bin/python3.
MUNIMENT_BUILD_DIR and MUNIMENT_SOURCE_DIR say where the programs are.
"""
import base64, glob, json, os, re, shutil, signal, ssl, subprocess, sys, tempfile, unittest, urllib.parse, urllib.request

SOURCE = os.environ['MUNIMENT_SOURCE_DIR']
BUILD = os.environ['MUNIMENT_BUILD_DIR']
sys.path.insert(0, os.path.join(SOURCE, 'tests/support'))
from uidrive import App, GLib, Node, Timeout, keys, sh, wait   # noqa: E402

os.environ.pop('GTK_A11Y', None)                         # the unit tests' value hides the tree
os.environ['GSETTINGS_BACKEND'] = 'keyfile'              # settings outlive the program, below XDG_CONFIG_HOME
os.environ['GSETTINGS_SCHEMA_DIR'] = os.path.join(BUILD, 'data')
SERVER = os.path.join(BUILD, 'src/server/munimentd')
CONSOLE = os.path.join(BUILD, 'src/console/muniment')
MAILSTORE = os.path.join(BUILD, 'tests/support/mailstore/muniment-mailstore')
TOP = ('frame', 'dialog', 'window', 'alert')


class Program:
    """A server of ours or a test server; its ready line is in .ready"""
    def __init__(self, argv, given=None):
        self.log = open(tempfile.mktemp(dir=os.environ['RIG_DIR'], suffix='.log'), 'w+')
        self.p = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True)
        if given:
            self.p.stdin.write(given + '\n')
        self.p.stdin.close()
        line = self.p.stdout.readline()
        assert line, 'no ready line from %s: %s' % (argv[0], open(self.log.name).read())
        self.ready = json.loads(line)
        self.admin = self.ready['adminPort']
        self.web = self.ready.get('webPort', 0)

    def stop(self, number=signal.SIGTERM):
        if self.p.poll() is None:
            self.p.send_signal(number)
        self.p.wait(20)
        self.p.stdout.close()
        self.log.close()
        return self.p.returncode


class Muniment(Program):
    """A real munimentd with the administrator's password "correct horse" """
    password = 'correct horse'

    def __init__(self, *options, folder=None):
        self.folder = folder or tempfile.mkdtemp(dir=os.environ['RIG_DIR'])
        Program.__init__(self, [SERVER, '--session', '--data-dir', self.folder, '--ready-fd', '1'] + list(options),
                         self.password)

    def call(self, function, **arguments):
        form = urllib.parse.urlencode(arguments).encode()
        return self.api(self.admin, '/api/invoke/' + function, form)

    def api(self, port, path, body=None, user='admin', password=None, headers=None):
        pair = '%s:%s' % (user, password or self.password)
        request = urllib.request.Request('https://127.0.0.1:%d%s' % (port, path), body, dict(
            {'Authorization': 'Basic ' + base64.b64encode(pair.encode()).decode()}, **(headers or {})))
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with urllib.request.urlopen(request, context=context, timeout=30) as reply:
            answer = json.loads(reply.read().decode('utf-8-sig'))
        if isinstance(answer, dict) and 'statusCode' in answer:
            assert answer['statusCode'] == 'succeeded', answer
            return answer['result']
        return answer


    def allow_administrators(self):
        """to read other people's archives"""
        config = self.call('GetComplianceConfiguration')
        self.call('SetComplianceConfiguration', config=json.dumps(dict(config, adminArchiveAccess=True)))

    def upload(self, folder, *messages):
        login = json.dumps({'username': 'admin', 'password': self.password, 'trustedDeviceToken': None}).encode()
        token = self.api(self.web, '/api/authenticate/internal', login,
                         headers={'Content-Type': 'application/json'})['tokenInformation']['access_token']
        stream = b''.join(b'%d\n' % len(m) + m for m in messages)
        answer = self.api(self.web, '/api/folders/upload?folder=' + urllib.parse.quote(folder, ''), stream,
                          headers={'Content-Type': 'application/x-muniment-messages', 'Authorization': 'Bearer ' + token})
        assert answer['archived'] == len(messages), answer


class Mailstore(Program):
    """The test server in the shape of a MailStore Server; received() is what came in"""
    password = 'password'

    def __init__(self, *options):
        self.record = tempfile.mktemp(dir=os.environ['RIG_DIR'], suffix='.record')
        Program.__init__(self, [MAILSTORE, '--record', self.record] + list(options))

    def received(self, function):
        with open(self.record) as f:
            calls = [json.loads(line) for line in f]
        return [call['arguments'] for call in calls if call['function'] == function]


class Console(App):
    """The console as a person sees it"""
    def __init__(self, env=None, argv=()):
        log = tempfile.mktemp(dir=os.environ['RIG_DIR'], suffix='.console')
        App.__init__(self, [CONSOLE] + list(argv), 'muniment', dict({
            'MUNIMENT_SERVER': SERVER, 'G_MESSAGES_DEBUG': 'all'}, **(env or {})), log)
        wait(lambda: self.windows(), 'window')

    def windows(self):
        return self.children()

    def dialog(self, title):
        """the open window or dialog with this name, or with a label that says it"""
        def look():
            opened = self.children()
            for w in opened:
                if w.name == title:
                    return w
            for w in opened[1:]:
                if any(n.name == title for n in w.walk() if n.role == 'label'):
                    return w
        return wait(look, 'window %r among %s' % (title, [w.name for w in self.children()]))

    def has_window(self, title):
        return any(w.name == title for w in self.children())

    def main(self):
        return self.children()[0]

    def sees(self, text):
        """whether a label that is drawn says this"""
        hit = text.search if hasattr(text, 'search') else lambda s: text in s
        for n in self.walk():
            if n.role in ('label', 'heading', 'static', 'caption') and hit(n.name or '') and n.drawn():
                return n
        return None

    def wait_for(self, text, timeout=15):
        try:
            return wait(lambda: self.sees(text), 'text %r' % (text,), timeout)
        except Timeout as e:
            raise Timeout('%s; seen: %s' % (e, self.all_text())) from None

    def wait_gone(self, text, timeout=15):
        wait(lambda: not self.sees(text), 'text %r to go' % (text,), timeout)

    def all_text(self):
        return [n.name for n in self.walk() if n.role in ('label', 'heading') and n.name and n.drawn()]

    def button(self, name, inside=None, timeout=10):
        """a button of this name, else one whose name begins with it"""
        def look():
            found = [n for n in (inside or self).walk() if n.role in ('push button', 'button', 'toggle button', 'menu item')
                     and (n.name + ' ').startswith(name + ' ') and n.drawn() and n.sensitive]
            return next((n for n in found if n.name == name), found[0] if found else None)
        return wait(look, 'button %r' % name, timeout)

    def press(self, name, inside=None):
        self.button(name, inside).do()

    def choose(self, menu, item, inside=None):
        """an item of the menu behind this button; popovers have coordinates of their own, so nothing is asked about the screen"""
        self.button(menu, inside).click()
        wait(lambda: next((n for n in self.walk() if n.role == 'menu item' and n.name == item and n.sensitive), None), 'item %r' % item).do()

    def entry(self, name, inside=None):
        return wait(lambda: next((n for n in (inside or self).walk() if n.role in ('text', 'entry', 'password text', 'spin button') and (n.name + ' ').startswith(name + ' ')), None),
                    'entry %r' % name)

    def row(self, name, inside=None, timeout=10):
        """a row of a list that carries this text"""
        def look():
            for n in (inside or self).walk(deep=True):
                if n.role in ('list item', 'table row', 'tree item') and n.drawn() and (
                        n.name == name or any(c.name == name for c in n.walk(deep=True))):
                    return n
        return wait(look, 'row %r' % name, timeout)

    def connect(self, server, password=None, user='admin', remember=True, trust=True, address=None):
        """from the start page to a server: address, certificate, password"""
        self.row('Connect to a Server…').click()
        dialog = self.dialog('Connect to a Server')
        self.entry('Server Name or Address', dialog).text = address or '127.0.0.1:%d' % server.admin
        self.entry('User Name', dialog).text = user
        self.entry('Web Access Port', dialog).a.set_current_value(server.web)
        if password is not None:
            self.entry('Password', dialog).text = password
        if not remember:
            self.switch('Remember Password', dialog, False)
        self.press('Connect', dialog)
        if trust:
            self.wait_for('Trust This Server?')
            self.press('Trust')

    def sign_in(self, password, remember=True):
        """into the dialog that asks for the password"""
        dialog = self.dialog('Sign In')
        self.entry('Password', dialog).text = password
        if not remember:
            self.switch('Remember Password', dialog, False)
        self.press('Sign In', dialog)

    def switch(self, label, inside, on):
        box = wait(lambda: next((n for n in inside.walk() if n.role in ('check box', 'toggle button', 'switch') and label in n.name), None),
                   'switch %r' % label)
        if box.checked != on:
            box.do()
        wait(lambda: box.checked == on, 'switch %r %s' % (label, on))

    def sidebar(self):
        return wait(lambda: next((n for n in self.main().walk() if n.role == 'list' and n.name == 'Pages'), None), 'sidebar')

    def pages(self):
        """what the sidebar offers"""
        return [row.name.partition(', ')[0] for row in self.sidebar().all('list item') if row.name and row.drawn()]

    def message_text(self):
        """what the preview shows of a message in plain text"""
        views = [n for n in self.all('text', 'Message text') if n.drawn()]
        return views[0].text if views else ''

    def go(self, page):
        """to a page by the sidebar"""
        self.row(page, self.sidebar()).click()

    def quit(self):
        keys('ctrl+q')
        code = self.p.wait(20)
        self.log.close()
        return code

    def output(self):
        with open(self.log.name) as f:
            return f.read()


def drawn(node):
    """whether it can be seen; what has no place on the screen says so with an error"""
    try:
        return node.on_screen()
    except (GLib.Error, StopIteration):
        return False


Node.drawn = drawn


def is_alive(pid):
    try:
        with open('/proc/%d/stat' % pid) as f:
            return f.read().rpartition(')')[2].split()[0] != 'Z'
    except OSError:
        return False


def files_that_hold(text, *folders):
    """paths below the folders with this text in them, in clear or in base64"""
    needles = [text.encode(), base64.b64encode(text.encode()).rstrip(b'=')]
    found = []
    for folder in folders:
        for path in glob.glob(os.path.join(folder, '**'), recursive=True):
            if os.path.isfile(path):
                with open(path, 'rb') as f:
                    data = f.read()
                if any(needle in data for needle in needles):
                    found.append(path)
    return found


def secret(*attributes):
    """what secret-tool finds, None without"""
    r = subprocess.run(['secret-tool', 'lookup'] + list(attributes), capture_output=True, text=True, timeout=20)
    return r.stdout if r.returncode == 0 else None


class Journey(unittest.TestCase):
    def setUp(self):
        self.started = []
        shutil.rmtree(os.path.join(os.environ['XDG_CONFIG_HOME'], 'glib-2.0'), ignore_errors=True)
        shutil.rmtree(os.path.join(os.environ['XDG_DATA_HOME'], 'muniment'), ignore_errors=True)

    def tearDown(self):
        outcome = self._outcome.errors if hasattr(self._outcome, 'errors') else self._outcome.result.errors + self._outcome.result.failures
        failed = any(error for _, error in outcome) if outcome else False
        for thing in reversed(self.started):
            if isinstance(thing, Console):
                if failed and os.environ.get('MUNIMENT_SHOTS'):
                    sh('import', '-window', 'root', os.path.join(os.environ['MUNIMENT_SHOTS'], 'failed-%s.png' % self.id()))
                if failed:
                    print(thing.output()[-4000:], file=sys.stderr)
                if thing.p.poll() is None:
                    thing.p.kill()
                    thing.p.wait(10)
                thing.log.close()
            else:
                thing.stop()

    def console(self, *args, last=False, **named):
        """last: with the server that was open when the console before it ended; else from the start page"""
        settings = os.path.join(os.environ['XDG_CONFIG_HOME'], 'glib-2.0', 'settings', 'keyfile')
        if not last and os.path.exists(settings):
            with open(settings) as f:
                kept = [line for line in f if not line.startswith('last-server=')]
            with open(settings, 'w') as f:
                f.writelines(kept)
        self.started.append(Console(*args, **named))
        return self.started[-1]

    def start(self, kind, *args, **named):
        self.started.append(kind(*args, **named))
        return self.started[-1]


def main():
    unittest.main(verbosity=2)
